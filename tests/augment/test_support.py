"""Whether the evidence answers: more coverage and nearer meaning never make it less sure."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from polysense.augment.compress import Passage
from polysense.augment.support import THRESHOLD, features, support
from polysense.types import Asset, Chunk, Hit, Span

HIT = Hit(Chunk(Asset("1", "/a.txt", "", "text", 1), Span(page=1), "text", text="x"), 1.0)
share, nearness = st.floats(0, 1), st.floats(-2, 2)


def piece(coverage: float, nearness: float | None = None) -> Passage:
    return Passage(HIT, 0, "x", Span(page=1), coverage, nearness)


@given(share, share, st.none() | nearness)
def test_more_of_the_question_is_surer(a: float, b: float, near: float | None) -> None:
    """Monotone in coverage, always 0..1."""
    low, high = sorted((a, b))
    assert 0 <= support([piece(low, near)]) <= support([piece(high, near)]) <= 1


@given(share, nearness, nearness)
def test_nearer_in_meaning_is_surer(passage: float, a: float, b: float) -> None:
    """Monotone in nearness."""
    low, high = sorted((a, b))
    assert support([piece(passage, low)]) <= support([piece(passage, high)])


def test_the_clear_cases() -> None:
    """Everything said is an answer; nothing said is none; without evidence there is none."""
    assert support([]) == 0.0
    assert support([piece(0.0), piece(1.0)]) > THRESHOLD > support([piece(0.0)])
    assert support([piece(1.0, 0.9)]) > THRESHOLD > support([piece(0.0, 0.1)])


def test_features_are_the_best_of_the_pieces() -> None:
    """Of coverage and meaning each; None where no encoder read them."""
    assert features([piece(0.2, 0.5), piece(0.7, None)]) == (0.7, 0.5)
    assert features([piece(0.2)]) == (0.2, None)
    assert features([]) == (0.0, None)
