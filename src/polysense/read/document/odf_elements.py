"""What texts and slides of OpenDocument have in common: tables, and the pictures in frames."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from polysense.read.file.open_document import (
    DRAW,
    SVG,
    TABLE,
    XLINK,
    OpenDocument,
)

_OUTSIDE = re.compile(r"\.\./|/|[A-Za-z][A-Za-z0-9+.-]*:")
_MAX_REPEATS = 100
"""A cell or row that says something stands there no more often: a bound for hostile files."""


def table_rows(document: OpenDocument, table: Any) -> list[list[str]]:
    """The cells of a table; what a cell over several columns or rows says stands in each."""
    rows: list[list[str]] = []
    reaching: dict[int, tuple[int, str]] = {}  # by column: rows that a cell above still covers
    for row in _own_rows(table):
        cells: list[str] = []
        for cell in row:
            if cell.tag not in (TABLE + "table-cell", TABLE + "covered-table-cell"):
                continue
            words, is_covered = document.words(cell), cell.tag == TABLE + "covered-table-cell"
            for _ in range(_number(cell, "number-columns-repeated")):
                left, above = reaching.get(len(cells), (0, ""))
                if left:
                    reaching[len(cells)] = (left - 1, above)
                neighbour = cells[-1] if cells else ""
                cells.append((above if left else neighbour) if is_covered else words)
            if (reach := _number(cell, "number-rows-spanned")) > 1:
                first = len(cells) - 1
                width = _number(cell, "number-columns-spanned")
                reaching |= {first: (reach - 1, words)}
                reaching |= {first + n: (reach, words) for n in range(1, width)}
        while cells and not cells[-1]:
            cells.pop()
        rows += [cells] * (_number(row, "number-rows-repeated") if cells else 1)
    return rows


def pictures(element: Any) -> Iterator[tuple[str, str]]:
    """(member of the file, words about it) of each picture in frames."""
    for frame in element.iter(DRAW + "frame"):
        about = [
            " ".join((e.text or "").split())
            for e in frame
            if e.tag in (SVG + "title", SVG + "desc") and e.text
        ]
        for image in frame.iterchildren(DRAW + "image"):
            address = image.get(XLINK + "href", "").removeprefix("./")
            if address and not _OUTSIDE.match(address):
                yield address, " ".join(about)


def _own_rows(table: Any) -> Iterator[Any]:
    """Rows of a table, out of groups and headers, without those of tables in it."""
    for element in table:
        if element.tag == TABLE + "table-row":
            yield element
        elif isinstance(element.tag, str) and element.tag.startswith(TABLE + "table-"):
            yield from _own_rows(element)


def _number(element: Any, name: str) -> int:
    value = element.get(TABLE + name, "1")
    return max(1, min(int(value), _MAX_REPEATS)) if value.isdecimal() else 1
