"""What is denied, in five languages."""

from __future__ import annotations

import pytest

from polysense.read.language.negation import (
    clauses,
    denied_words,
    implicit_denials,
    is_negative,
    opposite_in,
    without_negation,
)


@pytest.mark.parametrize(
    "text",
    [
        "It isn't open.",
        "ohne Licht",
        "no está",
        "从不开放",
        "没有灯",
        "kein Licht",
        "ne marche pas",
    ],
)
def test_denials(text: str) -> None:
    """In five languages."""
    assert is_negative(text)


@pytest.mark.parametrize(
    "text",
    [
        "It is open.",
        "不同的店",
        "未来的灯塔",
        "Knot and note",
        "not only the tower",
        "nicht nur der Turm",
        "Gate No. 5",
        "no sólo la torre",
        "无线",
    ],
)
def test_what_only_looks_like_a_denial(text: str) -> None:
    """Words that hold one and deny nothing."""
    assert not is_negative(text)


def test_words_that_deny_in_themselves() -> None:
    """Closed is not open."""
    assert implicit_denials("It is closed, and forbidden.") == {"closed", "forbidden"}
    assert implicit_denials("塔内禁止吸烟，关闭") == {"关闭"}


def test_opposites() -> None:
    """Where only one of the two stands on each side."""
    assert opposite_in({"open"}, {"close"}) == ("open", "close")
    assert opposite_in({"open", "close"}, {"close"}) is None


def test_clauses_and_what_they_deny() -> None:
    """A comma in a number ends nothing."""
    assert clauses("It has 1,234 steps, but no lift.") == ["It has 1,234 steps", "no lift."]
    assert denied_words("it does not open on Mondays.") == ["open on Mondays"]
    assert without_negation("es hat kein Licht").split() == ["es", "hat", "Licht"]
