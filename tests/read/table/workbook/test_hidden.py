"""What a sheet does not show."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from polysense.read.table.workbook.parser import WorkbookParser
from polysense.types import Asset, Chunk


def test_hidden_rows_and_columns_are_told(tmp_path: Path) -> None:
    """Their words are no open ones; the others stay as they are."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Boat", "Length", "Debt"], ["Alba", 9, 400], ["Bora", 12, 700]):
        sheet.append(row)
    sheet.row_dimensions.group(3, 3, hidden=True)
    sheet.column_dimensions.group("C", "C", hidden=True)
    path = tmp_path / "boats.xlsx"
    book.save(path)
    mime = next(iter(WorkbookParser.accepts))
    asset = Asset("0" * 32, str(path), mime, "table", path.stat().st_size, path=path)
    texts = [c.text for c in WorkbookParser().parse(asset) if isinstance(c, Chunk)]
    assert [text for text in texts if "Alba;" in text] == [
        "Boat: Alba; Length: 9; Debt (hidden column): 400.\n"
        "Boat: Bora; Length: 12; Debt (hidden column): 700. (hidden row)"
    ]
