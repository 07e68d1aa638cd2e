"""A question moved towards what it finds first: words (Rocchio 1971, but away from nothing), and
recordings (average query expansion: Chum et al., "Total recall", ICCV 2007).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polysense.protocols import Vectors
from polysense.retrieve.fusion import Candidates

FEEDBACK_HITS, FEEDBACK_WEIGHT = 3, 0.5
"""How many first results feed back, and how strongly; measured on Cranfield (nDCG@10 0.428 without,
0.437 with).
"""

EXAMPLES, MARGIN = 8, 0.02
"""How many recordings that are surely alike a recording is averaged with at most, and how much
farther than the nearest they may be: with .1 voices that one speech synthesiser has come before the
one asked for. Of 240 spoken digits by six speakers the same voice's mAP is .82 by its space alone
(.85 with .1, .79 without), of half seconds of read speech .84 (.84, .81).
"""

_SAME = 0.999
"""A recording as near as that is the one asked with."""


def examples(candidates: Candidates) -> list[str]:
    """The ids of the nearest of those like a recording, itself aside: EXAMPLES within MARGIN."""
    others = [c for c in candidates if c.score < _SAME][:EXAMPLES]
    return [c.id for c in others if c.score >= others[0].score - MARGIN]


def moved_towards(vector: Vectors, rows: Sequence[Vectors]) -> Vectors:
    """The unit vector (dim,) of a question, moved towards the mean of the rows; of one at least.

    >>> moved_towards(np.array([1.0, 0.0]), [np.array([0.0, 1.0])]).round(2).tolist()
    [0.8899999856948853, 0.44999998807907104]
    """
    moved = vector + FEEDBACK_WEIGHT * np.mean(rows, axis=0)
    return np.asarray(moved / np.linalg.norm(moved), np.float32)


def expanded(vector: Vectors, rows: Sequence[Vectors]) -> Vectors:
    """The unit vector (dim,) of the mean of a question and the rows.

    >>> expanded(np.array([1.0, 0.0]), [np.array([0.0, 1.0])]).round(2).tolist()
    [0.7099999785423279, 0.7099999785423279]
    """
    total = vector + np.sum(rows, axis=0)
    return np.asarray(total / np.linalg.norm(total), np.float32)
