"""Vectors that are made of those that a library keeps already, so that no file is encoded again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from polysense.protocols import DerivedEncoder, Encoder, Store
from polysense.registry import Kit
from polysense.types import Chunk, Modality


def derive_vectors(
    store: Store, kit: Kit, encoder: Encoder, chunks: Mapping[Modality, Sequence[Chunk]]
) -> set[str]:
    """Store the vectors of those chunks, by what the encoder would be given of them, whose vectors
    in a space that it derives from are there; their ids. The others are to be encoded.
    """
    if not isinstance(encoder, DerivedEncoder):
        return set()
    derived: set[str] = set()
    for modality, own in chunks.items():
        base = encoder.base(modality)
        if base is None or base not in kit.spaces:
            continue
        stored = store.vectors(base, [c.id for c in own])
        ready = [c for c in own if c.id in stored]
        if ready:
            vectors = encoder.derive(np.stack([stored[c.id] for c in ready]), modality)
            store.add_vectors(encoder.space, ready, vectors)
            derived.update(c.id for c in ready)
    return derived
