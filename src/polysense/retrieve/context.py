"""One question to one library, as retrievers and stages see it: encoded once, fetched once."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Literal, TypeVar, cast

import numpy as np

from polysense.errors import BadConfig, BadQuery, ModelFailed
from polysense.protocols import Encoder, Match, Reranker, Store, Vectors
from polysense.question import Question
from polysense.registry import Kit
from polysense.retrieve import feedback
from polysense.retrieve.default_retriever import (
    compares_recordings,
    fusion_weight,
    parts_for,
    texts_for,
)
from polysense.retrieve.filters import all_of
from polysense.retrieve.foreign import foreign_matches, native_matches
from polysense.retrieve.fusion import Candidate, Candidates, above_median, from_matches, rank_fusion
from polysense.retrieve.lexical import LexicalMatches, lexical_matches
from polysense.retrieve.likeness import (
    as_shares,
    behind_others,
    meaningful,
    nearest,
    query_modalities,
    sure,
)
from polysense.retrieve.mean_vector import mean_direction, mean_of_sparse
from polysense.retrieve.stages import STAGES
from polysense.types import Chunk, Modality, Part, ScoreExplanation
from polysense.vectors.late_interaction import has_vector, is_multivector, is_ragged, maxsim
from polysense.vectors.sparse import is_sparse, sparse_scores

T = TypeVar("T")
PARALLEL_CHUNKS = 50_000
"""Chunks from which on arms are searched in threads: below, they only wait for one another. The
number itself is judged.
"""

EXPECTED_WEIGHT = 1.5
"""What chunks of a modality that the question expects weigh, beside 1 of others; judged on worked
examples, not measured.
"""

RERANK_DEPTH = 50
"""Candidates that a reranker scores; judged, not measured."""


@dataclass
class Search:
    """One question to one library: what retrievers see as `SearchContext`.

    Vectors are made once, however many arms use them, an arm is asked once for a depth, and a
    reranker scores a chunk once, however many rankings it is in. wider is the search of everything,
    where this one is held to a place that the question may not mean. wants: an "answer" leaves out
    what is too far to mean anything; who looks for "places" is given all words in their order, and
    who names modalities or spaces ("order") all that looks or sounds too: the nearest, no verdict.
    """

    store: Store
    kit: Kit
    question: Question
    where: str = ""
    timings: dict[str, float] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)
    """Of a reranker that failed, what is told of it: it is asked no more."""
    wider: Search | None = None
    wants: Literal["answer", "places", "order"] = "answer"

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[tuple[str, object], threading.Lock] = {}
        self._cache: dict[tuple[str, object], object] = {}
        self._fetched: dict[str, Chunk | None] = {}
        self._scored: dict[str, dict[str, float]] = {}
        by_space = {e.space.name: e for e in self.kit.encoders.values()}
        # a space has its model's name; that of the plug-in is shorter to type
        self._spaces = {**self.kit.encoders, **by_space}

    def narrow(self, condition: str) -> Search:
        """The same question to what a compiled condition leaves of the library; it is not encoded
        again.
        """
        other = replace(self, where=all_of(self.where, condition))
        with self._lock:
            other._cache = {k: v for k, v in self._cache.items() if k[0] == "vector"}
        return other

    @property
    def parallel(self) -> bool:
        """Threads pay where a scan takes longer than a few milliseconds."""
        return self.store.count() > PARALLEL_CHUNKS

    def lexical(self, k: int) -> Candidates:
        """By BM25, if the question has words."""
        return from_matches(self._bm25_matches(k), "bm25")

    def _bm25_matches(self, k: int) -> Sequence[Match]:
        return self._lexical(k).matches

    def _lexical(self, k: int) -> LexicalMatches:
        if "bm25" not in self.store.capabilities:
            return LexicalMatches()
        return self._memoize(
            ("bm25", k), lambda: lexical_matches(self.store, self.question, k, self.where)
        )

    def nearest(self, space: str, k: int) -> Candidates:
        """By the vectors of the given parts that the space takes, weighed (Question.weight): early
        fusion, where there are several.
        """
        return self._memoize(("nearest", (space, k)), lambda: self._nearest(space, k))

    def _nearest(self, space: str, k: int) -> Candidates:
        encoder = self._encoder_of(space)
        vector = self._query_vector(encoder)
        if vector is None:
            return ()
        return from_matches(self._dense_matches(encoder, vector, k), encoder.space.name)

    def foreign(self, space: str, k: int, is_native: bool = False) -> Candidates:
        """The nearest in a space, in languages that its neighbours do not read, or where none reads
        the question, in others than its own; or in all but those.
        """
        key = ("foreign", (space, k, is_native))
        search = native_matches if is_native else foreign_matches
        return self._memoize(key, lambda: search(self, self._encoder_of(space), k))

    def _query_vector(self, encoder: Encoder) -> Vectors | None:
        return self.vector(encoder) if self.store.holds(encoder.space) else None

    def _dense_matches(
        self, encoder: Encoder, vector: Vectors, k: int, *, has_far: bool = True
    ) -> Sequence[Match]:
        """Also those that are too far to mean anything, where such are wanted."""
        calibration = self.kit.calibration(encoder)
        queries = query_modalities(encoder, self.question, self.kit)
        matches = nearest(self.store, encoder, vector, k, self.where, calibration, queries)
        # a picture alone asks for what is nearest, however far
        is_alone = compares_recordings(encoder, self.question, self.kit)
        is_ranked = has_far and self._ranks(encoder)
        has_floor = bool(self.question.words.strip()) and not is_alone and not is_ranked
        return meaningful(matches, calibration, queries) if has_floor else matches

    def _ranks(self, encoder: Encoder) -> bool:
        """Whether words rank all that a space has, however far."""
        is_semantic = encoder.signal == "semantic"
        return self.wants == "order" or (self.wants == "places" and is_semantic)

    def feedback(self, space: str, k: int) -> Candidates:
        """By the vector moved towards what comes first; of a recording, what is surely alike."""
        return self._memoize(("feedback", (space, k)), lambda: self._feedback(space, k))

    def _feedback(self, space: str, k: int) -> Candidates:
        encoder = self._encoder_of(space)
        vector = self._query_vector(encoder)
        if vector is None or is_ragged(encoder.space):  # tokens have no mean to move
            return self.nearest(space, k)
        is_recording = compares_recordings(encoder, self.question, self.kit)
        trusted = (
            self._example_ids(encoder, k) if is_recording else self._first_ids(encoder, vector, k)
        )
        rows = list(self.store.vectors(encoder.space, trusted).values())
        if not rows:
            return self.nearest(space, k)
        move = feedback.expanded if is_recording else feedback.moved_towards
        return from_matches(self._dense_matches(encoder, move(vector, rows), k), encoder.space.name)

    def _first_ids(self, encoder: Encoder, vector: Vectors, k: int) -> Sequence[str]:
        lexical = self._bm25_matches(k)
        dense = self._dense_matches(encoder, vector, k, has_far=False)
        modalities = {m.id: m.modality for m in (*lexical, *dense)}
        ids = (id for _, id in rank_fusion([(1.0, lexical), (1.0, dense)]))
        name = encoder.space.name
        trusted = (id for id in ids if self.fusion_weight(name, modalities[id]) >= 1.0)
        return list(islice(trusted, feedback.FEEDBACK_HITS))

    def _example_ids(self, encoder: Encoder, k: int) -> Sequence[str]:
        near = self.nearest(encoder.space.name, k)
        queries = query_modalities(encoder, self.question, self.kit)
        return feedback.examples(sure(near, self.kit.calibration(encoder), queries))

    def vector(self, encoder: Encoder) -> Vectors | None:
        """The question in a space: (dim,), or where the metric is "maxsim" the (tokens, dim) of all
        its parts, where it is "sparse" their mean; None where nothing of it can be put there.
        """
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
        adapted = [
            [p for piece in pieces for p in self.kit.adapt(encoder, piece, "query")]
            for pieces in parts_for(encoder, self.question, self.kit)
        ]
        parts = [p for pieces in adapted for p in pieces]
        vectors = encoder.encode(parts, "query") if parts else []
        added_vectors = self._encode_texts(encoder, is_alone=not parts)
        with self._lock:
            self.timings["encode"] = self.timings.get("encode", 0.0) + 1000 * (
                time.perf_counter() - start
            )
        if is_multivector(encoder.space):
            all_vectors = [*vectors, *(v for _, v in added_vectors)]
            usable = [v for v, ok in zip(all_vectors, has_vector(all_vectors), strict=True) if ok]
            return np.concatenate(usable) if usable else None
        if is_sparse(encoder.space):
            weights = [self.question.weight(i) for i, pieces in enumerate(adapted) for _ in pieces]
            return mean_of_sparse([*zip(weights, vectors, strict=True), *added_vectors])
        rows = iter(vectors)
        means = [mean_direction([next(rows) for _ in pieces]) for pieces in adapted]
        own = [self.question.weight(i) * m for i, m in enumerate(means) if m is not None]
        return mean_direction([*own, *(weight * v for weight, v in added_vectors)])

    def _encode_texts(self, encoder: Encoder, is_alone: bool) -> list[tuple[float, Vectors]]:
        """What rewriters want searched beside the question, each with its weight. Tokens have no
        mean: in a space of several vectors only where the question itself has none there.
        """
        texts = texts_for(encoder, self.question, self.kit)
        if is_multivector(encoder.space) and not is_alone:
            return []
        return [
            (t.weight, v) for t in texts for v in encoder.encode([Part("text", t.words)], t.role)
        ]

    def fusion_weight(self, space: str, modality: Modality) -> float:
        """1.0 for BM25; a space's own word for the others; more of what the question expects."""
        encoder = self._spaces.get(space)
        query_modalities = {p.modality for p in self.question.parts}
        weight = 1.0 if encoder is None else fusion_weight(encoder, query_modalities, modality)
        return weight * (EXPECTED_WEIGHT if modality in self.question.expected else 1.0)

    def confident_score(self, space: str) -> float:
        """As the space is calibrated; for BM25 what its best would score in the question's
        language, and infinite where scores tell nothing apart.
        """
        encoder = self._spaces.get(space)
        if encoder is None:
            results = list(self._cache.values())
            return max((r.best for r in results if isinstance(r, LexicalMatches)), default=0.0)
        calibration = self.kit.calibration(encoder)
        if calibration.ranges or compares_recordings(encoder, self.question, self.kit):
            return 1.0  # as `shares` gives them
        is_informative = calibration.confident_score > calibration.min_score
        return calibration.confident_score if is_informative else math.inf

    def shares(self, space: str, candidates: Candidates) -> Candidates:
        """Scores that were measured on the library, as shares of a sure match's; of a recording
        alone, how much nearer each of several is than the middle of all. By that the mAP of the
        default for the same speaker is 1.0 on 20 read sentences and .790 on 240 spoken digits;
        with voices told apart without a trained model it was .941 and .687, by shares .926 and
        .677.
        """
        encoder = self._spaces.get(space)
        if encoder is None:
            return candidates
        is_by_sound = compares_recordings(encoder, self.question, self.kit)
        if is_by_sound and (above := above_median(candidates)):
            return above
        queries = query_modalities(encoder, self.question, self.kit)
        calibration = self.kit.calibration(encoder)
        shares = as_shares(candidates, calibration, queries)
        if self._ranks(encoder) and self.question.words.strip():
            return behind_others(candidates, shares, calibration, queries)
        return shares

    def chunks(self, candidates: Sequence[Candidate]) -> dict[str, Chunk]:
        """Those of the candidates that exist, by id; each is fetched once for all stages."""
        new = [c.id for c in candidates if c.id not in self._fetched]
        if new:
            stored_chunks = self.store.get(new)
            self._fetched |= {id: stored_chunks.get(id) for id in new}
        return {c.id: chunk for c in candidates if (chunk := self._fetched[c.id]) is not None}

    def stage(self, name: str) -> Callable[[Candidates], Candidates]:
        """One of `retrieve.stages`, or an installed reranker."""
        if name in STAGES:
            return partial(STAGES[name], self)
        encoder = self._spaces.get(name)
        if encoder is not None and is_ragged(encoder.space):
            return lambda c: self._rescore(encoder, c)
        reranker = self.kit.rerankers.get(name)
        if reranker is None:
            spaces = [n for n, e in self._spaces.items() if is_ragged(e.space)]
            raise BadQuery(
                f"there is no stage called {name!r}",
                f"Stages: {', '.join([*STAGES, *spaces, *self.kit.rerankers])}.",
            )

        def rerank(candidates: Candidates) -> Candidates:
            return self._rerank(name, reranker, candidates)

        return rerank

    def _rerank(self, name: str, reranker: Reranker, candidates: Candidates) -> Candidates:
        """The first candidates in the order of a reranker; those that it does not take, and those
        after RERANK_DEPTH, keep their ranks. Ranks keep their scores: a reranker's own stands in
        `why`, for it compares with no other.
        """
        first = candidates[:RERANK_DEPTH]
        chunks = self.chunks(first)
        ranks = [
            i for i, c in enumerate(first) if c.id in chunks and _takes(reranker, chunks[c.id])
        ]
        if not ranks:
            return candidates
        try:
            scores = self._scores(name, reranker, [chunks[first[i].id] for i in ranks])
        except ModelFailed as e:
            self.warnings[name] = f"{name} ordered nothing: {e}. {e.hint}"
            return candidates
        if not scores:  # nothing of the query is for it
            return candidates
        best_first = sorted(  # equal scores keep their order
            zip(scores, (first[i] for i in ranks), strict=True), key=lambda s: -s[0]
        )
        result = list(candidates)
        for n, (rank, (score, c)) in enumerate(zip(ranks, best_first, strict=True), 1):
            why = (*c.why, ScoreExplanation(name, n, float(score)))
            result[rank] = c._replace(score=candidates[rank].score, why=why)
        return tuple(result)

    def _scores(self, name: str, reranker: Reranker, chunks: Sequence[Chunk]) -> list[float]:
        """A reranker's score of each chunk; none where nothing of the query is for it. Raises
        BadConfig where it gives too few.
        """
        if name in self.warnings:
            return []
        grades = self._scored.setdefault(name, {})
        new = [c for c in chunks if c.id not in grades]
        scores = reranker.score(self.question.query, new) if new else ()
        if new and not len(scores):
            return []
        if len(scores) != len(new):
            raise BadConfig(
                f"the reranker {name!r} gave {len(scores)} scores for {len(new)} chunks",
                f"Mend it, or leave it out: -{name}.",
            )
        grades |= {c.id: float(score) for c, score in zip(new, scores, strict=True)}
        return [grades[c.id] for c in chunks]

    def _rescore(self, encoder: Encoder, candidates: Candidates) -> Candidates:
        """The candidates by exact MaxSim in a space of several vectors a chunk, or by the dot
        product of sparse ones; those without any come after, in their order.
        """
        space, query = encoder.space, self._query_vector(encoder)
        if query is None:
            return candidates
        ids, tokens = [c.id for c in candidates], 1
        if is_sparse(space):
            scores = sparse_scores(query, self.store.vectors(space, ids))
        else:
            scores, tokens = maxsim(self.store, space, query, ids), len(query)
        by_score = sorted((c for c in candidates if c.id in scores), key=lambda c: -scores[c.id])
        ranking = (*by_score, *(c for c in candidates if c.id not in scores))
        return tuple(
            c._replace(
                score=at_rank.score,
                why=(*c.why, *_explanation(space.name, n, c.id, scores, tokens)),
            )
            for n, (c, at_rank) in enumerate(zip(ranking, candidates, strict=True), 1)
        )

    def _encoder_of(self, space: str) -> Encoder:
        encoder = self._spaces.get(space)
        if encoder is None:
            raise BadQuery(
                f"there is no space called {space!r}", f"Spaces: bm25, {', '.join(self._spaces)}."
            )
        return encoder


def _explanation(
    space: str, rank: int, id: str, scores: Mapping[str, float], tokens: int
) -> tuple[ScoreExplanation, ...]:
    return (ScoreExplanation(space, rank, scores[id] / tokens),) if id in scores else ()


def _takes(reranker: Reranker, chunk: Chunk) -> bool:
    """Whether a reranker scores a chunk: by what it is, or by its words."""
    has_words = "text" in reranker.accepts and bool(chunk.words)
    return chunk.modality in reranker.accepts or has_words
