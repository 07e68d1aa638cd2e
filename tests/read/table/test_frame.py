"""Whole tables around a chunk: every kind of file, cells with their addresses, what the words ask
for.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from polysense.errors import NotFound, Unreadable
from polysense.read.file.mime import modality_of, sniff
from polysense.read.table.frame import MOST_ROWS, Frame, frame, value
from polysense.types import Asset, Chunk, Part, Span, TextSpan

ROWS = [("Item", "Price", "Share"), ("Tea", "$3.50", "10%"), ("Coffee", "$4.20", "20%")]

WHOLE = Span()


def chunk_of(path: Path, span: Span = WHOLE) -> Chunk:
    mime = sniff(path, path.name)
    return Chunk(
        Asset("0", str(path), mime, modality_of(mime), path.stat().st_size, path=path),
        span,
        "table",
    )


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_csv(tmp_path: Path) -> None:
    """Columns, rows as shown, and the address of every cell; units from the cells."""
    table = frame(chunk_of(write(tmp_path / "a.csv", "\n".join(",".join(r) for r in ROWS) + "\n")))
    assert table is not None
    assert table.columns == ROWS[0]
    assert table.rows == tuple(ROWS[1:])
    assert table.cells == (("A2", "B2", "C2"), ("A3", "B3", "C3"))
    assert (table.range, table.numbers(1), table.unit(1), table.unit(2), table.measures()) == (
        "A2:C3",
        [3.5, 4.2],
        "$",
        "%",
        [1, 2],
    )


def test_workbook_gives_the_table_that_the_chunk_is_in(tmp_path: Path) -> None:
    """Two tables on a sheet, and another sheet: the one with the chunk's cells, with its sheet's
    name.
    """
    from openpyxl import Workbook

    path = tmp_path / "a.xlsx"
    book = Workbook()
    book.active.title = "One"
    for r, row in enumerate(
        [
            ("Year", "Sum"),
            (2020, 5),
            (2021, 6),
            None,
            ("Bird", "Mass"),
            ("Puffin", 0.4),
            ("Gull", 1),
        ],
        1,
    ):
        for c, cell in enumerate(row or (), 2):
            book.active.cell(r, c, cell)
    book.create_sheet("Two").append(["a", "b"])
    book.save(path)
    table = frame(chunk_of(path, Span(cells="One!B6:C7")))
    assert table is not None
    assert (table.columns, table.rows, table.range) == (
        ("Bird", "Mass"),
        (("Puffin", "0.4"), ("Gull", "1")),
        "One!B6:C7",
    )
    first = frame(chunk_of(path, Span(cells="One!C2")))
    assert first is not None
    assert (first.columns, first.kind(0)) == (("Year", "Sum"), "date")


def test_json_lines_and_parquet(tmp_path: Path) -> None:
    """Names met later become columns; Parquet's rows count from the second, after their names."""
    lines = write(tmp_path / "a.jsonl", '{"a": 1}\nbroken\n{"a": 2, "b": "x"}\n')
    table = frame(chunk_of(lines))
    assert table is not None
    assert (table.columns, table.rows, table.cells) == (("a", "b"), (("1", ""), ("2", "x")), ())
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(
        pa.table({"a": pa.array([0.1, None], pa.float32()), "b": ["x", "y"]}),
        tmp_path / "a.parquet",
    )
    table = frame(chunk_of(tmp_path / "a.parquet"))
    assert table is not None
    assert (table.rows, table.cells[0]) == ((("0.1", "x"), ("", "y")), ("A2", "B2"))


def test_many_rows_are_bounded_around_the_chunk(tmp_path: Path) -> None:
    """A table of 30,000 rows gives MOST_ROWS, those of the chunk among them."""
    path = write(
        tmp_path / "a.csv", "n,square\n" + "".join(f"{i},{i * i}\n" for i in range(30_000))
    )
    table = frame(chunk_of(path, Span(cells="A20001:B20010")))
    assert table is not None
    assert (len(table.rows), table.cut) == (MOST_ROWS, True)
    at = next(i for i, c in enumerate(table.cells) if c[0] == "A20001")
    assert table.rows[at] == ("19999", "399960001")


def test_words_of_a_chunk() -> None:
    """Where no file of tables is, the chunk's words are read: bars or labels, with places from the
    marks.
    """
    asset = Asset("0", "/a.docx", "application/x-docx", "text", 1)
    text = "Item | Price\nItem: Tea; Price: 3\nItem: Coffee; black; Price: 4"
    lines = text.split("\n")
    marks, at = [], 0
    for n, line in enumerate(lines, 1):
        marks.append(TextSpan(at, at + len(line), Span(cells=f"A{n}:B{n}")))
        at += len(line) + 1
    table = frame(
        Chunk(asset, Span(node="table 1"), "table", text=text, context="Costs", marks=tuple(marks))
    )
    assert table == Frame(
        ("Item", "Price"),
        (("Tea", "3"), ("Coffee; black", "4")),
        (("A2", "B2"), ("A3", "B3")),
        "",
        "Costs",
    )
    assert frame(Chunk(asset, Span(), "table", text="no table here")) is None


def test_gone_or_broken(tmp_path: Path) -> None:
    """A file that is gone or no workbook is told so; the question's own bytes are read."""
    path = write(tmp_path / "a.csv", "a,b\n1,2\n")
    chunk = chunk_of(path)
    path.unlink()
    with pytest.raises(NotFound):
        frame(chunk)
    bad = write(tmp_path / "b.xlsx", "no zip")
    xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    with pytest.raises(Unreadable):
        frame(Chunk(Asset("0", str(bad), xlsx, "table", 1, path=bad), Span(), "table"))
    own = Chunk(
        Asset("0", "a.csv", "text/csv", "table", 1),
        Span(),
        "table",
        Part("table", b"a,b\n1,2\n", "text/csv"),
    )
    table = frame(own)
    assert table is not None
    assert table.numbers(1) == [2.0]


def test_years_and_running_numbers_are_no_measures() -> None:
    """A column of years is a date; one that counts 1, 2, 3 measures nothing; months and clock times
    are no units.
    """
    table = Frame(("No.", "Year", "Sum"), (("1", "2019", "7"), ("2", "2020", "9")))
    assert (table.kind(1), table.measures()) == ("date", [2])
    assert [value(x) for x in ("3 May", "10:30", "1月", "2.5 kg", "1,000 m", "(12)", "")] == [
        None,
        None,
        None,
        2.5,
        1000.0,
        -12.0,
        None,
    ]


def test_workbook_reads_as_its_parser_does(data: Path) -> None:
    """Every cell of real tables, as numbers, is what another reader finds there."""
    import csv

    folder = data / "tables-wikitable" / "csv"
    some = sorted(folder.rglob("*.csv"))[:12]
    for path in some:
        table = frame(chunk_of(path))
        assert table is not None
        assert json.dumps(table.rows)
        with path.open(encoding="utf-8", newline="") as f:
            raw = [[" ".join(c.split()) for c in row] for row in csv.reader(f, escapechar="\\")]
        for row, places in zip(table.rows, table.cells, strict=True):
            for cell, place in zip(row, places, strict=True):
                line, column = (
                    int(place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) - 1,
                    ord(place[0]) - 65,
                )
                if (
                    len(place.rstrip("0123456789")) == 1
                    and line < len(raw)
                    and column < len(raw[line])
                ):
                    assert cell == raw[line][column], (path.name, place)


def test_decimal_commas_and_classes() -> None:
    """Prices with a comma are numbers, also of a few rows; classes are words."""
    prices = Frame(("item", "price", "class"), (("saw", "49,00", "7A"), ("axe", "1.200,50", "7B")))
    assert [prices.kind(i) for i in range(3)] == ["text", "number", "text"]
    assert prices.numbers(1) == [49.0, 1200.5]
