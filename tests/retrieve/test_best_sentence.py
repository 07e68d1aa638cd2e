"""A passage of many sentences is found by the one that answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from polysense.protocols import Encoder, Vectors
from polysense.retrieve.best_sentence import DEPTH, SHARE, SentenceVectors, by_best_sentence
from polysense.retrieve.fusion import Candidate
from polysense.types import Asset, Chunk, Part, Role, Space, Span


class Bells(Encoder):
    """One direction for words about bells, another for all else; tells how often it is asked."""

    accepts = frozenset({"text"})
    space = Space("bells", "1", 2)

    def __init__(self) -> None:
        self.requests = 0

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        self.requests += 1
        rows = [[float("bell" in str(p.data)), float("bell" not in str(p.data))] for p in parts]
        return np.array(rows, np.float32)


QUERY = np.array([[1.0, 0.0]], np.float32)


def passage_of(n: int, words: str) -> Chunk:
    return Chunk(
        Asset(f"{n:032}", f"/{n}.txt", "text/plain", "text", 1), Span(), "text", text=words
    )


def test_the_best_sentence_counts_as_much_as_the_passage() -> None:
    """Those behind the first stay where they are, and nobody loses by it."""
    passages = [
        passage_of(0, "The yard is wide. The oak is old."),
        passage_of(1, "The yard is wide. The bell was cast in 1602."),
        *(passage_of(n, "The bell rings. The yard is wide.") for n in range(2, 9)),
    ]
    candidates = tuple(Candidate(c.id, 0.4 - n / 50, "text") for n, c in enumerate(passages))
    ranked = by_best_sentence(candidates, Bells(), QUERY, {c.id: c for c in passages})
    assert [c.id for c in ranked[:2]] == [passages[1].id, passages[2].id]
    assert ranked[0].score == pytest.approx((1 - SHARE) * 0.38 + SHARE)
    assert (ranked[4].id, ranked[4].score) == (candidates[0].id, pytest.approx(0.4))
    assert ranked[DEPTH:] == candidates[DEPTH:]


def test_sentences_are_encoded_once() -> None:
    """A single one not at all: the passage's own vector says it."""
    vectors, encoder = SentenceVectors(), Bells()
    passage = passage_of(1, "The yard is wide. The bell was cast in 1602.")
    assert vectors.of(passage, encoder).shape == (2, 2)
    assert vectors.of(passage, encoder).shape == (2, 2)
    assert vectors.of(passage_of(2, "The bell was cast in 1602."), encoder).shape == (0, 2)
    assert encoder.requests == 1
