"""Put a question to a library: encode once, ask every arm, fuse, fetch, narrow."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeVar, cast

import numpy as np

from polysense.errors import BadQuery
from polysense.protocols import Encoder, Match, Store, Vectors
from polysense.query.understand import Question
from polysense.read.language.analysis import keywords, phrase
from polysense.registry import Kit
from polysense.retrieve.algebra import DEPTH, Candidates, Found, Retriever, order, top
from polysense.retrieve.default_retriever import asks, recipe, trust, typed
from polysense.retrieve.pinpoint import pinpoint
from polysense.types import Chunk, Hit, Modality, Part, Ranking

T = TypeVar("T")
MOST = 1000
LARGE = 50_000
"""Chunks from which on arms are searched in threads: below, they only wait for one another."""

VERBATIM = 10
"""Among so many first results, those that say the question word for word come first."""

_MINUS = re.compile(r"(?<!\S)-[^\W\d_]{3,}(?!\S)")

FEEDBACK, PULL = 3, 0.5
"""How many first results feed back, and how strongly; measured on Cranfield (nDCG@10 0.428 without,
0.437 with).
"""


@dataclass
class Search:
    """One question to one library: what retrievers see as `Ask`. Vectors are made once, however
    many arms use them.
    """

    store: Store
    kit: Kit
    question: Question
    where: str = ""
    timings: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._slots: dict[object, threading.Lock] = {}
        self._made: dict[object, object] = {}
        self._fetched: dict[str, Chunk | None] = {}
        self._spaces = {e.space.name: e for e in self.kit.encoders.values()}

    @property
    def parallel(self) -> bool:
        """Threads pay where a scan takes longer than a few milliseconds."""
        return self.store.count() > LARGE

    def lexical(self, k: int) -> Candidates:
        """By BM25, if the question has words."""
        return top(self._said(k), "bm25")

    def _said(self, k: int) -> Sequence[Match]:
        if "bm25" not in self.store.capabilities:
            return ()
        return self._once(
            ("bm25", k), lambda: self.store.lexical(keywords(self.question.words), k, self.where)
        )

    def nearest(self, space: str, k: int) -> Candidates:
        """By the mean of the vectors of the parts that the space takes: early fusion, where there
        are several.
        """
        encoder = self._encoder(space)
        vector = self._asked(encoder)
        return () if vector is None else top(self._near(encoder, vector, k), space)

    def _asked(self, encoder: Encoder) -> Vectors | None:
        return self.vector(encoder) if self.store.holds(encoder.space) else None

    def _near(self, encoder: Encoder, vector: Vectors, k: int) -> Sequence[Match]:
        near = self.store.nearest(encoder.space, vector, k, self.where)
        # a picture alone asks for what is nearest, however far
        floor = encoder.floor if self.question.words.strip() else -1.0
        return [m for m in near if m.score >= floor]

    def feedback(self, space: str, k: int) -> Candidates:
        """By the vector moved towards the first results of BM25 and the space, fused."""
        encoder = self._encoder(space)
        vector = self._asked(encoder)
        if vector is None:
            return ()
        said, near = self._said(k), self._near(encoder, vector, k)
        kinds = {m.id: m.modality for m in (*said, *near)}
        believed = (
            id for _, id in order([(1.0, said), (1.0, near)]) if self.trust(space, kinds[id]) >= 1.0
        )
        held = list(self.store.vectors(encoder.space, list(islice(believed, FEEDBACK))).values())
        if not held:
            return top(near, space)
        moved = vector + PULL * np.mean(held, axis=0)
        moved = (moved / np.linalg.norm(moved)).astype(np.float32)
        return top(self._near(encoder, moved, k), space)

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
        parts = [
            p
            for i in asks(encoder, self.question, self.kit)
            for p in self._seen(encoder, self.question.parts[i])
        ]
        vectors = (
            encoder.encode(parts, "query")
            if parts
            else np.empty((0, encoder.space.dim), np.float32)
        )
        usable = vectors[np.isfinite(vectors).all(axis=1)]
        with self._lock:
            self.timings["encode"] = self.timings.get("encode", 0.0) + 1000 * (
                time.perf_counter() - began
            )
        if not len(usable):
            return None
        mean = usable.mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)

    def _seen(self, encoder: Encoder, part: Part) -> Sequence[Part]:
        return [part] if part.modality in encoder.asks else self.kit.see(encoder, part)

    def trust(self, space: str, modality: Modality) -> float:
        """1.0 for BM25; a space's own word for the others."""
        encoder = self._spaces.get(space)
        return (
            1.0
            if encoder is None
            else trust(encoder, {p.modality for p in self.question.parts}, modality)
        )

    def sure(self, space: str) -> float:
        """A space's own word; 0 for BM25."""
        encoder = self._spaces.get(space)
        return 0.0 if encoder is None else encoder.sure

    def chunks(self, candidates: Sequence[Found]) -> dict[str, Chunk]:
        """Those of the candidates that exist, by id; each is fetched once, however many stages look
        at it.
        """
        new = [c.id for c in candidates if c.id not in self._fetched]
        if new:
            held = self.store.get(new)
            self._fetched |= {id: held.get(id) for id in new}
        return {c.id: chunk for c in candidates if (chunk := self._fetched[c.id]) is not None}

    def stage(self, name: str) -> Callable[[Candidates], Candidates]:
        """by_asset, verbatim, or an installed reranker."""
        own = {"by_asset": self._by_asset, "verbatim": self._verbatim}
        if name in own:
            return own[name]
        reranker = self.kit.rerankers.get(name)
        if reranker is None:
            raise BadQuery(
                f"there is no stage called {name!r}",
                f"Stages: {', '.join([*own, *self.kit.rerankers])}.",
            )

        def rerank(candidates: Candidates) -> Candidates:
            chunks = self.chunks(candidates)
            alive = [c for c in candidates if c.id in chunks]
            scores = reranker.score(self.question.asked, [chunks[c.id] for c in alive])
            found = (c._replace(score=float(score)) for c, score in zip(alive, scores, strict=True))
            return tuple(sorted(found, key=lambda c: (-c.score, c.id)))

        return rerank

    def _by_asset(self, candidates: Candidates) -> Candidates:
        chunks, best = self.chunks(candidates), dict[str, Found]()
        for c in candidates:
            if c.id in chunks:
                best.setdefault(chunks[c.id].asset.id, c)
        return tuple(best.values())

    def _verbatim(self, candidates: Candidates) -> Candidates:
        words, (first, rest) = typed(self.question), (candidates[:VERBATIM], candidates[VERBATIM:])
        said = {id for id, chunk in self.chunks(first).items() if phrase(words, chunk.words)}
        return (*sorted(first, key=lambda c: c.id not in said), *rest)

    def _encoder(self, space: str) -> Encoder:
        encoder = self._spaces.get(space)
        if encoder is None:
            raise BadQuery(
                f"there is no space called {space!r}", f"Spaces: bm25, {', '.join(self._spaces)}."
            )
        return encoder


def search(
    ask: Search,
    k: int,
    retriever: Retriever | None = None,
    own: frozenset[str] = frozenset(),
    exclude_own: bool = False,
) -> Ranking:
    """The best k. own are ids of assets that the question itself is: first, or left out."""
    if not 0 < k <= MOST:
        raise BadQuery(f"k is {k}", f"Give a number of results from 1 to {MOST}.")
    began = time.perf_counter()
    pipeline = retriever or recipe(ask.question, ask.kit, max(k, DEPTH))
    candidates = pipeline(ask, max(4 * k, 50))
    if own:
        mine = {id for id, chunk in ask.chunks(candidates).items() if chunk.asset.id in own}
        candidates = tuple(
            sorted(
                (c for c in candidates if not (exclude_own and c.id in mine)),
                key=lambda c: c.id not in mine,
            )
        )
    chunks = ask.chunks(candidates[:k])
    if len(chunks) < min(k, len(candidates)):  # some are gone: those after them move up
        chunks = ask.chunks(candidates)
    alive = [c for c in candidates if c.id in chunks][:k]
    hits = tuple(
        Hit(chunks[c.id], c.score, c.why, pinpoint(chunks[c.id], ask.question.words)) for c in alive
    )
    total = 1000 * (time.perf_counter() - began)
    encode = ask.timings.get("encode", 0.0)
    timings = {
        "encode": round(encode, 3),
        "search": round(max(total - encode, 0.0), 3),
        "total": round(total, 3),
    }
    return Ranking(
        hits, timings, (*ask.question.warnings, *_minus(typed(ask.question)), *_wordless(ask))
    )


def _wordless(ask: Search) -> list[str]:
    """What to tell where words were not searched."""
    lacks = ask.question.words.strip() and "bm25" not in ask.store.capabilities
    return ["this store has no full-text search: words are found by meaning alone"] if lacks else []


def _minus(words: str) -> list[str]:
    """What to tell who writes -word for "without the word". It may as well be a command's flag, so
    it is looked for like any other.
    """
    said = _MINUS.findall(words)
    return (
        [f"{said[0]!r} leaves nothing out: a word with a minus is looked for like any other"]
        if said
        else []
    )


def spread(hits: Sequence[Hit], k: int, most: int = 3) -> tuple[Hit, ...]:
    """The first k with at most `most` of one asset: evidence from one file alone is no evidence of
    what the library holds.
    """
    counts: dict[str, int] = {}
    kept = []
    for hit in hits:
        counts[hit.chunk.asset.id] = counts.get(hit.chunk.asset.id, 0) + 1
        if counts[hit.chunk.asset.id] <= most:
            kept.append(hit)
    return tuple(kept[:k])


def elsewhere(ranking: Ranking, places: Mapping[str, Sequence[str]]) -> Ranking:
    """The ranking with every other place where the same content lies."""
    hits = (
        replace(h, also=tuple(u for u in places.get(h.chunk.asset.id, ()) if u != h.uri))
        for h in ranking
    )
    return replace(ranking, hits=tuple(hits))
