"""English nouns that are always of something."""

from __future__ import annotations

import pytest

from polysense.rewriters.history.relational_nouns import is_property, with_owner


@pytest.mark.parametrize(
    ("words", "whole"),
    [
        ("What are the symptoms?", "What are the symptoms of X9?"),
        ("Who is the chief executive?", "Who is the chief executive of X9?"),
        ("What is the toll for cars?", "What is the toll of X9 for cars?"),
        ("What does admission cost?", "What does admission of X9 cost?"),
        ("How long did the repair take?", "How long did the repair of X9 take?"),
    ],
)
def test_a_part_is_of_what_was_spoken_of(words: str, whole: str) -> None:
    """So is what happens to it."""
    assert with_owner(words, "X9") == whole


@pytest.mark.parametrize(
    "words",
    [
        "How tall is the lighthouse?",
        "What is the price of bread?",
        "Who is the director of the museum?",
        "What is the capital of Chile?",
        "What are causes?",
        "Who owns the engine shed?",
        "What is the population in Lima?",
    ],
)
def test_what_says_itself_whose_it_is_stays(words: str) -> None:
    """A thing that may be any, and one that names what it is of."""
    assert with_owner(words, "X9") == ""
    assert with_owner("What is the price?", "") == ""


def test_properties_in_singular_and_plural() -> None:
    """As the list has them, and as they are said."""
    assert is_property("batteries")
    assert is_property("cost")
    assert not is_property("lighthouse")
