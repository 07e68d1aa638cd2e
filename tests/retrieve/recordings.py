"""Recordings that tell how they sound, and an encoder that hears it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polysense.protocols import Encoder, Vectors
from polysense.types import Asset, Chunk, Part, Role, Space, Span


class Ear(Encoder):
    """How recordings sound: by their mime's parameters."""

    accepts = frozenset({"audio"})
    signal = "perceptual"

    def __init__(self, name: str, weight: float = 1.0) -> None:
        self.space = Space(name, "1", 2)
        self.fusion_weight = {"audio": weight}

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        angles = [float(p.meta[self.space.name]) for p in parts]
        return np.asarray([[np.cos(a), np.sin(a)] for a in angles], np.float32)


def recording(name: str, words: str, room: float, voice: float) -> Chunk:
    part = Part("audio", name.encode(), meta={"room": room, "voice": voice})
    asset = Asset(name, f"/{name}.wav", "audio/wav", "audio", 1)
    return Chunk(asset, Span(), "audio", part, words)
