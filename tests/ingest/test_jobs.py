"""What worker processes are asked."""

from __future__ import annotations

import numpy as np

from polysense.ingest.jobs import pool_vectors


def test_one_vector_stays_and_several_are_averaged() -> None:
    """A space compared by dot product keeps its lengths; views of a mesh count the same each, blank
    ones not at all.
    """
    one = np.array([[3.0, 4.0]], np.float32)
    assert pool_vectors(one).tolist() == [3.0, 4.0]
    blank = np.full(2, np.nan, np.float32)
    views = np.array([[1.0, 0.0], [0.0, 1.0], blank], np.float32)
    assert np.allclose(pool_vectors(views), [0.5**0.5, 0.5**0.5])
    assert np.isnan(pool_vectors(views[2:])).all()
    assert np.isnan(pool_vectors(views[[2, 2]])).all()
