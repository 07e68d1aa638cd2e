"""One vector for a part that a model takes in pieces: windows of a sound, frames of a film."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from polysense.protocols import Vectors


def mean_by_part(vectors: Vectors, counts: Sequence[int]) -> Vectors:
    """Of the vectors of all parts' pieces, in order, the mean of each part's, once they have unit
    length; counts are how many pieces each part has.

    >>> mean_by_part(np.array([[3.0, 0], [0, 5.0], [0, 7.0]], np.float32), [2, 1]).tolist()
    [[0.5, 0.5], [0.0, 1.0]]
    """
    return np.stack([_unit(rows).mean(axis=0) for rows in _split(vectors, counts)])


def _split(vectors: Vectors, counts: Sequence[int]) -> Iterator[Vectors]:
    at = 0
    for count in counts:
        yield vectors[at : at + count]
        at += count


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)
