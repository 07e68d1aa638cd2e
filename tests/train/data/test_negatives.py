"""Hard negatives are near and wrong."""

from __future__ import annotations

import numpy as np

from polysense.train.data.negatives import batch_with_negatives, mine_negatives


def unit(rows: list[list[float]]) -> np.ndarray:
    array = np.array(rows, np.float32)
    return array / np.linalg.norm(array, axis=1, keepdims=True)


def test_the_nearest_wrong_ones_first() -> None:
    """Not its own, not one of its group, not one that is as near as the right one."""
    queries = unit([[1, 0], [0, 1], [1, 0.2], [0.7, 0.7]])
    items = unit([[1, 0.05], [0.1, 1], [1, 0.04], [0.6, 0.8]])
    groups = np.array([0, 1, 2, 3])
    negatives = mine_negatives(queries, items, 2, groups)
    assert negatives[0].tolist() == [3, 1]  # item 2 is as near to query 0 as its own
    together = mine_negatives(queries, items, 3, np.array([0, 1, 2, 0]))
    assert 3 not in together[0].tolist()
    assert together[0].tolist()[-1] == -1


def test_a_batch_takes_them_in() -> None:
    """Up to its size, none twice."""
    negatives = np.array([[1, 2], [0, 3], [-1, -1], [2, 0]])
    batch = batch_with_negatives(np.array([0, 3, 1]), negatives, 4)
    assert batch.tolist() == [0, 1, 2, 3]
