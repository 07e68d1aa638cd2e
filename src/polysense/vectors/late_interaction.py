"""What encoders give and stores keep, by the metric of their space: one vector a chunk, or several.

In a space whose metric is "maxsim" (late interaction), a chunk has a vector for each of its tokens,
or patches. A query is compared with it token by token: the sum, over the tokens of the query, of
the largest cosine with any of the chunk's (Khattab & Zaharia, "ColBERT", SIGIR 2020).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from polysense.protocols import Store, Vectors
from polysense.types import Space


def is_multivector(space: Space) -> bool:
    """Whether a chunk has several vectors there."""
    return space.metric == "maxsim"


def is_ragged(space: Space) -> bool:
    """Whether an encoding there is a list with an array a part, each of its own number of rows:
    several vectors, or the dimensions and weights of a sparse one.
    """
    return space.metric in ("maxsim", "sparse")


def row_width(space: Space) -> int:
    """How many numbers a row has there."""
    return 2 if space.metric == "sparse" else space.dim


def has_vector(vectors: Vectors | Sequence[Vectors]) -> list[bool]:
    """For each of what an encoder gives, whether it is anything: no NaN, one token at least.

    >>> has_vector([np.ones((2, 3), np.float32), np.empty((0, 3), np.float32)])
    [True, False]
    """
    return [bool(np.size(v)) and bool(np.isfinite(v).all()) for v in vectors]


def no_vectors(space: Space, count: int) -> Vectors | list[Vectors]:
    """What an encoder gives for `count` parts in which there is nothing to encode."""
    if is_ragged(space):
        return [np.empty((0, row_width(space)), np.float32)] * count
    return np.full((count, space.dim), np.nan, np.float32)


def stack_vectors(space: Space, vectors: Iterable[Vectors]) -> Vectors | list[Vectors]:
    """What an encoder would have given for these parts in one call."""
    return list(vectors) if is_ragged(space) else np.stack(list(vectors))


def maxsim_scores(query: Vectors, documents: Mapping[str, Vectors]) -> dict[str, float]:
    """MaxSim of a query, (tokens, dim), with each document, (tokens, dim).

    At most the number of the query's tokens; its rows of NaN are left out.

    >>> axes = np.eye(2, dtype=np.float32)
    >>> maxsim_scores(axes, {"both": axes, "one": axes[:1]})
    {'both': 2.0, 'one': 1.0}
    """
    rows = np.atleast_2d(np.asarray(query, np.float32))
    rows = _unit(rows[np.isfinite(rows).all(axis=1)])
    documents = {i: d for i, d in documents.items() if len(d)}
    if not documents or not len(rows):
        return {}
    starts = np.cumsum([0, *(len(d) for d in documents.values())])[:-1]
    cosines = rows @ _unit(np.concatenate(list(documents.values()))).T
    scores = np.maximum.reduceat(cosines, starts, axis=1).sum(axis=0)
    return dict(zip(documents, scores.tolist(), strict=True))


def maxsim(store: Store, space: Space, query: Vectors, ids: Sequence[str]) -> dict[str, float]:
    """Exact MaxSim of a query, (tokens, dim), with chunks that another search has found.

    Chunks without vectors in the space are left out.
    """
    return maxsim_scores(query, store.vectors(space, ids))


def _unit(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), np.float32)
