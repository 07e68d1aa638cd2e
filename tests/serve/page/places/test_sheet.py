"""Tables: rows and columns, the cited cells, and a bounded number of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from polysense.read.file.magic import XLS
from polysense.read.file.open_document import SHEET
from polysense.serve.page.places import sheet
from polysense.serve.page.places.sheet import MOST_ROWS, _cells_in_range
from polysense.types import Span

from .conftest import Draw, PlaceOf, text


def test_a_table_is_shown(draw: Draw, place_of: PlaceOf) -> None:
    """Its columns, its cells, numbers as such."""
    drawing = draw(sheet, place_of("tides.csv"))
    assert {"place", "metres"} <= {text(e) for e in drawing.tagged("th")}
    assert {"North pier", "3.7"} <= {text(e) for e in drawing.tagged("td")}
    assert {text(e) for e in drawing.classed("num")} == {"4.1", "3.7"}
    assert drawing.classed("on") == []


def test_a_table_that_was_made_begins_at_its_top(
    draw: Draw, place_of: PlaceOf, tmp_path: Path
) -> None:
    """A long one is cut, and says so."""
    (tmp_path / "a.csv").write_text("n\n" + "".join(f"{n}\n" for n in range(MOST_ROWS + 50)))
    place = replace(place_of("tides.csv"), path=tmp_path / "a.csv", asset=None, chunk=None)
    assert sheet.fits(place)
    drawing = draw(sheet, place)
    assert len(drawing.classed("num")) == MOST_ROWS
    assert text(drawing.elements[-1]).startswith(f"… {MOST_ROWS + 50}")


def test_cited_cells_are_marked(draw: Draw, place_of: PlaceOf, tmp_path: Path) -> None:
    """Of a workbook, which has addresses; no other cell is."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in (("place", "metres"), ("North pier", 4.1), ("South pier", 3.7)):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    place = replace(place_of("tides.csv"), path=tmp_path / "a.xlsx", mime=mime, chunk=None)
    drawing = draw(sheet, replace(place, span=Span(cells="B3")))
    assert [text(e) for e in drawing.classed("on")] == ["3.7"]


def test_old_and_open_workbooks_are_sheets_too(
    draw: Draw, place_of: PlaceOf, tmp_path: Path
) -> None:
    """What is read as one is shown as one."""
    pytest.importorskip("xlrd", reason="needs the extra xls")
    book = pytest.importorskip("xlwt").Workbook()
    page = book.add_sheet("Piers")
    for n, row in enumerate((("place", "metres"), ("North pier", 4.1), ("South pier", 3.7))):
        for column, value in enumerate(row):
            page.write(n, column, value)
    book.save(str(tmp_path / "a.xls"))
    place = replace(place_of("tides.csv"), path=tmp_path / "a.xls", mime=XLS, chunk=None)
    assert sheet.fits(place)
    assert sheet.fits(replace(place, mime=SHEET))
    drawing = draw(sheet, replace(place, span=Span(cells="Piers!B2")))
    assert [text(e) for e in drawing.classed("on")] == ["4.1"]


@pytest.mark.parametrize(
    ("cells", "count"),
    [("B2:D3", 6), ("Sheet one!B2", 1), ("A1:A1000000", 601), ("", 0), ("B2:", 0), ("AA1:AB1", 2)],
)
def test_cells_of_a_range(cells: str, count: int) -> None:
    """Of a whole column only what is shown, or the page would never end."""
    assert len(_cells_in_range(cells)) == count
