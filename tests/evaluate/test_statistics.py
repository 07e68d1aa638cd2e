"""Intervals and tests, against figures worked out elsewhere and against what they promise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.evaluate.statistics import average, difference, mcnemar, share


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (15, 148, 0.0624, 0.1605), (263, 300, 0.8346, 0.9093)],
)  # fmt: skip
def test_wilsons_interval(successes: int, n: int, low: float, high: float) -> None:
    """As in Newcombe, Statistics in Medicine 17 (1998), and by hand."""
    estimate = share([True] * successes + [False] * (n - successes))
    assert estimate is not None
    assert (estimate.value, estimate.n) == (successes / n, n)
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=2e-4)


def test_a_mean_is_the_same_every_time_and_holds_the_truth() -> None:
    """A figure that changes by itself would pass or fail a build by chance; 95 of 100 intervals
    hold the mean that the numbers were drawn with.
    """
    draw = np.random.default_rng(1)
    samples = [list(draw.exponential(3.0, 60)) for _ in range(60)]
    assert average(samples[0]) == average(samples[0])
    estimates = [e for s in samples if (e := average(s))]
    assert sum(e.low <= 3.0 <= e.high for e in estimates) >= 52


def test_a_difference_is_of_pairs() -> None:
    """What all questions gain is sure, however much they differ among themselves."""
    before = [float(i % 17) for i in range(100)]
    change = difference(before, [v + 0.5 for v in before])
    assert change is not None
    assert (change.low, change.value, change.high) == pytest.approx((0.5, 0.5, 0.5))
    with pytest.raises(ValueError, match="zip"):
        difference([1.0], [1.0, 2.0])


def test_nothing_has_no_figure() -> None:
    """0 of 0 is neither good nor bad."""
    assert share([]) is None
    assert average([]) is None
    assert difference([], []) is None


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar(wins: int, losses: int) -> None:
    """The exact test of a fair coin: all splits that are no likelier than the one seen."""
    n = wins + losses
    splits = [math.comb(n, i) for i in range(n + 1)]
    no_likelier = sum(count for count in splits if count <= math.comb(n, wins))
    assert mcnemar(wins, losses) == pytest.approx(no_likelier / 2**n)
