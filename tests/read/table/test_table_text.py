"""Rows as lines of words, and runs of lines that fit an encoder."""

from __future__ import annotations

from polysense.read.file.text import count_words
from polysense.read.table.table_text import cell_range, label_rows, line_runs


def test_cells_are_labelled_by_their_columns() -> None:
    """Only below a header; a cell without a name stands alone, an empty one is left out."""
    table = [["Item", "Price"], ["Tea", "3", "hot"], ["Milk", ""]]
    assert label_rows(table) == ["Item | Price", "Item: Tea; Price: 3; hot", "Item: Milk"]
    assert label_rows([["1", "2"], ["3", "4"]]) == ["1 | 2", "3 | 4"]
    assert label_rows([["alone", ""]]) == ["alone"]
    assert label_rows([]) == []


def test_runs_of_lines_cover_every_line_once() -> None:
    """In order, none larger than the limit unless one line is."""
    lines = ["one two three"] * 5 + ["word " * 40] + ["four"] * 3
    runs = list(line_runs(lines, limit=7))
    assert [n for first, end in runs for n in range(first, end)] == list(range(len(lines)))
    sizes = [sum(map(count_words, lines[first:end])) for first, end in runs]
    assert [size for size in sizes if size > 7] == [40]
    assert list(line_runs([])) == []


def test_ranges_are_a_spreadsheets() -> None:
    """The first row is 1; a table without columns still has one."""
    assert cell_range(1, 1, 1) == "A2:A2"
    assert cell_range(0, 0, 0) == "A1:A1"
    assert cell_range(9, 99, 703) == "A10:AAA100"
