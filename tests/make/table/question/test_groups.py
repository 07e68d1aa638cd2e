"""A value for each of several things: rows as they stand, or rows put together, never one sum."""

from __future__ import annotations

import pytest
from tests.make.table.question.test_direct import SALES, table, values

from polysense.make.table.question.answer import plan_question
from polysense.make.table.question.tables import TableSource

PIERS = table("place,metres\nNorth pier,4.1\nSouth pier,3.7")
SPENDING = table(
    "Date,Kind,Amount (EUR)\n2031-01-04,Rent,90\n2031-01-09,Food,70\n2031-02-01,Food,60"
)


@pytest.mark.parametrize(
    ("frame", "question", "expected"),
    [
        (PIERS, "How many metres at each pier?", ["4.1", "3.7"]),
        (PIERS, "metres per place", ["4.1", "3.7"]),
        (SALES, "How many tickets were sold at each gate?", ["68", "39"]),
        (SALES, "average tickets per gate", ["22.6667", "19.5"]),
        (SPENDING, "Which kind cost the most in total?", ["130"]),
        (table("Raum,Miete\nAhorn,40\nBuche,60"), "Wie hoch ist die Miete je Raum?", ["40", "60"]),
        (table("门店,销量\n东店,12\n西店,8"), "每个门店的销量", ["12", "8"]),
    ],
)  # fmt: skip
def test_a_value_for_each(frame: object, question: str, expected: list[str]) -> None:
    """One where a column tells the rows apart, a sum or average where it repeats itself."""
    assert values(frame, question) == expected  # type: ignore[arg-type]


def test_what_cannot_be_told_apart_is_not_summed_up() -> None:
    """No column has ferries: there is no sum of all in their place."""
    source = TableSource(SALES, (), "t")
    assert plan_question(source, "How many tickets in total at each ferry?") is None
