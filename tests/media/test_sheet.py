"""Sheets of workbooks as a person sees them."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.errors import Unreadable
from polysense.media import sheet


def test_values_as_shown_and_merged_cells_filled(tmp_path: Path) -> None:
    """Formats are applied, a merged label stands in each cell that it covers; one sheet may be asked for."""
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "A"
    book.active.append(["Both", None, "x"])
    book.active.append([0.125, 1234.5, None])
    book.active["A2"].number_format, book.active["B2"].number_format = "0.0%", "#,##0.00"
    book.active.merge_cells("A1:B1")
    book.create_sheet("B").append(["other"])
    book.save(tmp_path / "a.xlsx")
    found = dict(sheet.sheets(tmp_path / "a.xlsx"))
    assert found == {"A": [(1, ["Both", "Both", "x"]), (2, ["12.5%", "1,234.50"])], "B": [(1, ["other"])]}
    assert [name for name, _ in sheet.sheets(tmp_path / "a.xlsx", "B")] == ["B"]
    assert sum(len(rows) for _, rows in sheet.sheets(tmp_path / "a.xlsx", limit=3)) <= 1


def test_no_workbook(tmp_path: Path) -> None:
    """Is said to be none."""
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04broken")
    with pytest.raises(Unreadable):
        list(sheet.sheets(tmp_path / "a.xlsx"))
