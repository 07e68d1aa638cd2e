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

from polysense.augment.constrain import stands_in, unmet
from polysense.augment.features import Features, features, kind_fit, term_coverage
from polysense.augment.label_rows import RowRequest, row_terms, value_fit
from polysense.augment.letter_parts import ADDRESS, LETTER, RECIPIENT, SENDER
from polysense.augment.numbers_of_things import number_fit
from polysense.augment.passages import Excerpt, excerpts
from polysense.augment.statements import asked_state, task_state
from polysense.augment.substitution import (
    Substitution,
    heads_compound,
    pairs,
    substituted,
    substituted_compound,
    unknown_things,
)
from polysense.augment.support import Rule, relevance, rule, support
from polysense.augment.surroundings import NoSurroundings, Surroundings
from polysense.protocols import Encoder
from polysense.question import Constraint, Question
from polysense.read.language.analysis import terms
from polysense.read.language.questions import comparison_language, content_terms
from polysense.read.language.values import has_unspaced_script
from polysense.registry import Kit, bridges_languages
from polysense.types import Chunk, Hit, Part, Span

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

ASKED_NEARNESS = 1.0
"""Nearness of a label's value, or of a part of a letter, that the question asks for: a name alone
lies far from the question that it answers. Judged.
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
        """How likely it answers, and is the one of all that does, 0..1; less for words that nobody
        wrote to be read.
        """
        return self.weight * self.support * relevance(self.features, self.rule)

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
    """The hits' passages, best first; the kit's text encoder for the question tells meaning."""
    reader = _Reader(question, hits, kit, around or NoSurroundings())
    candidates = excerpts(hits, reader.words, reader.language)
    if not candidates:
        return []
    reader.row_request.look_at((e.rank, e.row) for e in candidates)
    # encoding all would take too long
    first = sorted(
        ((reader.describe(e, reader.chunk_nearness[e.rank]), e) for e in reader.few(candidates)),
        key=lambda p: (-reader.codes_in(p[1]), -p[0].score, p[1].rank, p[1].start),
    )[:MAX_ENCODED]
    texts = [_in_context(e.hit, f"{reader.referent(e)} {_with_title(e)}".strip()) for _, e in first]
    nearness = _nearness(question, texts, kit)
    passages = (
        replace(reader.describe(e, near), unmet=reader.unmet(e, near))
        for (_, e), near in zip(first, nearness, strict=True)
    )
    return sorted(passages, key=lambda p: (not p.is_about_it, -p.score))


class _Reader:
    """A question beside its hits: what is the same for every passage is read once."""

    def __init__(
        self, question: Question, hits: Sequence[Hit], kit: Kit, around: Surroundings
    ) -> None:
        self.question, self.around, self.hits = question, around, hits
        self.words = question.leading_words
        languages = (str(h.chunk.meta.get("lang", "")) for h in hits)
        self.language = comparison_language(self.words, languages)
        self.own_language = question.language or self.language
        self.has_spaces = not has_unspaced_script(self.words)
        self.terms = content_terms(self.words, self.language)
        self.hit_terms = [set(terms(h.chunk.words, self.language)) for h in hits]
        self.context_terms = [
            _context_terms(h, own_terms, self.language)
            for h, own_terms in zip(hits, self.hit_terms, strict=True)
        ]
        self.weights = _term_weights(question, self.hit_terms, self.language)
        self.chunk_nearness = [_chunk_nearness(question, h, kit) for h in hits]
        self.codes = [c for c in question.constraints if c.kind in ("code", "number", "year")]
        self.row_request = RowRequest(question, self.words, self.language)
        self.asked_state = asked_state(question.typed_words)
        self.pairs = pairs(question.typed_words, self.language)
        typed = question.typed_words if self.has_spaces else ""
        texts = [h.chunk.words for h in hits]
        self.unknown = [
            thing
            for thing in unknown_things(typed, around, self.own_language)
            if self.own_language != "de" or not any(heads_compound(thing, t) for t in texts)
        ]

    def few(self, candidates: list[Excerpt]) -> list[Excerpt]:
        """Those to look at with care; of a table of a thousand rows, by their words alone."""
        if len(candidates) <= MAX_DESCRIBED:
            return candidates
        coverage = {
            e: term_coverage(
                set(terms(e.text, self.language)), self.context_terms[e.rank], self.weights
            )[0]
            for e in candidates
        }
        order = sorted(candidates, key=lambda e: (-coverage[e], e.rank, e.start))
        return order[:MAX_DESCRIBED]

    def codes_in(self, excerpt: Excerpt) -> int:
        """How many of the question's codes, numbers and years a passage has."""
        return sum(stands_in(c, excerpt.text) for c in self.codes)

    def referent(self, excerpt: Excerpt) -> str:
        """What says whom a passage speaks of, where each says something of the question that the
        other does not; else one of them answers by itself. Of the rows of a board what heads them.
        """
        slip_terms = self.context_terms[excerpt.rank]
        if excerpt.row and self.row_request.is_told_above(excerpt.rank, slip_terms):
            return excerpt.preceding[:HEADING_CHARACTERS]
        if not (referent := excerpt.referent):
            return ""
        own, before = (
            set(terms(t, self.language)) & self.weights.keys() for t in (excerpt.text, referent)
        )
        return referent if own - before and before - own else ""

    def describe(self, excerpt: Excerpt, nearness: float | None) -> Passage:
        """A passage as it is ranked."""
        text = _with_title(excerpt)
        value = excerpt.answer_text if excerpt.says else text
        codes = (c.text for c in self.codes if stands_in(c, text))
        own_terms = [
            *terms(text, self.language),
            *(t for c in codes for t in terms(c, self.language)),
        ]
        own_terms += terms(self.referent(excerpt), self.language)
        around = self.context_terms[excerpt.rank]
        fit = number_fit(self.words, value, around)
        fit = fit or kind_fit(self.question.kind, value, self.words, self.own_language)
        is_asked = self._asks_for(excerpt)
        if excerpt.row and is_asked:
            fit = value_fit(
                self.question.kind, excerpt.hit.chunk.text[excerpt.row.value : excerpt.end], fit
            )
            own_terms += self.weights.keys() & {*around, *row_terms(excerpt.row, self.language)}
            is_of_slip = {t for t in self.terms if t.isalpha()} <= set(own_terms)
            if nearness is not None and is_of_slip:  # else it is the label of another thing
                nearness = max(nearness, ASKED_NEARNESS)
        elif excerpt.row and self.weights.keys().isdisjoint(own_terms):
            around = frozenset()  # what stands above holds for all rows, and chooses none
        elif is_asked:  # it is that of all that its chunk tells of
            own_terms += terms(f"{excerpt.says} {LETTER}", self.language)
            # but an address is that of whom it names
            own_terms += around if excerpt.says != ADDRESS else ()
            nearness = None if nearness is None else max(nearness, ASKED_NEARNESS)
        if (state := task_state(text)) and self.asked_state:
            fit = 1.0 if state == self.asked_state else -1.0
            own_terms += around if fit > 0.0 else ()
            nearness = None if nearness is None else max(nearness, ASKED_NEARNESS)
        return Passage(
            hit=excerpt.hit,
            rank=excerpt.rank,
            text=excerpt.answer_text,
            span=excerpt.span,
            features=features(
                excerpt,
                own_terms,
                around,
                self.words,
                self.terms,
                self.weights,
                fit,
                nearness,
            ),
            rule=rule(nearness is not None, self.has_spaces, self.question.language),
            nearness=nearness,
            weight=excerpt.weight,
            about=excerpt.title or excerpt.label,
        )

    def _asks_for(self, excerpt: Excerpt) -> bool:
        """Whether the question asks for the value of a label, or a part of a letter."""
        if excerpt.row:
            return self.row_request.wants(excerpt.row, excerpt.rank)
        is_person = excerpt.says in (SENDER, RECIPIENT)
        return excerpt.is_asked and (not is_person or self.question.kind == "person")

    def unmet(self, excerpt: Excerpt, nearness: float | None) -> tuple[Constraint, ...]:
        """What of the question a passage is not about."""
        names = [*unmet(self.question.constraints, excerpt, self.around)]
        # what is near may say the same in other words
        may_say_otherwise = nearness is not None and nearness >= SAID_OTHERWISE
        if not may_say_otherwise:
            # what a picture or a recording is need not be told in it
            unsaid = self.row_request.names_unsaid(excerpt.hit.chunk, excerpt.rank)
            unknown = (t for t in self.unknown if t.lower() not in unsaid)
            names += (Constraint("name", thing) for thing in unknown)
        if excerpt.hit.chunk.modality == "table":
            names += (Constraint("name", word) for word in self._other_rows(excerpt))
        other = self._substitution(excerpt)
        if other is not None and not (
            self.around.occurs(other.modifier) and (may_say_otherwise or nearness is None)
        ):
            names.append(Constraint("name", other.thing))
        return tuple(dict.fromkeys(names))

    def _other_rows(self, excerpt: Excerpt) -> list[str]:
        """The typed words that name other rows of a table than this; those of a file given beside
        them are of many rows.
        """
        row = {*terms(excerpt.text, self.language)}
        row |= {*terms(excerpt.hit.chunk.context, self.language)}
        others = self.hit_terms[excerpt.rank] - row
        names = {t for t in self.terms if t in others and t.isalpha()}
        words = self.question.typed_words.split()
        return [w.strip(".,;:!?") for w in words if names & set(terms(w, self.language))]

    def _substitution(self, excerpt: Excerpt) -> Substitution | None:
        chunk = excerpt.hit.chunk
        if self.own_language == "zh":
            near_words = f"{chunk.words}{chunk.asset.name}"
            return substituted_compound(
                self.question.typed_words, excerpt.text, near_words, chunk.context
            )
        near = self.hit_terms[excerpt.rank] | set(terms(chunk.asset.name, self.language))
        near |= self._linked_terms(chunk)
        # a row is of what the whole slip is
        text = chunk.text if excerpt.row else _with_title(excerpt)
        return substituted(self.pairs, text, near, self.language)

    def _linked_terms(self, chunk: Chunk) -> set[str]:
        """Of a graph what its other entities among the hits are said to be: the water wheel is a
        mill wheel where it is part of the mill.
        """
        if chunk.modality != "graph":
            return set()
        return {
            t
            for hit, own_terms in zip(self.hits, self.hit_terms, strict=True)
            if hit.chunk.asset.id == chunk.asset.id
            for t in own_terms
        }


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


def _judge(question: Question, kit: Kit) -> Encoder | None:
    """The encoder that tells what passages mean; None where none reads the question, or only one
    that bridges languages, and its words have no spaces: by USE a scrap such as 合计 61.00 lies far
    from its question, and of 60 Chinese questions it got no more answered than words alone.
    """
    encoder = kit.text_encoder(question.language)
    is_bridge = encoder is not None and bridges_languages(encoder)
    return None if is_bridge and has_unspaced_script(question.typed_words) else encoder


def _chunk_nearness(question: Question, hit: Hit, kit: Kit) -> float | None:
    """How near a hit was found to be by its space of words; None where no encoder reads them."""
    encoder = _judge(question, kit)
    if encoder is None:
        return None
    score = next((w.score for w in hit.why if w.space == encoder.space.name), None)
    return 0.0 if score is None else kit.calibration(encoder).nearness(score)


def _nearness(question: Question, texts: Sequence[str], kit: Kit) -> list[float | None]:
    encoder = _judge(question, kit)
    if encoder is None:
        return [None] * len(texts)
    calibration = kit.calibration(encoder)
    query_vector = encoder.encode([Part("text", question.leading_words)], "query")[0]
    vectors = encoder.encode([Part("text", t[:PASSAGE_CHARACTERS]) for t in texts], "document")
    cosines = (vectors @ query_vector).tolist()
    return [calibration.nearness(v) if math.isfinite(v) else None for v in cosines]
