"""What is known of a table before anything is asked."""

from __future__ import annotations

import datetime as dt

import pytest

from polysense.make.table.question.profile import Condition, TableProfile, holds, sql_literal
from polysense.read.table.frame import Frame

ROWS = (
    ("2024-01-05", "Ann", "Tea", "3.50", "2001"),
    ("2024-01-19", "Bob", "Tea", "—", "2002"),
    ("2024-02-02", "Cid", "Rum", "9.00[a]", "2003"),
    ("", "Total", "", "12.50", ""),
)
PROFILE = TableProfile(Frame(("Day", "Name", "Drink", "Price", "Year"), ROWS))


def where(column: int, op: str, *values: str) -> Condition:
    return Condition(column, op, values, frozenset())


def test_cells_are_cleaned_before_they_are_judged() -> None:
    """A dash holds nothing, a note is no part of a number."""
    assert PROFILE.frame.numbers(3) == [3.5, None, 9.0, 12.5]
    assert PROFILE.measures == [3]


def test_columns() -> None:
    """Days, what names the rows, what can be added."""
    assert PROFILE.days(0) == [dt.date(2024, 1, 5), dt.date(2024, 1, 19), dt.date(2024, 2, 2), None]
    assert PROFILE.days(1) is None
    assert PROFILE.key_column() == 1
    assert PROFILE.is_additive(3)
    assert not PROFILE.is_additive(4)
    assert TableProfile(Frame(("Rank", "Team"), (("1", "A"), ("2", "B")))).is_rank(0)


def test_totals_are_left_out_unless_they_are_meant() -> None:
    """The row is a sum of the others."""
    assert PROFILE.total_rows == {3}
    assert PROFILE.rows([]) == [0, 1, 2]
    assert PROFILE.rows([where(1, "in", "Total")]) == [3]
    assert PROFILE.rows([where(3, ">", "100")]) == []


@pytest.mark.parametrize(
    ("condition", "cell", "expected"),
    [
        (where(0, "in", "Tea", "Rum"), "Rum", True),
        (where(0, "in", "Tea"), "Tea time", False),
        (where(0, "month", "3"), "5 March 2024", True),
        (where(0, "year", "2023"), "5 March 2024", False),
        (where(0, ">=", "7"), "7 kg", True),
        (where(0, "<", "7"), "7 kg", False),
        (where(0, ">", "2010"), "May 2012", True),
        (where(0, ">", "1"), "n/a", False),
    ],
)
def test_conditions_on_cells(condition: Condition, cell: str, expected: bool) -> None:
    """What a cell shows: words, days, numbers with units, years among words."""
    assert holds(condition, cell) == expected


def test_conditions_as_sql() -> None:
    """Quotes are doubled; words are compared as words, days as days."""
    assert where(0, "in", "O'Brien").sql('"n"', True) == "\"n\" = 'O''Brien'"
    assert where(0, "in", "1,000", "2").sql('"n"', False) == '"n" IN (1000, 2)'
    assert where(0, "in", "5 March 2024").sql('"d"', True, True) == "\"d\" = DATE '2024-03-05'"
    assert where(0, ">", "2010").sql('"d"', True, True) == 'year("d") > 2010'
    assert sql_literal("a\0'b") == "'a''b'"


def test_the_one_cell_of_a_row() -> None:
    """None where several rows have the label."""
    assert PROFILE.single_cell(3, where(1, "in", "Ann")) == "3.50"
    assert PROFILE.single_cell(3, where(2, "in", "Tea")) == ""


def test_the_row_of_the_sum() -> None:
    """One that has a number there; of several none is sure."""
    assert PROFILE.sum_row(3) == 3
    assert PROFILE.sum_row(4) is None
    twice = TableProfile(Frame(("Name", "Price"), (("Ann", "1"), ("Total", "1"), ("Sum", "1"))))
    assert twice.sum_row(1) is None


@pytest.mark.parametrize(
    ("rows", "totals"),
    [
        ("Aisne 500, Oise 800, Somme 900, Nord 700", set()),
        ("Aisne 500, Oise 800, Somme 900", set()),
        ("Aisne 500, Oise 800, Somme 1300", {2}),
        ("Aisne 500, Oise 800, Somme 1301", {2}),
        ("Aisne 500, Somme 1300, Oise 800", set()),
        ("Leon 50, Suma 9, Vigo 40", set()),
        ("Leon 50, Vigo 40, Suma 90", {2}),
        ("Shell 30, BP 20, Total 25, Exxon 40", set()),
        ("Shell 30, BP 20, Total 50, Exxon 40", {2}),
        ("Shell 30, BP 20, Total 25", {2}),
        ("Total 25, Men 30, Women 20", {0}),
        ("North 30, West 20, Total 50, South 9, East 8, Total 17, All 67", {2, 5, 6}),
        ("North 30, Gesamt 25, South 20", {1}),
    ],
)
def test_a_name_that_means_a_sum_is_none_where_the_numbers_deny_it(
    rows: str, totals: set[int]
) -> None:
    """A river and a town need the sum at the end; a firm has less than one of those above it."""
    frame = Frame(("Name", "Amount"), tuple(tuple(r.split()) for r in rows.split(", ")))
    assert TableProfile(frame).total_rows == totals
