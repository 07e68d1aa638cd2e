"""Old workbooks, written by xlwt, beside the same ones of today, written by openpyxl."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

pytest.importorskip("xlrd", reason="needs the extra xls")
pytest.importorskip("xlwt", reason="writes the files that are read")

import xlwt

from polysense.errors import Unreadable
from polysense.library import Library
from polysense.protocols import Parser
from polysense.read.file.magic import XLS, XLSX
from polysense.read.file.mime import modality_of, sniff
from polysense.read.table.workbook import sheets
from polysense.read.table.workbook.parser import WorkbookParser
from polysense.read.table.workbook.xls import XlsParser
from polysense.registry import Kit
from polysense.testing import check_parser
from polysense.types import Asset, Chunk

ROWS: list[tuple[Any, ...]] = [
    ("boat", "built", "length", "share", "price", "sailed", "afloat", "code"),
    ("Petrel", dt.date(1998, 5, 4), 7.5, 0.125, 1234.5, dt.timedelta(hours=42, minutes=5), True, 42),
    ("Tern", dt.datetime(2004, 1, 9, 14, 30), 11, 1.5, 80, dt.timedelta(minutes=9), False, 7),
]  # fmt: skip
STYLES = (
    "General",
    "yyyy-mm-dd hh:mm",
    '0.0" m"',
    "0.0%",
    "$#,##0.00",
    "[h]:mm",
    "General",
    "0000",
)


def write_old(path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Fleet")
    for n, row in enumerate(ROWS):
        for column, value in enumerate(row):
            if isinstance(value, dt.timedelta):
                value = value / dt.timedelta(days=1)
            sheet.write(n + 2, column + 1, value, xlwt.easyxf(num_format_str=STYLES[column]))
    sheet.write_merge(0, 0, 1, 3, "Boats of the harbour")
    strike = xlwt.easyfont("struck_out true")
    sheet.write(8, 1, "Berth ten", xlwt.easyxf("font: struck_out on"))
    sheet.write_rich_text(7, 1, ("Berth ", ("twelve", strike), " thirteen"))
    draft = book.add_sheet("Draft")
    draft.visibility = 1
    draft.write(0, 0, "post")
    draft.write(1, 0, "figurehead")
    book.save(str(path))


def write_new(path: Path) -> None:
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont
    from openpyxl.styles import Font

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Fleet"
    for n, row in enumerate(ROWS):
        for column, value in enumerate(row):
            cell = sheet.cell(n + 3, column + 2, value)
            cell.number_format = STYLES[column]
    sheet["B1"] = "Boats of the harbour"
    sheet.merge_cells("B1:D1")
    sheet["B8"] = CellRichText("Berth ", TextBlock(InlineFont(strike=True), "twelve"), " thirteen")
    sheet["B9"] = "Berth ten"
    sheet["B9"].font = Font(strike=True)
    draft = book.create_sheet("Draft")
    draft.sheet_state = "hidden"
    draft.append(["post"])
    draft.append(["figurehead"])
    book.save(path)


def read(path: Path, parser: Parser) -> list[Chunk]:
    mime = sniff(path)
    asset = Asset("0" * 32, str(path), mime, modality_of(mime), 1, path=path)
    return check_parser(parser, asset)


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    write_old(tmp_path / "fleet.xls")
    return tmp_path / "fleet.xls"


def test_an_old_workbook_says_what_a_new_one_does(fleet: Path) -> None:
    """The same cells, formats, merged heads, hidden sheets and places."""
    write_new(fleet.with_suffix(".xlsx"))
    assert sniff(fleet) == XLS
    assert sniff(fleet.with_suffix(".xlsx")) == XLSX
    old = [(str(c.span), c.modality, c.text, c.context, c.marks) for c in read(fleet, XlsParser())]
    new = read(fleet.with_suffix(".xlsx"), WorkbookParser())
    assert old == [(str(c.span), c.modality, c.text, c.context, c.marks) for c in new]
    words = "\n".join(text for _, _, text, _, _ in old)
    for value in ("12.5%", "$1,234.50", "42:05", "7.5 m", "0042", "1998-05-04", "Berth thirteen"):
        assert value in words
    assert "ten" not in words


def test_its_rows_are_those_that_answers_are_worked_out_of(fleet: Path) -> None:
    """Sheet by sheet, as any workbook's."""
    names = {name: rows for name, rows in sheets.sheets(fleet)}
    assert list(names) == ["Fleet", "Draft"]
    assert names["Draft"] == [(1, ["post"]), (2, ["figurehead"])]
    assert [name for name, _ in sheets.sheets(fleet, "Draft")] == ["Draft"]


def test_it_is_asked_and_cited(fleet: Path, tmp_path: Path, bare: Kit) -> None:
    """By its cells."""
    with Library(tmp_path / "kb", kit=bare) as kb:
        assert not kb.index(fleet).failed
        answer = kb.ask("What is the price of the Petrel?")
        assert "1,234.50" in answer.text
        assert (answer.evidence[0].span.cells or "").startswith("Fleet!")


def test_no_more_cells_than_allowed_are_read(fleet: Path) -> None:
    """And it is told where reading ended."""
    mime = sniff(fleet)
    asset = Asset("0" * 32, str(fleet), mime, "table", 1, path=fleet)
    with pytest.raises(Unreadable, match="only the first 20 cells"):
        list(XlsParser(cells=20).parse(asset))


@pytest.mark.parametrize("size", [600, 3000])
def test_what_is_cut_short_says_so(fleet: Path, size: int) -> None:
    """With the file's name."""
    fleet.write_bytes(fleet.read_bytes()[:size])
    asset = Asset("0" * 32, str(fleet), XLS, "table", 1, path=fleet)
    with pytest.raises(Unreadable, match=r"fleet\.xls"):
        list(XlsParser().parse(asset))
