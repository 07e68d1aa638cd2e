"""The part of a table that a question asks about."""

from __future__ import annotations

import pytest

from polysense.read.table.frame import Frame
from polysense.read.table.pick import pick


@pytest.mark.parametrize(
    ("words", "columns", "rows"),
    [
        ("income by month", ("Month", "Income (GBP)"), 4),
        ("costs in March", ("Month", "Costs"), 1),
        ("income from February to April", ("Month", "Income (GBP)"), 3),
        ("what is it", ("Month", "Income (GBP)", "Costs"), 4),
    ],
)
def test_pick(words: str, columns: tuple[str, ...], rows: int) -> None:
    """Columns by their names, rows by their labels and ranges; everything where the words name
    nothing.
    """
    months = ("January", "February", "March", "April")
    selection = pick(
        Frame(
            ("Month", "Income (GBP)", "Costs"),
            tuple((m, str(i), "5") for i, m in enumerate(months)),
        ),
        words,
    )
    assert (selection.columns, len(selection.rows)) == (columns, rows)
