"""Ranges of the cells that a chart shows, and the labels that are cited."""

from __future__ import annotations

from polysense.make.image.chart.cell_ranges import highlight_cited, with_cell_range
from polysense.make.image.chart.series import Plot, Series


def plot(columns: str, sheet: str = "") -> Plot:
    """A chart of five rows: labels in the first of these columns, a series in each other."""
    rows = range(2, 7)
    cells = {c: tuple(f"{c}{r}" for r in rows) for c in columns}
    series = tuple(Series(c, (1.0,) * 5, ("1",) * 5, cells[c]) for c in columns[1:])
    labels = tuple(f"row {r}" for r in rows)
    return Plot("bars", "", labels, cells[columns[0]], series, sheet=sheet)


def test_columns_side_by_side_are_one_range() -> None:
    assert with_cell_range(plot("ABC")).range == "A2:C6"
    assert with_cell_range(plot("ACD", "Cash")).range == "Cash!A2:A6, C2:D6"


def test_many_ranges_are_the_one_around_them() -> None:
    assert with_cell_range(plot("ACEGIK")).range == "A2:K6"


def test_the_cited_rows_are_highlighted_where_they_are_few() -> None:
    assert highlight_cited(plot("AB"), "A3:B4").highlights == {1, 2}
    assert highlight_cited(plot("AB"), "Cash!A6").highlights == {4}
    assert highlight_cited(plot("AB"), "A2:B6").highlights == frozenset()
    assert highlight_cited(plot("AB"), "").highlights == frozenset()
