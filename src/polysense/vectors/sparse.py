"""Sparse vectors, for learned sparse retrieval: of a vocabulary's numbers a text has few (Formal et
al., "SPLADE", SIGIR 2021, arXiv:2107.05720).

In a space whose metric is "sparse" a part has an array (nonzeros, 2) of float32: the number of a
dimension, each once, and its weight, above 0. Numbers up to 2**24 are exact so. A query scores the
dot product: the sum, over the dimensions that both have, of the product of their weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from polysense.protocols import Vectors
from polysense.types import Space

MAX_DIM = 1 << 24
"""Dimensions of which float32 tells each from the next."""


def is_sparse(space: Space) -> bool:
    """Whether vectors there are dimensions and weights."""
    return space.metric == "sparse"


def sparse_rows(dimensions: ArrayLike, weights: ArrayLike) -> Vectors:
    """A sparse vector, in order of its dimensions; weights of 0 are left out.

    >>> sparse_rows([7, 2, 4], [0.5, 1.5, 0.0]).tolist()
    [[2.0, 1.5], [7.0, 0.5]]
    """
    rows = np.stack([np.asarray(dimensions, np.float32), np.asarray(weights, np.float32)], axis=1)
    rows = rows[rows[:, 1] > 0]
    return np.asarray(rows[np.argsort(rows[:, 0])], np.float32)


def sparse_mean(weighted: Sequence[tuple[float, Vectors]]) -> Vectors:
    """The mean of sparse vectors, each with its weight.

    >>> one, two = sparse_rows([2], [1.0]), sparse_rows([2, 5], [1.0, 2.0])
    >>> sparse_mean([(1.0, one), (3.0, two)]).tolist()
    [[2.0, 1.0], [5.0, 1.5]]
    """
    total = sum(weight for weight, _ in weighted)
    rows = np.concatenate([v for _, v in weighted])
    shares = np.repeat([weight / total for weight, _ in weighted], [len(v) for _, v in weighted])
    dimensions, at = np.unique(rows[:, 0], return_inverse=True)
    return sparse_rows(dimensions, np.bincount(at, shares * rows[:, 1]))


def sparse_scores(query: Vectors, documents: Mapping[str, Vectors]) -> dict[str, float]:
    """The dot product of a query with each document; 0 where they have no dimension in common.

    >>> documents = {"both": sparse_rows([2, 5], [1, 2]), "none": sparse_rows([3], [1])}
    >>> sparse_scores(sparse_rows([2, 5], [1, 1]), documents)
    {'both': 3.0, 'none': 0.0}
    """
    rows = np.concatenate([np.empty((0, 2), np.float32), *documents.values()])
    scores = row_scores(query, rows, [len(d) for d in documents.values()])
    return dict(zip(documents, scores.tolist(), strict=True))


def row_scores(
    query: Vectors, rows: Vectors, lengths: Sequence[int] | NDArray[np.int64]
) -> NDArray[np.float64]:
    """The dot product of a query with documents whose rows, (nonzeros of all, 2), stand one after
    the other, each with so many.
    """
    if not len(query):
        return np.zeros(len(lengths))
    own = query[np.argsort(query[:, 0])]
    at = np.searchsorted(own[:, 0], rows[:, 0]).clip(max=len(own) - 1)
    products = np.where(own[at, 0] == rows[:, 0], own[at, 1] * rows[:, 1], 0)
    scores = np.bincount(_document_numbers(lengths), products, minlength=len(lengths))
    return scores.astype(np.float64)


def _document_numbers(lengths: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int32]:
    """Of each row, the number of the document that it is of."""
    return np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)


@dataclass(frozen=True, slots=True)
class InvertedIndex:
    """Of each dimension the documents that have it, and their weights: those of dimensions[i] stand
    at starts[i]:starts[i + 1]. Eight bytes a nonzero.
    """

    dimensions: NDArray[np.int32]
    starts: NDArray[np.int64]
    documents: NDArray[np.int32]
    weights: Vectors
    count: int

    @classmethod
    def of_rows(cls, rows: Vectors, lengths: Sequence[int] | NDArray[np.int64]) -> InvertedIndex:
        """Of the rows of all documents, one after the other, and how many each has."""
        documents = _document_numbers(lengths)
        keys = rows[:, 0].astype(np.int32)
        if (
            len(keys) and keys.max() < 1 << 16
        ):  # most vocabularies: numbers that sort in linear time
            keys = keys.astype(np.uint16)
        order = np.argsort(keys, kind="stable")
        keys = keys[order].astype(np.int32)
        starts = np.flatnonzero(np.diff(keys, prepend=-1))
        return cls(
            keys[starts],
            np.append(starts, len(rows)).astype(np.int64),
            documents[order],
            np.ascontiguousarray(rows[order, 1]),
            len(lengths),
        )

    def scores(self, query: Vectors) -> NDArray[np.float64]:
        """Of each document, by its number."""
        rows = np.asarray(query, np.float32).reshape(-1, 2)
        at = np.searchsorted(self.dimensions, rows[:, 0])
        scores = np.zeros(self.count)
        for i, (dimension, weight) in zip(at.tolist(), rows.tolist(), strict=True):
            if i < len(self.dimensions) and self.dimensions[i] == dimension:
                postings = slice(self.starts[i], self.starts[i + 1])
                # of one dimension, a document stands once
                scores[self.documents[postings]] += weight * self.weights[postings]
        return scores
