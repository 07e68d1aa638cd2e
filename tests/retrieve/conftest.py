"""A small collection in memory, with encoders small enough to check by hand."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import pytest

from polysense.protocols import Encoder, Reranker, Vectors
from polysense.query.understand import understand
from polysense.read.language.analysis import terms
from polysense.registry import Kit
from polysense.retrieve.context import Search
from polysense.stores.memory import Memory
from polysense.types import Asset, Chunk, Part, Query, Role, Space, Span


class Bags(Encoder):
    """Words as bags of hashed terms; English only."""

    accepts = frozenset({"text"})
    signal = "semantic"
    languages = frozenset({"en"})
    min_score = 0.1
    confident_score = 0.5
    fusion_weight = {"text": 1.0, ("text", "image"): 0.5}

    def __init__(self) -> None:
        self.space = Space("bags", "1", 64)
        self.calls: list[tuple[str, ...]] = []

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        self.calls.append(tuple(str(p.data) for p in parts))
        rows = np.zeros((len(parts), 64), np.float32)
        for row, part in zip(rows, parts, strict=True):
            for t in terms(str(part.data)):
                row[crc32(t.encode()) % 64] += 1
        with np.errstate(invalid="ignore"):
            return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class Tints(Encoder):
    """Pictures by their mean colour; NaN for black."""

    accepts = frozenset({"image"})
    signal = "perceptual"
    min_score = 0.99
    confident_score = 0.999

    def __init__(self) -> None:
        self.space = Space("tints", "1", 3)

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        rows = np.asarray([p.data.reshape(-1, 3).mean(axis=0) for p in parts], np.float32)
        with np.errstate(invalid="ignore"):
            return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class Longest(Reranker):
    """Likes long words."""

    accepts = frozenset({"text"})

    def score(self, query: Query, chunks: Sequence[Chunk]) -> Sequence[float]:
        return [float(len(c.text)) for c in chunks]


class Collection:
    """Chunks by name, the kit, and questions to them."""

    def __init__(self) -> None:
        self.store = Memory()
        self.bags, self.tints = Bags(), Tints()
        encoders = {"bags": self.bags, "tints": self.tints}
        self.kit = Kit(
            specs={},
            parsers={},
            encoders=encoders,
            converters={},
            rerankers={"longest": Longest()},
            generators={},
        )
        self.names: dict[str, str] = {}

    def add(
        self, name: str, text: str = "", colour: tuple[int, int, int] | None = None, page: int = 1
    ) -> Chunk:
        """A page of words, or a picture with a caption."""
        asset = Asset(
            f"{crc32(name.encode()):032x}",
            f"/in/{name}",
            "",
            "text" if colour is None else "image",
            1,
        )
        part = None if colour is None else self.paint(colour)
        chunk = Chunk(
            asset,
            Span(page=page),
            asset.modality,
            part,
            text if colour is None else "",
            "" if colour is None else text,
        )
        self.store.add([chunk])
        if chunk.words:
            self.store.add_vectors(
                self.bags.space, [chunk], self.bags.encode([Part("text", chunk.words)])
            )
        if part:
            self.store.add_vectors(self.tints.space, [chunk], self.tints.encode([part]))
        self.names[chunk.id] = name
        self.bags.calls.clear()
        return chunk

    def paint(self, colour: tuple[int, int, int]) -> Part:
        return Part("image", np.full((2, 2, 3), colour, np.uint8), mime="image/raw")

    def ask(self, *query: str | Part, where: str = "") -> Search:
        return Search(self.store, self.kit, understand(query, self.kit), where)


@pytest.fixture
def shop() -> Collection:
    """Three pages and three pictures."""
    rows = Collection()
    rows.add("bell.txt", "The old bell is cracked and rings flat.")
    rows.add("mill.txt", "The mill wheel has thirty-two paddles.")
    rows.add("moon.txt", "High water follows the moon by an hour.")
    rows.add("moon.txt", "A neap tide comes with the half moon.", page=2)
    rows.add("rose.jpg", "a red rose", (250, 10, 20))
    rows.add("fire.jpg", "a fire engine", (240, 30, 10))
    rows.add("lawn.jpg", "a green lawn", (20, 200, 30))
    return rows
