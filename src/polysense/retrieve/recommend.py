"""More like these: Rocchio in every space (Rocchio, "Relevance feedback in information retrieval", 1971), fused by item, diversified."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from polysense.protocols import Store, Vectors
from polysense.registry import Kit
from polysense.retrieve.algebra import RRF
from polysense.types import Chunk, Hit, Space, Why

DEPTH = 300
AWAY = 0.5
"""How strongly the disliked push, for one that the liked pull."""


@dataclass(frozen=True, slots=True)
class Taste:
    """Vectors of liked and disliked things in one space."""

    space: Space
    liked: Vectors
    disliked: Vectors

    @property
    def centre(self) -> Vectors:
        """Where to look: the mean of the liked, away from the mean of the disliked; unit length."""
        centre = self.liked.mean(axis=0)
        if len(self.disliked):
            centre = centre - AWAY * self.disliked.mean(axis=0)
        return np.asarray(centre / max(float(np.linalg.norm(centre)), 1e-12), np.float32)


def items(chunks: Sequence[Chunk]) -> dict[str, str]:
    """Asset id -> item: files of one folder with the same stem (a product's photo and its description) are one item.

    >>> from polysense.types import Asset, Span
    >>> pair = [Chunk(Asset(i, f"/shop/bike.{e}", "", "text", 1), Span(), "text") for i, e in (("1", "jpg"), ("2", "txt"))]
    >>> len(set(items(pair).values()))
    1
    """
    return {c.asset.id: c.asset.uri.rsplit(".", 1)[0] if "." in c.asset.name else c.asset.uri for c in chunks}


def recommend(store: Store, kit: Kit, tastes: Sequence[Taste], out: frozenset[str], where: str = "") -> dict[str, Hit]:
    """Item -> its best hit, best first, leaving out the assets in `out` and the items that they belong to."""
    score: dict[str, float] = defaultdict(float)
    why: dict[str, list[Why]] = defaultdict(list)
    for taste in tastes:
        for rank, m in enumerate(store.nearest(taste.space, taste.centre, DEPTH, where), 1):
            weight = kit_trust(kit, taste.space.name, m.modality)
            score[m.id] += weight / (RRF + rank)
            why[m.id].append(Why(taste.space.name, rank, m.score))
    chunks = store.get(sorted(score, key=lambda i: (-score[i], i))[:DEPTH])
    known = list(chunks.values())
    item = items(known)
    left = {item[c.asset.id] for c in known if c.asset.id in out}
    best: dict[str, Hit] = {}
    total: dict[str, float] = defaultdict(float)
    by_space: dict[tuple[str, str], float] = {}
    for i in sorted(chunks, key=lambda i: (-score[i], i)):
        key = item[chunks[i].asset.id]
        if key in left or chunks[i].asset.id in out:
            continue
        best.setdefault(key, Hit(chunks[i], score[i], tuple(why[i])))
        for w in why[i]:  # of one item's chunks, each space counts the best
            by_space[key, w.space] = max(by_space.get((key, w.space), 0.0), kit_trust(kit, w.space, chunks[i].modality) / (RRF + w.rank))
    for (key, _), gain in by_space.items():
        total[key] += gain
    order = sorted(best, key=lambda key: (-total[key], key))
    return {key: Hit(best[key].chunk, total[key], best[key].why) for key in order}


def kit_trust(kit: Kit, space: str, modality: str) -> float:
    """The weight of a space for like to like."""
    encoder = next((e for e in kit.encoders.values() if e.space.name == space), None)
    return 1.0 if encoder is None else encoder.trust.get((modality, modality), 1.0)


@dataclass(frozen=True, slots=True)
class Likeness:
    """The mean cosine over the spaces that two hits share; 0 where they share none."""

    vectors: Mapping[str, Mapping[str, Vectors]]

    def __call__(self, a: Hit, b: Hit) -> float:
        shared = [(v[a.chunk.id], v[b.chunk.id]) for v in self.vectors.values() if a.chunk.id in v and b.chunk.id in v]
        return float(np.mean([max(float(x @ y), 0.0) for x, y in shared])) if shared else 0.0
