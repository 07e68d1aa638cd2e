"""What a score is worth, by what is compared with what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from polysense.protocols import Encoder, Vectors
from polysense.query.understand import understand
from polysense.registry import Kit
from polysense.retrieve.fusion import Candidate
from polysense.retrieve.likeness import (
    as_shares,
    behind_others,
    closeness,
    closest,
    meaningful,
    nearest,
)
from polysense.stores.memory import Memory
from polysense.types import (
    Asset,
    Calibration,
    Chunk,
    Hit,
    Part,
    Role,
    ScoreExplanation,
    ScoreRange,
    Space,
    Span,
)

OWN = Calibration(
    -1.0, 1.0, (ScoreRange("text", "image", 0.1, 0.3), ScoreRange("text", "text", 0.5, 1.0))
)
WORDS = frozenset({"text"})


class Both(Encoder):
    """Words and pictures; scores are stored by hand."""

    accepts = frozenset({"text", "image"})
    signal = "perceptual"
    space = Space("both", "1", 3)

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        return np.tile(np.eye(3, dtype=np.float32)[0], (len(parts), 1))


def chunk(n: int, modality: str) -> Chunk:
    asset = Asset(str(n), f"/{n}", "", modality, 1)
    part = Part("image", Path(f"/{n}")) if modality == "image" else None
    return Chunk(asset, Span(), modality, part, "" if part else "some words")


def test_words_do_not_hide_the_pictures() -> None:
    """Nine passages at 0.6 to 0.52 are nearer to the words than the picture at 0.28, and mean less."""
    store, encoder = Memory(), Both()
    chunks = [*(chunk(n, "text") for n in range(9)), chunk(9, "image")]
    cosines = [*(0.6 - 0.01 * n for n in range(9)), 0.28]
    vectors = np.asarray([[c, np.sqrt(1 - c * c), 0] for c in cosines], np.float32)
    store.add(chunks)
    store.add_vectors(encoder.space, chunks, vectors)
    query = encoder.encode([Part("text", "x")])[0]
    raw = nearest(store, encoder, query, 3, "", Calibration(-1.0, 1.0), WORDS)
    assert [m.modality for m in raw] == ["text"] * 3
    own = nearest(store, encoder, query, 3, "", OWN, WORDS)
    assert [m.modality for m in own] == ["image", "text", "text"]
    assert own[0].score == pytest.approx(0.28)
    assert len(meaningful(nearest(store, encoder, query, 10, "", OWN, WORDS), OWN, WORDS)) == 10


def test_scores_become_shares_of_a_sure_match() -> None:
    """Only where they were measured by modality; what means nothing is 0."""
    candidates = (Candidate("a", 0.2, "image"), Candidate("b", 0.05, "image"))
    assert [c.score for c in as_shares(candidates, OWN, WORDS)] == [0.5, 0.0]
    assert as_shares(candidates, Calibration(0.1, 0.3), WORDS) == candidates


def test_what_is_too_far_comes_behind_all_others_in_its_order() -> None:
    """Of a space with ranges, whose shares of such matches are all 0, and of one without."""
    candidates = tuple(Candidate(n, s, "image") for n, s in (("a", 0.2), ("b", 0.08), ("c", 0.02)))
    for own in (OWN, Calibration(0.1, 0.3)):
        shares = as_shares(candidates, own, WORDS)
        a, b, c = (c.score for c in behind_others(candidates, shares, own, WORDS))
        assert a == shares[0].score
        assert a / 50 > b > c > 0


def test_a_match_is_of_more_than_words(bare: Kit) -> None:
    """A picture from the confident score on; never a passage, however near, in such a space."""
    kit = replace(bare, encoders={"both": Both()}, calibrations={"both": OWN})
    question = understand(["a lighthouse"], kit)

    def hit(n: int, modality: str, score: float) -> Hit:
        return Hit(chunk(n, modality), 1.0, (ScoreExplanation("both", 1, score),))

    sure, weak, passage = hit(1, "image", 0.32), hit(2, "image", 0.28), hit(3, "text", 1.0)
    assert closeness(sure, question, kit) > 1 > closeness(weak, question, kit)
    assert closeness(passage, question, kit) == 0
    assert closest([weak, passage, sure], question, kit, 0.8) == [sure]
    assert closest([], question, kit, 0.8) == []
