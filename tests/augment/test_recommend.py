"""Recommended hits: like the liked, unlike the disliked, and not all alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from polysense.augment.recommend import recommend_diverse
from polysense.protocols import Encoder, Vectors
from polysense.registry import Kit
from polysense.stores.memory import Memory
from polysense.types import Asset, Chunk, Part, Role, Space, Span

VECTORS = {
    "liked": (1.0, 0.0, 0.0),
    "near": (0.98, 0.2, 0.0),
    "nearer": (0.99, 0.1, 0.0),
    "other": (0.6, 0.0, 0.8),
    "disliked": (0.0, 1.0, 0.0),
}
SPACE = Space("letters", "1", 3)


class Letters(Encoder):
    """A space in which each name has its place."""

    accepts = frozenset({"text"})
    signal = "semantic"
    space = SPACE

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        return np.array([VECTORS[str(p.data)] for p in parts], np.float32)


@pytest.fixture
def store() -> Memory:
    memory = Memory()
    chunks = [Chunk(asset(name), Span(), "text", text=name) for name in VECTORS]
    memory.add(chunks)
    memory.add_vectors(SPACE, chunks, Letters().encode([Part("text", n) for n in VECTORS]))
    return memory


def asset(name: str) -> Asset:
    return Asset(name, f"/{name}.txt", "text/plain", "text", 1)


def test_the_k_best_without_the_examples(store: Memory, bare: Kit) -> None:
    """What was named does not come back; of two that are nearly one, the other may wait."""
    kit = Kit(bare.specs, {}, {"letters": Letters()}, {}, {}, {})
    assets = [asset(n) for n in VECTORS]
    hits = recommend_diverse(store, kit, assets, ["liked"], ["disliked"], "", "", 3)
    names = [h.chunk.text for h in hits]
    assert names[0] == "nearer"
    assert set(names) == {"near", "nearer", "other"}
    assert len(recommend_diverse(store, kit, assets, ["liked"], [], "", "", 2)) == 2
