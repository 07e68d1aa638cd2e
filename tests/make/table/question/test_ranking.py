"""Plans for what leads."""

from __future__ import annotations

import pytest

from polysense.make.table.question.parse import ParsedQuestion
from polysense.make.table.question.plan import Plan
from polysense.make.table.question.ranking import plan_comparison, plan_extreme, plan_top_rows
from polysense.read.table.frame import Frame

HILLS = Frame(
    ("Hill", "Height (m)", "Area"),
    (("Pen", "1,085", "3"), ("Ben", "1344", "2"), ("Tor", "621", "9"), ("Fell", "978", "4")),
)
SALES = Frame(("Product", "Revenue"), (("Tea", "30"), ("Rum", "40"), ("Tea", "30"), ("Milk", "5")))


def first(plan: Plan | None) -> tuple[str, str, int] | None:
    """How, what is asked for, and of what."""
    return (plan.how, plan.select[plan.answer][1], plan.cells[0]) if plan else None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("which hill has the greatest height", ("highest", "Hill", 1)),
        ("which hill has the least area", ("lowest", "Hill", 2)),
        ("which is the tallest hill", ("highest", "Hill", 1)),
        ("which is the smallest hill", ("lowest", "Hill", 2)),
        ("what is the highest height", ("highest", "Height (m)", 1)),
        ("which hill is the oldest", None),
        ("which hill has a height of at most 700", None),
    ],
)
def test_the_first_by_a_measure(words: str, expected: tuple[str, str, int] | None) -> None:
    """Named, or meant by an adjective; none where no column measures it."""
    assert first(plan_extreme(ParsedQuestion(HILLS, words))) == expected


def test_a_small_rank_is_a_high_one() -> None:
    """Who is asked for as the highest has the smallest number."""
    table = Frame(("Team", "Rank"), (("Reds", "2"), ("Blues", "1"), ("Greens", "3")))
    plan = plan_extreme(ParsedQuestion(table, "which team has the highest rank"))
    assert first(plan) == ("lowest", "Team", 1)
    assert plan_extreme(ParsedQuestion(table, "which team has the lowest rank")) is None


def test_who_leads_must_be_clear() -> None:
    """Tea has the largest sum, rum the largest sale."""
    assert plan_extreme(ParsedQuestion(SALES, "which product has the most revenue")) is None
    once = Frame(SALES.columns, SALES.rows[1:])
    assert first(plan_extreme(ParsedQuestion(once, "which product has the most revenue"))) == (
        "highest",
        "Product",
        1,
    )


def test_one_or_the_other() -> None:
    """Both are named, and "or" between them."""
    more = plan_comparison(ParsedQuestion(HILLS, "which has more height, Pen or Tor"))
    assert first(more) == ("highest", "Hill", 1)
    less = plan_comparison(ParsedQuestion(HILLS, "which has less height, Pen or Tor"))
    assert first(less) == ("lowest", "Hill", 1)
    assert plan_comparison(ParsedQuestion(HILLS, "which has more height than Pen")) is None


def test_so_many_of_the_first() -> None:
    """As a word or in digits, from either end; not where names repeat."""
    top = plan_top_rows(ParsedQuestion(HILLS, "the two highest hills by height"))
    assert top is not None
    assert "<= 2 " in top.tail
    assert "DESC" in top.tail
    bottom = plan_top_rows(ParsedQuestion(HILLS, "bottom 3 hills by area"))
    assert bottom is not None
    assert 'rank() OVER (ORDER BY "Area" ASC NULLS LAST) <= 3' in bottom.tail
    assert plan_top_rows(ParsedQuestion(SALES, "top 2 products by revenue")) is None
