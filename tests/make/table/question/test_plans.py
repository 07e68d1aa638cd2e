"""Counts, totals, averages and differences, as plans; none where there is a doubt."""

from __future__ import annotations

import pytest

from polysense.make.table.question.parse import ParsedQuestion
from polysense.make.table.question.plans import plan
from polysense.read.table.frame import Frame

TABLE = Frame(
    ("Player", "Team", "Goals", "Draft number"),
    (
        ("Ann", "Reds", "3", "7"),
        ("Bob", "Blues", "5", "8"),
        ("Cid", "Reds", "1", "9"),
        ("Dot", "Greens", "4", "3"),
    ),
)


def plan_of(words: str) -> tuple[str, str] | None:
    result = plan(ParsedQuestion(TABLE, words))
    return (result.how, result.select[result.answer][0]) if result else None


@pytest.mark.parametrize(
    ("words", "how", "sql"),
    [
        ("how many players are there for the Reds", "count", "count(*)"),
        ("how many different teams", "count", 'count(DISTINCT "Team")'),
        ("how many goals for the Reds", "sum", 'round(sum("Goals"), 6)'),
        ("how many goals of Bob", "lookup", '"Goals"'),
        ("total goals", "sum", 'round(sum("Goals"), 6)'),
        ("goals of the Reds in total", "sum", 'round(sum("Goals"), 6)'),
        ("average goals of the Reds", "average", 'round(avg("Goals"), 4)'),
        (
            "difference in goals of Ann and Bob",
            "difference",
            'round(max("Goals") - min("Goals"), 6)',
        ),
        ("which player has the most goals", "highest", '"Player"'),
        ("who has more goals, Ann or Bob", "highest", '"Player"'),
    ],
)
def test_what_is_worked_out(words: str, how: str, sql: str) -> None:
    """The kind of plan, and the expression that answers."""
    assert plan_of(words) == (how, sql)


@pytest.mark.parametrize(
    "words",
    [
        "total draft number",  # a number that names things
        "average goals of Ann",  # one row has no average
        "how many sailors",
        "total goals before the break",
        "respectively how many goals of Ann and Bob",
        "difference in goals of Ann",
        "total goals and draft number",
    ],
)
def test_nothing_where_there_is_a_doubt(words: str) -> None:
    """A wrong sum is worse than none."""
    assert plan_of(words) is None
