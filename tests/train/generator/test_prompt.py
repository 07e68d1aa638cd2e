"""What a model is shown of an example."""

from __future__ import annotations

import numpy as np

from polysense.train.generator.examples.example import Context, Example
from polysense.train.generator.prompt import as_asked, plainly
from polysense.types import Part

TEXT, SIGHT = frozenset({"text"}), frozenset({"text", "image"})
PICTURE = Context(Part("image", np.zeros((8, 8, 3), np.uint8)), False, name="map.png")
ROME = Context(Part("text", "It is in Rome."), True, name="a.md")
OSLO = Context(Part("text", "Oslo is cold."), False, name="b.md")


def test_as_it_is_asked() -> None:
    """The rules, the evidence in its fences, the question; the answer cites what is right; the same
    example gives the same words.
    """
    lesson = as_asked(Example("Where?", "Rome", (OSLO, ROME)), TEXT)
    system, user = lesson.chat
    assert "NO ANSWER" in system.text
    assert "number=2 from='a.md'" in user.text
    assert user.text.endswith("Question: Where?")
    assert lesson.target == "Rome [2]"
    assert lesson == as_asked(Example("Where?", "Rome", (OSLO, ROME)), TEXT)
    assert as_asked(Example("Where?", "NO ANSWER", (OSLO,)), TEXT).target == "NO ANSWER"


def test_pictures_go_to_those_that_see() -> None:
    """And to no other."""
    example = Example("Where?", "Rome", (PICTURE, ROME), images=(PICTURE.part,))
    for show in (as_asked, plainly):
        assert len([p for p in show(example, SIGHT).chat[-1].parts if p.modality == "image"]) == 2
        assert {p.modality for p in show(example, TEXT).chat[-1].parts} == {"text"}
