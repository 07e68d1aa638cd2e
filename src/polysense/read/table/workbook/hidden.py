"""Rows and columns of a sheet that are not shown: hidden by hand, or by a filter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from polysense.read.file.archive import open_zip
from polysense.read.table.rows import HiddenCells

_TAG = re.compile(rb"<(?:\w+:)?(row|col)\s[^>]{0,2000}?\bhidden=[\"'](?:1|true)[\"'][^>]{0,2000}>")
_NUMBER = re.compile(rb"\s(r|min|max)=[\"'](\d{1,7})[\"']")
_BLOCK_BYTES, _TAG_BYTES = 1 << 20, 1 << 13
_MOST_ROWS, _MOST_COLUMNS = 1 << 20, 1 << 14


def find_hidden_cells(path: Path, sheet: Any) -> HiddenCells:
    """Those of a sheet of an .xlsx, which openpyxl does not give when it streams."""
    rows, columns = set[int](), set[int]()
    with open_zip(path) as book, book.open(sheet._worksheet_path.lstrip("/")) as xml:
        for kind, numbers in _tags(xml):
            if kind == b"row" and 0 < (row := numbers.get(b"r", 0)) <= _MOST_ROWS:
                rows.add(row)
            elif kind == b"col":
                last = min(numbers.get(b"max", 0), _MOST_COLUMNS)
                columns.update(range(numbers.get(b"min", 1) - 1, last))
    return HiddenCells(frozenset(rows), frozenset(columns))


def _tags(xml: IO[bytes]) -> Iterator[tuple[bytes, dict[bytes, int]]]:
    """(kind, numbers by attribute) of each row and each run of columns that is hidden."""
    tail = b""
    while block := xml.read(_BLOCK_BYTES):
        text, end = tail + block, 0
        for m in _TAG.finditer(text):
            yield m[1], {name: int(number) for name, number in _NUMBER.findall(m[0])}
            end = m.end()
        tail = text[max(end, len(text) - _TAG_BYTES) :]
