"""Means of pieces."""

from __future__ import annotations

import numpy as np

from polysense.encoders.part_mean import mean_by_part


def test_each_piece_counts_alike_whatever_its_length() -> None:
    """Loud windows must not drown soft ones; a vector of nothing is no division by zero."""
    vectors = np.array([[10.0, 0], [0, 0.1], [0, 0], [3, 4]], np.float32)
    means = mean_by_part(vectors, [2, 1, 1])
    np.testing.assert_allclose(means, [[0.5, 0.5], [0, 0], [0.6, 0.8]], atol=1e-6)
