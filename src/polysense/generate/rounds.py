"""Retrieval in several rounds: a comparison asks of each thing by itself, a question in hops finds
first what the thing that it asks about is called, then asks of that.

After Trivedi et al., "Interleaving retrieval with chain-of-thought reasoning for
knowledge-intensive multi-step questions" (ACL 2023), and Press et al. (self-ask), by rule: the
first hop's answer is a name that stands in a passage which says the whole of the hop, and it is
believed only where the second hop finds a passage about that name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from polysense.augment.compress import HEADING_CHARACTERS
from polysense.augment.constrain import unmet
from polysense.augment.passages import Excerpt
from polysense.augment.surroundings import NoSurroundings
from polysense.generate.evidence import Support
from polysense.generate.names import candidate_names, is_named, matching_terms
from polysense.generate.value_order import sort_by_value
from polysense.messages import Usage
from polysense.question import LINK, Question, Rewrite, SubQuestion
from polysense.read.language.analysis import terms
from polysense.read.language.questions import content_terms
from polysense.retrieve.pinpoint import passage_offsets
from polysense.types import Evidence, Hit, Part, Ranking, Span

MAX_ROUNDS = 4
"""Searches beside the first that one question may cost; judged: two hops with two names to try."""

MAX_NAMES = 3
"""Names that one hop tries, the most fitting first; judged."""

MIN_SHARE_OF_OUTER = 0.5
"""The share of what a hop asks of a name that the passage about it must say itself; judged on
worked examples: "which street" is answered by "in Tannery Lane".
"""

_LEANS = re.compile(
    r"\W*(?:its?|their|they|he|she|his|her|this|these|es|sein[er]?|ihr[er]?|sie|er|il|elle|son|sa|ses"
    r"|leurs?|su|sus|它|其|他|她)(?:\b|(?<=[它其他她]))",
    re.I,
)
"""How a sentence begins that is about what the one before it names."""

_NOTHING_ABOUT = {
    "en": "Nothing about {}.",
    "zh": "没有关于{}的内容。",
    "de": "Nichts über {}.",
    "fr": "Rien sur {}.",
    "es": "Nada sobre {}.",
}

Judge = Callable[[Question, Sequence[Hit]], Support]
"""A question and its hits -> the evidence for an answer, and whether it is enough."""

Retrieve = Callable[[str], tuple[Question, Ranking]]
"""Words ("" for the question itself) -> the question that they are, and the best places for it."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What rounds came to: the hits of all of them, the evidence for an answer where it has been
    judged, sentences that say what nothing was found about, and what a language model that took
    part has read and written.
    """

    ranking: Ranking
    support: Support | None = None
    missing: tuple[str, ...] = ()
    usage: Usage = Usage()


def find_evidence(question: Question, retrieve: Retrieve, judge: Judge) -> Findings:
    """One round for most questions; several where a rewriter has taken the question apart, unless
    they find nothing.
    """
    rewrite = next((r for r in reversed(question.rewrites) if r.sub_questions), None)
    if rewrite is not None and not rewrite.is_chain:
        findings = _compare(rewrite, question, retrieve, judge)
        if findings.support is not None:
            return findings
        if findings.missing:  # said, should the question as a whole find nothing either
            _, ranking = retrieve("")
            support = judge(question, list(ranking))
            if not support.is_sufficient:
                support = replace(support, missing=findings.missing, instead=())
            return Findings(ranking, support)
    _, ranking = retrieve("")
    if rewrite is None or not rewrite.is_chain:
        return Findings(ranking)
    support = judge(question, list(ranking))
    chain = Hops(rewrite, question, retrieve, judge).find(ranking, support)
    return chain or Findings(ranking, support)


def nothing_about(thing: str, language: str) -> str:
    """The sentence that says so.

    >>> nothing_about("Dune Mill", "")
    'Nothing about Dune Mill.'
    """
    return _NOTHING_ABOUT.get(language or "en", _NOTHING_ABOUT["en"]).format(thing)


def _compare(rewrite: Rewrite, whole: Question, retrieve: Retrieve, judge: Judge) -> Findings:
    """A round for each thing of a comparison; where none of them is answered, no support, and those
    that are named nowhere are missing.

    Evidence is the best passage on each that names it, or stands under its name.
    """
    evidence: list[Evidence] = []
    missing: list[str] = []
    warnings: list[str] = []
    confidence, rankings, rounds = 1.0, list[Ranking](), list[str]()
    things = [q.thing for q in rewrite.sub_questions]
    for n, sub_question in enumerate(rewrite.sub_questions, 1):
        question, ranking = retrieve(sub_question.words)
        support = judge(question, list(ranking))
        others = [t for t in things if t != sub_question.thing]
        fitting = (e for e in support.evidence if _is_about(e, sub_question.thing, others))
        best = next(fitting, None) if support.is_sufficient else None
        rounds.append(f"round {n}: {sub_question.words}")
        rankings.append(ranking)
        if best is None:
            missing.append(nothing_about(sub_question.thing, whole.language))
            continue
        confidence = min(confidence, support.confidence)
        warnings += support.warnings
        is_named_there = is_named(sub_question.thing, _words_of(best))
        about = best.about or ("" if is_named_there else sub_question.thing)
        evidence.append(replace(best, about=about))
    if not evidence:
        nowhere = [t for t, r in zip(things, rankings, strict=True) if not _names(t, r)]
        return Findings(_merge(rankings, whole, rounds), None, tuple(nowhere))
    different = {(e.hit.chunk.id, _words_of(e), e.about): e for e in reversed(evidence)}
    evidence = list(sort_by_value([*different.values()][::-1], rewrite.order, whole.language))
    support = Support(_number(evidence), confidence, tuple(dict.fromkeys(warnings)))
    return Findings(_merge(rankings, whole, rounds), support, tuple(missing))


def _names(thing: str, hits: Iterable[Hit]) -> bool:
    return any(is_named(thing, f"{h.chunk.words}\n{h.chunk.asset.name}") for h in hits)


def _is_about(e: Evidence, thing: str, others: Iterable[str]) -> bool:
    """Whether a passage is about one of the things compared: it names it, or names none and stands
    in a place that is named so.
    """
    words = f"{e.about}\n{_words_of(e)}"
    if is_named(thing, words):
        return True
    if any(is_named(o, words) for o in others):
        return False
    chunk = e.hit.chunk
    return is_named(thing, f"{chunk.context}\n{chunk.asset.name}") or (
        is_named(thing, chunk.text) and not any(is_named(o, chunk.text) for o in others)
    )


def _words_of(e: Evidence) -> str:
    return str(e.part.data) if e.part.modality == "text" else e.hit.chunk.words


@dataclass
class Hops:
    """A question in hops, asked: `find` gives what they come to, or None."""

    rewrite: Rewrite
    question: Question
    retrieve: Retrieve
    judge: Judge
    rounds: list[str] = field(default_factory=list)
    rankings: list[Ranking] = field(default_factory=list)
    confidence: float = 1.0

    def find(self, ranking: Ranking, support: Support) -> Findings | None:
        """What the hops come to, from the hits and the support of the whole question; None where
        a passage says all of it, or a hop finds nothing.
        """
        if support.is_sufficient and any(self._says_all(e) for e in support.evidence):
            return None
        self.rankings.append(ranking)
        questions = self.rewrite.sub_questions
        for start in reversed(range(len(questions) - 1)):
            chain = (_merged(questions[: start + 1]), *questions[start + 1 :])
            if (evidence := self._follow(chain, (), ranking)) is not None:
                merged = _merge(self.rankings, self.question, self.rounds)
                return Findings(merged, Support(_number(evidence), self.confidence))
        return None

    def _says_all(self, e: Evidence) -> bool:
        """Whether a passage says all that is asked, so that no hop is needed."""
        language = self.question.language
        *inner, outer = self.rewrite.sub_questions
        inner_terms = content_terms(" ".join(q.words.replace(LINK, " ") for q in inner), language)
        needed = content_terms(outer.words.replace(LINK, " "), language)
        own = set(terms(f"{_words_of(e)} {e.hit.chunk.context}", language))
        return len(matching_terms(inner_terms, own)) == len(inner_terms) and _says_enough(
            needed, own
        )

    def _follow(
        self, chain: Sequence[SubQuestion], before: tuple[Evidence, ...], ranking: Ranking
    ) -> tuple[Evidence, ...] | None:
        """The evidence of a chain, the last hop's first."""
        first, second, *later = chain
        for name, bridge in self._names(first, ranking):
            if len(self.rounds) >= MAX_ROUNDS:
                return None
            asked_words = second.words.replace(LINK, name)
            bridges = (bridge, *before)
            if later:
                rest = (replace(second, words=asked_words), *later)
                if (evidence := self._follow(rest, bridges, self._ask(asked_words)[1])) is not None:
                    return evidence
            elif (answer := self._answer(asked_words, name, bridge)) is not None:
                return (answer, *bridges)
        return None

    def _names(self, hop: SubQuestion, ranking: Ranking) -> list[tuple[str, Evidence]]:
        """Names that answer a hop, with the passages that say so: among the hits that are there,
        else by a search of its own.
        """
        names = self._names_in(hop, ranking)
        if not names and len(self.rounds) < MAX_ROUNDS:
            names = self._names_in(hop, self._ask(hop.words)[1])
        return names[:MAX_NAMES]

    def _names_in(self, hop: SubQuestion, hits: Iterable[Hit]) -> list[tuple[str, Evidence]]:
        language = self.question.language
        kind = set(terms(hop.kind, language))
        needed = [t for t in content_terms(hop.words, language) if t not in kind]
        names: dict[str, Evidence] = {}
        for hit in hits:
            for e in _passages_that_say(needed, hit, language):
                if not self._is_about(e, hop):
                    continue
                for name in candidate_names(_words_of(e), f"{hop.words} {self._typed}"):
                    names.setdefault(name, e)
        return sorted(names.items(), key=lambda item: not kind & set(terms(item[0], language)))

    def _is_about(self, e: Evidence, hop: SubQuestion) -> bool:
        """Whether a passage is about the codes, numbers and years that a hop names, as any that
        answers must be.
        """
        constraints = [
            c
            for c in self.question.constraints
            if c.kind in ("code", "number", "year") and c.text in hop.words
        ]
        start = e.hit.chunk.text.find(_words_of(e))
        excerpt = Excerpt(e.hit, 0, start, start + len(_words_of(e)), start)
        return not unmet(constraints, excerpt, NoSurroundings())

    @property
    def _typed(self) -> str:
        return self.question.typed_words

    def _ask(self, words: str) -> tuple[Question, Ranking]:
        question, ranking = self.retrieve(words)
        self.rounds.append(f"round {len(self.rounds) + 2}: {words}")
        self.rankings.append(ranking)
        return question, ranking

    def _answer(self, words: str, name: str, bridge: Evidence) -> Evidence | None:
        """The passage that answers the last hop: another than the one that led there, with the name
        in it.
        """
        question, ranking = self._ask(words)
        language = self.question.language
        name_terms = set(terms(name, language))
        needed = [t for t in content_terms(words, language) if t not in name_terms]

        def answers(hit: Hit, text: str, span: Span) -> bool:
            is_other = (hit.chunk.id, span) != (bridge.hit.chunk.id, bridge.span)
            return is_other and is_named(name, text) and _says_enough(needed, terms(text, language))

        hits = [h for h in ranking if any(answers(h, text, span) for text, span in _passages(h))]
        support = self.judge(question, hits)  # of few hits: it is what takes the time
        if not support.is_sufficient:
            return None
        self.confidence = support.confidence
        return next((e for e in support.evidence if answers(e.hit, _words_of(e), e.span)), None)


def _passages(hit: Hit) -> Iterator[tuple[str, Span]]:
    chunk = hit.chunk
    return ((chunk.text[a:b], chunk.place(a, b)) for a, b in passage_offsets(chunk))


def _number(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Numbers in this order, which is that of the answer's sentences: scores of several searches do
    not compare.
    """
    return tuple(replace(e, n=n, score=1.0 / n) for n, e in enumerate(evidence, 1))


def _says_enough(needed: Sequence[str], own: Iterable[str]) -> bool:
    """Whether a text says most of what is asked of a name."""
    return len(matching_terms(needed, set(own))) >= MIN_SHARE_OF_OUTER * len(needed)


def _merged(hops: Sequence[SubQuestion]) -> SubQuestion:
    """Several hops as the one that they are in words."""
    words, kind = hops[0].words, hops[0].kind
    for hop in hops[1:]:
        article = "" if LINK + "的" in hop.words else "the "
        words, kind = hop.words.replace(LINK, article + words), ""
    return SubQuestion(words, words, kind)


def _passages_that_say(needed: Sequence[str], hit: Hit, language: str) -> Iterator[Evidence]:
    """The passages of a hit that say all of some terms, with their headings and, where they begin
    with "it" or "its", the passage before; one at least of the terms themselves.
    """
    chunk = hit.chunk
    heading = set(terms(chunk.context[:HEADING_CHARACTERS], language))
    if len(matching_terms(needed, {*heading, *terms(chunk.text, language)})) < len(needed):
        return
    before: set[str] = set()
    for text, span in _passages(hit):
        own = set(terms(text, language))
        around = heading | before if _LEANS.match(text) else heading
        if matching_terms(needed, own) and len(matching_terms(needed, own | around)) == len(needed):
            yield Evidence(0, hit, Part("text", text), span, hit.score)
        before = own


def _merge(rankings: Sequence[Ranking], whole: Question, rounds: Sequence[str]) -> Ranking:
    """The hits of all rounds, each once; times added; what was done to the question, and asked."""
    hits = {h.chunk.id: h for ranking in reversed(rankings) for h in ranking}
    timings: dict[str, float] = {}
    for ranking in rankings:
        for stage, milliseconds in ranking.timings.items():
            timings[stage] = round(timings.get(stage, 0.0) + milliseconds, 3)
    warnings = dict.fromkeys((*whole.warnings, *(w for r in rankings for w in r.warnings)))
    rewrites = (*whole.explanations, *rounds)
    return Ranking(tuple(hits.values()), timings, tuple(warnings), rewrites)
