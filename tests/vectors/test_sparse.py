"""Sparse vectors: dimensions and weights, and what their dot product is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.types import Space
from polysense.vectors.late_interaction import has_vector, no_vectors, stack_vectors
from polysense.vectors.sparse import (
    MAX_DIM,
    InvertedIndex,
    row_scores,
    sparse_mean,
    sparse_rows,
    sparse_scores,
)

SPACE = Space("sparse", "1", MAX_DIM, "sparse")

vectors = st.dictionaries(
    st.integers(0, 20) | st.integers(MAX_DIM - 4, MAX_DIM - 1), st.integers(1, 9), max_size=6
)


def rows(weights: dict[int, int]) -> np.ndarray:
    return sparse_rows(list(weights), list(weights.values()))


@given(vectors, st.lists(vectors, max_size=6))
def test_all_ways_of_scoring_are_the_dot_product(
    query: dict[int, int], documents: list[dict[int, int]]
) -> None:
    """By rows, by id and by the inverted index, with the definition; the largest numbers of
    dimensions are told from their neighbours.
    """
    expected = [sum(w * d.get(i, 0) for i, w in query.items()) for d in documents]
    arrays = [rows(d) for d in documents]
    by_id = sparse_scores(rows(query), {str(n): a for n, a in enumerate(arrays)})
    assert list(by_id.values()) == pytest.approx(expected)
    all_rows = np.concatenate([np.empty((0, 2), np.float32), *arrays])
    lengths = [len(a) for a in arrays]
    assert row_scores(rows(query), all_rows, lengths).tolist() == pytest.approx(expected)
    index = InvertedIndex.of_rows(all_rows, lengths)
    assert index.scores(rows(query)).tolist() == pytest.approx(expected)


@given(st.lists(vectors, min_size=1, max_size=4))
def test_the_mean_scores_as_the_mean_of_scores(several: list[dict[int, int]]) -> None:
    """A question of several parts is one vector."""
    query = dict.fromkeys(range(20), 1)
    mean = sparse_mean([(1.0, rows(v)) for v in several])
    [score] = sparse_scores(rows(query), {"mean": mean}).values()
    each = [sum(query.get(i, 0) * w for i, w in v.items()) for v in several]
    assert score == pytest.approx(sum(each) / len(each), rel=1e-4)


def test_nothing_to_encode_is_known_as_nothing() -> None:
    """No rows, also among others, and as a question."""
    nothing = no_vectors(SPACE, 2)
    assert [n.shape for n in nothing] == [(0, 2), (0, 2)]
    assert has_vector(stack_vectors(SPACE, [rows({3: 1}), nothing[0]])) == [True, False]
    assert sparse_scores(nothing[0], {"a": rows({3: 1})}) == {"a": 0.0}
