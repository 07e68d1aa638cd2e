"""Workbooks as a person sees them: rows with values as their formats show them, merged cells
filled, tables told apart.
"""

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
# how many, cells that one may cover, cells that all may
_MERGES, _AREA, _COVERED = 20_000, 2_000, 500_000
# characters: what a merged cell says is told in each cell that it covers, unless it is long
_REPEATED = 200
_ROWS = 1 << 20  # as many as a sheet may have
_PATTERN = re.compile(r'"[^"]*"|\\.|.')


def sheets(path: Path, only: str = "", limit: int = 1_000_000) -> Iterator[tuple[str, list[Row]]]:
    """(name, rows that show something) of each sheet, or of the one named; together at most `limit`
    cells. Raises Unreadable, TooLarge.
    """
    open_zip(path).close()  # no bomb, no password
    with path.open("rb") as file, closing(opened(path.name, file)) as book:
        for sheet in book.worksheets:
            if limit <= 0 or (only and sheet.title != only):
                continue
            try:
                rows, _ = read(sheet, limit)
                limit -= sum(len(r) for _, r in rows)
                yield sheet.title, merged(rows, merges(path, sheet))
            except Unreadable:
                raise
            except Exception as e:
                raise Unreadable(
                    f"{path.name}: {sheet.title} cannot be read: {type(e).__name__} {e}"
                ) from e


def opened(name: str, file: BinaryIO) -> Any:
    """The workbook, streaming. Raises Unreadable."""
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about features that do not concern values
            return load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception as e:
        raise Unreadable(f"{name} is no readable workbook: {type(e).__name__} {e}") from e


def read(sheet: Any, limit: int) -> tuple[list[Row], bool]:
    """The rows that show something, and whether the limit of cells cut them."""
    sheet.reset_dimensions()  # files claim a million empty rows
    rows: list[Row] = []
    source = islice(enumerate(sheet.iter_rows(), 1), _ROWS)
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            batch = list(islice(source, 500))
        for n, cells in batch:
            said = tidy(
                [shown(c.value, c.number_format) if c.value is not None else "" for c in cells]
            )
            while said and not said[-1]:
                said.pop()
            if said:
                limit -= len(said)
                if limit < 0:
                    return rows, True
                rows.append((n, said))
        if not batch:
            return rows, False


def shown(value: Any, style: str = "General") -> str:
    """A cell's value as its number format shows it; dates as ISO 8601.

    >>> shown(0.125, "0.0%"), shown(1234.5, "$#,##0.00"), shown(-3, "General"), shown(2.50, '0.0" kg"'), shown(7, "000-00")
    ('12.5%', '$1,234.50', '-3', '2.5 kg', '000-07')
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
        return f"{'-' if value < 0 else ''}{_patterned(abs(value), style)}"
    said = (
        f"{abs(value) * (100 if '%' in after else 1):{',' if ',' in digits[1] else ''}.{places}f}"
    )
    if "," not in digits[1]:
        said = said.zfill(digits[1].count("0") + (places + 1 if places else 0))
    if "#" in (digits[2] or ""):
        said = said.rstrip("0").rstrip(".")
    return f"{'-' if value < 0 else ''}{before.lstrip()}{said}{after.rstrip()}"


def _section(value: float, style: str) -> str:
    """The part of a number format that goes for a value; one that goes by sign alone is the first."""
    first, *others = style[:300].split(";")
    limit = re.match(r"\[<=?(\d+)\]", first)
    return others[0] if limit and others and value > int(limit[1]) else first


def _patterned(value: float, style: str) -> str:
    """A number's digits, from the last, in a pattern with several groups of places: a telephone
    number, a postcode.
    """
    marks = _PATTERN.findall(style)
    places = sum(mark in "0#?" for mark in marks)
    point = max((n for n, mark in enumerate(marks) if mark == "."), default=len(marks))
    digits = list(f"{value:.{sum(mark in '0#?' for mark in marks[point:])}f}".replace(".", ""))
    said: list[str] = []
    for mark in reversed(marks):
        if mark not in "0#?":
            said.append(mark.strip('"') if mark[0] == '"' else mark[-1])
            continue
        places -= 1
        taken = digits if not places else digits[-1:]  # the first place takes all that is left
        said.append("".join(taken) or ("0" if mark == "0" else ""))
        del digits[-1:]
    return "".join(reversed(said)).strip()


def merges(path: Path, sheet: Any) -> list[tuple[int, int, int, int]]:
    """(first row, left, last row, right) of merged cells, which openpyxl does not tell when it
    streams; columns are indices.
    """
    from openpyxl.utils import column_index_from_string

    found: list[tuple[int, int, int, int]] = []
    covered = 0
    with open_zip(path) as book, book.open(sheet._worksheet_path.lstrip("/")) as xml:
        tail = b""
        while (block := xml.read(1 << 20)) and len(found) < _MERGES:
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
                if 0 < area <= _AREA and covered + area <= _COVERED:
                    covered += area
                    found.append((first, left, last, right))
            tail = text[max(end, len(text) - 200) :]
    return found


def merged(rows: list[Row], merges: Sequence[tuple[int, int, int, int]]) -> list[Row]:
    """The rows with what a merged cell shows in each of the cells that it covers."""
    at = dict(rows)
    for first, left, last, right in merges:
        value = at[first][left] if first in at and left < len(at[first]) else ""
        for n in range(first, last + 1) if 0 < len(value) <= _REPEATED else ():
            row = at.setdefault(n, [])
            row.extend([""] * (right + 1 - len(row)))
            row[left : right + 1] = [value] * (right + 1 - left)
    return sorted(at.items())


def regions(rows: Sequence[Row], left: int = 0) -> Iterator[tuple[int, list[Row]]]:
    """(index of the first column, rows) of each table: what blank rows and blank columns separate.

    >>> list(regions([(1, ["a", "", "x"]), (2, ["b"]), (4, ["c"])]))
    [(0, [(1, ['a']), (2, ['b'])]), (2, [(1, ['x'])]), (0, [(4, ['c'])])]
    """
    for band in _bands(rows):
        width = max(len(r) for _, r in band)
        filled = [any(i < len(r) and r[i] for _, r in band) for i in range(width)]
        edges = [i for i in range(width) if filled[i] and (i == 0 or not filled[i - 1])]
        ends = [next((j for j in range(i, width) if not filled[j]), width) for i in edges]
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
