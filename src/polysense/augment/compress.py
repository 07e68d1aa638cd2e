"""Keep of the evidence what bears on the question: its sentences, rows, cues and lines, scored.

Extractive compression, as in Xu et al., "RECOMP: improving retrieval-augmented LMs with compression
and selective augmentation" (ICLR 2024).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from polysense.protocols import Encoder
from polysense.query.understand import Question
from polysense.read.language.analysis import terms
from polysense.read.language.questions import comparison_language, content_terms
from polysense.retrieve.pinpoint import passage_offsets
from polysense.types import Hit, Part, Span

MAX_PASSAGES = 48
"""Passages whose meaning is encoded: a bound on time, judged. Encoding them was 91 % of the time of
an answer, whatever the library's size.
"""

COSINE_SHARE = 0.5
"""The share of meaning in a passage's score, the rest being words; judged, not measured."""

RANK_PENALTY = 0.02
"""What a passage loses for each rank of its hit; judged, not measured. Below rank 50 scores are
negative.
"""

CONTEXT_CREDIT = 0.7
"""What a term counts that stands around a passage and not in it; judged, not measured."""

DERIVED_WEIGHT = 0.96
"""What words read out of a thing, or told of it, are worth beside words that someone wrote to be
read; judged, not measured.
"""

HEADING_CHARACTERS, PASSAGE_CHARACTERS = 120, 600
"""How much of a heading and of a passage is encoded: about what a text encoder reads; judged."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a hit's words, with its place and how well it fits the question.

    coverage is the share of the question's terms that it has, 0..1; cosine its nearness in meaning,
    None where no encoder reads the language; rank that of its hit, from 0.
    """

    hit: Hit
    rank: int
    text: str
    span: Span
    coverage: float
    cosine: float | None

    @property
    def score(self) -> float:
        """Meaning and words together, less for what was ranked low: 0..1."""
        relevance = (
            self.coverage
            if self.cosine is None
            else (1 - COSINE_SHARE) * self.coverage + COSINE_SHARE * max(self.cosine, 0.0)
        )
        return (
            relevance
            * (1.0 - RANK_PENALTY * self.rank)
            * (DERIVED_WEIGHT if self.hit.chunk.part is not None else 1.0)
        )


def compress(question: Question, hits: Sequence[Hit], encoder: Encoder | None) -> list[Passage]:
    """The hits' passages, best first; `encoder` (a text encoder, or None) tells their meaning."""
    excerpts = [
        _Excerpt(hit, rank, a, b)
        for rank, hit in enumerate(hits)
        for a, b in passage_offsets(hit.chunk)
    ]
    if not excerpts:
        return []
    language = comparison_language(
        question.words, (str(h.chunk.meta.get("lang", "")) for h in hits)
    )
    hit_terms = [set(terms(h.chunk.words, language)) for h in hits]
    rarity = _rarity(content_terms(question.words, language), hit_terms)
    context_terms = [
        _context_terms(h, own_terms, language) for h, own_terms in zip(hits, hit_terms, strict=True)
    ]
    by_coverage = (
        (_coverage(set(terms(r.text, language)), context_terms[r.rank], rarity), r)
        for r in excerpts
    )
    # coverage decides which are encoded: encoding all would take too long
    best = sorted(
        by_coverage, key=lambda c: (-c[0] + RANK_PENALTY * c[1].rank, c[1].rank, c[1].start)
    )[:MAX_PASSAGES]
    cosines = _cosines(question, [_in_context(r.hit, r.text) for _, r in best], encoder)
    passages = (
        Passage(r.hit, r.rank, r.text, r.span, c, cosine)
        for (c, r), cosine in zip(best, cosines, strict=True)
    )
    return sorted(passages, key=lambda p: -p.score)


@dataclass(frozen=True, slots=True)
class _Excerpt:
    hit: Hit
    rank: int
    start: int
    end: int

    @property
    def text(self) -> str:
        chunk = self.hit.chunk
        return chunk.text[self.start : self.end] if chunk.text else chunk.context

    @property
    def span(self) -> Span:
        chunk = self.hit.chunk
        return chunk.place(self.start, self.end) if chunk.text else chunk.span


def _context_terms(hit: Hit, own_terms: AbstractSet[str], language: str) -> AbstractSet[str]:
    """Terms that hold for every passage of a hit: of its headings and name, and of its other
    passages, but for numbers and codes: the next row has its own.
    """
    above = {*terms(hit.chunk.context, language), *terms(hit.chunk.asset.name, language)}
    return above | {t for t in own_terms if t.isalpha()}


def _coverage(
    own_terms: AbstractSet[str], context_terms: AbstractSet[str], rarity: Mapping[str, float]
) -> float:
    """The share of the question's terms, by rarity, that a passage has, or has around it."""
    weight = sum(
        r * (1.0 if t in own_terms else CONTEXT_CREDIT if t in context_terms else 0.0)
        for t, r in rarity.items()
    )
    return weight / max(sum(rarity.values()), 1e-9)


def _in_context(hit: Hit, text: str) -> str:
    heading = hit.chunk.context.split("\n")[0][:HEADING_CHARACTERS]
    return f"{heading}: {text}" if heading and text != hit.chunk.context else text


def _rarity(query_terms: Sequence[str], hit_terms: Sequence[AbstractSet[str]]) -> dict[str, float]:
    """Inverse document frequency among the hits, smoothed: what they all say tells little."""
    counts = Counter(t for own_terms in hit_terms for t in own_terms)
    return {t: math.log(1.0 + (len(hit_terms) + 1) / (counts[t] + 2.0)) for t in query_terms}


def _cosines(
    question: Question, texts: Sequence[str], encoder: Encoder | None
) -> list[float | None]:
    if encoder is None or (
        encoder.languages is not None
        and question.language
        and question.language not in encoder.languages
    ):
        return [None] * len(texts)
    query_vector = encoder.encode([Part("text", question.words)], "query")[0]
    vectors = encoder.encode([Part("text", t[:PASSAGE_CHARACTERS]) for t in texts], "document")
    return [float(v) if np.isfinite(v) else None for v in vectors @ query_vector]
