"""Several vectors of a question as one."""

from __future__ import annotations

import numpy as np

from polysense.retrieve.mean_vector import mean_direction, mean_of_sparse


def test_the_mean_has_unit_length_and_leaves_out_nothings() -> None:
    """Rows of NaN are parts in which there was nothing; of none there is no mean."""
    axes = np.eye(2, dtype=np.float32)
    nothing = np.full(2, np.nan, np.float32)
    mean = mean_direction([*axes, nothing])
    assert mean is not None
    np.testing.assert_allclose(mean, np.sqrt([0.5, 0.5]), atol=1e-6)
    assert mean_direction([nothing]) is None
    assert mean_direction([]) is None


def test_sparse_ones_need_a_weight_and_a_row() -> None:
    """Else there is none."""
    row = np.asarray([[3.0, 1.0]], np.float32)
    assert mean_of_sparse([(0.0, row), (1.0, row[:0])]) is None
    assert mean_of_sparse([(1.0, row)]) is not None
