"""Rows and columns, the cited cells marked."""

from __future__ import annotations

import re

from polysense.read.table.cells import column_letters, number
from polysense.read.table.frame import Frame, frame
from polysense.read.table.workbook import sheets
from polysense.serve.page.html import tag
from polysense.serve.page.places.place import Place
from polysense.types import Asset, Chunk, Span

MOST_ROWS, MOST_COLUMNS = 300, 200
"""Rows that are shown around the cited ones, and columns that are marked; judged, not measured."""

LONG_VALUE = 40
"""Characters that a column shows of a cell, which has its whole text as its title."""

_TABLE_TYPES = {
    "text/csv",
    "text/tab-separated-values",
    "application/x-ndjson",
    "application/vnd.apache.parquet",
    *sheets.READERS,
}
_RANGE = re.compile(r"(?:.*!)?([A-Z]{1,3})(\d+)(?::([A-Z]{1,3})(\d+))?", re.S)


def fits(place: Place) -> bool:
    """Tables that are files of their own."""
    return place.mime in _TABLE_TYPES and (place.chunk is not None or place.path is not None)


def show(place: Place) -> None:
    """Beginning a little above the cited cells."""
    table = frame(place.chunk or _whole_chunk(place))
    if table is None:
        tag("div", "prose", place.translate("Nothing here yet."))
        return
    highlights = _cells_in_range(place.span.cells or "")
    rows = (i for i, row in enumerate(table.cells) if not highlights.isdisjoint(row))
    start = max(0, next(rows, 0) - MOST_ROWS // 3)
    with tag("div", "grid-wrap"), tag("table", "cells"):
        _head(table, highlights)
        with tag("tbody"):
            for r in range(start, min(len(table.rows), start + MOST_ROWS)):
                _row(table, r, highlights)
    if table.cut or len(table.rows) > start + MOST_ROWS:
        tag(
            "p",
            "prose soft small",
            f"… {len(table.rows)}{'+' if table.cut else ''} {place.translate('row')}",
        )


def _head(table: Frame, highlights: frozenset[str]) -> None:
    with tag("thead"), tag("tr"):
        if table.cells:
            tag("th", "", " ")
        for c, name in enumerate(table.columns):
            tag(
                "th",
                "on" if table.cells and _header_address(table.cells[0][c]) in highlights else "",
                name or " ",
                {"scope": "col"},
            )


def _header_address(address: str) -> str:
    """The cell above: a column's name stands over its first cell.

    >>> _header_address("C2"), _header_address("")
    ('C1', '')
    """
    m = _RANGE.fullmatch(address)
    return f"{m[1]}{int(m[2]) - 1}" if m else ""


def _row(table: Frame, row_index: int, highlights: frozenset[str]) -> None:
    with tag("tr"):
        addresses = table.cells[row_index] if table.cells else ()
        if addresses:
            tag(
                "td",
                "at",
                "".join(c for c in next((a for a in addresses if a), "") if c.isdigit()) or " ",
            )
        for c, value in enumerate(table.rows[row_index]):
            classes = ("num " if number(value) is not None else "") + (
                "on" if addresses and addresses[c] in highlights else ""
            )
            tag(
                "td",
                classes.strip(),
                value or " ",
                {"title": value} if len(value) > LONG_VALUE else {},
            )


def _cells_in_range(cells: str) -> frozenset[str]:
    """Every address in a range such as B2:D9; a bounded number."""
    m = _RANGE.fullmatch(cells)
    if not m:
        return frozenset()
    left, right = _column(m[1]), _column(m[3] or m[1])
    top, bottom = int(m[2]), int(m[4] or m[2])
    rows = range(top, min(bottom, top + 2 * MOST_ROWS) + 1)
    columns = range(left, min(right, left + MOST_COLUMNS) + 1)
    return frozenset(f"{column_letters(c)}{r}" for r in rows for c in columns)


def _column(name: str) -> int:
    n = 0
    for c in name:
        n = 26 * n + ord(c) - 64
    return n - 1


def _whole_chunk(place: Place) -> Chunk:
    assert place.path is not None
    asset = Asset(
        "0" * 32, str(place.path), place.mime, "table", place.path.stat().st_size, {}, place.path
    )
    return Chunk(asset, Span(), "table")
