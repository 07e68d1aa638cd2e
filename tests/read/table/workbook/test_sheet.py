"""Sheets of workbooks as a person sees them."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from polysense.errors import Unreadable
from polysense.read.table.workbook import sheet


def test_values_as_shown_and_merged_cells_filled(tmp_path: Path) -> None:
    """Formats are applied, a merged label stands in each cell that it covers; one sheet may be
    asked for.
    """
    book = Workbook()
    book.active.title = "A"
    book.active.append(["Both", None, "x"])
    book.active.append([0.125, 1234.5, None])
    book.active["A2"].number_format, book.active["B2"].number_format = "0.0%", "#,##0.00"
    book.active.merge_cells("A1:B1")
    book.create_sheet("B").append(["other"])
    book.save(tmp_path / "a.xlsx")
    rows_of_sheet = dict(sheet.sheets(tmp_path / "a.xlsx"))
    assert rows_of_sheet == {
        "A": [(1, ["Both", "Both", "x"]), (2, ["12.5%", "1,234.50"])],
        "B": [(1, ["other"])],
    }
    assert [name for name, _ in sheet.sheets(tmp_path / "a.xlsx", "B")] == ["B"]
    assert sum(len(rows) for _, rows in sheet.sheets(tmp_path / "a.xlsx", limit=3)) <= 1


def test_no_workbook(tmp_path: Path) -> None:
    """Is said to be none."""
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04broken")
    with pytest.raises(Unreadable):
        list(sheet.sheets(tmp_path / "a.xlsx"))


def test_merged_cells_cannot_grow_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their words are repeated in what they cover only while they are short, and in so many cells
    in all.
    """
    monkeypatch.setattr(sheet, "_MOST_COVERED", 60)
    book = Workbook()
    for n in range(5):
        book.active.cell(1 + n * 10, 1, f"m{n}")
        book.active.merge_cells(
            start_row=1 + n * 10, end_row=n * 10 + 10, start_column=1, end_column=2
        )
    book.save(tmp_path / "x.xlsx")
    ((_, rows),) = sheet.sheets(tmp_path / "x.xlsx")
    cells = [c for _, row in rows for c in row]
    # in the order of the file, which is that of a set
    assert sorted(cells.count(f"m{n}") for n in range(5)) == [1, 1, 20, 20, 20]
    book = Workbook()
    book.active["A1"] = "word " * 100
    book.active.merge_cells("A1:A9")
    book.save(tmp_path / "x.xlsx")
    ((_, rows),) = sheet.sheets(tmp_path / "x.xlsx")
    assert len(rows) == 1


def test_what_is_struck_out_is_not_said(tmp_path: Path) -> None:
    """A whole cell, and some words of one that stand in the sheet itself; later columns stay."""
    book = Workbook()
    book.active.title = "A"
    book.active.append(["Old price", None, 40])
    book.active["A1"].font = Font(strike=True)
    book.active["A2"] = CellRichText("Now ", TextBlock(InlineFont(strike=True), "40"), " 35")
    book.save(tmp_path / "a.xlsx")
    [(_, rows)] = sheet.sheets(tmp_path / "a.xlsx")
    assert rows == [(1, ["", "", "40"]), (2, ["Now 35"])]
