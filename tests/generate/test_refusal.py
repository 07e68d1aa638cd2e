"""What is said where nothing supports an answer."""

from __future__ import annotations

import pytest

from polysense.encoders.minilm import MiniLM
from polysense.generate.refusal import (
    NOT_FOUND,
    cannot_be_made,
    nearest_in_another_language,
    other_language,
    refusal,
    unread_language,
)
from polysense.registry import Kit
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

HIT = Hit(Chunk(Asset("0", "/kb/a.txt", "", "text", 1), Span(page=3), "text", text="x"), 1.0)
NEAREST = Evidence(1, HIT, Part("text", "x"), Span(page=3))


def test_it_names_what_is_missing_what_there_is_and_what_is_nearest() -> None:
    """So that the reader can ask again."""
    text = refusal("en", ["E15"], ["E12", "E14"], NEAREST)
    assert all(s in text for s in ("E15", "E12, E14", "a.txt, p. 3 [1]"))
    assert refusal("en", [], [], None) == NOT_FOUND


@pytest.mark.parametrize(
    ("language", "word"), [("de", "steht"), ("fr", "Rien"), ("es", "Nada"), ("zh", "资料库")]
)
def test_it_is_said_in_the_question_s_language(language: str, word: str) -> None:
    """In English where no phrases of a language are known."""
    assert word in refusal(language, ["E15"], [], None)
    assert refusal("xx", [], [], None) == NOT_FOUND


def test_languages_that_differ_are_named_in_the_question_s_language() -> None:
    """It is not said that nothing is held."""
    assert "Chinese" in other_language("en", "zh")
    assert "英文" in other_language("zh", "en")
    assert "Englisch" in other_language("de", "en")
    assert NOT_FOUND not in other_language("en", "zh")


def test_what_cannot_be_made_is_named() -> None:
    """In the modality that was asked for."""
    assert "audio or 3d" in cannot_be_made("en", ["audio", "3d"])


def test_what_is_nearest_in_another_language() -> None:
    """In the question's language, with the place; no claim that it answers, nor that nothing
    does.
    """
    for own, theirs, name in (
        ("en", "zh", "Chinese"),
        ("zh", "en", "英文"),
        ("de", "en", "Englisch"),
    ):
        words = nearest_in_another_language(own, theirs, "mill.md, L3")
        assert name in words
        assert "mill.md, L3 [1]" in words
        assert NOT_FOUND not in words


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("Missä vanha majakka sijaitsee nykyään?", "fi"),
        ("Πού βρίσκεται ο παλιός φάρος;", "el"),
        ("பழைய கலங்கரை விளக்கம் எங்கே?", "Tamil"),
        ("Where is the old lighthouse now?", ""),
        ("lighthouse Kvarnholm", ""),
        ("42", ""),
        ("µg of vitamin D?", ""),
        ("µg vitamin", ""),
        ("β-carotene dose", ""),
        ("ℓ per minute", ""),
        ("π", ""),
        ("Where does Ἀθῆναι Πειραιεύς stand", ""),
        ("Larus argentatus smithsonianus vegae colonies", ""),
        ("Solanum lycopersicum var. cerasiforme", ""),
        ("Lund Πού βρίσκεται ο παλιός φάρος;", "el"),
    ],
)
def test_a_language_that_nothing_reads_is_told(words: str, language: str) -> None:
    """By its letters, or by a model where no word is of a language that is read."""
    kit = Kit({}, {}, {"minilm": MiniLM()}, {}, {}, {})
    assert unread_language(words, kit) == language
