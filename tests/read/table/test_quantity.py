"""Quantities, units and times in cells."""

from __future__ import annotations

import pytest

from polysense.read.table.quantity import (
    are_codes,
    has_decimal_comma,
    is_time,
    is_year,
    strip_footnote_marks,
    tells_years,
    unit_in,
    unit_of,
    value,
    values,
)


@pytest.mark.parametrize(
    "cell",
    [
        "2019-05",
        "March",
        "3 May 2024",
        "Sat 5 April 2025",
        "Q3 2020",
        "10:40",
        "1月",
        "星期三",
        "2024-01-05",
    ],
)
def test_times_are_no_quantities(cell: str) -> None:
    """However they are written."""
    assert is_time(cell)
    assert value(cell) is None
    assert unit_of(cell) == ""


def test_quantities_with_units() -> None:
    """Number and unit apart; words and codes are neither."""
    assert [(value(x), unit_of(x)) for x in ("2.5 kg", "$1,200", "(4)", "12.5%")] == [
        (2.5, "kg"),
        (1200, "$"),
        (-4, ""),
        (12.5, "%"),
    ]
    assert [value(x) for x in ("12 Main Street", "A-11", "", "n/a", "9" * 400)] == [None] * 5


def test_names_of_columns() -> None:
    """A unit in brackets is one, a year or a word there is not."""
    assert [
        unit_in(x) for x in ("Gross (worldwide)", "Size (m²)", "Sum (million GBP)", "Tax", "")
    ] == ["", "m²", "million GBP", "", ""]
    assert is_year("1987")
    assert not is_year("3187")
    assert tells_years("Year of construction", [1998, 1987, 2004])
    assert not tells_years("Price", [1998, 1987, 2004])


def test_marks_of_footnotes_are_no_part_of_a_number() -> None:
    """A mark leaves no gap in a chart; a unit with a superscript and a reference alone stay what
    they are.
    """
    marked = (
        "12 †",
        "12†",
        "1,234*",
        "12.5%‡",
        "12[a]",
        "12 [3]",
        "3.4²",
        "(12)§",
        "2.5 kg†",
        "$4.20 **",
        "7[2][3]",
        "8[note 1]",
        "9 (a)",
    )
    assert [value(x) for x in marked] == [12, 12, 1234, 12.5, 12, 12, 3.4, -12, 2.5, 4.2, 7, 8, 9]
    assert strip_footnote_marks("€(9)") == "€(9)"
    assert [unit_of(x) for x in ("12.5%‡", "2.5 kg†", "$4.20 **", "3.4²", "5 m²")] == [
        "%",
        "kg",
        "$",
        "",
        "m²",
    ]
    assert [value(x) for x in ("†", "[3]", "*", "n/a*", "B12†", "3 May[a]", "")] == [None] * 7


def test_decimal_commas() -> None:
    """A comma is decimal where it can be nothing else, and then in the whole column."""
    assert [value(c) for c in ("12,90", "49,00", "2,40", "1.234,50", "6,5 km", "9,90 €")] == [
        12.9, 49.0, 2.4, 1234.5, 6.5, 9.9,
    ]  # fmt: skip
    assert value("1,234") == 1234
    assert values(["1,234", "12,90", "1.500"]) == [1.234, 12.9, 1500]
    assert values(["1,234", "12.90"]) == [1234, 12.9]
    assert not has_decimal_comma(["1,234", "12,345"])


def test_codes_are_no_quantities() -> None:
    """Letters that differ, are no unit, or stand under "class"; volts and litres are units."""
    assert are_codes("", ["7A", "5B"])
    assert are_codes("class", ["7a", "8a"])
    assert are_codes("", ["7q", "8q"])
    assert not are_codes("", ["5 V", "9 V"])
    assert not are_codes("", ["12K", "3M"])
    assert value("3班") is None
