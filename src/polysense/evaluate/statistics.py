"""How sure a measured figure is, and whether two runs over the same questions differ.

Shares by Wilson's interval (JASA 22, 1927); means, and differences of means, by the bootstrap
(Efron, Annals of Statistics 7, 1979) with a fixed seed; right and wrong in pairs by McNemar's exact
test (Psychometrika 12, 1947).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Z_95 = 1.959964
"""The standard normal's 97.5 % point: intervals hold the truth 95 times of 100."""

BOOTSTRAP_SAMPLES, BOOTSTRAP_SEED = 2000, 7
"""Samples drawn, with whose seed: the same numbers give the same interval every time. More samples
moved no end of an interval by more than a hundredth of its length.
"""

SIGNIFICANT_P = 0.05
"""The probability of chance below which a difference counts as one."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share or a mean over n questions, with its 95 % confidence interval."""

    value: float
    low: float
    high: float
    n: int


def share(successes: Sequence[bool]) -> Estimate | None:
    """A share with Wilson's interval; None of nothing.

    >>> e = share([True] * 9 + [False])
    >>> e.value, round(e.low, 2), round(e.high, 2)
    (0.9, 0.6, 0.98)
    """
    n = len(successes)
    if not n:
        return None
    p, z2 = sum(map(bool, successes)) / n, Z_95**2
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    width = Z_95 * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Estimate(p, max(0.0, middle - width), min(1.0, middle + width), n)


def average(values: Sequence[float]) -> Estimate | None:
    """A mean with the bootstrap's percentile interval; None of nothing.

    >>> average([2.0, 2.0])
    Estimate(value=2.0, low=2.0, high=2.0, n=2)
    """
    if not values:
        return None
    numbers = np.asarray(values, float)
    low, high = np.percentile(_resampled_means(numbers), (2.5, 97.5))
    return Estimate(float(numbers.mean()), float(low), float(high), len(numbers))


def difference(before: Sequence[float], after: Sequence[float]) -> Estimate | None:
    """The mean of after - before, question by question, with its interval; None of nothing.

    Raises ValueError where they are not pairs.

    >>> difference([1.0, 2.0], [2.0, 3.0])
    Estimate(value=1.0, low=1.0, high=1.0, n=2)
    """
    return average([b - a for a, b in zip(before, after, strict=True)])


def mcnemar(wins: int, losses: int) -> float:
    """The probability of a split this uneven or more where neither run is better: two-sided, exact.

    >>> mcnemar(5, 5), round(mcnemar(10, 1), 3)
    (1.0, 0.012)
    """
    n = wins + losses
    tail: float = sum(math.comb(n, i) for i in range(min(wins, losses) + 1)) / (1 << n)
    return min(1.0, 2 * tail)


def _resampled_means(numbers: np.ndarray) -> np.ndarray:
    """Means of samples drawn with replacement, (BOOTSTRAP_SAMPLES,)."""
    draw = np.random.default_rng(BOOTSTRAP_SEED)
    count = len(numbers)
    return np.array(
        [numbers[draw.integers(0, count, count)].mean() for _ in range(BOOTSTRAP_SAMPLES)]
    )
