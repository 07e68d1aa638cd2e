"""OpenDocument spreadsheets, as odfpy writes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from polysense.errors import Unreadable
from polysense.read.file.mime import modality_of, sniff
from polysense.read.table.workbook.ods import OdsParser
from polysense.read.table.workbook.sheets import sheets
from polysense.types import Asset, Chunk

odf = pytest.importorskip("odf.opendocument")


def cell(value: Any, text: str = "") -> Any:
    from odf.table import TableCell
    from odf.text import P

    if isinstance(value, float):
        inner = TableCell(valuetype="float", value=str(value))
    elif value[:2] == "20":
        inner = TableCell(valuetype="date", datevalue=value)
    else:
        inner = TableCell(valuetype="string")
    inner.addElement(P(text=text or str(value)))
    return inner


@pytest.fixture
def catch(tmp_path: Path) -> Path:
    """As LibreOffice pads sheets: a thousand empty columns, a million empty rows."""
    from odf.office import Annotation
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    book, table = odf.OpenDocumentSpreadsheet(), Table(name="Fang")
    rows = (
        [cell("Art"), cell("Tonnen"), cell("Preis"), cell("Tag")],
        [cell("Hering"), cell(1204.5, "1.204,50"), cell(3.5, "3,50 €"), cell("2024-03-05", "5.3.")],
        [cell("Dorsch"), cell(310.0, "310"), cell(4.0, "4,00 €"), cell("2024-04-05", "5.4.")],
    )
    note = Annotation()
    note.addElement(P(text="Weighed wet."))
    rows[1][0].addElement(note)
    for cells in rows:
        row = TableRow()
        for one in (*cells, TableCell(numbercolumnsrepeated=1020)):
            row.addElement(one)
        table.addElement(row)
    padding = TableRow(numberrowsrepeated=1_048_570)
    padding.addElement(TableCell(numbercolumnsrepeated=1024))
    table.addElement(padding)
    book.spreadsheet.addElement(table)
    path = tmp_path / "catch.ods"
    book.save(str(path))
    return path


def test_cells_are_read_as_values(catch: Path) -> None:
    """Numbers and dates as they are stored, amounts as they are text, comments at their cells."""
    mime = sniff(catch)
    assert modality_of(mime) == "table"
    chunks = list(OdsParser().parse(Asset("0", str(catch), mime, "table", 1, path=catch)))
    rows, *_, comment = (c for c in chunks if isinstance(c, Chunk))
    assert rows.text.split("\n") == [
        "Art: Hering; Tonnen: 1204.5; Preis: 3,50 €; Tag: 2024-03-05.",
        "Art: Dorsch; Tonnen: 310; Preis: 4,00 €; Tag: 2024-04-05.",
    ]
    assert rows.span.cells == "Fang!A2:D3"
    assert (comment.text, comment.span.cells) == ("Weighed wet.", "Fang!A2")


def test_questions_read_it_again(catch: Path) -> None:
    """As rows, by the name of a sheet."""
    assert dict(sheets(catch, "Fang"))["Fang"][2][1][0] == "Dorsch"
    assert list(sheets(catch, "Other")) == []


def test_a_limit_of_cells_is_told(catch: Path) -> None:
    """What was read before stays."""
    source = OdsParser(cells=8).parse(Asset("0", str(catch), sniff(catch), "table", 1, path=catch))
    with pytest.raises(Unreadable, match="first 8 cells"):
        list(source)


def test_what_is_struck_out_is_not_said(tmp_path: Path) -> None:
    """By the style of the cell, or by what that descends from."""
    from odf.style import Style, TextProperties
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    book, table, row = odf.OpenDocumentSpreadsheet(), Table(name="A"), TableRow()
    strike = Style(name="Gone", family="table-cell")
    strike.addElement(TextProperties(textlinethroughstyle="solid"))
    book.styles.addElement(strike)
    book.styles.addElement(Style(name="Heir", family="table-cell", parentstylename="Gone"))
    for words, style in (("old", "Gone"), ("older", "Heir"), ("new", None)):
        one = TableCell(valuetype="string", **({"stylename": style} if style else {}))
        one.addElement(P(text=words))
        row.addElement(one)
    table.addElement(row)
    book.spreadsheet.addElement(table)
    book.save(str(tmp_path / "a.ods"))
    assert dict(sheets(tmp_path / "a.ods")) == {"A": [(1, ["", "", "new"])]}


def test_values_that_no_words_show(tmp_path: Path) -> None:
    """As libraries write them: each kind has an attribute of its own."""
    from odf.table import Table, TableCell, TableRow

    book, table = odf.OpenDocumentSpreadsheet(), Table(name="Tage")
    kinds = (
        {"valuetype": "boolean", "booleanvalue": "true"},
        {"valuetype": "time", "timevalue": "PT08H30M00S"},
        {"valuetype": "time", "timevalue": "P1DT2H05M09S"},
        {"valuetype": "percentage", "value": "0.255"},
        {"valuetype": "currency", "value": "12.5"},
        {"valuetype": "string", "stringvalue": "ja"},
    )
    row = TableRow()
    for kind in kinds:
        row.addElement(TableCell(**kind))
    table.addElement(row)
    book.spreadsheet.addElement(table)
    path = tmp_path / "days.ods"
    book.save(str(path))
    ((_, rows),) = sheets(path)
    assert rows == [(1, ["TRUE", "8:30:00", "26:05:09", "25.5%", "12.5", "ja"])]


def test_hidden_rows_and_columns_are_told(tmp_path: Path) -> None:
    """Collapsed or filtered, whatever is repeated before them."""
    from odf.table import Table, TableColumn, TableRow

    book, table = odf.OpenDocumentSpreadsheet(), Table(name="Boote")
    table.addElement(TableColumn(numbercolumnsrepeated=2))
    table.addElement(TableColumn(visibility="collapse"))
    for visibility, values in (
        ("visible", ("Boot", "Hafen", "Schuld")),
        ("visible", ("Alba", "Kiel", "400 a")),
        ("filter", ("Bora", "Bremen", "700 a")),
    ):
        row = TableRow(visibility=visibility)
        for value in values:
            row.addElement(cell(value))
        table.addElement(row)
    book.spreadsheet.addElement(table)
    path = tmp_path / "boats.ods"
    book.save(str(path))
    asset = Asset("0" * 32, str(path), sniff(path), "table", path.stat().st_size, path=path)
    text = "\n".join(c.text for c in OdsParser().parse(asset) if isinstance(c, Chunk))
    assert "Boot: Alba; Hafen: Kiel; Schuld (hidden column): 400 a." in text
    assert "Boot: Bora; Hafen: Bremen; Schuld (hidden column): 700 a. (hidden row)" in text
