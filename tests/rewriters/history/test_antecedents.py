"""What a question and its answer were about."""

from __future__ import annotations

import pytest

from polysense.question import Exchange
from polysense.rewriters.history.antecedents import Antecedents, mentions_after
from polysense.rewriters.history.mentions import Mentions


@pytest.mark.parametrize(
    ("question", "answer", "thing"),
    [
        ("What is the range of the Kestrel drone?", "14 km.", "the Kestrel drone"),
        ("When did the Northgate library reopen after the flood?", "", "the Northgate library"),
        ("Which is faster, the Kestrel or the Merlin?", "The Merlin is faster.", "the Merlin"),
        ("Which planet did Clara Voss discover?", "Clara Voss discovered Tellus-9.", "Tellus-9"),
        ("Show me the revenue of Osprey Ltd in 2022.", "4.9 million.", "Osprey Ltd"),
        ("When was the lighthouse tower first lit?", "In 1871.", "the lighthouse tower"),
        ("Who paid?", "The council.", ""),
    ],
)
def test_what_it_may_be(question: str, answer: str, thing: str) -> None:
    """What was asked about; of two, the one that the answer begins with."""
    assert Antecedents(Exchange(question, answer), "en", Mentions()).thing() == thing


def test_the_whole_of_it() -> None:
    """ "How does that compare?" means the revenue, not the company."""
    exchange = Exchange("What is the revenue of Osprey Ltd?", "4.9 million.")
    assert Antecedents(exchange, "en", Mentions()).thing(whole=True) == "the revenue of Osprey Ltd"


def test_a_person_is_remembered_beyond_a_thing() -> None:
    """ "Where did she work?" after a question on the planet."""
    exchange = Exchange("When was Tellus-9 discovered?", "In 1998.")
    before = Antecedents(exchange, "en", Mentions().with_person("Clara Voss"))
    assert (before.person(), before.thing()) == ("Clara Voss", "Tellus-9")


def test_mentions_grow() -> None:
    """Things of the question, and who was asked for."""
    founded = Exchange("Who founded the Harlow bakery?", "Edith Marsh founded it in 1911.")
    mentions = mentions_after(Mentions(), founded, "en")
    assert (mentions.person, mentions.thing) == ("Edith Marsh", "the Harlow bakery")


def test_a_day_is_nobody() -> None:
    """Of "on 3 May 2024 by Karl Weber" the name is Karl Weber."""
    exchange = Exchange("Who delivered the toner?", "On 3 May 2024 Karl Weber delivered it.")
    assert Antecedents(exchange, "en", Mentions()).new_name() == "Karl Weber"
