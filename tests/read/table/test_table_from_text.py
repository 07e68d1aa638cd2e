"""Tables read back from words."""

from __future__ import annotations

from polysense.read.table.table_from_text import rows


def test_lines_of_cells_with_a_header() -> None:
    """Ragged rows are filled; the commonest width counts."""
    table = rows("City | People\nOslo | 700,000\nParis | 2,100,000\nnot a row")
    assert table is not None
    assert (table.columns, table.rows) == (
        ("City", "People"),
        (("Oslo", "700,000"), ("Paris", "2,100,000")),
    )


def test_labelled_cells_keep_their_columns() -> None:
    """A missing cell stays empty, a column without a name comes first, colons in values stay."""
    table = rows("Fixed; 2019: 1.5; 2018: 1.1\nFloating; 2018: 0.9\nNote: new; 2019: 2; 2018: 3")
    assert table is not None
    assert table.columns == ("", "2019", "2018")
    assert table.rows[:2] == (("Fixed", "1.5", "1.1"), ("Floating", "", "0.9"))
    assert table.rows[2][0] == "Note: new"


def test_prose_is_no_table() -> None:
    """And neither is nothing."""
    assert rows("") is None
    assert rows("It rained. It rained again.") is None
