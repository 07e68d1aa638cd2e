"""Keep of the evidence what bears on the question: its sentences, rows, cues and lines, scored.

Extractive compression, as in Xu et al., "RECOMP: improving retrieval-augmented LMs with compression
and selective augmentation" (ICLR 2024).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from polysense.augment.constrain import (
    NoSurroundings,
    Surroundings,
    pairs,
    stands_in,
    substituted,
    substituted_compound,
    unknown_things,
    unmet,
)
from polysense.augment.features import Features, features, kind_fit, term_coverage
from polysense.augment.passages import Excerpt, excerpts
from polysense.augment.support import Rule, relevance, rule, support
from polysense.question import Constraint, Question
from polysense.read.language.analysis import terms
from polysense.read.language.questions import comparison_language, content_terms
from polysense.read.language.values import has_unspaced_script
from polysense.registry import Kit
from polysense.types import Hit, Part, Span

MAX_ENCODED = 8
"""Passages whose meaning is encoded: a bound on time, which encoding takes nearly all of. With 14
answers to 120 questions of XQuAD and SQuAD 2.0 are as right and take 1.7 times as long.
"""

MAX_DESCRIBED = 150
"""Passages that are looked at with care; of more, those with most of the question's words."""

SAID_OTHERWISE = 0.9
"""Nearness from which on a passage may be about a thing of the question that it calls otherwise;
judged on near misses.
"""

NOUN_WEIGHT = 2.0
"""What a noun weighs beside another word of its rarity: what is asked about is one. Judged."""

HEADING_CHARACTERS, PASSAGE_CHARACTERS = 120, 600
"""How much of a heading and of a passage is encoded: about what a text encoder reads; judged."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a hit's words, with its place and how likely it answers the question.

    nearness is that in meaning, by the encoder's calibration (0 at min_score, 1 at
    confident_score), None where no encoder reads the language; rank that of its hit, from 0; unmet
    what of the question's constraints it is not about; weight what its words are worth
    (Excerpt.weight); about the title that it is a value of (Excerpt.title).
    """

    hit: Hit
    rank: int
    text: str
    span: Span
    features: Features
    rule: Rule
    nearness: float | None = None
    unmet: tuple[Constraint, ...] = ()
    weight: float = 1.0
    about: str = ""

    @property
    def coverage(self) -> float:
        """The share of the question's terms that it has, 0..1."""
        return self.features.coverage

    @property
    def score(self) -> float:
        """How likely it is the one that answers, 0..1; less for words nobody wrote to be read."""
        return self.weight * relevance(self.features, self.rule)

    @property
    def support(self) -> float:
        """How likely it answers at all, 0..1."""
        return support(self.features, self.rule)

    @property
    def is_about_it(self) -> bool:
        """Whether it is about what the question names, and may hold what it asks for."""
        return not self.unmet and self.features.fit >= 0.0 and not self.features.asks


def compress(
    question: Question,
    hits: Sequence[Hit],
    kit: Kit,
    around: Surroundings | None = None,
) -> list[Passage]:
    """The hits' passages, best first; the kit's text encoder for the question's language, where
    there is one, tells their meaning.
    """
    around = around or NoSurroundings()
    candidates = excerpts(hits)
    if not candidates:
        return []
    words = question.leading_words
    language = comparison_language(words, (str(h.chunk.meta.get("lang", "")) for h in hits))
    hit_terms = [set(terms(h.chunk.words, language)) for h in hits]
    question_terms = content_terms(words, language)
    weights = _term_weights(question, hit_terms, language)
    context_terms = [
        _context_terms(h, own_terms, language) for h, own_terms in zip(hits, hit_terms, strict=True)
    ]
    question_pairs = pairs(question.typed_words, language)
    chunk_nearness = [_chunk_nearness(question, h, kit) for h in hits]
    has_spaces = not has_unspaced_script(words)
    typed_language = question.language or language

    def describe(excerpt: Excerpt, nearness: float | None) -> Passage:
        text = _with_title(excerpt)
        codes = (c.text for c in question.constraints if stands_in(c, text))
        values = features(
            excerpt,
            [*terms(text, language), *(t for c in codes for t in terms(c, language))],
            context_terms[excerpt.rank],
            words,
            question_terms,
            weights,
            kind_fit(question.kind, text, words, typed_language),
            nearness,
        )
        answer = excerpt.answer_text
        weight = excerpt.weight
        return Passage(
            excerpt.hit,
            excerpt.rank,
            answer,
            excerpt.span,
            values,
            rule(nearness is not None, has_spaces),
            nearness,
            (),
            weight,
            excerpt.title,
        )

    unknown = [
        Constraint("name", t)
        for t in unknown_things(question.typed_words, around, typed_language)
        if has_spaces
    ]

    def missing(excerpt: Excerpt, nearness: float | None) -> tuple[Constraint, ...]:
        names = unmet(question.constraints, excerpt, around)
        if nearness is None or nearness < SAID_OTHERWISE:
            names += tuple(unknown)
        chunk = excerpt.hit.chunk
        if typed_language == "zh":
            near_words = f"{chunk.words}{chunk.asset.name}"
            thing = substituted_compound(
                question.typed_words, excerpt.text, near_words, chunk.context
            )
        else:
            near = hit_terms[excerpt.rank] | set(terms(chunk.asset.name, language))
            thing = substituted(question_pairs, _with_title(excerpt), near, language)
        # a word that the library has elsewhere may say the same in other words
        if chunk.modality == "table":  # what names another row
            row = {*terms(excerpt.text, language), *terms(chunk.context, language)}
            others = hit_terms[excerpt.rank] - row
            names += tuple(
                Constraint("name", t) for t in question_terms if t in others and t.isalpha()
            )
        # what is near may say the same in other words, but for a word that stands nowhere
        is_other = thing and (
            not around.occurs(thing.split(" ")[0][: len(thing) - 1])
            or (nearness is not None and nearness < SAID_OTHERWISE)
        )
        return (*names, Constraint("name", thing)) if is_other else names

    codes = [c for c in question.constraints if c.kind in ("code", "number", "year")]

    def codes_in(excerpt: Excerpt) -> int:
        return sum(stands_in(c, excerpt.text) for c in codes)

    if len(candidates) > MAX_DESCRIBED:  # a table of a thousand rows: by its words alone
        own_terms = {e: set(terms(e.text, language)) for e in candidates}
        coverage = {
            e: term_coverage(own_terms[e], context_terms[e.rank], weights)[0] for e in candidates
        }
        candidates.sort(key=lambda e: (-coverage[e], e.rank, e.start))
        del candidates[MAX_DESCRIBED:]
    first = sorted(
        ((describe(e, chunk_nearness[e.rank]), e) for e in candidates),
        key=lambda p: (-codes_in(p[1]), -p[0].score, p[1].rank, p[1].start),
    )[:MAX_ENCODED]
    nearness = _nearness(question, [_in_context(e.hit, _with_title(e)) for _, e in first], kit)
    passages = (
        replace(describe(e, near), unmet=missing(e, near))
        for (_, e), near in zip(first, nearness, strict=True)
    )
    return sorted(passages, key=lambda p: (not p.is_about_it, -p.score))


def _context_terms(hit: Hit, own_terms: AbstractSet[str], language: str) -> AbstractSet[str]:
    """Terms that hold for every passage of a hit: of its headings and name, and of its other
    passages, but for numbers and codes: the next row has its own.
    """
    above = {*terms(hit.chunk.context, language), *terms(hit.chunk.asset.name, language)}
    return above | {t for t in own_terms if t.isalpha()}


def _with_title(excerpt: Excerpt) -> str:
    return f"{excerpt.title}: {excerpt.text}" if excerpt.title else excerpt.text


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
        rarity = _rarity(content_terms(question.words, language), hit_terms)
        nouns = _nouns(question, language)
        return {t: r * (NOUN_WEIGHT if t in nouns else 1.0) for t, r in rarity.items()}
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


def _nouns(question: Question, language: str) -> AbstractSet[str]:
    """Terms of the words that are known to be nouns: in German, which writes them so."""
    if question.language != "de":
        return frozenset()
    words = re.findall(r"(?<=\s)[A-ZÄÖÜ]\w+", question.typed_words)
    return set(terms(" ".join(words), language))


def _rarity(query_terms: Sequence[str], hit_terms: Sequence[AbstractSet[str]]) -> dict[str, float]:
    """Inverse document frequency among the hits, smoothed: what they all say tells little."""
    counts = Counter(t for own_terms in hit_terms for t in own_terms)
    return {t: math.log(1.0 + (len(hit_terms) + 1) / (counts[t] + 2.0)) for t in query_terms}


def _chunk_nearness(question: Question, hit: Hit, kit: Kit) -> float | None:
    """How near a hit was found to be by its space of words; None where no encoder reads them."""
    encoder = kit.text_encoder(question.language)
    if encoder is None:
        return None
    score = next((w.score for w in hit.why if w.space == encoder.space.name), None)
    return 0.0 if score is None else kit.calibration(encoder).nearness(score)


def _nearness(question: Question, texts: Sequence[str], kit: Kit) -> list[float | None]:
    encoder = kit.text_encoder(question.language)
    if encoder is None:
        return [None] * len(texts)
    calibration = kit.calibration(encoder)
    query_vector = encoder.encode([Part("text", question.leading_words)], "query")[0]
    vectors = encoder.encode([Part("text", t[:PASSAGE_CHARACTERS]) for t in texts], "document")
    cosines = (vectors @ query_vector).tolist()
    return [calibration.nearness(v) if math.isfinite(v) else None for v in cosines]
