"""Measures, against their definitions."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.evaluate.metrics import (
    average_precision,
    edit_distance,
    ndcg,
    recall,
    reciprocal_rank,
)

ranked = st.lists(st.sampled_from("abcdefgh"), unique=True)
relevant = st.sets(st.sampled_from("abcdefgh"))
short = st.text("abc", max_size=6)


@given(ranked, relevant, st.integers(1, 10))
def test_all_are_shares(ranking: list[str], judged: set[str], k: int) -> None:
    """0 to 1, and 0 where nothing is wanted."""
    grades = dict.fromkeys(judged, 1.0)
    for value in (
        ndcg(ranking, grades, k),
        recall(ranking, judged, k),
        reciprocal_rank(ranking, judged, k),
        average_precision(ranking, judged),
    ):
        assert 0.0 <= value <= 1.0 + 1e-12
        assert judged or value == 0.0


@given(relevant.filter(bool))
def test_a_perfect_ranking_is_1(judged: set[str]) -> None:
    """By each measure."""
    ranked = sorted(judged)
    assert ndcg(ranked, dict.fromkeys(judged, 1.0)) == pytest.approx(1.0)
    assert recall(ranked, judged, len(ranked)) == reciprocal_rank(ranked, judged) == 1.0
    assert average_precision(ranked, judged) == pytest.approx(1.0)


def test_graded_gain() -> None:
    """By hand: 1/log2(2) + 2/log2(3), over 2/log2(2) + 1/log2(3)."""
    assert ndcg(["a", "b"], {"a": 1.0, "b": 2.0}) == pytest.approx(
        (1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3))
    )
    assert ndcg(["x"] * 10 + ["a"], {"a": 1.0}, k=10) == 0.0


def test_ranks() -> None:
    """From 1, and only to k."""
    assert reciprocal_rank(["x", "y", "a"], {"a"}) == pytest.approx(1 / 3)
    assert reciprocal_rank(["x", "y", "a"], {"a"}, k=2) == 0.0
    assert recall(["a", "x", "b"], {"a", "b"}, 2) == 0.5
    assert average_precision(["x", "a"], {"a", "b"}) == 0.25


@given(short, short, short)
def test_edit_distance_is_a_metric(a: str, b: str, c: str) -> None:
    """Zero only for equals, symmetric, and no way round is shorter."""
    assert (edit_distance(a, b) == 0) == (a == b)
    assert edit_distance(a, b) == edit_distance(b, a) <= max(len(a), len(b))
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)


def test_edit_distance_of_words() -> None:
    """Also of sequences of words: word error rates."""
    assert edit_distance("kitten", "sitting") == 3
    assert edit_distance(["the", "old", "bell"], ["the", "bell", "rings"]) == 2
