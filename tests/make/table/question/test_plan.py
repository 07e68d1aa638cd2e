"""What planners ask of a question."""

from __future__ import annotations

from polysense.make.table.question.parse import ParsedQuestion
from polysense.make.table.question.plan import (
    aggregate,
    column_sql,
    name_with_unit,
    names_only,
    subject_range,
    target_column,
    unexplained_words,
)
from polysense.read.table.frame import Frame

TABLE = Frame(
    ("Drink", 'Price "net"', "Mass (kg)"),
    (("Tea", "$3.50", "1"), ("Rum", "$9.00", "2"), ("Milk", "$1.20", "3")),
)


def ask(words: str) -> ParsedQuestion:
    return ParsedQuestion(TABLE, words)


def test_columns_in_sql() -> None:
    """Quotes are doubled; a result's name has the unit, once."""
    assert column_sql(ask("x"), 1) == '"Price ""net"""'
    assert name_with_unit(ask("x"), 1) == 'Price "net" ($)'
    assert name_with_unit(ask("x"), 2) == "Mass (kg)"
    assert aggregate(ask("x"), "sum", "sum({})", 2) == ('sum("Mass (kg)")', "sum of Mass (kg)")


def test_words_left_over_forbid_a_plan() -> None:
    """One more than allowed, one that changes the question, a number, a range."""
    assert unexplained_words(ask("mass of tea"), []) == ()
    assert unexplained_words(ask("mass of tea for sailors"), []) is None
    assert unexplained_words(ask("mass of tea for sailors"), [], 1) == ("sailors",)
    assert unexplained_words(ask("mass of tea for sailors"), [4]) == ()
    assert unexplained_words(ask("mass except tea"), [], 5) is None
    assert unexplained_words(ask("mass of 17 teas"), [], 5) is None
    assert unexplained_words(ask("mass from tea to milk"), [], 5) is None


def test_the_subject_ends_at_a_verb() -> None:
    """Or at a preposition, or after five words."""
    assert subject_range(ask("how many strong drinks are sold"), 2) == range(2, 4)
    assert subject_range(ask("how many drinks listed"), 2) == range(2, 3)
    assert subject_range(ask("how many big old dark strong sweet cold drinks"), 2) == range(2, 7)


def test_what_is_asked_for() -> None:
    """The column behind "which"; none behind "who"."""
    assert target_column(ask("which drink has the highest mass")) == (0, [0, 1])
    assert target_column(ask("who drinks most"))[0] is None
    assert target_column(ask("mass of tea")) == (None, [])


def test_other_columns_are_noticed() -> None:
    """Those of conditions are not others."""
    assert names_only(ask("mass of tea"), 2)
    assert not names_only(ask("mass and price net of tea"), 2)
