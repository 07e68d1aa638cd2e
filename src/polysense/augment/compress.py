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
from polysense.read.language.analysis import content, terms
from polysense.retrieve.pinpoint import pieces
from polysense.types import Hit, Part, Span

MOST_PIECES = 48

DERIVED = 0.96
"""What the words read out of a thing, or told of it, are worth beside words that someone wrote to
be read.
"""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a hit's words: what it says, where, how much of the question's terms it has
    (0..1), and how near it is in meaning (cosine, None where no encoder reads the language). rank
    is the hit's, from 0.
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
        said = (
            self.coverage
            if self.cosine is None
            else 0.5 * self.coverage + 0.5 * max(self.cosine, 0.0)
        )
        return (
            said * (1.0 - 0.02 * self.rank) * (DERIVED if self.hit.chunk.part is not None else 1.0)
        )


def compress(question: Question, hits: Sequence[Hit], encoder: Encoder | None) -> list[Piece]:
    """The pieces of the hits, best first. `encoder` (a text encoder, or None) tells nearness in
    meaning.
    """
    raw = [_Raw(hit, rank, a, b) for rank, hit in enumerate(hits) for a, b in pieces(hit.chunk)]
    if not raw:
        return []
    told = [set(terms(h.chunk.words)) for h in hits]
    rarity = _rarity(content(question.words), told)
    around = [_around(h, said) for h, said in zip(hits, told, strict=True)]
    scored = ((_coverage(r.text, around[r.rank], rarity), r) for r in raw)
    covered = sorted(scored, key=lambda c: (-c[0] + 0.02 * c[1].rank, c[1].rank, c[1].start))[
        :MOST_PIECES
    ]
    cosines = _cosines(question, [_in_context(r.hit, r.text) for _, r in covered], encoder)
    found = (
        Piece(r.hit, r.rank, r.text, r.span, c, cosine)
        for (c, r), cosine in zip(covered, cosines, strict=True)
    )
    return sorted(found, key=lambda p: -p.score)


@dataclass(frozen=True, slots=True)
class _Raw:
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


def _around(hit: Hit, told: AbstractSet[str]) -> AbstractSet[str]:
    """Terms that hold for every piece of a hit: its headings and name, and what its other pieces
    tell, but for numbers and codes: the next row has its own.
    """
    above = {*terms(hit.chunk.context), *terms(hit.chunk.asset.name)}
    return above | {t for t in told if t.isalpha()}


def _coverage(text: str, around: AbstractSet[str], rarity: Mapping[str, float]) -> float:
    """The share of the question's terms, by rarity, that a piece has; less for those that only
    stand around it.
    """
    said = set(terms(text))
    have = sum(r * (1.0 if t in said else 0.7 if t in around else 0.0) for t, r in rarity.items())
    return have / max(sum(rarity.values()), 1e-9)


def _in_context(hit: Hit, text: str) -> str:
    heading = hit.chunk.context.split("\n")[0][:120]
    return f"{heading}: {text}" if heading and text != hit.chunk.context else text


def _rarity(wanted: Sequence[str], told: Sequence[AbstractSet[str]]) -> dict[str, float]:
    """Inverse document frequency among the terms that hits tell, smoothed: what they all say tells
    little.
    """
    counts = Counter(t for said in told for t in said)
    return {t: math.log(1.0 + (len(told) + 1) / (counts[t] + 2.0)) for t in wanted}


def _cosines(
    question: Question, texts: Sequence[str], encoder: Encoder | None
) -> list[float | None]:
    if encoder is None or (
        encoder.languages is not None
        and question.language
        and question.language not in encoder.languages
    ):
        return [None] * len(texts)
    asked = encoder.encode([Part("text", question.words)], "query")[0]
    vectors = encoder.encode([Part("text", t[:600]) for t in texts], "document")
    return [float(v) if np.isfinite(v) else None for v in vectors @ asked]
