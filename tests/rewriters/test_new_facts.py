"""What a model brings in that nobody has said."""

from __future__ import annotations

import pytest

from polysense.rewriters.new_facts import new_facts, new_numbers

SOURCE = "How tall is it? The water tower of Eldby is 23.5 m tall; pump E15 feeds it."


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("How tall is the water tower of Eldby?", ()),
        ("Is the tower of Eldby 23.5 m tall?", ()),
        ("Is the tower of Eldby 24 m tall?", ("24",)),
        ("How tall is the water tower of Marlow?", ("Marlow",)),
        ("Does pump E16 feed the tower?", ("16", "E16")),
        ("Does pump e15 feed the tower?", ()),
    ],
)
def test_numbers_codes_and_names(text: str, facts: tuple[str, ...]) -> None:
    assert new_facts(text, SOURCE, "en") == facts


def test_a_text_of_other_words_is_new_as_a_whole() -> None:
    """No name and no number tells it apart; in scripts without capitals nothing else does."""
    text = "Which recipe bakes a cake?"
    assert new_facts(text, SOURCE, "en") == (text,)
    assert new_facts("如何烤蛋糕？", "水塔有多高？", "zh") == ("如何烤蛋糕？",)
    assert new_facts("水塔的高度有多高？", "水塔有多高？", "zh") == ()


def test_numbers_are_compared_across_languages() -> None:
    assert new_numbers("Turm von 1926", "tower of 1926") == ()
    assert new_numbers("Turm von 1962", "tower of 1926") == ("1962",)
