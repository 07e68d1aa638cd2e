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
from polysense.read.language.analysis import contains_phrase
from polysense.read.language.questions import keywords
from polysense.registry import Kit
from polysense.retrieve.algebra import DEPTH, Retriever
from polysense.retrieve.default_retriever import (
    default_retriever,
    fusion_weight,
    parts_for,
    typed_words,
)
from polysense.retrieve.fusion import Candidate, Candidates, from_matches, rank_fusion
from polysense.retrieve.pinpoint import pinpoint
from polysense.types import Chunk, Hit, Modality, Part, Ranking

T = TypeVar("T")
MAX_RESULTS = 1000
"""Results that one search gives at most; judged."""

PARALLEL_CHUNKS = 50_000
"""Chunks from which on arms are searched in threads: below, they only wait for one another. The
number itself is judged.
"""

VERBATIM_DEPTH = 10
"""Among so many first results, those that say the question word for word come first. Judged, not
measured.
"""

CANDIDATES_PER_RESULT, MIN_CANDIDATES = 4, 50
"""Candidates fused for each result asked for, and at least: stages and missing chunks take some.
Judged, not measured.
"""

FEEDBACK_HITS, FEEDBACK_WEIGHT = 3, 0.5
"""How many first results feed back, and how strongly; measured on Cranfield (nDCG@10 0.428 without,
0.437 with).
"""

MAX_PER_ASSET = 3
"""Hits of one file among the evidence of an answer; judged, not measured."""

_EXCLUDED_WORD = re.compile(r"(?<!\S)-[^\W\d_]{3,}(?!\S)")
"""-moon, but not -xz (a command's flag), well-known or -40."""


@dataclass
class Search:
    """One question to one library: what retrievers see as `SearchContext`.

    Vectors are made once, however many arms use them.
    """

    store: Store
    kit: Kit
    question: Question
    where: str = ""
    timings: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[object, threading.Lock] = {}
        self._cache: dict[object, object] = {}
        self._fetched: dict[str, Chunk | None] = {}
        self._spaces = {e.space.name: e for e in self.kit.encoders.values()}

    @property
    def parallel(self) -> bool:
        """Threads pay where a scan takes longer than a few milliseconds."""
        return self.store.count() > PARALLEL_CHUNKS

    def lexical(self, k: int) -> Candidates:
        """By BM25, if the question has words."""
        return from_matches(self._bm25_matches(k), "bm25")

    def _bm25_matches(self, k: int) -> Sequence[Match]:
        if "bm25" not in self.store.capabilities:
            return ()
        return self._memoize(
            ("bm25", k), lambda: self.store.lexical(keywords(self.question.words), k, self.where)
        )

    def nearest(self, space: str, k: int) -> Candidates:
        """By the mean of the vectors of the parts that the space takes: early fusion, where there
        are several.
        """
        encoder = self._encoder_of(space)
        vector = self._query_vector(encoder)
        return (
            () if vector is None else from_matches(self._dense_matches(encoder, vector, k), space)
        )

    def _query_vector(self, encoder: Encoder) -> Vectors | None:
        return self.vector(encoder) if self.store.holds(encoder.space) else None

    def _dense_matches(self, encoder: Encoder, vector: Vectors, k: int) -> Sequence[Match]:
        matches = self.store.nearest(encoder.space, vector, k, self.where)
        # a picture alone asks for what is nearest, however far
        min_score = encoder.min_score if self.question.words.strip() else -1.0
        return [m for m in matches if m.score >= min_score]

    def feedback(self, space: str, k: int) -> Candidates:
        """By the vector moved towards the first results of BM25 and the space, fused."""
        encoder = self._encoder_of(space)
        vector = self._query_vector(encoder)
        if vector is None:
            return ()
        lexical, dense = self._bm25_matches(k), self._dense_matches(encoder, vector, k)
        modalities = {m.id: m.modality for m in (*lexical, *dense)}
        trusted_ids = (
            id
            for _, id in rank_fusion([(1.0, lexical), (1.0, dense)])
            if self.fusion_weight(space, modalities[id]) >= 1.0
        )
        feedback_vectors = list(
            self.store.vectors(encoder.space, list(islice(trusted_ids, FEEDBACK_HITS))).values()
        )
        if not feedback_vectors:
            return from_matches(dense, space)
        expanded_vector = vector + FEEDBACK_WEIGHT * np.mean(feedback_vectors, axis=0)
        expanded_vector = (expanded_vector / np.linalg.norm(expanded_vector)).astype(np.float32)
        return from_matches(self._dense_matches(encoder, expanded_vector, k), space)

    def vector(self, encoder: Encoder) -> Vectors | None:
        """The question in a space; None where nothing of it can be put there."""
        return self._memoize(("vector", encoder.space.name), lambda: self._encode(encoder))

    def _memoize(self, key: tuple[str, object], make: Callable[[], T]) -> T:
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._cache:
                self._cache[key] = make()
            return cast(T, self._cache[key])

    def _encode(self, encoder: Encoder) -> Vectors | None:
        start = time.perf_counter()
        parts = [
            p
            for i in parts_for(encoder, self.question, self.kit)
            for p in self._adapted_parts(encoder, self.question.parts[i])
        ]
        vectors = (
            encoder.encode(parts, "query")
            if parts
            else np.empty((0, encoder.space.dim), np.float32)
        )
        usable = vectors[np.isfinite(vectors).all(axis=1)]
        with self._lock:
            self.timings["encode"] = self.timings.get("encode", 0.0) + 1000 * (
                time.perf_counter() - start
            )
        if not len(usable):
            return None
        mean = usable.mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)

    def _adapted_parts(self, encoder: Encoder, part: Part) -> Sequence[Part]:
        return (
            [part] if part.modality in encoder.query_modalities else self.kit.adapt(encoder, part)
        )

    def fusion_weight(self, space: str, modality: Modality) -> float:
        """1.0 for BM25; a space's own word for the others."""
        encoder = self._spaces.get(space)
        return (
            1.0
            if encoder is None
            else fusion_weight(encoder, {p.modality for p in self.question.parts}, modality)
        )

    def confident_score(self, space: str) -> float:
        """A space's own word; 0 for BM25."""
        encoder = self._spaces.get(space)
        return 0.0 if encoder is None else encoder.confident_score

    def chunks(self, candidates: Sequence[Candidate]) -> dict[str, Chunk]:
        """Those of the candidates that exist, by id; each is fetched once for all stages."""
        new = [c.id for c in candidates if c.id not in self._fetched]
        if new:
            stored_chunks = self.store.get(new)
            self._fetched |= {id: stored_chunks.get(id) for id in new}
        return {c.id: chunk for c in candidates if (chunk := self._fetched[c.id]) is not None}

    def stage(self, name: str) -> Callable[[Candidates], Candidates]:
        """by_asset, verbatim, or an installed reranker."""
        built_in = {"by_asset": self._by_asset, "verbatim": self._verbatim}
        if name in built_in:
            return built_in[name]
        reranker = self.kit.rerankers.get(name)
        if reranker is None:
            raise BadQuery(
                f"there is no stage called {name!r}",
                f"Stages: {', '.join([*built_in, *self.kit.rerankers])}.",
            )

        def rerank(candidates: Candidates) -> Candidates:
            chunks = self.chunks(candidates)
            existing = [c for c in candidates if c.id in chunks]
            scores = reranker.score(self.question.query, [chunks[c.id] for c in existing])
            results = (
                c._replace(score=float(score)) for c, score in zip(existing, scores, strict=True)
            )
            return tuple(sorted(results, key=lambda c: (-c.score, c.id)))

        return rerank

    def _by_asset(self, candidates: Candidates) -> Candidates:
        chunks, best = self.chunks(candidates), dict[str, Candidate]()
        for c in candidates:
            if c.id in chunks:
                best.setdefault(chunks[c.id].asset.id, c)
        return tuple(best.values())

    def _verbatim(self, candidates: Candidates) -> Candidates:
        words, (first, rest) = (
            typed_words(self.question),
            (candidates[:VERBATIM_DEPTH], candidates[VERBATIM_DEPTH:]),
        )
        verbatim_ids = {
            id for id, chunk in self.chunks(first).items() if contains_phrase(words, chunk.words)
        }
        return (*sorted(first, key=lambda c: c.id not in verbatim_ids), *rest)

    def _encoder_of(self, space: str) -> Encoder:
        encoder = self._spaces.get(space)
        if encoder is None:
            raise BadQuery(
                f"there is no space called {space!r}", f"Spaces: bm25, {', '.join(self._spaces)}."
            )
        return encoder


def search(
    context: Search,
    k: int,
    retriever: Retriever | None = None,
    own_assets: frozenset[str] = frozenset(),
    exclude_own: bool = False,
) -> Ranking:
    """The best k. own_assets are ids of those that the question itself is: first, or left out."""
    if not 0 < k <= MAX_RESULTS:
        raise BadQuery(f"k is {k}", f"Give a number of results from 1 to {MAX_RESULTS}.")
    start = time.perf_counter()
    arms = retriever or default_retriever(context.question, context.kit, max(k, DEPTH))
    candidates = arms(context, max(CANDIDATES_PER_RESULT * k, MIN_CANDIDATES))
    if own_assets:
        chunks = context.chunks(candidates)
        own_ids = {id for id, chunk in chunks.items() if chunk.asset.id in own_assets}
        others = [c for c in candidates if not (exclude_own and c.id in own_ids)]
        candidates = tuple(sorted(others, key=lambda c: c.id not in own_ids))
    chunks = context.chunks(candidates[:k])
    if len(chunks) < min(k, len(candidates)):  # some are gone: those after them move up
        chunks = context.chunks(candidates)
    existing = [c for c in candidates if c.id in chunks][:k]
    hits = tuple(
        Hit(chunks[c.id], c.score, c.why, pinpoint(chunks[c.id], context.question.words))
        for c in existing
    )
    warnings = (
        *context.question.warnings,
        *_exclusion_warnings(typed_words(context.question)),
        *_full_text_warnings(context),
    )
    return Ranking(hits, _timings(context, 1000 * (time.perf_counter() - start)), warnings)


def _timings(context: Search, total: float) -> dict[str, float]:
    """Milliseconds of a search, apart from those of encoding the question."""
    encode = context.timings.get("encode", 0.0)
    return {
        "encode": round(encode, 3),
        "search": round(max(total - encode, 0.0), 3),
        "total": round(total, 3),
    }


def _full_text_warnings(context: Search) -> list[str]:
    """What to tell where words were not searched."""
    is_skipped = context.question.words.strip() and "bm25" not in context.store.capabilities
    return (
        ["this store has no full-text search: words are found by meaning alone"]
        if is_skipped
        else []
    )


def _exclusion_warnings(words: str) -> list[str]:
    """What to tell who writes -word for "without the word". It may as well be a command's flag, so
    it is looked for like any other.
    """
    exclusions = _EXCLUDED_WORD.findall(words)
    return (
        [f"{exclusions[0]!r} leaves nothing out: a word with a minus is looked for like any other"]
        if exclusions
        else []
    )


def cap_per_asset(hits: Sequence[Hit], k: int, limit: int = MAX_PER_ASSET) -> tuple[Hit, ...]:
    """The first k with at most `limit` of one asset: evidence from one file alone is no evidence of
    what the library holds.
    """
    counts: dict[str, int] = {}
    selection = []
    for hit in hits:
        counts[hit.chunk.asset.id] = counts.get(hit.chunk.asset.id, 0) + 1
        if counts[hit.chunk.asset.id] <= limit:
            selection.append(hit)
    return tuple(selection[:k])


def with_duplicate_locations(ranking: Ranking, locations: Mapping[str, Sequence[str]]) -> Ranking:
    """The ranking with every other place where the same content lies."""
    hits = (
        replace(h, also=tuple(u for u in locations.get(h.chunk.asset.id, ()) if u != h.uri))
        for h in ranking
    )
    return replace(ranking, hits=tuple(hits))
