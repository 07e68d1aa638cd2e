"""Which words of a query are meant as colours."""

from __future__ import annotations

import pytest

from polysense.encoders.colour_words import colour_words


@pytest.mark.parametrize(
    ("text", "colours"),
    [
        ("red bicycle", ["red"]),
        ("ein grünes Fahrrad", ["green"]),
        ("Rotes Fahrrad", ["red"]),
        ("un vélo bleu", ["blue"]),
        ("una bicicleta amarilla", ["yellow"]),
        ("白色的船和紅色的燈塔", ["white", "red"]),
        ("RED BICYCLE", ["red"]),
        ("Where is the Red Lion?", []),
        ("Red Cross", []),
        ("Mrs Brown", []),
        ("红茶多少钱", []),
        ("blackboard and redwood", []),
        ("wer weiß es?", []),
    ],
)
def test_colours_and_names(text: str, colours: list[str]) -> None:
    assert [colour for _, colour in colour_words(text)] == colours
