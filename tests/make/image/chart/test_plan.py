"""What of a table is plotted, and in which form."""

from __future__ import annotations

from polysense.make.image.chart.plan import plan_chart
from polysense.make.image.chart.series import MAX_BARS, MAX_SERIES, Plot
from polysense.read.table.frame import Frame


def table(text: str) -> Frame:
    columns, *rows = (tuple(line.split(",")) for line in text.strip().split("\n"))
    cells = tuple(
        tuple(f"{chr(65 + c)}{r}" for c in range(len(columns))) for r in range(2, len(rows) + 2)
    )
    return Frame(columns, tuple(rows), cells)


def plan(text: str, question: str = "Draw a chart.", cited_cells: str = "") -> Plot:
    plot = plan_chart(table(text), question, cited_cells)
    assert plot is not None
    return plot


def test_totals_are_left_out_unless_asked_for() -> None:
    """The sum of the bars, beside them, makes them small."""
    text = "Item,Cost\nOak,7\nBolts,21\nTotal,28"
    assert plan(text).labels == ("Oak", "Bolts")
    assert "Total" in plan(text, "a chart of the costs with their total").labels


def test_a_column_that_sums_others_is_left_out() -> None:
    """As a row is, by its name or by its numbers."""
    by_name = plan("Year,Rain,Snow,Total\n2019,1,2,3\n2020,4,5,9\n2021,3,3,6")
    assert [s.name for s in by_name.series] == ["Rain", "Snow"]
    by_numbers = plan("Item,Oak,Elm,Both\na,1,2,3\nb,4,5,9\nc,3,3,6")
    assert [s.name for s in by_numbers.series] == ["Oak", "Elm"]


def test_one_axis_has_one_unit() -> None:
    """Kilograms and euros share no axis; nor do thousands and halves."""
    plot = plan("Item,Mass (kg),Cost (EUR)\na,1,40\nb,2,30")
    assert [s.unit for s in plot.series] == ["kg"]
    plot = plan("Item,Small,Large\na,0.5,90000\nb,0.7,80000")
    assert [s.name for s in plot.series] == ["Small"]


def test_long_tables_have_a_series_for_each_kind() -> None:
    """Rows of one label told apart by a second column; gaps stay gaps."""
    plot = plan("Year,Mill,Sacks\n2019,North,5\n2019,South,3\n2020,North,9")
    assert [(s.name, s.values) for s in plot.series] == [
        ("North", (5.0, 9.0)),
        ("South", (3.0, None)),
    ]


def test_the_largest_of_many_bars_are_kept() -> None:
    """In the table's order, and the chart says that it left some out."""
    rows = "\n".join(f"mill {n},{n}" for n in range(100))
    plot = plan(f"Mill,Sacks\n{rows}")
    assert plot.labels == tuple(f"mill {n}" for n in range(100 - MAX_BARS, 100))
    assert "100" in plot.note


def test_more_rows_than_series() -> None:
    """Colours for no more than are told apart."""
    rows = "\n".join(f"mill {n},1,2,3" for n in range(9))
    plot = plan(f"Mill,2019,2020,2021\n{rows}")
    assert len(plot.series) == MAX_SERIES
    assert "9" in plot.note


def test_every_value_keeps_its_cell() -> None:
    """Through sorting, dropping and limiting: the address is where the value stands."""
    source = table("Year,Sacks\n2021,3\n2019,5\n2020,9\n2022,1")
    plot = plan_chart(source, "Draw a chart.")
    assert plot is not None
    assert plot.labels == ("2019", "2020", "2021", "2022")
    assert plot.series[0].cells == ("B3", "B4", "B2", "B5")
    assert plot.series[0].values == (5.0, 9.0, 3.0, 1.0)


def test_no_numbers_no_chart() -> None:
    """Words cannot be drawn."""
    assert plan_chart(table("Mill,Owner\nNorth,Ann\nSouth,Bo"), "Draw a chart.") is None
