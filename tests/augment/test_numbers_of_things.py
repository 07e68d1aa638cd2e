"""The number that a thing has, told from how many there are and from numbers beside its name."""

from __future__ import annotations

import pytest

from polysense.augment.numbers_of_things import number_fit
from polysense.read.language.analysis import terms


@pytest.mark.parametrize(
    ("question", "text", "fit"),
    [
        ("What is the number of the boat?", "My badge has the number 7731.", -1.0),
        ("What is the number of the boat?", "The boat lies at jetty 4.", -1.0),
        ("What is the number of the boat?", "The boat has the number 31.", 1.0),
        ("What is the number of the boat?", "Boat 31 lies at jetty 4.", 1.0),
        ("What is the number of the boat?", "The boat (SK-3071) lies there.", 1.0),
        ("What is the boat's number?", "The boat lies at jetty 4.", -1.0),
        ("What is Ana's phone number?", "Ana, Plot: 9, Joined: 2022", -1.0),
        ("What is Ana's phone number?", "Ana, tel. 0451 555 019", 1.0),
        (
            "What is the invoice number of the supplier?",
            "The supplier (invoice 2217) is paid.",
            1.0,
        ),
        ("What is the invoice number of the supplier?", "The supplier gets 184.60 euros.", -1.0),
        ("What is the number of members?", "There are 12 members.", 0.0),
        ("What is the number of the members?", "There are 12 members.", 0.0),
        ("How many boats are there?", "There are 12 boats.", 0.0),
        ("What number does the boat have?", "The boat has the number 31.", 0.0),
    ],
)
def test_what_says_a_number(question: str, text: str, fit: float) -> None:
    """By what it is called, a number right behind the name, or the form of a number."""
    assert number_fit(question, text, set()) == fit


def test_the_thing_may_stand_around() -> None:
    """In a heading, or in the sentence before."""
    question = "What is the number of the boat?"
    assert number_fit(question, "Its number is 31.", set()) == -1.0
    assert number_fit(question, "Its number is 31.", set(terms("The boat"))) == 1.0
