"""Words beside a file that ask for things like it."""

from __future__ import annotations

import pytest

from polysense.query.likeness import asks_for_likeness, otherwise


@pytest.mark.parametrize(
    ("words", "rest"),
    [
        ("like this but yellow", "yellow"),
        ("Find me something similar in brown", "in brown"),
        ("more like these lamps, only black", "black"),
        ("the same but wooden", "wooden"),
        ("wie dieses, aber grün", "grün"),
        ("comme ça mais en bleu", "en bleu"),
        ("como este pero verde", "verde"),
        ("像这个，但是黄色的", "黄色的"),
        ("similar ones", ""),
        ("¿Tienes algo parecido en blanco?", "en blanco"),
        ("a lamp like this but brass", "a lamp brass"),
        ("Is there one like this in white?", "in white"),
        ("Is there something like this?", ""),
        ("Do you have anything similar?", ""),
        ("有没有像这个的？", ""),
    ],
)
def test_likeness_and_what_else(words: str, rest: str) -> None:
    """In several languages; what points at the file says nothing of the others."""
    assert asks_for_likeness(words)
    assert otherwise(words) == rest


@pytest.mark.parametrize(
    "words",
    [
        "What does this cost?",
        "a yellow boat",
        "Turn it into a table",
        "Turn it into a table with the same columns",
        "What plant looks like this?",
        "How do I repair a lamp like this?",
        "My roof looks like this, is it broken?",
        "Is the price the same in brown?",
        "Wie repariere ich so etwas wie das hier?",
        "Comment réparer une lampe comme ça ?",
        "像这个的灯怎么修？",
    ],
)
def test_other_words_ask_for_no_likeness(words: str) -> None:
    """A question about the file, words of their own, an order."""
    assert not asks_for_likeness(words)
