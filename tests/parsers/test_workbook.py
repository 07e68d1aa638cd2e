"""Workbooks read as a person sees them, to the cell."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from polysense.errors import Encrypted, TooLarge, Unreadable
from polysense.parsers.workbook import WorkbookParser, shown
from polysense.types import Asset, Chunk, Span

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def parse(path: Path, **settings: Any) -> list[Chunk]:
    asset = Asset(id="0" * 32, uri=str(path), mime=MIME, modality="table", size=path.stat().st_size, path=path)
    found = [c for c in WorkbookParser(**settings).parse(asset) if isinstance(c, Chunk)]
    assert len({c.id for c in found}) == len(found)
    return found


@pytest.fixture
def book(tmp_path: Path) -> Path:
    made = Workbook()
    sheet = made.active
    sheet.title = "Sales 2020"
    sheet["A1"] = "Quarterly report"
    sheet.merge_cells("A1:F1")
    rows = [["Region", "2019", None, "2020", None], [None, "Revenue", "Share", "Revenue", "Share"], ["North", 1000, 0.25, 2000, 0.5]]
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            sheet.cell(3 + i, 2 + j, value)
    for merged in ("B3:B4", "C3:D3", "E3:F3"):
        sheet.merge_cells(merged)
    sheet["C5"].number_format, sheet["D5"].number_format = "$#,##0", "0.0%"
    for i, row in enumerate([["Name", "Born"], ["Ann", dt.datetime(1990, 5, 17)], ["Bob", dt.datetime(1985, 1, 2, 13, 30)]]):
        for j, value in enumerate(row):
            sheet.cell(3 + i, 9 + j, value)
    sheet["B9"] = "Figures are estimates."
    made.create_sheet("Empty")
    made.create_sheet("Other").append(["alone"])
    path = tmp_path / "figures.xlsx"
    made.save(path)
    return path


def test_each_table_of_each_sheet(book: Path) -> None:
    """Tables beside and below each other are told apart; merged labels join; formats are seen; titles become context."""
    found = {str(c.span): c for c in parse(book)}
    assert list(found) == [
        "Sales 2020!A1:F1",
        "Sales 2020!B5:F5",
        "Sales 2020!B3:F4",
        "Sales 2020!I4:J5",
        "Sales 2020!I3:J3",
        "Sales 2020!B9",
        "Other!A1",
    ]
    row = found["Sales 2020!B5:F5"]
    assert row.text == "Region: North; 2019 Revenue: $1,000; 2019 Share: 25.0%; 2020 Revenue: 2000; 2020 Share: 0.5."
    assert row.context == "figures > Sales 2020 > Quarterly report"
    assert found["Sales 2020!I4:J5"].text == "Name: Ann; Born: 1990-05-17.\nName: Bob; Born: 1985-01-02 13:30."
    assert found["Sales 2020!I4:J5"].marks[1].span == Span(cells="Sales 2020!I5:J5")
    assert found["Sales 2020!B9"].text == "Figures are estimates."


def test_a_table_that_goes_on_below_a_blank_row_keeps_its_header(tmp_path: Path) -> None:
    """As long as its columns are the same."""
    made = Workbook()
    for row in (["item", "price"], ["tea", 2], [], ["rum", 9], ["gin", 8]):
        made.active.append(row)
    made.save(tmp_path / "x.xlsx")
    assert "item: rum; price: 9." in [line for c in parse(tmp_path / "x.xlsx") for line in c.text.splitlines()]


@pytest.mark.parametrize(
    ("value", "style", "seen"),
    [
        (0.5, "0%", "50%"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (-5.5, "[$€-407]#,##0.00;[Red]-0", "-€5.50"),
        (12000.0, '0.0##" km"', "12000 km"),
        (3.0, "General", "3"),
        (0.1 + 0.2, "General", "0.3"),
        (True, "General", "TRUE"),
        (0.00012, "0.00E+00", "1.20E-04"),
        (0.5, "# ?/?", "0.5"),
        (dt.date(2020, 2, 29), "dd/mm/yy", "2020-02-29"),
        (dt.time(9, 30), "h:mm", "09:30:00"),
        ("#DIV/0!", "0", "#DIV/0!"),
    ],
)
def test_values_as_seen(value: Any, style: str, seen: str) -> None:
    """Number formats decide what a value looks like."""
    assert shown(value, style) == seen


def test_limits_and_broken_books(tmp_path: Path, book: Path) -> None:
    """A cut is told; locks, bombs and garbage have their own errors."""
    with pytest.raises(Unreadable, match="only the first 20 cells"):
        parse(book, cells=20)
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(book.read_bytes()[:2000])
    with pytest.raises(Unreadable, match=r"broken\.xlsx"):
        parse(broken)
    broken.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000))
    with pytest.raises(Encrypted):
        parse(broken)
    import zipfile

    with zipfile.ZipFile(broken, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", b" " * (90 << 20))
    with pytest.raises(TooLarge):
        parse(broken)
    with zipfile.ZipFile(broken, "w") as z:
        z.writestr("[Content_Types].xml", "<Types/>")
    with pytest.raises(Unreadable, match="no readable workbook"):
        parse(broken)


def test_a_broken_sheet_costs_only_itself(tmp_path: Path, book: Path) -> None:
    """The others are read, and it is named."""
    import zipfile

    path = tmp_path / "x.xlsx"
    torn = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1"/><sheetData>'
    torn += b"<row/>" * 20_000 + b"<row"
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, torn if name.endswith("sheet1.xml") else old.read(name))
    asset = Asset(id="0" * 32, uri=str(path), mime=MIME, modality="table", size=1, path=path)
    source = WorkbookParser().parse(asset)
    assert str(next(source).span) == "Other!A1"
    with pytest.raises(Unreadable, match="Sales 2020"):
        list(source)
