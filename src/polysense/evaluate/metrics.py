"""Measures of a ranking. Ranks count from 1; relevance is a set, or grades by id."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence


def ndcg(ranking: Sequence[str], grades: Mapping[str, float], k: int = 10) -> float:
    """Normalised discounted cumulative gain at k, with linear gains (Järvelin & Kekäläinen, TOIS
    2002). 0 where nothing is relevant.

    >>> ndcg(["a", "b"], {"b": 1.0})
    0.6309297535714575
    """
    gain = sum(grades.get(d, 0.0) / math.log2(i + 2) for i, d in enumerate(ranking[:k]))
    ideal = sum(
        g / math.log2(i + 2) for i, g in enumerate(sorted(grades.values(), reverse=True)[:k])
    )
    return gain / ideal if ideal else 0.0


def recall(ranking: Sequence[str], relevant: Collection[str], k: int) -> float:
    """The share of what is relevant that stands among the first k."""
    return len(set(ranking[:k]) & set(relevant)) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranking: Sequence[str], relevant: Collection[str], k: int = 10) -> float:
    """1 / the rank of the first relevant one, 0 below k.

    >>> reciprocal_rank(["a", "b"], {"b"})
    0.5
    """
    return next((1 / i for i, d in enumerate(ranking[:k], 1) if d in relevant), 0.0)


def average_precision(ranking: Sequence[str], relevant: Collection[str]) -> float:
    """The mean of the precisions at each relevant rank.

    >>> average_precision(["a", "x", "b"], {"a", "b"})
    0.8333333333333333
    """
    hits, total = 0, 0.0
    for i, d in enumerate(ranking, 1):
        if d in relevant:
            hits += 1
            total += hits / i
    return total / len(relevant) if relevant else 0.0


def edit_distance(a: Sequence[str], b: Sequence[str]) -> int:
    """Insertions, deletions and substitutions between two sequences (Levenshtein, 1966)."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]
