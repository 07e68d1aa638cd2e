"""Several vectors a chunk: what there is of them, and MaxSim."""

from __future__ import annotations

import numpy as np
import pytest

from polysense.stores.memory import Memory
from polysense.types import Asset, Chunk, Space, Span
from polysense.vectors.late_interaction import (
    has_vector,
    maxsim,
    maxsim_scores,
    no_vectors,
    stack_vectors,
)

TOKENS, SINGLE = Space("tokens", "1", 4, "maxsim"), Space("single", "1", 4)


def test_maxsim_is_the_sum_of_the_best_cosines() -> None:
    """Compared with the definition, written out, on documents of different numbers of tokens."""
    random = np.random.default_rng(0)
    query = random.normal(size=(3, 4)).astype(np.float32)
    documents = {str(n): random.normal(size=(n, 4)).astype(np.float32) for n in range(1, 9)}

    def cosine(a: np.ndarray, b: np.ndarray) -> float:
        return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))

    scores = maxsim_scores(query, documents)
    for name, document in documents.items():
        expected = sum(max(cosine(q, d) for d in document) for q in query)
        assert scores[name] == pytest.approx(expected, abs=1e-5)


def test_what_is_blank_is_left_out() -> None:
    """Tokens of NaN in a query, and documents without tokens, score nothing and fail nothing."""
    query = np.stack([np.eye(4, dtype=np.float32)[0], np.full(4, np.nan, np.float32)])
    documents = {"a": np.eye(4, dtype=np.float32), "none": np.empty((0, 4), np.float32)}
    assert maxsim_scores(query, documents) == {"a": 1.0}
    assert maxsim_scores(query[1:], documents) == {}
    assert maxsim_scores(query, {}) == {}


@pytest.mark.parametrize("space", [TOKENS, SINGLE])
def test_nothing_to_encode_is_known_as_nothing(space: Space) -> None:
    """In both kinds of space, also among others."""
    assert has_vector(no_vectors(space, 2)) == [False, False]
    one = np.ones((2, 4), np.float32) if space is TOKENS else np.ones(4, np.float32)
    assert has_vector(stack_vectors(space, [one, no_vectors(space, 1)[0]])) == [True, False]


def test_candidates_of_another_search_are_scored() -> None:
    """A short list by ids; those without tokens are left out."""
    chunks = [Chunk(Asset(str(n), f"/{n}", "", "text", 1), Span(page=1), "text") for n in range(3)]
    store, axes = Memory(), np.eye(4, dtype=np.float32)
    store.add(chunks)
    store.add_vectors(TOKENS, chunks, [axes[:2], axes[:1], axes[:0]])
    scores = maxsim(store, TOKENS, axes[:2], [c.id for c in chunks[1:]])
    assert scores == {chunks[1].id: 1.0}
