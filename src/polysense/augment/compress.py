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

from polysense.question import Question
from polysense.read.language.analysis import terms
from polysense.read.language.questions import comparison_language, content_terms
from polysense.registry import Kit
from polysense.retrieve.pinpoint import passage_offsets
from polysense.types import Hit, Part, Span

MAX_PASSAGES = 48
"""Passages whose meaning is encoded: a bound on time, judged. Encoding them was 91 % of the time of
an answer, whatever the library's size.
"""

COSINE_SHARE = 0.5
"""The share of meaning in a passage's score, the rest being words; judged, not measured."""

RANK_PENALTY = 0.026
"""A passage of rank r (from 0) counts 1 / (1 + r * RANK_PENALTY): at the twelfth rank as much as
with the 2 % a rank that were taken off before, and never nothing. Judged, not measured.
"""

MEANING_AT_MIN, MEANING_AT_CONFIDENT = 0.25, 0.6
"""What meaning counts, 0..1, for a passage at the min_score and at the confident_score of its
space: MiniLM's cosines there, on which COSINE_SHARE was judged.
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

    coverage is the share of the question's terms that it has, 0..1; nearness that in meaning, by
    the encoder's calibration (0 at min_score, 1 at confident_score), None where no encoder reads
    the language; rank that of its hit, from 0.
    """

    hit: Hit
    rank: int
    text: str
    span: Span
    coverage: float
    nearness: float | None

    @property
    def score(self) -> float:
        """Meaning and words together, less for what was ranked low: 0..1."""
        relevance = self.coverage
        if self.nearness is not None:
            slope = MEANING_AT_CONFIDENT - MEANING_AT_MIN
            meaning = max(MEANING_AT_MIN + slope * self.nearness, 0.0)
            relevance = (1 - COSINE_SHARE) * self.coverage + COSINE_SHARE * meaning
        return (
            relevance
            / (1.0 + RANK_PENALTY * self.rank)
            * (DERIVED_WEIGHT if self.hit.chunk.part is not None else 1.0)
        )


def compress(question: Question, hits: Sequence[Hit], kit: Kit) -> list[Passage]:
    """The hits' passages, best first; the kit's text encoder for the question's language, where
    there is one, tells their meaning.
    """
    excerpts = [
        _Excerpt(hit, rank, a, b)
        for rank, hit in enumerate(hits)
        for a, b in passage_offsets(hit.chunk)
    ]
    if not excerpts:
        return []
    language = comparison_language(
        question.leading_words, (str(h.chunk.meta.get("lang", "")) for h in hits)
    )
    hit_terms = [set(terms(h.chunk.words, language)) for h in hits]
    weights = _term_weights(question, hit_terms, language)
    context_terms = [
        _context_terms(h, own_terms, language) for h, own_terms in zip(hits, hit_terms, strict=True)
    ]
    by_coverage = (
        (_coverage(set(terms(r.text, language)), context_terms[r.rank], weights), r)
        for r in excerpts
    )
    # coverage decides which are encoded: encoding all would take too long
    best = sorted(
        by_coverage, key=lambda c: (-c[0] / (1.0 + RANK_PENALTY * c[1].rank), c[1].rank, c[1].start)
    )[:MAX_PASSAGES]
    nearness = _nearness(question, [_in_context(r.hit, r.text) for _, r in best], kit)
    passages = (
        Passage(r.hit, r.rank, r.text, r.span, coverage, near)
        for (coverage, r), near in zip(best, nearness, strict=True)
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
    own_terms: AbstractSet[str], context_terms: AbstractSet[str], weights: Mapping[str, float]
) -> float:
    """The share of the question's terms, by weight, that a passage has, or has around it."""
    weight = sum(
        w * (1.0 if t in own_terms else CONTEXT_CREDIT if t in context_terms else 0.0)
        for t, w in weights.items()
    )
    return weight / max(sum(weights.values()), 1e-9)


def _in_context(hit: Hit, text: str) -> str:
    heading = hit.chunk.context.split("\n")[0][:HEADING_CHARACTERS]
    return f"{heading}: {text}" if heading and text != hit.chunk.context else text


def _term_weights(
    question: Question, hit_terms: Sequence[AbstractSet[str]], language: str
) -> dict[str, float]:
    """What each term of the question weighs: its rarity among the hits. Where typed words lead
    beside a file, they weigh `typed_share` together and those of the file the rest: a page attached
    has hundreds. Where they only point at it, its words are the question.
    """
    if question.leading_words == question.words:
        return _rarity(content_terms(question.words, language), hit_terms)
    typed, read = (
        _rarity(content_terms(words, language) if words.strip() else [], hit_terms)
        for words in (question.typed_words, question.read_words)
    )
    shares = ((typed, question.typed_share), (read, 1.0 - question.typed_share))
    weights = Counter[str]()
    for rarity, share in shares:
        total = sum(rarity.values())
        weights.update({t: share * r / total for t, r in rarity.items()})
    return dict(weights)


def _rarity(query_terms: Sequence[str], hit_terms: Sequence[AbstractSet[str]]) -> dict[str, float]:
    """Inverse document frequency among the hits, smoothed: what they all say tells little."""
    counts = Counter(t for own_terms in hit_terms for t in own_terms)
    return {t: math.log(1.0 + (len(hit_terms) + 1) / (counts[t] + 2.0)) for t in query_terms}


def _nearness(question: Question, texts: Sequence[str], kit: Kit) -> list[float | None]:
    encoder = kit.text_encoder(question.language)
    if encoder is None:
        return [None] * len(texts)
    calibration = kit.calibration(encoder)
    query_vector = encoder.encode([Part("text", question.leading_words)], "query")[0]
    vectors = encoder.encode([Part("text", t[:PASSAGE_CHARACTERS]) for t in texts], "document")
    cosines = (vectors @ query_vector).tolist()
    return [calibration.nearness(v) if math.isfinite(v) else None for v in cosines]
