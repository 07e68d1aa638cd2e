"""OpenDocument sheets: cells as they are text, merged ones filled, and their comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

from polysense.errors import Unreadable
from polysense.protocols import Parser
from polysense.read.file.archive import local_file
from polysense.read.file.open_document import (
    OFFICE,
    SHEET,
    TABLE,
    WORDS,
    OpenDocument,
    open_document,
)
from polysense.read.file.placed_passages import placed_passages
from polysense.read.table.cells import column_letters
from polysense.read.table.rows import HiddenCells, tidy
from polysense.read.table.workbook.sheet import Row, fill_merged
from polysense.read.table.workbook.sheet_chunks import sheet_chunks, sheet_title
from polysense.types import Asset, Chunk, Link, Span

# Bounds against hostile files, judged, not measured.
_MOST_REPEATS = 1000  # times that a cell or a row which says something stands there
_MOST_COLUMNS = 16_384
_MOST_ROWS = 1 << 20
_MOST_AREA = 2_000  # cells that a merged one may cover

_DURATION = re.compile(
    r"P(?:(?P<days>\d{1,6})D)?T(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?"
    r"(?:(?P<seconds>\d{1,9})(?:\.\d+)?S)?"
)
_SHARE = re.compile(r"-?\d{1,15}\.\d{1,15}")
_PLAIN_NUMBER = re.compile(r"[-+\u2212]?[\d.,'\u2019\s]*\d")
"""A number as a sheet shows it, in any country's way: its value value says the same."""


class OdsParser(Parser):
    """OpenDocument spreadsheets: every table of every sheet. Reads at most `cells` cells."""

    accepts: ClassVar[frozenset[str]] = frozenset({SHEET, f"{SHEET}-template"})

    def __init__(self, *, cells: int = 1_000_000) -> None:
        self.cells = cells

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """Sheet by sheet. Raises Encrypted, TooLarge, Unreadable."""
        document = open_document(local_file(asset), "spreadsheet")
        cells_left = self.cells
        for table in _sheets(document):
            name = table.get(TABLE + "name", "")
            title = sheet_title(asset, name, is_hidden=_is_hidden(document, table))
            rows, is_cut = _read_rows(document, table, cells_left)
            cells_left -= sum(len(r) for _, r in rows)
            yield from sheet_chunks(asset, title, name, rows, _hidden_cells(table))
            for words, place in _comments(document, table, name):
                for chunk in placed_passages(asset, [(words, place)], place, title):
                    yield chunk.with_(modality="table")
            if is_cut:
                raise Unreadable(
                    f"{asset.name}: {name}: only the first {self.cells:,} cells of the workbook "
                    "were read"
                )


def sheets(path: Path, only: str = "", limit: int = 1_000_000) -> Iterator[tuple[str, list[Row]]]:
    """(name, rows that show something) of each sheet, or of the one called `only`.

    Together at most `limit` cells. Raises Unreadable, TooLarge.
    """
    document = open_document(path, "spreadsheet")
    for table in _sheets(document):
        name = table.get(TABLE + "name", "")
        if limit > 0 and (not only or name == only):
            rows, _ = _read_rows(document, table, limit)
            limit -= sum(len(r) for _, r in rows)
            yield name, rows


def _sheets(document: OpenDocument) -> Iterator[Any]:
    tables: Iterator[Any] = document.body.iterchildren(TABLE + "table")
    return tables


def _is_hidden(document: OpenDocument, table: Any) -> bool:
    style = table.get(TABLE + "style-name", "")
    return document.has_property("table", style, "table-properties", TABLE + "display", "false")


def _hidden_cells(table: Any) -> HiddenCells:
    """The rows and columns that are collapsed, or filtered away."""
    numbers: dict[str, list[int]] = {"row": [], "column": []}
    for kind, most in (("row", _MOST_ROWS), ("column", _MOST_COLUMNS)):
        number = 0
        for element in table.iter(f"{TABLE}table-{kind}"):
            repeats = min(_number(element, f"number-{kind}s-repeated", most), most - number)
            if element.get(TABLE + "visibility", "visible") != "visible":
                numbers[kind] += range(number, number + repeats)
            number += repeats
    rows, columns = numbers.values()
    return HiddenCells(frozenset(n + 1 for n in rows), frozenset(columns))


def _read_rows(document: OpenDocument, table: Any, limit: int) -> tuple[list[Row], bool]:
    """The rows that show something, and whether the limit of cells cut them."""
    rows: list[Row] = []
    merged: list[tuple[int, int, int, int]] = []
    number = 1
    for row in table.iter(TABLE + "table-row"):
        repeats = _number(row, "number-rows-repeated", _MOST_ROWS)
        values = _row_values(document, row, number, merged)
        for n in range(number, number + min(repeats, _MOST_REPEATS)) if values else ():
            limit -= len(values)
            if limit < 0:
                return fill_merged(rows, merged), True
            rows.append((n, list(values)))
        number += repeats
        if number > _MOST_ROWS:
            break
    return fill_merged(rows, merged), False


def _row_values(
    document: OpenDocument, row: Any, number: int, merged: list[tuple[int, int, int, int]]
) -> list[str]:
    values: list[str] = []
    for cell in row:
        if cell.tag not in (TABLE + "table-cell", TABLE + "covered-table-cell"):
            continue
        value = _value(document, cell) if cell.tag == TABLE + "table-cell" else ""
        repeats = _number(cell, "number-columns-repeated", _MOST_COLUMNS)
        if len(values) + repeats > _MOST_COLUMNS:
            break
        height = _number(cell, "number-rows-spanned", _MOST_AREA)
        width = _number(cell, "number-columns-spanned", _MOST_AREA)
        if value and 1 < height * width <= _MOST_AREA:
            column = len(values)
            merged.append((number, column, number + height - 1, column + width - 1))
        values += [value] * (min(repeats, _MOST_REPEATS) if value else repeats)
    values = tidy(values)
    while values and not values[-1]:
        values.pop()
    return values


def _value(document: OpenDocument, cell: Any) -> str:
    """What a cell shows; a plain number and a date as they are value, whatever the country."""
    if document.is_struck_out("table-cell", cell.get(TABLE + "style-name", "")):
        return ""
    kind = cell.get(OFFICE + "value-type", "")
    text = "\n".join(filter(None, (document.words(p) for p in cell.iterchildren(WORDS + "p"))))
    if kind == "date":
        value = cell.get(OFFICE + "date-value", "")
        return value.replace("T00:00:00", "").replace("T", " ") or text
    if kind == "float" and (not text or _PLAIN_NUMBER.fullmatch(text)):
        value = cell.get(OFFICE + "value", "")
        return value.removesuffix(".0") or text
    return text or _stored_value(cell, kind)


def _stored_value(cell: Any, kind: str) -> str:
    """What a cell holds that a program wrote without the words that show it."""
    value = str(cell.get(f"{OFFICE}{kind}-value", "") or cell.get(OFFICE + "value", ""))
    if kind == "boolean":
        return value.upper()
    if kind == "time" and (m := _DURATION.fullmatch(value)):
        hours = int(m["days"] or 0) * 24 + int(m["hours"] or 0)
        return f"{hours}:{int(m['minutes'] or 0):02}:{int(m['seconds'] or 0):02}"
    if kind == "percentage" and _SHARE.fullmatch(value):
        return f"{Decimal(value) * 100:f}".rstrip("0").rstrip(".") + "%"
    return value


def _comments(document: OpenDocument, table: Any, sheet: str) -> Iterator[tuple[str, Span]]:
    number = 1
    for row in table.iter(TABLE + "table-row"):
        column = 0
        for cell in row:
            for note in cell.iterchildren(OFFICE + "annotation"):
                words = "\n".join(filter(None, map(document.words, note.iter(WORDS + "p"))))
                if words:
                    yield words, Span(cells=f"{sheet}!{column_letters(column)}{number}")
            column += _number(cell, "number-columns-repeated", _MOST_COLUMNS)
        number += _number(row, "number-rows-repeated", _MOST_ROWS)


def _number(element: Any, name: str, most: int) -> int:
    value = element.get(TABLE + name, "1")
    return max(1, min(int(value), most)) if value.isdecimal() else 1
