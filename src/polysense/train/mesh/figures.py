"""How well models find others of their kind, by a network and by the plain descriptor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from polysense.evaluate.metrics import average_precision
from polysense.protocols import Vectors
from polysense.train.retrieval import Ranks


def ranks_of_kind(
    vectors: Vectors, kinds: Sequence[str], pool: Vectors, of: Sequence[str]
) -> Ranks:
    """Of each vector the rank of the first of its kind in a pool; one that the pool has no kind of
    is not counted.
    """
    names = np.array(of)
    ranks = []
    for vector, kind in zip(vectors, kinds, strict=True):
        is_right = names == kind
        if is_right.any():
            scores = pool @ vector
            ranks.append(1 + int((scores[~is_right] >= scores[is_right].max()).sum()))
    return Ranks(np.array(ranks, np.int64), len(pool))


def kind_figures(
    vectors: Vectors, kinds: Sequence[str], pool: Vectors, of: Sequence[str]
) -> dict[str, Any]:
    """Recall and mean average precision of what is of a kind."""
    precisions = []
    for vector, kind in zip(vectors, kinds, strict=True):
        relevant = {str(i) for i, name in enumerate(of) if name == kind}
        if relevant:
            order = np.argsort(-(pool @ vector), kind="stable")
            precisions.append(average_precision([str(i) for i in order], relevant))
    figures = ranks_of_kind(vectors, kinds, pool, of).figures()
    return {**figures, "mAP": round(float(np.mean(precisions)), 4)}
