"""What is denied, and what is not, in clauses that speak of the same."""

from __future__ import annotations

import pytest

from polysense.generate.citations.denials import nearest, wrong_denials

EVIDENCE = (
    "The keeper, who never married, lived in the tower. The gate is closed on Mondays. "
    "It was not finished in 1887, but in 1888. Dogs are not allowed in the garden."
)


@pytest.mark.parametrize(
    "sentence",
    [
        "The keeper never married.",
        "The keeper lived in the tower.",
        "The gate is not open on Mondays.",
        "It was finished in 1888.",
        "Dogs are forbidden in the garden.",
    ],
)
def test_the_same_is_denied(sentence: str) -> None:
    """By another word, or in a part of the sentence that denies nothing."""
    assert list(wrong_denials(sentence, EVIDENCE, "en")) == []


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("The keeper married.", "the evidence denies it"),
        ("The keeper did not live in the tower.", "the evidence does not deny it"),
        ("The gate is open on Mondays.", "the evidence says 'close', not 'open'"),
        ("Dogs are allowed in the garden.", "the evidence denies it"),
    ],
)
def test_another_thing_is_denied(sentence: str, fault: str) -> None:
    """Put in, left out, or turned round."""
    assert fault in list(wrong_denials(sentence, EVIDENCE, "en"))


def test_the_nearest_text() -> None:
    """None where nothing is in common."""
    assert nearest("xyz", ["The tower is old."]) == ""
