"""Rows: the rows and columns asked for, with their cells; read back with pyarrow, compared with the
file itself.
"""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

import pyarrow.csv as pacsv
import pytest

from polysense.errors import NotFound
from polysense.make.table.table_rows import TableRows
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span, TextSpan

SALES = """Date,Region,Product,Units,Price (GBP),Revenue
2024-01-05,North,Tea,10,$3.50,"$35.00"
2024-01-19,South,Coffee,4,$4.00,"$16.00"
2024-02-02,North,Coffee,12,$4.00,"$48.00"
2024-02-20,East,Tea,7,$3.50,"$24.50"
2024-03-01,North,Milk,20,$1.20,"$24.00"
2024-03-15,South,Tea,9,$3.50,"$31.50"
,,Total,62,,"$179.00"
"""


def evidence(path: Path, n: int = 1, mime: str = "text/csv", span: Span | None = None) -> Evidence:
    asset = Asset(path.name, str(path), mime, "table", 1, path=path)
    chunk = Chunk(asset, Span(), "table", Part("table", path, mime, path.name), text="x")
    return Evidence(n, Hit(chunk, 1.0), Part("text", "x"), span or Span())


def sales(folder: Path) -> Evidence:
    path = folder / "sales.csv"
    path.write_text(SALES)
    return evidence(path)


def rows_of(words: str, *evidence_list: Evidence) -> Part:
    (part,) = TableRows().generate((Part("text", words),), evidence_list)
    return part


def read(part: Part) -> list[dict[str, str]]:
    texts = pacsv.ConvertOptions(column_types={}, strings_can_be_null=False)
    rows = pacsv.read_csv(io.BytesIO(part.data), convert_options=texts).to_pylist()
    return [{k: str(v) for k, v in row.items()} for row in rows]


def test_rows_that_are_named_with_their_cells(tmp_path: Path) -> None:
    """What a row shows is what stands in the cells that it names: what is asked for, what it is
    asked of, and what names the row.
    """
    part = rows_of("what did coffee cost in the North?", sales(tmp_path))
    (row,) = read(part)
    assert (row["Region"], row["Product"], row["Price (GBP)"], row["source"], row["place"]) == (
        "North",
        "Coffee",
        "$4.00",
        "sales.csv",
        "A4:C4, E4",
    )
    cells = list(csv.reader(io.StringIO(SALES)))[3]
    assert list(csv.reader(io.StringIO(part.data.decode())))[1][:4] == [*cells[:3], cells[4]]
    assert "note" not in part.meta


def test_columns_that_are_listed(tmp_path: Path) -> None:
    """Who lists two columns of six gets these, and what names the rows."""
    part = rows_of("list product and revenue", sales(tmp_path))
    assert list(read(part)[0]) == ["Date", "Product", "Revenue", "source", "place"]
    assert read(part)[0]["place"] == "A2, C2, F2"


def test_the_first_of_a_ranking(tmp_path: Path) -> None:
    """The sum below does not win; the cells are as they stand there, the query is told."""
    (tmp_path / "hills.csv").write_text(
        'Hill,Height (m)\nPen,"1,085"\nBen,1344\nTor,621\nTotal,3050\n'
    )
    part = rows_of("Which hill has the greatest height?", evidence(tmp_path / "hills.csv"))
    (row,) = read(part)
    assert (row["Hill"], row["place"], part.meta["answer"]) == ("Ben", "A3:B3", ["Ben"])
    assert 'ORDER BY "Height (m)" DESC' in part.meta["sql"]
    top = rows_of("the two lowest hills by height", evidence(tmp_path / "hills.csv"))
    assert top.meta["answer"] == ["Tor", "Pen"]
    assert "1,085" in top.data.decode()


def test_what_is_not_clear_is_said(tmp_path: Path) -> None:
    """Tea has the largest sum, coffee the largest sale: which of them is meant is not said, so the
    rows are given.
    """
    part = rows_of("which product has the highest revenue?", sales(tmp_path))
    assert "not clear" in part.meta["note"]
    assert "answer" not in part.meta
    assert len(read(part)) == 7


def test_rows_beside_one_that_is_named(tmp_path: Path) -> None:
    """Who follows the king is in the next row."""
    (tmp_path / "kings.csv").write_text("King,Since\nAlf,1900\nBert,1910\nCarl,1922\nDan,1931\n")
    names = [
        row["King"]
        for row in read(rows_of("who came after Bert?", evidence(tmp_path / "kings.csv")))
    ]
    assert names == ["Alf", "Bert", "Carl"]


def test_two_tables_joined(tmp_path: Path) -> None:
    """Names of one table, numbers of the other, on the column that both have; each row names both
    files.
    """
    (tmp_path / "regions.csv").write_text(
        "Region,Manager\nNorth,Ines Okafor\nSouth,Liu Wei\nEast,Max Brandt\n"
    )
    part = rows_of(
        "list product, revenue and manager", sales(tmp_path), evidence(tmp_path / "regions.csv", 2)
    )
    row = read(part)[1]
    assert (row["Product"], row["Manager"], row["source"]) == (
        "Coffee",
        "Liu Wei",
        "sales.csv; regions.csv",
    )
    assert row["place"] == "sales.csv A3, C3, F3; regions.csv B3"
    assert part.meta["evidence"] == [1, 2]


def test_a_large_table_keeps_to_what_was_found(tmp_path: Path) -> None:
    """Of thousands of rows those that bear on the question are given, where the question names
    none.
    """
    path = tmp_path / "log.csv"
    path.write_text("Time,What\n" + "".join(f"{n},event {n}\n" for n in range(500)))
    source = evidence(path, span=Span(cells="A41:B42"))
    assert [row["What"] for row in read(rows_of("why did it stop", source))] == [
        "event 39",
        "event 40",
    ]


def test_a_table_in_a_page_is_read_from_its_words() -> None:
    """There are no cells to name there: the page is named."""
    asset = Asset("0", "/kb/report.pdf", "application/pdf", "text", 1)
    text = "Item | Price\nItem: Tea; Price: $3.50\nItem: Coffee; Price: $4.00"
    chunk = Chunk(
        asset, Span(page=3), "table", text=text, marks=(TextSpan(0, len(text), Span(page=3)),)
    )
    (row,) = read(
        rows_of("price of tea", Evidence(1, Hit(chunk, 1.0), Part("text", text), Span(page=3)))
    )
    assert (row["Item"], row["Price"], row["place"]) == ("Tea", "$3.50", "p. 3")


def test_contract(tmp_path: Path) -> None:
    """The public check; nothing of no evidence, and of words that are no table."""
    check_generator(TableRows(), [sales(tmp_path)])
    prose = Chunk(
        Asset("0", "/a.pdf", "application/pdf", "table", 1),
        Span(page=1),
        "table",
        text="Only prose.",
    )
    assert (
        list(
            TableRows().generate(
                (Part("text", "tea?"),), [Evidence(1, Hit(prose, 1.0), Part("text", ""), Span())]
            )
        )
        == []
    )


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    """The error names it."""
    with pytest.raises(NotFound, match=r"gone\.csv"):
        list(TableRows().generate((Part("text", "tea?"),), [evidence(tmp_path / "gone.csv")]))


@pytest.mark.parametrize(
    "words",
    [
        "",
        "which of these is the most",
        "total'; DROP TABLE x --",
        "多少个",
        "\0\ud800 how many",
        "sum " * 300,
    ],
)
def test_hostile_words_and_cells(tmp_path: Path, words: str) -> None:
    """Quotes in names and cells, formulas, right-to-left words: a table comes out of it, and
    nothing else.
    """
    path = tmp_path / 'o"dd.csv'
    path.write_text(
        '"na""me","x\'); --","=cmd()"\n"O\'Brien",1,"=1+1"\n"مرحبا",2,"@x"\n"Ann""",3,\n', "utf-8"
    )
    part = rows_of(words, evidence(path))
    rows = list(csv.reader(io.StringIO(part.data.decode())))
    assert len({len(row) for row in rows}) == 1
    assert not any(cell.startswith("=") for row in rows for cell in row)


def test_a_huge_table_is_bounded(tmp_path: Path) -> None:
    """Sixty thousand rows: at most a thousand come, soon, and it is said."""
    path = tmp_path / "huge.csv"
    path.write_text("id,what,amount\n" + "".join(f"{n},thing {n % 7},{n}\n" for n in range(60_000)))
    began = time.process_time()
    part = rows_of("total amount", evidence(path))
    assert time.process_time() - began < 10
    assert len(part.data.splitlines()) == 1001
    assert "Only the first 10,000 rows" in part.meta["note"]
