"""Workbooks read as a person sees them, to the cell."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment

from polysense.errors import Encrypted, TooLarge, Unreadable
from polysense.read.table.workbook.parser import WorkbookParser
from polysense.types import Asset, Chunk, Span

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def parse(path: Path, **settings: Any) -> list[Chunk]:
    asset = Asset(
        id="0" * 32, uri=str(path), mime=MIME, modality="table", size=path.stat().st_size, path=path
    )
    chunks = [c for c in WorkbookParser(**settings).parse(asset) if isinstance(c, Chunk)]
    assert len({c.id for c in chunks}) == len(chunks)
    return chunks


@pytest.fixture
def book(tmp_path: Path) -> Path:
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "Sales 2020"
    sheet["A1"] = "Quarterly report"
    sheet.merge_cells("A1:F1")
    rows = [
        ["Region", "2019", None, "2020", None],
        [None, "Revenue", "Share", "Revenue", "Share"],
        ["North", 1000, 0.25, 2000, 0.5],
    ]
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            sheet.cell(3 + i, 2 + j, value)
    for merged in ("B3:B4", "C3:D3", "E3:F3"):
        sheet.merge_cells(merged)
    sheet["C5"].number_format, sheet["D5"].number_format = "$#,##0", "0.0%"
    for i, row in enumerate(
        [
            ["Name", "Born"],
            ["Ann", dt.datetime(1990, 5, 17)],
            ["Bob", dt.datetime(1985, 1, 2, 13, 30)],
        ]
    ):
        for j, value in enumerate(row):
            sheet.cell(3 + i, 9 + j, value)
    sheet["B9"] = "Figures are estimates."
    workbook.create_sheet("Empty")
    workbook.create_sheet("Other").append(["alone"])
    path = tmp_path / "figures.xlsx"
    workbook.save(path)
    return path


def test_each_table_of_each_sheet(book: Path) -> None:
    """Tables beside and below each other are told apart; merged labels join; formats are seen;
    titles become context.
    """
    chunks = {str(c.span): c for c in parse(book)}
    assert list(chunks) == [
        "Sales 2020!A1:F1",
        "Sales 2020!B5:F5",
        "Sales 2020!B3:F4",
        "Sales 2020!I4:J5",
        "Sales 2020!I3:J3",
        "Sales 2020!B9",
        "Other!A1",
    ]
    row = chunks["Sales 2020!B5:F5"]
    assert (
        row.text == "Region: North; 2019 Revenue: $1,000; 2019 Share: 25.0%; "
        "2020 Revenue: 2000; 2020 Share: 0.5."
    )
    assert row.context == "figures > Sales 2020 > Quarterly report"
    assert (
        chunks["Sales 2020!I4:J5"].text
        == "Name: Ann; Born: 1990-05-17.\nName: Bob; Born: 1985-01-02 13:30."
    )
    assert chunks["Sales 2020!I4:J5"].marks[1].span == Span(cells="Sales 2020!I5:J5")
    assert chunks["Sales 2020!B9"].text == "Figures are estimates."


def test_a_table_that_goes_on_below_a_blank_row_keeps_its_header(tmp_path: Path) -> None:
    """As long as its columns are the same."""
    workbook = Workbook()
    for row in (["item", "price"], ["tea", 2], [], ["rum", 9], ["gin", 8]):
        workbook.active.append(row)
    workbook.save(tmp_path / "x.xlsx")
    assert "item: rum; price: 9." in [
        line for c in parse(tmp_path / "x.xlsx") for line in c.text.splitlines()
    ]


def test_limits_and_broken_books(tmp_path: Path, book: Path) -> None:
    """A cut is told; locks, bombs and garbage have their own errors."""
    with pytest.raises(Unreadable, match="only the first 20 cells"):
        parse(book, cells=20)
    bad_path = tmp_path / "broken.xlsx"
    bad_path.write_bytes(book.read_bytes()[:2000])
    with pytest.raises(Unreadable, match=r"broken\.xlsx"):
        parse(bad_path)
    bad_path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000))
    with pytest.raises(Encrypted):
        parse(bad_path)
    with zipfile.ZipFile(bad_path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", b" " * (90 << 20))
    with pytest.raises(TooLarge):
        parse(bad_path)
    with zipfile.ZipFile(bad_path, "w") as z:
        z.writestr("[Content_Types].xml", "<Types/>")
    with pytest.raises(Unreadable, match="no readable workbook"):
        parse(bad_path)


def test_a_broken_sheet_costs_only_itself(tmp_path: Path, book: Path) -> None:
    """The others are read, and it is named."""
    path = tmp_path / "x.xlsx"
    bad_xml = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    bad_xml += b'<dimension ref="A1"/><sheetData>'
    bad_xml += b"<row/>" * 20_000 + b"<row"
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, bad_xml if name.endswith("sheet1.xml") else old.read(name))
    asset = Asset(id="0" * 32, uri=str(path), mime=MIME, modality="table", size=1, path=path)
    source = WorkbookParser().parse(asset)
    assert str(next(source).span) == "Other!A1"
    with pytest.raises(Unreadable, match="Sales 2020"):
        list(source)


def test_what_is_noted_on_a_cell(tmp_path: Path) -> None:
    """A comment is found at its cell."""
    workbook = Workbook()
    workbook.active.title = "Rain"
    for row in (["month", "mm"], ["May", 120], ["June", 3]):
        workbook.active.append(row)
    workbook.active["B3"].comment = Comment("The gauge was broken.", "Ann")
    workbook.save(tmp_path / "x.xlsx")
    (note,) = [c for c in parse(tmp_path / "x.xlsx") if c.span.node == "comment"]
    assert (note.text, note.span.cells, note.context) == (
        "The gauge was broken.",
        "Rain!B3",
        "x > Rain",
    )


def test_rows_that_no_sheet_can_have_are_not_waited_for(tmp_path: Path, book: Path) -> None:
    """A sheet that claims a row far away is read up to the last possible one."""
    path = tmp_path / "x.xlsx"
    far = b'<row r="900000000000"><c r="A900000000000" t="inlineStr"><is><t>far</t></is></c></row>'
    far += b"</sheetData>"
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(
                name,
                old.read(name).replace(b"</sheetData>", far)
                if name.endswith("sheet1.xml")
                else old.read(name),
            )
    assert [str(c.span) for c in parse(path)] == [str(c.span) for c in parse(book)]


def test_broken_comments_cost_only_themselves(tmp_path: Path) -> None:
    """The sheet is read, and they are named."""
    workbook = Workbook()
    workbook.active["A1"] = "alone"
    workbook.active["A1"].comment = Comment("lost", "Ann")
    workbook.save(tmp_path / "x.xlsx")
    path = tmp_path / "y.xlsx"
    with zipfile.ZipFile(tmp_path / "x.xlsx") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"<torn" if "comments" in name else old.read(name))
    source = WorkbookParser().parse(
        Asset(id="0" * 32, uri=str(path), mime=MIME, modality="table", size=1, path=path)
    )
    assert str(next(source).span) == "Sheet!A1"
    with pytest.raises(Unreadable, match="beside the cells of Sheet"):
        list(source)
