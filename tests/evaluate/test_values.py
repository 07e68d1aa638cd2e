"""Whether words hold a value: fair to how it is written, strict about what is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.evaluate.values import holds_answer, holds_value

WRITTEN_OTHERWISE = [
    ("The boats took 1,452.40 crowns.", "1452.4"),
    ("The boats took 1452.4 crowns.", "1,452.4"),
    ("Le total est de 12\u202f500 euros", "12,500"),
    ("It rose to $ 37.20 [2]", "$37.2"),
    ("The tower is 23 METRES tall", "23 metres"),
    ("Fill in 12g of salt.", "12 g"),
    ("Fill in 12\u00a0g of salt.", "12g"),
    ("水轮有三十二 块叶片。", "三十二块"),
    ("合计：６１.00元", "61.00"),
    ("“Rock ’n’ roll” is what they play", "rock 'n' roll"),
    ("from 1914–1918", "1914-1918"),
    ("Trage die Handschuhen", "Handschuh"),
    ("**Greece** and Turkey [1] [2].", "Greece and Turkey"),
    ("There are 8.", "8"),
    ("cost 7.0 crowns", "7"),
]
OTHER_VALUES = [
    ("In 2019 they sold 14520.", "1452"),
    ("In 2019 they sold 14520.", "201"),
    ("It took 37.25 hours", "37.2"),
    ("It took 37.25 hours", "37"),
    ("It took 137.2 hours", "37.2"),
    ("It took 1,037 hours", "37"),
    ("The north gate", "no"),
    ("a heavy weight", "eight"),
    ("the party", "art"),
    ("共十三块", "三十"),
    ("the tower", ""),
    ("the tower", "..."),
]


@pytest.mark.parametrize(("text", "value"), WRITTEN_OTHERWISE)
def test_a_value_is_found_however_it_is_written(text: str, value: str) -> None:
    """A right answer is not counted wrong for its commas, spaces, case or script."""
    assert holds_value(text, value)


@pytest.mark.parametrize(("text", "value"), OTHER_VALUES)
def test_no_other_value_is_taken_for_it(text: str, value: str) -> None:
    """A wrong answer is not counted right because the value stands inside of another one."""
    assert not holds_value(text, value)


def test_a_citation_is_no_value() -> None:
    """The number of a source would answer every question about a small number."""
    assert not holds_value("The wheel turns. [3]", "3")
    assert not holds_value("The wheel turns. [1][3]", "3")


def test_an_answer_needs_all_values_of_one_alternative() -> None:
    """Half a list is no right list, two halves of two lists are none either."""
    answers = [["red", "green"], ["rot", "grün"]]
    assert holds_answer("green, then red", answers)
    assert not holds_answer("red, then grün", answers)
    assert not holds_answer("anything", [])
    assert not holds_answer("anything", [[]])


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_numbers_hold_themselves_alone(number: int, other: int) -> None:
    """Whatever the numbers are, with commas and without."""
    assert holds_value(f"It was {number:,} in all.", str(number))
    assert holds_value(f"It was {number} in all.", f"{number:,}")
    assert holds_value(f"It was {other} in all", str(number)) == (number == other)
