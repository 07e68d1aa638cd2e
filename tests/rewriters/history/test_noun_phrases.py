"""Where questions name things."""

from __future__ import annotations

import pytest

from polysense.rewriters.history.noun_phrases import NounPhrases, is_name, is_plural


@pytest.mark.parametrize(
    ("language", "aux", "text", "things"),
    [
        ("en", "did", "the old keeper live in Moss", ["the old keeper", "Moss"]),
        ("en", "was", "the chapel ceiling painted", ["the chapel ceiling"]),
        ("en", "was", "the water tower built", ["the water tower"]),
        ("en", "is", "the water tower", ["the water tower"]),
        ("en", "is", "the old city", ["the old city"]),
        ("en", "", "I'm told of it", []),
        ("de", "wurde", "die alte Brücke gebaut", ["die alte Brücke"]),
        ("fr", "est", "la roue du moulin", ["la roue", "du moulin"]),
    ],
)
def test_things_end_before_the_verb(language: str, aux: str, text: str, things: list[str]) -> None:
    """By the auxiliary it is known whether the last word is one."""
    spans = NounPhrases(language, aux).spans(text, 0)
    assert [text[a:b] for a, b in spans] == things


def test_capitals_alone_make_no_name() -> None:
    """The heads of sentences are written in capitals too."""
    assert [is_name(w) for w in ("Eva Holm", "Okay", "Once I", "The", "Lund & Co")] == [
        True, False, False, False, True
    ]  # fmt: skip


def test_number_is_told_by_the_head() -> None:
    """ "They" are the jugs, "it" is the jug of flowers."""
    assert [is_plural(t) for t in ("the jugs", "the jug of flowers", "the glass", "people")] == [
        True, False, False, True
    ]  # fmt: skip
