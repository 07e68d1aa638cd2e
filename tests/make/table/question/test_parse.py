"""What a question names in a table."""

from __future__ import annotations

import pytest

from polysense.make.table.question.parse import ParsedQuestion
from polysense.read.table.frame import Frame

MEDALS = Frame(
    ("Nation", "City", "Gold", "Gold medals", "Year", "Mass (kg)"),
    (
        ("Norway", "Oslo, Norway", "3", "30", "1994", "5"),
        ("Italy", "Mobile, Alabama", "2", "20", "1998", "9"),
        ("South Korea", "Seoul", "1", "10", "2002", "7"),
    ),
)
DAYS = Frame(("Day", "Sum"), (("2024-03-05", "1"), ("2024-04-06", "2"), ("2023-03-07", "3")))


def conditions(question: ParsedQuestion) -> list[tuple[int, str, tuple[str, ...]]]:
    return [(c.column, c.op, c.values) for c in question.conditions]


def test_columns_by_their_names() -> None:
    """A name inside another one's is not meant."""
    question = ParsedQuestion(MEDALS, "how many gold medals has each nation")
    assert question.full_columns == {0, 3}
    assert sorted(question.columns) == [0, 3]
    assert question.column_within(0, 3) == 3
    assert question.column_within(0, 3, among=[0]) is None


def test_cells_in_full_and_in_part() -> None:
    """The longest first; a part of a cell where no cell is quoted."""
    question = ParsedQuestion(MEDALS, "gold of South Korea and Italy")
    assert conditions(question) == [(0, "in", ("South Korea", "Italy"))]
    assert question.is_exact
    part = ParsedQuestion(MEDALS, "which nation played in Alabama")
    assert conditions(part) == [(1, "in", ("Mobile, Alabama",))]
    assert part.conditions[0].is_partial


def test_a_cell_that_others_hold_as_well_is_not_exact() -> None:
    """Who asks for tea may mean green tea too."""
    drinks = Frame(("Drink", "Price"), (("Tea", "3"), ("Green tea", "4"), ("Rum", "9")))
    assert not ParsedQuestion(drinks, "price of tea").is_exact
    assert ParsedQuestion(drinks, "price of rum").is_exact


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("nations with at least two gold medals", [(3, ">=", ("2",))]),
        ("nations after 1994", [(4, ">", ("1994",))]),
        ("nations with less than 7 kg", [(5, "<", ("7",))]),
        ("nations with more than some", []),
    ],
)
def test_bounds(words: str, expected: list[tuple[int, str, tuple[str, ...]]]) -> None:
    """On the column named behind it, on years, on the column of its unit."""
    assert conditions(ParsedQuestion(MEDALS, words)) == expected


def test_months_and_years_of_days() -> None:
    """May is a month only behind a word that says so."""
    assert conditions(ParsedQuestion(DAYS, "sum in March 2024")) == [
        (0, "month", ("3",)),
        (0, "year", ("2024",)),
    ]
    assert conditions(ParsedQuestion(DAYS, "sum for May")) == [(0, "month", ("5",))]
    assert conditions(ParsedQuestion(DAYS, "what may be the sum")) == []


def test_words_that_are_left_over() -> None:
    """Neither names of the table, nor words that only ask."""
    question = ParsedQuestion(MEDALS, "please list the gold medals of Italy by sailors")
    assert question.unexplained() == ["sailors"]
    assert question.unexplained([question.stems.index("sailor")]) == []


def test_patterns_match_whole_words() -> None:
    """Positions of words, from a start on."""
    question = ParsedQuestion(MEDALS, "total of the totals, in total")
    assert question.find("total") == range(1)
    assert question.find("in total") == range(4, 6)
    assert question.find("total", 1) == range(5, 6)
    assert question.find("tot") is None
