"""The sheets of a workbook in any format that is read here, as rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from polysense.read.file.magic import XLS, XLSX
from polysense.read.file.mime import sniff
from polysense.read.file.open_document import SHEET
from polysense.read.table.workbook import ods, sheet, xls
from polysense.read.table.workbook.sheet import Row

READERS = {XLSX: sheet.sheets, SHEET: ods.sheets, XLS: xls.sheets}
"""By mime type."""


def sheets(path: Path, only: str = "", limit: int = 1_000_000) -> Iterator[tuple[str, list[Row]]]:
    """(name, rows that show something) of each sheet, or of the one called `only`.

    Together at most `limit` cells. Raises Unreadable, TooLarge, MissingDependency.
    """
    yield from READERS.get(sniff(path), sheet.sheets)(path, only, limit)
