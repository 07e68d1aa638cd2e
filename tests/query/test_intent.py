"""What a question wants: one thing or several."""

from __future__ import annotations

import pytest

from polysense.query.answer_kind import answer_kind
from polysense.query.intent import intent
from polysense.question import Intent


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How tall is the lighthouse?", "fact"),
        ("Who designed the bridge?", "fact"),
        ("Which disk was full at 10:31?", "fact"),
        ("渡船几点开？", "fact"),
        ("What is a tide mill?", "definition"),
        ("Which mugs cost under 20 euros?", "list"),
        ("List the tools.", "list"),
        ("哪些杯子便宜？", "list"),
        ("Which has the taller chimney, Alder Mill or Birch Mill?", "comparison"),
        ("Compare the weight of the Heron and the Plover.", "comparison"),
        ("松林站和竹林站，哪个海拔更高？", "comparison"),
        ("How do I clean the lens?", "how-to"),
        ("如何清洗镜头？", "how-to"),
        ("door handle", "topic"),
        ("What is known of boiler pressure?", "topic"),
        ("Tell me about the mill.", "topic"),
    ],
)
def test_what_is_wanted(question: str, expected: Intent) -> None:
    """It decides how much is said."""
    assert intent(question, answer_kind(question)) == expected
