"""The place that an encoder tells is the hit's, where its words tell none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from polysense.protocols import Encoder, Encoding, Vectors
from polysense.query.understand import understand
from polysense.registry import Kit
from polysense.retrieve.context import Search
from polysense.retrieve.search import search
from polysense.stores.memory import Memory
from polysense.types import Asset, Chunk, Part, Role, Space, Span

LEFT = Span(box=(0.0, 0.0, 0.5, 1.0))
HALF = Span(page=2, box=(0.0, 0.5, 1.0, 1.0))


class Halves(Encoder):
    """Two vectors a picture, of its left and its right half; words are like the left."""

    accepts = frozenset({"image"})
    query_modalities = frozenset({"text"})
    signal = "perceptual"
    space = Space("halves", "1", 2, "maxsim")

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Encoding:
        return [np.eye(2, dtype=np.float32)[: 1 if p.modality == "text" else 2] for p in parts]

    def locate(self, part: Part, query: Vectors, vectors: Vectors) -> Span | None:
        return LEFT if (query @ vectors.T).argmax() == 0 else None


def test_the_place_is_told_within_the_chunk(bare: Kit) -> None:
    """From the vectors that are stored: in the lower half of page 2 it is that half's left."""
    asset = Asset("a" * 32, str(Path("/plans.pdf")), "application/pdf", "text", 1)
    chunk = Chunk(asset, HALF, "image", Part("image", Path("/plans.pdf"), span=HALF))
    encoder, store = Halves(), Memory()
    store.add([chunk])
    store.add_vectors(encoder.space, [chunk], encoder.encode([chunk.part] if chunk.part else []))
    kit = replace(bare, encoders={"halves": encoder})
    hits = search(Search(store, kit, understand(["a crane"], kit)), 1)
    assert hits[0].place == Span(page=2, box=(0.0, 0.5, 0.5, 1.0))
