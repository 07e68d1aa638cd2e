"""Training, validation and test: divided by source, with near copies kept together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polysense.errors import BadQuery
from polysense.protocols import Vectors
from polysense.train.data.pairs import Pair

VALIDATION_SHARE, TEST_SHARE = 0.15, 0.2
"""Of the pairs. Judged: 1,000 pairs leave 200 to test on, whose recall is known to 7 points."""

NEAR_COPY = 0.97
"""The cosine of a frozen encoder's vectors from which two things count as near copies. Judged:
between a picture saved anew (.99) and another picture of the same kind.
"""

MIN_TEST = 8
"""Pairs that each part must have: fewer tell nothing."""

_BLOCK = 2048


@dataclass(frozen=True, slots=True)
class Split:
    """Indices of pairs, (n,) each, none in two."""

    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]


def split_pairs(
    pairs: Sequence[Pair], vectors: Vectors, seed: int, *, by_words: bool = False
) -> Split:
    """A split in which pairs of one source, of one content, or nearer to one another than NEAR_COPY
    by `vectors`, (n, width), are on one side. Rows of NaN are near nothing. by_words keeps the same
    words together too: else they may be the name of a kind, which many things share. The same pairs
    and seed give the same split. Raises BadQuery where there are too few.
    """
    clusters = _clusters(pairs, vectors, by_words)
    order = np.random.default_rng(seed).permutation(len(clusters))
    targets = [round(len(pairs) * TEST_SHARE), round(len(pairs) * VALIDATION_SHARE)]
    sides: list[list[int]] = [[], [], []]
    for i in order:
        # the first side that is not full; what does not fit into a small side is trained on
        side = next(
            (s for s in (0, 1) if len(sides[s]) + len(clusters[i]) <= max(targets[s], MIN_TEST)), 2
        )
        sides[side] += clusters[i]
    test, validation, train = (np.array(sorted(s), np.int64) for s in sides)
    if min(len(train), len(validation), len(test)) < MIN_TEST:
        raise BadQuery(
            f"{len(pairs)} pairs of {len(clusters)} sources cannot be divided: each of training, "
            f"validation and test needs {MIN_TEST} that have nothing in common with the others",
            "Give more pairs, of more sources.",
        )
    return Split(train, validation, test)


def _clusters(pairs: Sequence[Pair], vectors: Vectors, by_words: bool) -> list[list[int]]:
    """The indices that have to stay together, in the order of their first."""
    parent = list(range(len(pairs)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    def join(i: int, j: int) -> None:
        a, b = sorted((root(i), root(j)))
        parent[b] = a

    first_of: dict[str, int] = {}
    for i, pair in enumerate(pairs):
        both = (pair.first, pair.second)
        contents = [p.id for p in both if by_words or not isinstance(p.data, str)]
        for key in (f"source {pair.source}", *contents):
            join(i, first_of.setdefault(key, i))
    for i, j in _near_copies(vectors):
        join(i, j)
    clusters: dict[int, list[int]] = {}
    for i in range(len(pairs)):
        clusters.setdefault(root(i), []).append(i)
    return list(clusters.values())


def _near_copies(vectors: Vectors) -> list[tuple[int, int]]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.nan_to_num(vectors / np.where(lengths > 0, lengths, 1))
    copies: list[tuple[int, int]] = []
    for at in range(0, len(unit), _BLOCK):
        cosines = unit[at : at + _BLOCK] @ unit.T
        rows, columns = np.nonzero(cosines >= NEAR_COPY)
        copies += [(at + int(r), int(c)) for r, c in zip(rows, columns, strict=True) if at + r < c]
    return copies
