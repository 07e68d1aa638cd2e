"""How well held-out pairs find one another: recall, reciprocal rank, in pools of one modality and
of several, with intervals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.evaluate.statistics import Estimate, average, difference
from polysense.protocols import Vectors

K = 10
"""The depth of recall by which trainings are judged."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """Of each query, the rank of the right item, from 1, in a pool of so many."""

    ranks: NDArray[np.int64]
    pool: int

    def recall(self, k: int = K) -> Estimate:
        """The share found among the first k, with its interval."""
        estimate = average((self.ranks <= k).astype(float).tolist())
        assert estimate is not None
        return estimate

    @property
    def reciprocal(self) -> float:
        """The mean reciprocal rank."""
        return float((1 / self.ranks).mean())

    def figures(self) -> dict[str, Any]:
        """What a card says of it."""
        return {
            "recall@1": round(self.recall(1).value, 4),
            f"recall@{K}": _rounded(self.recall()),
            "mrr": round(self.reciprocal, 4),
            "median rank": float(np.median(self.ranks)),
            "pool": self.pool,
        }


def rank_scores(
    scores: NDArray[Any], groups: Sequence[str] = (), own: NDArray[np.int64] | None = None
) -> Ranks:
    """Ranks from scores, (queries, items): the right item of query i is item own[i], or i; ties
    count against it. Items of the same group, where not "", are right too, and the best counts.
    """
    count = len(scores)
    own = np.arange(count) if own is None else own
    scores = np.where(np.isfinite(scores), scores, -np.inf)
    right = scores[np.arange(count), own]
    is_right = np.zeros(scores.shape, bool)
    is_right[np.arange(count), own] = True
    if any(groups):
        names = np.array(groups)
        same = (names[:, None] == names[None, :]) & (names != "")[:, None]
        is_right[:, : len(names)] |= same
        right = np.where(is_right, scores, -np.inf).max(axis=1)
    at_least = (scores >= right[:, None]) & ~is_right
    ranks = 1 + at_least.sum(axis=1)
    return Ranks(np.where(np.isfinite(right), ranks, scores.shape[1]), scores.shape[1])


def rank_pairs(queries: Vectors, items: Vectors, groups: Sequence[str] = ()) -> Ranks:
    """Ranks of items[i] for queries[i], (n, dim) of unit length each, among all items."""
    return rank_scores(queries @ items.T, groups)


def rank_mixed(queries: Vectors, items: Vectors, others: Vectors) -> Ranks:
    """Ranks of items[i] for queries[i] in a pool of all items and, beside them, `others`: things of
    the query's own modality, others[i] being the query itself, which is not in its pool.
    """
    among = queries @ others.T
    np.fill_diagonal(among, -np.inf)
    return rank_scores(np.concatenate([queries @ items.T, among], axis=1))


@dataclass(frozen=True, slots=True)
class Gain:
    """Recall at k before and after, over the same queries, and the change with its interval."""

    before: Estimate
    after: Estimate
    change: Estimate
    k: int = K

    @property
    def is_better(self) -> bool:
        """Whether the interval of the change excludes no gain."""
        return self.change.low > 0

    def figures(self) -> Mapping[str, Any]:
        """What a card says of it."""
        return {n: _rounded(e) for n, e in self._estimates()}

    def _estimates(self) -> list[tuple[str, Estimate]]:
        return [("before", self.before), ("after", self.after), ("change", self.change)]

    def __str__(self) -> str:
        return (
            f"recall@{self.k} {self.before.value:.3f} -> {self.after.value:.3f} "
            f"({self.change.value:+.3f}, 95 % {self.change.low:+.3f} to {self.change.high:+.3f}, "
            f"{self.after.n} held out)"
        )


def gain(before: Ranks, after: Ranks, k: int = K) -> Gain:
    """What a training has brought, query by query. Raises ValueError where they are not pairs."""
    old, new = ((r.ranks <= k).astype(float).tolist() for r in (before, after))
    change = difference(old, new)
    assert change is not None
    return Gain(before.recall(k), after.recall(k), change, k)


def _rounded(estimate: Estimate) -> dict[str, float]:
    return {n: round(v, 4) for n, v in asdict(estimate).items()}
