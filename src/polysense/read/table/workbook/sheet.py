"""Sheets as a person sees them: formatted values, merged cells filled, tables told apart."""

from __future__ import annotations

import datetime as dt
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from polysense.errors import Unreadable
from polysense.read.file.archive import open_zip
from polysense.read.table.rows import tidy

Row = tuple[int, list[str]]
"""A row's number, from 1, and its cells."""

_MERGE = re.compile(
    rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"'
)
_PATTERN = re.compile(r'"[^"]*"|\\.|.')

# Bounds against hostile files, judged, not measured.
_MOST_MERGES = 20_000
_MOST_AREA = 2_000  # cells that a merged one may cover
_MOST_COVERED = 500_000  # cells that all merged ones together may cover
_LONGEST_REPEATED = 200  # characters of a merged cell that are repeated in what it covers
_MOST_ROWS = 1 << 20  # as many as a sheet may have


def sheets(path: Path, only: str = "", limit: int = 1_000_000) -> Iterator[tuple[str, list[Row]]]:
    """(name, rows that show something) of each sheet, or of the one called `only`.

    Together at most `limit` cells. Raises Unreadable, TooLarge.
    """
    open_zip(path).close()  # no bomb, no password
    with path.open("rb") as file, closing(open_workbook(path.name, file)) as book:
        for sheet in book.worksheets:
            if limit <= 0 or (only and sheet.title != only):
                continue
            try:
                rows, _ = read_rows(sheet, limit)
                limit -= sum(len(r) for _, r in rows)
                yield sheet.title, fill_merged(rows, merged_areas(path, sheet))
            except Unreadable:
                raise
            except Exception as e:
                raise Unreadable(
                    f"{path.name}: {sheet.title} cannot be read: {type(e).__name__} {e}"
                ) from e


def open_workbook(name: str, file: BinaryIO) -> Any:
    """The workbook, streaming. Raises Unreadable."""
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about features that do not concern values
            return load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception as e:
        raise Unreadable(f"{name} is no readable workbook: {type(e).__name__} {e}") from e


def read_rows(sheet: Any, limit: int) -> tuple[list[Row], bool]:
    """The rows that show something, and whether the limit of cells cut them."""
    sheet.reset_dimensions()  # files claim a million empty rows
    rows: list[Row] = []
    source = islice(enumerate(sheet.iter_rows(), 1), _MOST_ROWS)
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            batch = list(islice(source, 500))
        for n, cells in batch:
            values = tidy(
                [
                    format_value(c.value, c.number_format) if c.value is not None else ""
                    for c in cells
                ]
            )
            while values and not values[-1]:
                values.pop()
            if values:
                limit -= len(values)
                if limit < 0:
                    return rows, True
                rows.append((n, values))
        if not batch:
            return rows, False


def format_value(value: Any, style: str = "General") -> str:
    """A cell's value as its number format shows it; dates as ISO 8601.

    >>> format_value(0.125, "0.0%"), format_value(1234.5, "$#,##0.00"), format_value(-3, "General")
    ('12.5%', '$1,234.50', '-3')
    >>> format_value(2.50, '0.0" kg"'), format_value(7, "000-00")
    ('2.5 kg', '000-07')
    """
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, dt.datetime):
        return (
            value.date().isoformat()
            if value.time() == dt.time()
            else value.isoformat(" ", "minutes" if not value.second else "seconds")
        )
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if not isinstance(value, (int, float)):
        return str(value)
    return _format_number(value, style)


def _format_number(value: float, style: str) -> str:
    """A number in the digits, signs and words of a number format."""
    style = re.sub(r"\[\$([^\]-]*)[^\]]*\]", r'"\1"', _section(value, style or "General"))
    style = re.sub(r"\[[^\]]*\]|_.|\*.", "", style)
    literal = re.compile(r'"([^"]*)"|\\(.)')
    masked = literal.sub(lambda m: " " * len(m[0]), style)
    digits = re.search(r"([0#?][0#?,]*|(?=\.[0#?]))(?:\.([0#?]+))?", masked)
    if not digits or "/" in style:
        return f"{value:.15g}"
    before, after = (
        literal.sub(lambda m: m[1] or m[2] or "", part)
        for part in (style[: digits.start()], style[digits.end() :])
    )
    places = len(digits[2] or "")
    if after.startswith("E"):
        return f"{value:.{places}E}"
    if re.search(r"[0#?]", masked[digits.end() :]):
        return f"{'-' if value < 0 else ''}{_fill_pattern(abs(value), style)}"
    number = (
        f"{abs(value) * (100 if '%' in after else 1):{',' if ',' in digits[1] else ''}.{places}f}"
    )
    if "," not in digits[1]:
        number = number.zfill(digits[1].count("0") + (places + 1 if places else 0))
    if "#" in (digits[2] or ""):
        number = number.rstrip("0").rstrip(".")
    return f"{'-' if value < 0 else ''}{before.lstrip()}{number}{after.rstrip()}"


def _section(value: float, style: str) -> str:
    """The part of a number format for a value; of parts for signs alone always the first."""
    first, *others = style[:300].split(";")
    limit = re.match(r"\[<=?(\d+)\]", first)
    return others[0] if limit and others and value > int(limit[1]) else first


def _fill_pattern(value: float, style: str) -> str:
    """A number's digits in a pattern with several groups of places, as telephone numbers have."""
    marks = _PATTERN.findall(style)
    places = sum(mark in "0#?" for mark in marks)
    point = max((n for n, mark in enumerate(marks) if mark == "."), default=len(marks))
    digits = list(f"{value:.{sum(mark in '0#?' for mark in marks[point:])}f}".replace(".", ""))
    characters: list[str] = []
    for mark in reversed(marks):
        if mark not in "0#?":
            characters.append(mark.strip('"') if mark[0] == '"' else mark[-1])
            continue
        places -= 1
        head = digits if not places else digits[-1:]  # the first place takes all that is left
        characters.append("".join(head) or ("0" if mark == "0" else ""))
        del digits[-1:]
    return "".join(reversed(characters)).strip()


def merged_areas(path: Path, sheet: Any) -> list[tuple[int, int, int, int]]:
    """(first row, left, last row, right) of merged cells; columns are indices.

    openpyxl does not give them when it streams.
    """
    from openpyxl.utils import column_index_from_string

    areas: list[tuple[int, int, int, int]] = []
    covered_cells = 0
    with open_zip(path) as book, book.open(sheet._worksheet_path.lstrip("/")) as xml:
        tail = b""
        while (block := xml.read(1 << 20)) and len(areas) < _MOST_MERGES:
            text = tail + block
            end = 0
            for m in _MERGE.finditer(text):
                end = m.end()
                left, right = (
                    column_index_from_string(m[1].decode()) - 1,
                    column_index_from_string(m[3].decode()) - 1,
                )
                first, last = int(m[2]), int(m[4])
                area = (right - left + 1) * (last - first + 1)
                if 0 < area <= _MOST_AREA and covered_cells + area <= _MOST_COVERED:
                    covered_cells += area
                    areas.append((first, left, last, right))
            tail = text[max(end, len(text) - 200) :]
    return areas


def fill_merged(rows: list[Row], areas: Sequence[tuple[int, int, int, int]]) -> list[Row]:
    """The rows with what a merged cell shows in each of the cells that it covers."""
    cells_of_row = dict(rows)
    for first, left, last, right in areas:
        value = (
            cells_of_row[first][left]
            if first in cells_of_row and left < len(cells_of_row[first])
            else ""
        )
        for n in range(first, last + 1) if 0 < len(value) <= _LONGEST_REPEATED else ():
            row = cells_of_row.setdefault(n, [])
            row.extend([""] * (right + 1 - len(row)))
            row[left : right + 1] = [value] * (right + 1 - left)
    return sorted(cells_of_row.items())


def regions(rows: Sequence[Row], left: int = 0) -> Iterator[tuple[int, list[Row]]]:
    """(index of the first column, rows) of each table: what blank rows and blank columns separate.

    >>> list(regions([(1, ["a", "", "x"]), (2, ["b"]), (4, ["c"])]))
    [(0, [(1, ['a']), (2, ['b'])]), (2, [(1, ['x'])]), (0, [(4, ['c'])])]
    """
    for band in _bands(rows):
        width = max(len(r) for _, r in band)
        has_cells = [any(i < len(r) and r[i] for _, r in band) for i in range(width)]
        edges = [i for i in range(width) if has_cells[i] and (i == 0 or not has_cells[i - 1])]
        ends = [next((j for j in range(i, width) if not has_cells[j]), width) for i in edges]
        for a, b in zip(edges, ends, strict=True):
            piece = [(n, r[a:b]) for n, r in band if any(r[a:b])]
            if len(edges) > 1:
                yield from regions(piece, left + a)
            else:
                yield left + a, [(n, r + [""] * (b - a - len(r))) for n, r in piece]


def _bands(rows: Sequence[Row]) -> Iterator[list[Row]]:
    band: list[Row] = []
    for n, row in rows:
        if band and n != band[-1][0] + 1:
            yield band
            band = []
        band.append((n, row))
    if band:
        yield band
