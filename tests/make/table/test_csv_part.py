"""Tables as answers: CSV that other readers read, whatever the cells hold; pyarrow reads it."""

from __future__ import annotations

import io

import pyarrow.csv as pacsv

from polysense.make.table.csv_part import distinct_names, file_name, table
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span


def test_cells_survive_the_way_through_csv() -> None:
    """Commas, quotes, line breaks, Chinese and right-to-left words come out as they went in."""
    rows = [["a, b", 'say "hi"', "a.csv", "B2"], ["两\n行", "שלום", "a.csv", "B3"]]
    part = table(["one", "two"], rows, "t.csv")
    read = pacsv.read_csv(
        io.BytesIO(part.data), parse_options=pacsv.ParseOptions(newlines_in_values=True)
    )
    assert read.column_names == ["one", "two", "source", "place"]
    assert [list(r.values()) for r in read.to_pylist()] == rows
    assert b"\r" not in part.data
    assert (part.mime, part.name) == ("text/csv", "t.csv")


def test_nothing_runs_when_a_spreadsheet_opens_it() -> None:
    """What would be a formula is text there; numbers and names stay as they are; characters that
    end a file early are dropped.
    """
    part = table(
        ["x"],
        [
            ["=1+1", "", ""],
            ["-5", "", ""],
            ["@ann", "", ""],
            ['+cmd|"x"!A1', "", ""],
            ["a\0b\ud800", "", ""],
        ],
        "t.csv",
    )
    lines = part.data.decode().splitlines()[1:]
    assert [line.split(",")[0] for line in lines[:3]] == ["'=1+1", "-5", "@ann"]
    assert lines[3].startswith("\"'+cmd")
    assert lines[4] == "ab?,,"


def test_columns_have_names_of_their_own() -> None:
    """A reader that makes a dictionary of a row loses nothing."""
    assert distinct_names(["", "Year", "year", "Year 2"]) == [
        "column 1",
        "Year",
        "year 2",
        "Year 2 2",
    ]


def test_names_are_safe_for_files() -> None:
    """A path in a name stays out of the file system."""
    asset = Asset("0", "/kb/../we?ird: name.xlsx", "", "table", 1)
    e = Evidence(1, Hit(Chunk(asset, Span(), "table"), 1.0), Part("text", ""), Span())
    assert file_name(e, "rows") == "we-ird-name-rows.csv"
