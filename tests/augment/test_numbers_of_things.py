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
        ("What is the number of people in Oslo?", "Oslo has 700 000 people.", 0.0),
        ("What is the number of children in the school?", "The school has 120 children.", 0.0),
        ("What is the number of women at the mill?", "The mill has 8 women.", 0.0),
        ("What is the number of employees of Mill Works Ltd?", "Mill Works has 40.", 0.0),
        ("What is the number of employees at Mill Works Ltd?", "Mill Works has 40.", 0.0),
        ("What is the number of visitors last year?", "Last year 900 came.", 0.0),
        ("What is the number of paying guests last night?", "Last night 9 came.", 0.0),
        ("What is the total number of employees?", "There are 40 employees.", 0.0),
        ("What is the number of the class?", "My badge has the number 7731.", -1.0),
        ("What is the number of the specimen?", "My badge has the number 7731.", -1.0),
        ("How many boats are there?", "There are 12 boats.", 0.0),
        ("What number does the boat have?", "The boat has the number 31.", 0.0),
    ],
)
def test_what_says_a_number(question: str, text: str, fit: float) -> None:
    """By what it is called, a number right behind the name, or the form of a number."""
    assert number_fit(question, text, set()) == fit


@pytest.mark.parametrize(
    ("question", "text", "fit"),
    [
        ("What is the number of the taxi?", "The taxi can be reached on 555 0144.", 1.0),
        ("What is the number of the taxi?", "The taxi can be reached on 555 0144 daily.", 1.0),
        ("What's the Mill Trust's number?", "The Mill Trust can be reached at 555 0199.", 1.0),
        ("What is Ana's phone number?", "Call Ana Lopez on 079 555 12 77.", 1.0),
        ("What is Ana's contact number?", "Call Ana Lopez on 079 555 12 77.", 1.0),
        ("What is the phone number of Ana Lopez?", "Call Ana Lopez on 079 555 12 77.", 1.0),
        ("What is Ana's phone number?", "Ana was born on 1990-05-12.", -1.0),
        ("What is the serial number of the pump?", "The pump has S/N 88213.", 1.0),
        ("What is the number for the fire brigade?", "The fire brigade answers to 118.", 1.0),
        ("What is the number on the front door?", "The front door says 14.", 1.0),
        ("What is the number of the bus to the mill?", "The bus to the mill is line 7.", 1.0),
        ("What is the number of the bus to the mill?", "The mill bus takes line 7 uphill.", 0.0),
        ("What is Ana's house number?", "Ana lives at 12 Mill Lane.", 0.0),
        ("What is the number of the boat?", "The boat was built in 1987.", -1.0),
        ("What is the number of the boat?", "The boat is old.", -1.0),
        ("What is the number of the boat?", "The boat has 4 sails.", -1.0),
    ],
)
def test_how_else_a_number_is_said(question: str, text: str, fit: float) -> None:
    """By its form, by an abbreviation, as what a thing says; a number that may be it is let be."""
    assert number_fit(question, text, set()) == fit


def test_the_number_of_another_thing_is_none() -> None:
    """Where what is asked of stands around, and the number is said to be another's."""
    around = set(terms("The bus to the mill"))
    question = "What is the number of the bus to the mill?"
    assert number_fit(question, "The winning number was 42.", around) == -1.0
    assert number_fit(question, "My badge has the number 7731.", around) == -1.0
    assert number_fit(question, "It has the number 42.", around) == 1.0
    assert number_fit(question, "The number is 42.", around) == 1.0


def test_the_thing_may_stand_around() -> None:
    """In a heading, or in the sentence before."""
    question = "What is the number of the boat?"
    assert number_fit(question, "Its number is 31.", set()) == -1.0
    assert number_fit(question, "Its number is 31.", set(terms("The boat"))) == 1.0
