"""More like these: Rocchio in every space (Rocchio, "Relevance feedback in information retrieval",
1971), fused by item, diversified.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from polysense.protocols import Encoder, Store, Vectors
from polysense.registry import Kit
from polysense.retrieve.algebra import RRF
from polysense.types import Asset, Chunk, Hit, Part, Space, Span, Why

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
    """Asset id -> item: files of one folder with the same stem (a product's photo and its
    description) are one item.

    >>> from polysense.types import Asset, Span
    >>> pair = [Chunk(Asset(i, f"/shop/bike.{e}", "", "text", 1), Span(), "text") for i, e in (("1", "jpg"), ("2", "txt"))]
    >>> len(set(items(pair).values()))
    1
    """
    return {c.asset.id: _item(c.asset.uri) for c in chunks}


def _item(uri: str) -> str:
    folder, slash, name = uri.rpartition("/")
    return folder + slash + (name.rpartition(".")[0] or name)


def taste(
    encoder: Encoder,
    store: Store,
    assets: Sequence[Asset],
    liked: Sequence[str],
    disliked: Sequence[str],
    words: str = "",
) -> Taste | None:
    """What is liked and disliked (asset ids, with all that belongs to the same items), in one
    space; None where nothing liked is there.

    words pull as strongly as all that is liked.
    """
    item = items([Chunk(a, Span(), a.modality) for a in assets])

    def vectors(ids: Sequence[str]) -> Vectors:
        group = {item[i] for i in ids}
        chunks = [
            r["id"]
            for a in assets
            if item[a.id] in group
            for r in store.scan(f"asset = '{a.id}'", ["id"])
        ]
        held = list(store.vectors(encoder.space, chunks).values())
        return np.stack(held) if held else np.empty((0, encoder.space.dim), np.float32)

    pulls = vectors(liked)
    if words and "text" in encoder.accepts | encoder.asks:
        asked = encoder.encode([Part("text", words)], "query")
        pulls = np.concatenate([pulls, np.repeat(asked, max(len(pulls), 1), axis=0)])
    return Taste(encoder.space, pulls, vectors(disliked)) if len(pulls) else None


def recommend(
    store: Store, kit: Kit, tastes: Sequence[Taste], out: frozenset[str], where: str = ""
) -> dict[str, Hit]:
    """Item -> its best hit, best first, leaving out the assets in `out` and the items that they
    belong to.
    """
    score: dict[str, float] = defaultdict(float)
    why: dict[str, list[Why]] = defaultdict(list)
    for taste in tastes:
        for rank, m in enumerate(store.nearest(taste.space, taste.centre, DEPTH, where), 1):
            score[m.id] += _trust(kit, taste.space.name, m.modality) / (RRF + rank)
            why[m.id].append(Why(taste.space.name, rank, m.score))
    chunks = store.get(sorted(score, key=lambda i: (-score[i], i))[:DEPTH])
    item = items(list(chunks.values()))
    left = {
        _item(row["uri"]) for id in out for row in islice(store.scan(f"asset = '{id}'", ["uri"]), 1)
    }
    best: dict[str, Hit] = {}
    total: dict[str, float] = defaultdict(float)
    by_space: dict[tuple[str, str], float] = {}
    for i in sorted(chunks, key=lambda i: (-score[i], i)):
        key = item[chunks[i].asset.id]
        if key in left:
            continue
        best.setdefault(key, Hit(chunks[i], score[i], tuple(why[i])))
        for w in why[i]:  # of one item's chunks, each space counts the best
            by_space[key, w.space] = max(
                by_space.get((key, w.space), 0.0),
                _trust(kit, w.space, chunks[i].modality) / (RRF + w.rank),
            )
    for (key, _), gain in by_space.items():
        total[key] += gain
    order = sorted(best, key=lambda key: (-total[key], key))
    return {key: Hit(best[key].chunk, total[key], best[key].why) for key in order}


def _trust(kit: Kit, space: str, modality: str) -> float:
    """The weight of a space for like to like."""
    encoder = next((e for e in kit.encoders.values() if e.space.name == space), None)
    return 1.0 if encoder is None else encoder.trust.get((modality, modality), 1.0)


@dataclass(frozen=True, slots=True)
class Likeness:
    """The mean cosine over the spaces that two hits share; 0 where they share none."""

    vectors: Mapping[str, Mapping[str, Vectors]]

    def __call__(self, a: Hit, b: Hit) -> float:
        shared = [
            (v[a.chunk.id], v[b.chunk.id])
            for v in self.vectors.values()
            if a.chunk.id in v and b.chunk.id in v
        ]
        return float(np.mean([max(float(x @ y), 0.0) for x, y in shared])) if shared else 0.0
