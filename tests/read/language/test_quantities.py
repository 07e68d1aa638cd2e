"""Amounts are compared by what they are, in whatever form they are written."""

from __future__ import annotations

import pytest

from polysense.read.language.quantities import has_same_number, in_base, quantities


def read(text: str, language: str = "") -> list[tuple[str, str]]:
    return [(str(q), q.unit) for q in quantities(text, language)]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.5 million", "1500000"),
        ("1,500,000", "1500000"),
        ("150万", "1500000"),
        ("一百五十万", "1500000"),
        ("1,5 Mio.", "1500000"),
        ("1.500.000", "1500000"),
        ("1 500 000", "1500000"),
        ("5k", "5000"),
        ("twenty-three", "23"),
        ("minus 20", "-20"),
        ("20 degrees below zero", "-20"),
        ("the 23rd", "23"),
        ("１２", "12"),
    ],
)
def test_one_number_in_many_forms(text: str, amount: str) -> None:
    """Separators, scales, words, ideographs, full width, signs."""
    assert [number for number, _ in read(text)] == [amount]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("5 per cent", "%"),
        ("百分之五", "%"),
        ("5 por ciento", "%"),
        ("5 Prozent", "%"),
        ("€5", "euro"),
        ("$5 million", "dollar"),
        ("5 million dollars", "dollar"),
        ("5 m", "metre"),
        ("五米", "metre"),
        ("5 km²", "square-kilometre"),
        ("5 square kilometres", "square-kilometre"),
        ("5 kilómetros cuadrados", "square-kilometre"),
        ("50 kilometres per hour", "kilometre-per-hour"),
        ("the 1880s", "decade"),
        ("19th century", "century"),
        ("1990 an der Elbe", ""),
        ("five a day", ""),
    ],
)
def test_units(text: str, unit: str) -> None:
    """Before and behind, in signs and in words; words that only look like one are none."""
    assert [u for _, u in read(text)] == [unit]


def test_signs_before_and_units_behind() -> None:
    """In the order in which they stand."""
    assert read("€5 or 3.50 kg in forty-two days, 20世纪70年代") == [
        ("5", "euro"), ("3.5", "kilogram"), ("42", "day"), ("20", "century"), ("70", "decade"),
    ]  # fmt: skip


def test_the_language_says_what_a_comma_is() -> None:
    """Where it is not known, both are readings."""
    assert read("1.234 und 1,234", "de") == [("1234", ""), ("1.234", "")]
    assert read("1.234 and 1,234", "en") == [("1.234", ""), ("1234", "")]
    (q,) = quantities("1,234")
    assert {f"{v}" for v in q.values} == {"1234", "1.234"}
    assert read("1.234,50 and 1,234.50") == [("1234.5", ""), ("1234.5", "")]


def test_versions_and_codes_are_no_amounts() -> None:
    """Nor are percentages of ideographs cut short."""
    assert read("release 3.11.2 of x86") == []
    assert read("百分之三点五") == [("3.5", "%")]


def test_ranges_share_their_unit() -> None:
    """5-10 m are both in metres."""
    assert read("5–10 m, 3 to 4 hours") == [
        ("5", "metre"), ("10", "metre"), ("3", "hour"), ("4", "hour"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "is_same"),
    [
        ("about 1.2 million", True),
        ("roughly 1.198 million", True),
        ("nearly 1.2 million", True),
        ("more than 1.1 million", True),
        ("约120万", True),
        ("120万左右", True),
        ("rund 1,2 Mio.", True),
        ("1.2 million", False),
        ("about 1.3 million", False),
        ("more than 1.2 million", False),
        ("nearly 1.1 million", False),
        ("about 1.1984 thousand", False),
    ],
)
def test_what_is_told_roughly(text: str, is_same: bool) -> None:
    """It must be right as far as it is told, and say that it is rough."""
    (exact,) = quantities("1,198,400")
    (q,) = quantities(text)
    assert has_same_number(q, exact) is is_same


def test_a_rough_number_must_be_near() -> None:
    """One thousand is not about 1,400, though it is that in thousands."""
    (q,), (exact,) = quantities("about 1,000"), quantities("1400")
    assert not has_same_number(q, exact)


def test_metric_units_are_compared_in_one() -> None:
    """1.5 km are 1500 m; feet stay."""
    assert [(str(b), b.unit) for b in map(in_base, quantities("1.5 km, 5 feet, 2 hours"))] == [
        ("1500", "metre"), ("5", "foot"), ("7200", "second"),
    ]  # fmt: skip
