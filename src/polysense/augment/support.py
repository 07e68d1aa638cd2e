"""Whether the evidence supports an answer at all: a rule fitted on data, not a guess.

Logistic regressions over the best passages' coverage of the question's terms and nearness in
meaning, fitted by `benchmarks/calibrate_support.py` on XQuAD questions asked of a library with half
of the articles. On articles held out, it answered 0.949 of the English questions that the library
could answer and refused all that it could not; of Chinese ones 0.846 and 0.952.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from polysense.augment.compress import Passage

THRESHOLD = 0.5
"""The probability from which on the library answers; the figures above are of this one."""

NEARNESS_COEFFICIENTS = (-3.59, 6.28, 1.99)
"""Bias, weight of coverage, weight of nearness (Calibration.nearness), where an encoder reads the
question's language. Fitted on MiniLM's.
"""

COVERAGE_COEFFICIENTS = (-4.52, 8.41)
"""Bias, weight of coverage, where none does. Fitted on Chinese questions."""


def features(passages: Sequence[Passage]) -> tuple[float, float | None]:
    """The best coverage, and the best nearness (None where unknown), among the passages."""
    nearness = [p.nearness for p in passages if p.nearness is not None]
    return max((p.coverage for p in passages), default=0.0), max(nearness, default=None)


def support(passages: Sequence[Passage]) -> float:
    """The probability, 0..1, that the passages hold an answer; 0 without any."""
    if not passages:
        return 0.0
    coverage, nearness = features(passages)
    if nearness is None:
        bias, by_coverage = COVERAGE_COEFFICIENTS
        logit = bias + by_coverage * coverage
    else:
        bias, by_coverage, by_nearness = NEARNESS_COEFFICIENTS
        logit = bias + by_coverage * coverage + by_nearness * nearness
    return 1.0 / (1.0 + math.exp(-logit))
