"""Put a question to a library: encode once, ask every arm, fuse, fetch, narrow."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

import numpy as np

from polysense.errors import BadQuery
from polysense.media.words import keywords, phrase
from polysense.prepare.query import Question
from polysense.protocols import Encoder, Store, Vectors
from polysense.registry import Kit
from polysense.retrieve.algebra import Candidates, Retriever, fuse, top
from polysense.retrieve.pinpoint import pinpoint
from polysense.retrieve.recipe import asks, recipe, trust
from polysense.types import Chunk, Hit, Modality, Part, Ranking, Why

T = TypeVar("T")
MOST = 1000
LARGE = 50_000
"""Chunks from which on arms are searched in threads: below, they only wait for one another."""

VERBATIM = 10
"""Among so many first results, those that say the question word for word come first."""

FEEDBACK, PULL = 3, 0.5
"""How many first results feed back, and how strongly; measured on Cranfield (nDCG@10 0.428 without, 0.437 with)."""


@dataclass
class Search:
    """One question to one library: what retrievers see as `Ask`. Vectors are made once, however many arms use them."""

    store: Store
    kit: Kit
    question: Question
    where: str = ""
    timings: dict[str, float] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._slots: dict[object, threading.Lock] = {}
        self._made: dict[object, object] = {}
        self._spaces = {e.space.name: e for e in self.kit.encoders.values()}

    @property
    def parallel(self) -> bool:
        """Threads pay where a scan takes longer than a few milliseconds."""
        return self.store.count() > LARGE

    def lexical(self, k: int) -> Candidates:
        """By BM25, if the question has words."""
        return self._once(("bm25", k), lambda: top(self.store.lexical(keywords(self.question.words), k, self.where), "bm25"))

    def nearest(self, space: str, k: int) -> Candidates:
        """By the mean of the vectors of the parts that the space takes: early fusion, where there are several."""
        encoder = self._encoder(space)
        vector = self.vector(encoder) if self.store.holds(encoder.space) else None
        if vector is None:
            return ()
        return self._near(encoder, vector, k)

    def _near(self, encoder: Encoder, vector: Vectors, k: int) -> Candidates:
        near = self.store.nearest(encoder.space, vector, k, self.where)
        floor = encoder.floor if self.question.words.strip() else -1.0  # a picture alone asks for what is nearest, however far
        return top([m for m in near if m.score >= floor], encoder.space.name)

    def feedback(self, space: str, k: int) -> Candidates:
        """By the vector moved towards the first results of BM25 and the space, fused."""
        encoder = self._encoder(space)
        vector, near = self.vector(encoder), self.nearest(space, k)
        both = fuse([(1.0, self.lexical(k)), (1.0, near)]) if self.question.words.strip() else near
        believed = [c.id for c in both if self.trust(space, c.modality) >= 1.0]
        held = list(self.store.vectors(encoder.space, believed[:FEEDBACK]).values())
        if vector is None or not held:
            return near
        moved = vector + PULL * np.mean(held, axis=0)
        moved = (moved / np.linalg.norm(moved)).astype(np.float32)
        return self._near(encoder, moved, k)

    def vector(self, encoder: Encoder) -> Vectors | None:
        """The question in a space; None where nothing of it can be put there."""
        return self._once(("vector", encoder.space.name), lambda: self._encode(encoder))

    def _once(self, key: tuple[str, object], make: Callable[[], T]) -> T:
        with self._lock:
            slot = self._slots.setdefault(key, threading.Lock())
        with slot:
            if key not in self._made:
                self._made[key] = make()
            return cast(T, self._made[key])

    def _encode(self, encoder: Encoder) -> Vectors | None:
        began = time.perf_counter()
        parts = [p for i in asks(encoder, self.question, self.kit) for p in self._seen(encoder, self.question.parts[i])]
        vectors = encoder.encode(parts, "query") if parts else np.empty((0, encoder.space.dim), np.float32)
        usable = vectors[np.isfinite(vectors).all(axis=1)]
        with self._lock:
            self.timings["encode"] = self.timings.get("encode", 0.0) + 1000 * (time.perf_counter() - began)
        if not len(usable):
            return None
        mean = usable.mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)

    def _seen(self, encoder: Encoder, part: Part) -> Sequence[Part]:
        return [part] if part.modality in encoder.asks else self.kit.see(encoder, part)

    def trust(self, space: str, modality: Modality) -> float:
        """1.0 for BM25; a space's own word for the others."""
        encoder = self._spaces.get(space)
        return 1.0 if encoder is None else trust(encoder, {p.modality for p in self.question.parts}, modality)

    def sure(self, space: str) -> float:
        """A space's own word; 0 for BM25."""
        encoder = self._spaces.get(space)
        return 0.0 if encoder is None else encoder.sure

    def stage(self, name: str) -> Callable[[Candidates], Candidates]:
        """by_asset, or an installed reranker."""
        if name == "by_asset":
            return self._by_asset
        reranker = self.kit.rerankers.get(name)
        if reranker is None:
            raise BadQuery(f"there is no stage called {name!r}", f"Stages: by_asset, {', '.join(self.kit.rerankers)}")

        def rerank(candidates: Candidates) -> Candidates:
            chunks = self.store.get([c.id for c in candidates])
            alive = [c for c in candidates if c.id in chunks]
            scores = reranker.score(self.question.asked, [chunks[c.id] for c in alive])
            return tuple(sorted((replace(c, score=float(s)) for c, s in zip(alive, scores, strict=True)), key=lambda c: (-c.score, c.id)))

        return rerank

    def _by_asset(self, candidates: Candidates) -> Candidates:
        chunks, seen, kept = self.store.get([c.id for c in candidates]), set[str](), []
        for c in candidates:
            asset = chunks[c.id].asset.id if c.id in chunks else ""
            if asset and asset not in seen:
                seen.add(asset)
                kept.append(c)
        return tuple(kept)

    def _encoder(self, space: str) -> Encoder:
        encoder = self._spaces.get(space)
        if encoder is None:
            raise BadQuery(f"there is no space called {space!r}", f"Spaces: bm25, {', '.join(self._spaces)}.")
        return encoder


def search(
    ask: Search, k: int, retriever: Retriever | None = None, own: frozenset[str] = frozenset(), exclude_own: bool = False
) -> Ranking:
    """The best k. own are ids of assets that the question itself is: first, or left out."""
    if not 0 < k <= MOST:
        raise BadQuery(f"k is {k}", f"Give a number of results from 1 to {MOST}.")
    began = time.perf_counter()
    pipeline = retriever or recipe(ask.question, ask.kit)
    candidates = pipeline(ask, max(4 * k, 50))
    if own:
        chunks = ask.store.get([c.id for c in candidates])
        mine = [c for c in candidates if c.id in chunks and chunks[c.id].asset.id in own]
        others = [c for c in candidates if c not in mine]
        candidates = tuple(others if exclude_own else mine + others)
    chunks, alive = _fetch(ask.store, candidates, max(k, VERBATIM))
    if ask.question.words.strip() and not own and retriever is None:
        alive = tuple(sorted(alive, key=lambda c: not phrase(ask.question.words, chunks[c.id].words)))
    alive = alive[:k]
    hits = tuple(_hit(chunks[c.id], c.score, c.why, ask.question.words) for c in alive[:k])
    total = 1000 * (time.perf_counter() - began)
    encode = ask.timings.get("encode", 0.0)
    timings = {"encode": round(encode, 3), "search": round(max(total - encode, 0.0), 3), "total": round(total, 3)}
    return Ranking(hits, timings, (*ask.question.warnings, *ask.warnings))


def _fetch(store: Store, candidates: Candidates, k: int) -> tuple[dict[str, Chunk], Candidates]:
    """The chunks of the first k candidates that exist, fetched no further than need be."""
    chunks = store.get([c.id for c in candidates[:k]])
    if len(chunks) < min(k, len(candidates)):
        chunks = store.get([c.id for c in candidates])
    return chunks, tuple(c for c in candidates if c.id in chunks)[:k]


def _hit(chunk: Chunk, score: float, why: tuple[Why, ...], words: str) -> Hit:
    return Hit(chunk, score, why, pinpoint(chunk, words))


def spread(hits: Sequence[Hit], k: int, most: int = 3) -> tuple[Hit, ...]:
    """The first k with at most `most` of one asset: evidence from one file alone is no evidence of what the library holds."""
    counts: dict[str, int] = {}
    kept = []
    for hit in hits:
        counts[hit.chunk.asset.id] = counts.get(hit.chunk.asset.id, 0) + 1
        if counts[hit.chunk.asset.id] <= most:
            kept.append(hit)
    return tuple(kept[:k])


def elsewhere(ranking: Ranking, places: Mapping[str, Sequence[str]]) -> Ranking:
    """The ranking with every other place where the same content lies."""
    hits = (replace(h, also=tuple(u for u in places.get(h.chunk.asset.id, ()) if u != h.uri)) for h in ranking)
    return replace(ranking, hits=tuple(hits))
