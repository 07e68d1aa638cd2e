"""What lies on a sheet beside its cells."""

from __future__ import annotations

import zipfile
from pathlib import Path

from openpyxl import Workbook
from openpyxl.chart import LineChart, Reference
from openpyxl.comments import Comment

from polysense.read.table.workbook.parser import WorkbookParser
from polysense.types import Asset, Chunk

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT_BOX = b"""<xdr:twoCellAnchor xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/\
spreadsheetDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:from>\
<xdr:col>3</xdr:col><xdr:row>1</xdr:row></xdr:from><xdr:sp><xdr:txBody><a:p><a:r><a:t>The pump \
fails</a:t></a:r><a:r><a:t> below five.</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:twoCellAnchor>"""


def test_comments_text_boxes_and_titles_of_charts(tmp_path: Path) -> None:
    """Each is told at the cell where it lies."""
    book = Workbook()
    sheet = book.active
    for row in (["day", "height"], [1, 4], [2, 5]):
        sheet.append(row)
    sheet["B3"].comment = Comment("Spring tide", "me")
    chart = LineChart()
    chart.title = "Tide heights"
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    sheet.add_chart(chart, "D12")
    book.save(tmp_path / "plain.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "plain.xlsx") as source,
        zipfile.ZipFile(tmp_path / "a.xlsx", "w") as target,
    ):
        for name in source.namelist():
            data = source.read(name)
            if name.startswith("xl/drawings/drawing"):
                end = data.rindex(b"</")
                data = data[:end] + TEXT_BOX + data[end:]
            target.writestr(name, data)
    path = tmp_path / "a.xlsx"
    asset = Asset("0" * 32, str(path), MIME, "table", 1, path=path)
    words_by_cell = {
        i.span.cells: i.text
        for i in WorkbookParser().parse(asset)
        if isinstance(i, Chunk) and i.span.node
    }
    assert words_by_cell == {
        "Sheet!B3": "Spring tide",
        "Sheet!D12": "Tide heights",
        "Sheet!D2": "The pump fails below five.",
    }


def test_a_hidden_sheet_is_told_to_be(tmp_path: Path) -> None:
    """It is not passed off as an open one."""
    book = Workbook()
    book.active.append(["post", "amount"])
    draft = book.create_sheet("Draft")
    draft.append(["figurehead", 9900])
    draft.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    path = tmp_path / "a.xlsx"
    asset = Asset("0" * 32, str(path), MIME, "table", 1, path=path)
    chunks = [i for i in WorkbookParser().parse(asset) if isinstance(i, Chunk)]
    assert [("hidden" in c.context) for c in chunks if "9900" in c.text] == [True]
    assert not any("hidden" in c.context for c in chunks if "amount" in c.text)
