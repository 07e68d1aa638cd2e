"""What a model is given of the evidence: words and pictures, with the numbers they have."""

from __future__ import annotations

from pathlib import Path

from polysense.make.diffusion.conditions import (
    MAX_PICTURES,
    MAX_PROMPT_CHARACTERS,
    pictures_of,
    prompt_of,
)
from polysense.types import Part, Span

from .pieces import ASK, native, picture, words


def test_the_question_comes_before_the_evidence() -> None:
    """Without citations; a sentence that says the same as another is there once."""
    prompt = prompt_of(ASK, [words(1, "White [2]."), words(2, "White."), words(3, "Tall.")])
    assert prompt.text == "Draw the lighthouse. White. Tall."
    assert prompt.evidence == (1, 3)


def test_a_prompt_ends_where_models_stop_reading() -> None:
    """What did not fit is not named as its evidence."""
    prompt = prompt_of(ASK, [words(1, "a" * MAX_PROMPT_CHARACTERS), words(2)])
    assert len(prompt.text) == MAX_PROMPT_CHARACTERS
    assert prompt.evidence == (1,)


def test_pictures_are_bounded_and_each_there_once() -> None:
    """In size and number; words are none."""
    same = picture(9)
    pictures = pictures_of([words(1), same, same, *(picture(n, (n, 0, 0)) for n in range(20))], 24)
    assert len(pictures) == MAX_PICTURES
    assert [p.n for p in pictures] == [9, 0, 1, 2]
    assert all(max(p.image.size) == 24 for p in pictures)


def test_a_picture_that_is_gone_costs_no_other(tmp_path: Path) -> None:
    """It is left out."""
    lacking = native(1, Part("image", tmp_path / "gone.png", "image/png"), Span())
    assert [p.n for p in pictures_of([lacking, picture(2)], 24)] == [2]
