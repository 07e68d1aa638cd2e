"""Words beside a liking: what they say of a thing, by its colour and by its words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polysense.protocols import Encoder, Vectors
from polysense.registry import Kit
from polysense.retrieve.agreement import UNKNOWN, agreements
from polysense.stores.memory import Memory
from polysense.types import Asset, Chunk, Part, Role, Space, Span


class Redness(Encoder):
    """How red a number says that something is; asked by the word red alone."""

    accepts = frozenset({"image"})
    query_modalities = frozenset({"text"})
    signal = "perceptual"
    space = Space("redness", "1", 2)
    min_score = 0.5
    confident_score = 1.0

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        red = np.array([1.0 if p.modality == "text" else float(p.data) for p in parts])
        return np.stack([red, np.sqrt(1 - red**2)], axis=1).astype(np.float32)

    def asked_by(self, part: Part) -> Part | None:
        is_red = part.modality == "text" and "red" in str(part.data).split()
        return Part("text", "red") if is_red else None


ENCODER = Redness()
KIT = Kit({}, {}, {"redness": ENCODER}, {}, {}, {})


def chunk(name: str, redness: float, text: str = "") -> Chunk:
    asset = Asset(name, f"/shop/{name}", "", "image", 1)
    return Chunk(asset, Span(), "image", Part("image", redness), text)


def agreement(words: str, *chunks: Chunk) -> list[float]:
    store = Memory()
    store.add(list(chunks))
    visited = [c for c in chunks if c.part and c.part.data]
    store.add_vectors(ENCODER.space, visited, ENCODER.encode([c.part for c in visited if c.part]))
    by_id = agreements(store, KIT, words, {c.id: c for c in chunks})
    return [by_id[c.id] for c in chunks]


def test_what_can_be_seen_is_judged_by_its_looks() -> None:
    """A caption may speak of another thing beside it."""
    red, green = agreement("but red", chunk("a", 1.0), chunk("b", 0.1, "left of the red lamp"))
    assert (red, green) == (1.0, 0.0)


def test_what_cannot_be_seen_is_judged_by_its_words() -> None:
    assert agreement("but red", chunk("a", 0, "a red mug"), chunk("b", 0, "a blue mug")) == [1, 0]


def test_all_that_is_said_must_hold() -> None:
    things = (chunk("a", 1.0, "red wooden"), chunk("b", 1.0, "a jug"), chunk("c", 0.1, "wooden"))
    assert agreement("red and wooden", *things) == [1.0, 0.0, 0.0]


def test_what_is_described_nowhere_may_be_the_rest() -> None:
    """It comes after what is said to be, and is nothing where it is not what can be seen of it."""
    assert agreement("red and wooden", chunk("a", 1.0), chunk("b", 0.1)) == [UNKNOWN, 0.0]
    assert agreement("red", chunk("a", 1.0)) == [1.0]
