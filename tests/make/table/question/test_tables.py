"""Tables of evidence with the places of their cells; two of them as one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.make.table.test_table_rows import evidence

from polysense.errors import NotFound
from polysense.make.table.question.tables import cell_ranges, join_sources, table_sources
from polysense.read.document.office import table_chunks
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span


def test_ranges_are_short() -> None:
    """Neighbours are one range; very many are told by their number."""
    assert cell_ranges(["B2", "C2", "B3", "C3", "E9"], "May 1") == "May 1!B2:C3, E9"
    assert cell_ranges([f"A{n}" for n in range(1, 99, 2)]) == "49 cells of A1:A97"
    assert cell_ranges([]) == ""


def write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text)
    return folder / name


def test_each_table_once(tmp_path: Path) -> None:
    """Two pieces of evidence from one file are one table; names in SQL differ."""
    sales = write(tmp_path, "sales.csv", "Name,Sum\nAnn,1\nBob,2\n")
    (tmp_path / "old").mkdir()
    old = write(tmp_path / "old", "old.csv", "Name,Sum\nCid,1\n").rename(tmp_path / "old/sales.csv")
    pieces = [evidence(sales), evidence(sales, 2), evidence(old, 3)]
    for n, e in enumerate(pieces):
        asset = replace(e.hit.chunk.asset, id=str(e.hit.chunk.asset.path))
        pieces[n] = replace(e, hit=replace(e.hit, chunk=replace(e.hit.chunk, asset=asset)))
    tables = table_sources(pieces)
    assert [t.frame.rows[0][0] for t in tables] == ["Ann", "Cid"]
    assert [t.sql_name for t in tables] == ["sales", "sales 2"]


def test_places_of_rows_and_columns(tmp_path: Path) -> None:
    """The file's name, and ranges of cells."""
    path = write(tmp_path, "sales.csv", "Name,Sum\nAnn,1\nBob,2\n")
    (source,) = table_sources([evidence(path)])
    assert source.places([0, 1], [0, 1]) == ("sales.csv", "A2:B3")
    assert source.places([1], [0]) == ("sales.csv", "A3")
    assert [e.n for e in source.evidence] == [1]


def test_records_are_numbered(tmp_path: Path) -> None:
    """JSON lines have no cells; of many rows the whole file is named."""
    path = write(tmp_path, "a.jsonl", "".join(f'{{"n": {n}}}\n' for n in range(20)))
    (source,) = table_sources([evidence(path, mime="application/x-ndjson")])
    assert source.places([0, 2], [0]) == ("a.jsonl", "record 1, record 3")
    assert source.places(range(20), [0])[1] == str(Span())


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    """The first is said to be gone; another one is left out."""
    path = write(tmp_path, "sales.csv", "Name,Sum\nAnn,1\n")
    with pytest.raises(NotFound):
        table_sources([evidence(tmp_path / "gone.csv"), evidence(path, 2)])
    assert len(table_sources([evidence(path), evidence(tmp_path / "gone.csv", 2)])) == 1


def test_tables_are_joined_where_both_are_needed(tmp_path: Path) -> None:
    """On a column of one name, whose cells are each once in the second; places are of both."""
    sales = write(tmp_path, "sales.csv", "Name,Sum\nAnn,1\nBob,2\nAnn,3\n")
    towns = write(tmp_path, "towns.csv", "Name,Town\nAnn,Oslo\nBob,Rome\n")
    tables = table_sources([evidence(sales), evidence(towns, 2)])
    both = join_sources(tables, "sum by town")
    assert both is not None
    assert both.frame.columns == ("Name", "Sum", "Town")
    assert both.frame.rows[2] == ("Ann", "3", "Oslo")
    assert both.places([2], [1, 2]) == ("sales.csv; towns.csv", "sales.csv B4; towns.csv B2")
    assert join_sources(tables, "sum of Ann") is None
    assert join_sources(tables[::-1], "town and sum") is None


def test_tables_of_one_document_are_told_apart_and_joined() -> None:
    """Two of the same size in one file are two; of one in two pieces there is one, with all rows,
    and a place within the document.
    """
    asset = Asset("0" * 32, "/orders.docx", "application/x-docx", "text", 1)

    def chunks(table: int) -> tuple[Chunk, ...]:
        rows = [
            ["Item", "Price"],
            *([f"tea {table} of the hill farm {n}", str(n)] for n in range(40)),
        ]
        product = tuple(table_chunks(asset, rows, Span(node=f"table {table}"), "Orders"))
        return tuple(c.with_(table=product) for c in product)

    one, two = chunks(1), chunks(2)
    hits = [Hit(c, 1.0) for c in (one[0], one[1], two[0])]
    tables = table_sources(
        [Evidence(n, h, Part("text", ""), h.chunk.span) for n, h in enumerate(hits, 1)]
    )
    assert [len(t.frame.rows) for t in tables] == [40, 40]
    assert tables[0].span([0, 39], [1]) == Span(cells="B2:B41", node="table 1")
