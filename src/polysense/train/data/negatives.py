"""Hard negatives: what is near to a query and wrong, which a batch at random hardly ever holds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polysense.protocols import Vectors

TOO_NEAR = 0.95
"""The share of the right one's score above which another one may be right too, and is no negative
(de Souza Moreira et al., "NV-Retriever", arXiv:2407.15831, TopK-PercPos).
"""


def mine_negatives(
    queries: Vectors, items: Vectors, count: int, groups: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """(n, count): for each query the nearest items that are not its own, nearest first; -1 where
    there are no more.

    queries and items, (n, dim) of unit length, are pairs row by row; groups, (n,), says which items
    are right besides.
    """
    scores = queries @ items.T
    own = scores.diagonal().copy()
    is_right = np.eye(len(scores), dtype=bool)
    if groups is not None:
        is_right |= groups[:, None] == groups[None, :]
    is_too_near = (scores > TOO_NEAR * own[:, None]) & (own[:, None] > 0)
    scores = np.where(is_right | is_too_near, -np.inf, scores)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :count]
    return np.where(np.isfinite(np.take_along_axis(scores, order, axis=1)), order, -1)


def batch_with_negatives(
    batch: NDArray[np.int64], negatives: NDArray[np.int64], size: int
) -> NDArray[np.int64]:
    """A batch of pairs, each followed by pairs whose items are its hard negatives, until there are
    `size`; no pair stands twice.
    """
    batch_of_both: dict[int, None] = {}
    for i in batch:
        batch_of_both[int(i)] = None
        batch_of_both |= dict.fromkeys(int(j) for j in negatives[i] if j >= 0)
        if len(batch_of_both) >= size:
            break
    return np.array(list(batch_of_both)[:size], np.int64)
