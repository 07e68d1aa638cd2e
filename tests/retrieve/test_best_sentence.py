"""A passage of many sentences is found by the one that answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polysense.protocols import Encoder, Vectors
from polysense.retrieve.best_sentence import (
    DEPTH,
    MARGIN,
    SentenceVectors,
    by_best_sentence,
    rivals,
)
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


QUERY = np.array([1.0, 0.0], np.float32)


def passage_of(n: int, words: str) -> Chunk:
    return Chunk(
        Asset(f"{n:032}", f"/{n}.txt", "text/plain", "text", 1), Span(), "text", text=words
    )


def test_the_best_sentence_counts_as_much_as_the_passage() -> None:
    """The scores stay where they are: they tell what a match means."""
    passages = [
        passage_of(0, "The yard is wide. The oak is old."),
        passage_of(1, "The yard is wide. The bell was cast in 1602."),
        passage_of(2, "The bell rings. The yard is wide."),
    ]
    candidates = tuple(Candidate(c.id, 0.4 - n / 50, "text") for n, c in enumerate(passages))
    ranked = by_best_sentence(candidates, Bells(), QUERY, {c.id: c for c in passages})
    assert [c.id for c in ranked] == [passages[n].id for n in (1, 2, 0)]
    assert [c.score for c in ranked] == [c.score for c in candidates]


def test_only_rivals_are_looked_into() -> None:
    """About as near as the first, and few."""
    near = tuple(Candidate(str(n), 0.5, "text") for n in range(DEPTH + 3))
    assert len(rivals(near)) == DEPTH
    far = (near[0], near[1]._replace(score=0.5 - MARGIN / 2), near[2]._replace(score=0.4))
    assert rivals(far) == far[:2]
    assert rivals(()) == ()


def test_sentences_are_encoded_once() -> None:
    """A single one not at all: the passage's own vector says it."""
    vectors, encoder = SentenceVectors(), Bells()
    passage = passage_of(1, "The yard is wide. The bell was cast in 1602.")
    assert vectors.of(passage, encoder).shape == (2, 2)
    assert vectors.of(passage, encoder).shape == (2, 2)
    assert vectors.of(passage_of(2, "The bell was cast in 1602."), encoder).shape == (0, 2)
    assert encoder.requests == 1
