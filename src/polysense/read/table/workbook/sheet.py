"""Sheets as a person sees them: formatted values, merged cells filled, tables told apart."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import IO, Any, BinaryIO

from polysense.errors import Unreadable
from polysense.read.file.archive import open_zip
from polysense.read.file.strict_office import open_office_file
from polysense.read.table.rows import tidy
from polysense.read.table.workbook.formulas import UnvaluedFormulas, lacks_values
from polysense.read.table.workbook.number_format import format_value

Row = tuple[int, list[str]]
"""A row's number, from 1, and its cells."""

Area = tuple[int, int, int, int]
"""Merged cells: (first row, left, last row, right); rows from 1, columns are indices."""

_MERGE = re.compile(
    rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"'
)

# Bounds against hostile files, judged, not measured.
_MOST_MERGES = 20_000
_MOST_AREA = 2_000  # cells that a merged one may cover
_MOST_COVERED = 500_000  # cells that all merged ones together may cover
_LONGEST_REPEATED = 200  # characters of a merged cell that are repeated in what it covers


def sheets(path: Path, only: str = "", limit: int = 1_000_000) -> Iterator[tuple[str, list[Row]]]:
    """(name, rows that show something) of each sheet, or of the one called `only`.

    Together at most `limit` cells. Raises Unreadable, TooLarge.
    """
    open_zip(path).close()  # no bomb, no password
    with (
        open_office_file(path) as file,
        closing(open_workbook(path.name, file)) as book,
    ):
        for sheet in book.worksheets:
            if limit <= 0 or (only and sheet.title != only):
                continue
            try:
                rows, _ = read_rows(path, sheet, limit)
                limit -= sum(len(r) for _, r in rows)
                yield sheet.title, rows
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
            return load_workbook(
                file, read_only=True, data_only=True, keep_links=False, rich_text=True
            )
    except Exception as e:
        raise Unreadable(f"{name} is no readable workbook: {type(e).__name__} {e}") from e


def read_rows(path: Path, sheet: Any, limit: int) -> tuple[list[Row], bool]:
    """The rows that show something, and whether the limit of cells cut them."""
    formulas = UnvaluedFormulas() if lacks_values(path, sheet) else None
    rows, cut = _stored_rows(sheet, limit, formulas)
    if formulas and not cut and (values := formulas.values()):
        cells_of_row = dict(rows)
        for (n, column), value in sorted(values.items()):
            row = cells_of_row.setdefault(n, [])
            row.extend([""] * (column + 1 - len(row)))
            row[column] = value
        rows = sorted(cells_of_row.items())
    return fill_merged(rows, merged_areas(path, sheet)), cut


def _stored_rows(
    sheet: Any, limit: int, formulas: UnvaluedFormulas | None
) -> tuple[list[Row], bool]:
    from polysense.read.table.workbook.sheet_parser import parse_rows

    rows: list[Row] = []
    hidden_styles = _struck_out_styles(sheet.parent)
    source = parse_rows(sheet, formulas.formulas if formulas else None)
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            batch = list(islice(source, 500))
        for n, cells in batch:
            values: list[str] = []
            for c in cells:
                values += [""] * (c.column - 1 - len(values))
                if c.value is not None and c._style_id not in hidden_styles:
                    values.append(format_value(c.value, c.number_format))
                if formulas and c.value is not None:
                    formulas.stored[n, c.column - 1] = c.value
                elif formulas:
                    formulas.formats[n, c.column - 1] = c.number_format
            values = tidy(values)
            while values and not values[-1]:
                values.pop()
            if values:
                limit -= len(values)
                if limit < 0:
                    return rows, True
                rows.append((n, values))
        if not batch:
            return rows, False


def _struck_out_styles(book: Any) -> frozenset[int]:
    """The styles of cells whose whole words are struck out."""
    fonts = book._fonts
    return frozenset(
        n
        for n, style in enumerate(book._cell_styles)
        if style.fontId < len(fonts) and fonts[style.fontId].strike
    )


def merged_areas(path: Path, sheet: Any) -> list[Area]:
    """The merged cells of a sheet, which openpyxl does not give when it streams."""
    with open_zip(path) as book, book.open(sheet._worksheet_path.lstrip("/")) as xml:
        return bounded_areas(_stored_areas(xml))


def bounded_areas(areas: Iterable[Area]) -> list[Area]:
    """Those that a sheet may have, which are filled: no more, none larger than a person merges."""
    bounded: list[Area] = []
    covered_cells = 0
    for first, left, last, right in islice(areas, _MOST_MERGES):
        size = (right - left + 1) * (last - first + 1)
        if 0 < size <= _MOST_AREA and covered_cells + size <= _MOST_COVERED:
            covered_cells += size
            bounded.append((first, left, last, right))
    return bounded


def _stored_areas(xml: IO[bytes]) -> Iterator[Area]:
    from openpyxl.utils import column_index_from_string

    tail = b""
    while block := xml.read(1 << 20):
        text = tail + block
        end = 0
        for m in _MERGE.finditer(text):
            end = m.end()
            left, right = (column_index_from_string(m[n].decode()) - 1 for n in (1, 3))
            yield int(m[2]), left, int(m[4]), right
        tail = text[max(end, len(text) - 200) :]


def fill_merged(rows: list[Row], areas: Sequence[Area]) -> list[Row]:
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
