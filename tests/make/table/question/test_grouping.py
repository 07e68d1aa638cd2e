"""Plans that put rows together."""

from __future__ import annotations

import pytest

from polysense.make.table.question.grouping import plan_groups
from polysense.make.table.question.parse import ParsedQuestion
from polysense.read.table.frame import Frame

SALES = Frame(
    ("Day", "Region", "Revenue", "Units"),
    (
        ("2024-01-05", "North", "35", "10"),
        ("2024-01-19", "South", "16", "4"),
        ("2024-04-02", "North", "48", "12"),
        ("2024-04-20", "South", "24", "7"),
    ),
)


@pytest.mark.parametrize(
    ("words", "key", "value"),
    [
        ("total revenue per region", '"Region"', 'round(sum("Revenue"), 6)'),
        ("average units by region", '"Region"', 'round(avg("Units"), 6)'),
        ("how many orders per region", '"Region"', "count(*)"),
        ("revenue by month", "strftime(\"Day\", '%Y-%m')", 'round(sum("Revenue"), 6)'),
        (
            "revenue by quarter",
            'year("Day") || \'-Q\' || quarter("Day")',
            'round(sum("Revenue"), 6)',
        ),
    ],
)
def test_one_row_for_each(words: str, key: str, value: str) -> None:
    """A column that repeats itself, or a unit of time that days have."""
    plan = plan_groups(ParsedQuestion(SALES, words))
    assert plan is not None
    assert [sql for sql, _ in plan.select] == [key, value]
    assert plan.tail == f"GROUP BY {key} ORDER BY min(_row)"


@pytest.mark.parametrize(
    "words",
    [
        "revenue",
        "revenue by",
        "revenue by day of the storm",
        "revenue and units per region",
        "revenue by units",  # every cell once
    ],
)
def test_nothing_where_it_is_not_clear(words: str) -> None:
    """No key, two measures, a word too many."""
    assert plan_groups(ParsedQuestion(SALES, words)) is None


def test_a_count_names_the_cells_of_its_key() -> None:
    """Of months these are the days."""
    month = plan_groups(ParsedQuestion(SALES, "how many orders per month"))
    region = plan_groups(ParsedQuestion(SALES, "how many orders per region"))
    assert month is not None
    assert region is not None
    assert (month.cells, region.cells) == ((0,), (1,))
