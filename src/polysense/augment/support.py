"""Whether the evidence supports an answer at all: a rule fitted on data, not a guess.

Logistic regressions over the best pieces' coverage of the question's terms and nearness in meaning,
fitted by `benchmarks/calibrate_support.py` on XQuAD questions asked of a library with half of the
articles. On articles held out, it answered 0.949 of the English questions that the library could
answer and refused all that it could not; of Chinese ones 0.846 and 0.952.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from polysense.augment.compress import Piece

THRESHOLD = 0.5

MEANING = (-5.01, 6.28, 5.69)
"""Bias, weight of coverage, weight of cosine; where an encoder reads the question's language."""

WORDS = (-4.52, 8.41)
"""Bias, weight of coverage; where none does."""


def features(pieces: Sequence[Piece]) -> tuple[float, float | None]:
    """The best coverage, and the best cosine (None where unknown), among the pieces."""
    cosines = [p.cosine for p in pieces if p.cosine is not None]
    return max((p.coverage for p in pieces), default=0.0), max(cosines, default=None)


def support(pieces: Sequence[Piece]) -> float:
    """The probability, 0..1, that the pieces hold an answer; 0 without any."""
    if not pieces:
        return 0.0
    coverage, cosine = features(pieces)
    known = WORDS[0] + WORDS[1] * coverage
    z = known if cosine is None else MEANING[0] + MEANING[1] * coverage + MEANING[2] * cosine
    return 1.0 / (1.0 + math.exp(-z))
