"""More like these: Rocchio in every space, fused by item.

Rocchio, "Relevance feedback in information retrieval" (1971).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from polysense.protocols import Encoder, Store, Vectors
from polysense.registry import Kit, asked_by
from polysense.retrieve.agreement import agreements
from polysense.retrieve.composed import UNSAID
from polysense.retrieve.fusion import RRF
from polysense.types import Asset, Chunk, Hit, Part, ScoreExplanation, Space, Span
from polysense.vectors.late_interaction import is_ragged

DEPTH = 300
"""Neighbours looked at in each space; judged, not measured."""

DISLIKED_WEIGHT = 0.5
"""How strongly the disliked push, for one that the liked pull; judged, not measured."""


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
            centre = centre - DISLIKED_WEIGHT * self.disliked.mean(axis=0)
        return np.asarray(centre / max(float(np.linalg.norm(centre)), 1e-12), np.float32)


def items(chunks: Sequence[Chunk]) -> dict[str, str]:
    """Asset id -> item: files of one folder with one stem (a product's photo and description).

    >>> from polysense.types import Asset, Span
    >>> photo, notes = (Asset(e, f"/shop/bike.{e}", "", "text", 1) for e in ("jpg", "txt"))
    >>> items([Chunk(a, Span(), "text") for a in (photo, notes)])
    {'jpg': '/shop/bike', 'txt': '/shop/bike'}
    """
    return {c.asset.id: _item(c.asset.uri) for c in chunks}


def _item(uri: str) -> str:
    folder, slash, name = uri.rpartition("/")
    return folder + slash + (name.rpartition(".")[0] or name)


def whole_chunks(store: Store, asset: str) -> list[str]:
    """Ids of an asset's chunks; of what is there as a whole, as a model is, not those of its parts:
    who likes a chair is not shown the leg of a stool.
    """
    rows = [
        (r["id"], r["native"], bool(Span.from_dict(json.loads(r["part_span"] or "{}")).node))
        for r in store.scan(f"asset = '{asset}'", ["id", "native", "part_span"])
    ]
    whole = {native for _, native, is_part in rows if not is_part}
    return [i for i, native, is_part in rows if not is_part or native not in whole]


def taste(
    encoder: Encoder,
    store: Store,
    assets: Sequence[Asset],
    liked: Sequence[str],
    disliked: Sequence[str],
) -> Taste | None:
    """What is liked and disliked (asset ids, with their whole items), in one space.

    None where nothing liked is in the space, where nothing is ever asked with a thing there (its
    colour), or where a chunk has no one vector there (late interaction, sparse vectors).
    """
    if is_ragged(encoder.space):
        return None
    item_of = items([Chunk(a, Span(), a.modality) for a in assets])
    examples = [Part(a.modality, a.name) for a in assets if a.id in liked]
    if examples and all(asked_by(encoder, e) is None for e in examples):
        return None

    def vectors(ids: Sequence[str]) -> Vectors:
        group = {item_of[i] for i in ids}
        chunks = [i for a in assets if item_of[a.id] in group for i in whole_chunks(store, a.id)]
        space_vectors = list(store.vectors(encoder.space, chunks).values())
        return (
            np.stack(space_vectors)
            if space_vectors
            else np.empty((0, encoder.space.dim), np.float32)
        )

    liked_vectors = vectors(liked)
    return Taste(encoder.space, liked_vectors, vectors(disliked)) if len(liked_vectors) else None


def recommend(
    store: Store,
    kit: Kit,
    tastes: Sequence[Taste],
    excluded_assets: frozenset[str],
    where: str = "",
    words: str = "",
) -> dict[str, Hit]:
    """Item -> its best hit, best first, without the `excluded` assets and the items that they
    belong to.

    Where words are given beside what is liked, both must hold: an item is as good as it is alike
    and as what the words say is true of it.
    """
    scores: dict[str, float] = defaultdict(float)
    reasons: dict[str, list[ScoreExplanation]] = defaultdict(list)
    for taste in tastes:
        for rank, m in enumerate(store.nearest(taste.space, taste.centre, DEPTH, where), 1):
            scores[m.id] += _like_to_like_weight(kit, taste.space.name, m.modality) / (RRF + rank)
            reasons[m.id].append(ScoreExplanation(taste.space.name, rank, m.score))
    candidates = store.get(sorted(scores, key=lambda i: (-scores[i], i))[:DEPTH])
    with_parts = {c.asset.id for c in candidates.values() if c.part and c.part.span.node}
    whole = {asset: set(whole_chunks(store, asset)) for asset in with_parts}
    chunks = {i: c for i, c in candidates.items() if i in whole.get(c.asset.id, {i})}
    item_of = items(list(chunks.values()))
    excluded_items = {
        _item(row["uri"])
        for id in excluded_assets
        for row in islice(store.scan(f"asset = '{id}'", ["uri"]), 1)
    }
    best: dict[str, Hit] = {}
    totals: dict[str, float] = defaultdict(float)
    by_space: dict[tuple[str, str], float] = {}
    for i in sorted(chunks, key=lambda i: (-scores[i], i)):
        key = item_of[chunks[i].asset.id]
        if key in excluded_items:
            continue
        best.setdefault(key, Hit(chunks[i], scores[i], tuple(reasons[i])))
        for w in reasons[i]:  # of one item's chunks, each space counts the best
            by_space[key, w.space] = max(
                by_space.get((key, w.space), 0.0),
                _like_to_like_weight(kit, w.space, chunks[i].modality) / (RRF + w.rank),
            )
    for (key, _), contribution in by_space.items():
        totals[key] += contribution
    if words.strip():
        own = {i: c for i, c in chunks.items() if item_of[c.asset.id] in best}
        likeness = _likeness(kit, tastes, own, item_of, reasons)
        phrase = _phrase(agreements(store, kit, words, own), own, item_of)
        totals = {key: likeness[key] * (UNSAID + (1 - UNSAID) * phrase[key]) for key in best}
    order = sorted(best, key=lambda key: (-totals[key], key))
    return {key: Hit(best[key].chunk, totals[key], best[key].why) for key in order}


def _likeness(
    kit: Kit,
    tastes: Sequence[Taste],
    chunks: Mapping[str, Chunk],
    item_of: Mapping[str, str],
    reasons: Mapping[str, Sequence[ScoreExplanation]],
) -> dict[str, float]:
    """By item, 0..1: the mean, over all spaces, of its best score there as a share of the best of
    all; of what can be seen or heard as well that over the spaces of looks and sounds that it is
    in, if that is more: it may be described nowhere.

    Ranks would make the first and the tenth of many nearly one, and what is to agree with words as
    well would be decided by those alone.
    """
    scores: dict[str, dict[str, float]] = defaultdict(dict)
    for i, chunk in chunks.items():
        key = item_of[chunk.asset.id]
        for w in reasons[i]:
            scores[w.space][key] = max(scores[w.space].get(key, 0.0), w.score)
    encoders = kit.encoders.values()
    least = {e.space.name: max(kit.calibration(e).min_score, 0.0) for e in encoders}
    perceptual = {e.space.name for e in encoders if e.signal == "perceptual"}
    shares: dict[str, dict[str, float]] = defaultdict(dict)
    for space, by_item in scores.items():
        low, high = least.get(space, 0.0), max(by_item.values())
        low = low if high > low else 0.0
        for key, score in by_item.items():
            shares[key][space] = max(score - low, 0.0) / max(high - low, 1e-9)
    result = {}
    for key, own in shares.items():
        looks = [share for space, share in own.items() if space in perceptual]
        result[key] = max(sum(own.values()) / len(tastes), sum(looks) / max(len(looks), 1))
    return result


def _phrase(
    agreement: Mapping[str, float], chunks: Mapping[str, Chunk], item_of: Mapping[str, str]
) -> dict[str, float]:
    """By item, 0..1: how true the words are of the best of its chunks."""
    phrase: dict[str, float] = defaultdict(float)
    for i, share in agreement.items():
        key = item_of[chunks[i].asset.id]
        phrase[key] = max(phrase[key], share)
    return phrase


def _like_to_like_weight(kit: Kit, space: str, modality: str) -> float:
    """The weight of a space for like to like."""
    encoder = next((e for e in kit.encoders.values() if e.space.name == space), None)
    return 1.0 if encoder is None else encoder.fusion_weight.get((modality, modality), 1.0)


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
