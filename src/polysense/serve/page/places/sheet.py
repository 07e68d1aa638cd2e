"""Rows and columns, the cells that are meant marked."""

from __future__ import annotations

import re

from polysense.read.table.cells import letters, number
from polysense.read.table.frame import Frame, frame
from polysense.serve.page.html import tag
from polysense.serve.page.places.place import Place
from polysense.types import Asset, Chunk, Span

ROWS = 300
"""Rows that are shown around those that are meant."""

_MIMES = {
    "text/csv", "text/tab-separated-values", "application/x-ndjson", "application/vnd.apache.parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
_RANGE = re.compile(r"(?:.*!)?([A-Z]{1,3})(\d+)(?::([A-Z]{1,3})(\d+))?", re.S)


def fits(place: Place) -> bool:
    """Tables that are files of their own."""
    return place.mime in _MIMES and (place.chunk is not None or place.path is not None)


def show(place: Place) -> None:
    """Beginning a little above what is meant."""
    found = frame(place.chunk or _whole(place))
    if found is None:
        tag("div", "prose", place.say("Nothing here yet."))
        return
    on = _marked(place.span.cells or "")
    first = (
        next((i for i, row in enumerate(found.cells) if any(a in on for a in row)), 0) if on else 0
    )
    begin = max(0, first - ROWS // 3)
    with tag("div", "grid-wrap"), tag("table", "cells"):
        _head(found, on)
        with tag("tbody"):
            for r in range(begin, min(len(found.rows), begin + ROWS)):
                _row(found, r, on)
    if found.cut or len(found.rows) > begin + ROWS:
        tag(
            "p",
            "prose soft small",
            f"… {len(found.rows)}{'+' if found.cut else ''} {place.say('row')}",
        )


def _head(found: Frame, on: frozenset[str]) -> None:
    with tag("thead"), tag("tr"):
        if found.cells:
            tag("th", "", " ")
        for c, name in enumerate(found.columns):
            tag(
                "th",
                "on" if found.cells and _above(found.cells[0][c]) in on else "",
                name or " ",
                {"scope": "col"},
            )


def _above(address: str) -> str:
    """The cell above: a column's name stands over its first cell.

    >>> _above("C2"), _above("")
    ('C1', '')
    """
    m = _RANGE.fullmatch(address)
    return f"{m[1]}{int(m[2]) - 1}" if m else ""


def _row(found: Frame, r: int, on: frozenset[str]) -> None:
    with tag("tr"):
        places = found.cells[r] if found.cells else ()
        if places:
            tag(
                "td",
                "at",
                "".join(c for c in next((a for a in places if a), "") if c.isdigit()) or " ",
            )
        for c, said in enumerate(found.rows[r]):
            classes = ("num " if number(said) is not None else "") + (
                "on" if places and places[c] in on else ""
            )
            tag("td", classes.strip(), said or " ", {"title": said} if len(said) > 40 else {})


def _marked(cells: str) -> frozenset[str]:
    """Every address in a range such as B2:D9; a bounded number."""
    m = _RANGE.fullmatch(cells)
    if not m:
        return frozenset()
    a, b = _column(m[1]), _column(m[3] or m[1])
    rows = range(int(m[2]), min(int(m[4] or m[2]), int(m[2]) + 2 * ROWS) + 1)
    return frozenset(f"{letters(c)}{r}" for r in rows for c in range(a, min(b, a + 200) + 1))


def _column(name: str) -> int:
    n = 0
    for c in name:
        n = 26 * n + ord(c) - 64
    return n - 1


def _whole(place: Place) -> Chunk:
    assert place.path is not None
    made = Asset(
        "0" * 32, str(place.path), place.mime, "table", place.path.stat().st_size, {}, place.path
    )
    return Chunk(made, Span(), "table")
