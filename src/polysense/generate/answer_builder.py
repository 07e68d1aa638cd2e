"""One answer in the making: evidence numbered, routes weighed, parts made.

Everything that could be evidence is weighed with every route from it to the target: relevance times
quality, best first; the first route that makes something is taken.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from polysense.augment.features import kind_fit
from polysense.augment.surroundings import NoSurroundings, Surroundings
from polysense.events import AnswerEvent
from polysense.generate.citations.check import citations
from polysense.generate.conclusion import Conclusion
from polysense.generate.evidence import Support
from polysense.generate.page_reading import pages_to_look_at
from polysense.generate.routes import Pipeline, candidate_routes, routes_by_words
from polysense.generate.run_route import MadePart, run_route
from polysense.generate.shown import shown_hits, with_shown
from polysense.generate.steps import reading_steps, retrieval_steps
from polysense.generate.whole_evidence import query_file_evidence, whole_chunk_evidence
from polysense.generate.writing.instructions import instruction_warnings
from polysense.generate.writing.originals import original
from polysense.generate.writing.packing import pack_for
from polysense.generate.writing.passage_writer import (
    PassageWriter,
    passage_generator,
    passages,
)
from polysense.generate.writing.writer import Writing
from polysense.make.file.array_file import as_file
from polysense.make.file.provenance import Source, stamp
from polysense.messages import Usage
from polysense.protocols import LanguageModel
from polysense.query.reference import refers_to_file
from polysense.question import Question
from polysense.read.file.text import sentences
from polysense.read.language.creation import asks_to_create
from polysense.read.language.detect import detect_language
from polysense.registry import Kit
from polysense.results import AnswerPart
from polysense.types import Evidence, Hit, Modality, Part, Route, Step

FILE_RELEVANCE, OFF_TOPIC_FILE_RELEVANCE = 0.8, 0.3
"""The relevance of the question's own file: where it is what the question is about, and where the
words ask something else. Judged, not measured.
"""

LONE_FILE_RELEVANCE, LONE_FILE_MAX_COST = 2.0, 0.35
"""The relevance of the question's own file where no words ask for anything else, to a converter of
at most that cost: a sketch without a word is to be made a page itself, not to find somebody's
program. By a rough route, a heightmap of a photo, it has FILE_RELEVANCE as ever. Judged, so that
the cells of docs/grid.md are lit.
"""

MAX_TRIES = 2
"""Pieces of evidence on which one route is tried: what can't be made of two pictures is not made of
a third. Judged, not measured.
"""

MIN_RELATED = 0.1
"""What a thing that is only related must be worth: something of a modality is always nearest. In a
library of 154 files chairs came for a spending record at .001, bottles for revenues at .01, what
was meant at .6 to 1. Judged on these. A file alone asks for what is nearest, however far.
"""

MAX_PARTS = 4
"""Parts of one modality in an answer; judged."""

FindRelated = Callable[[Modality, bool], Sequence[Hit]]
"""(modality, likeness_only) -> hits of that modality for the same question, scored 0..1."""

Listener = Callable[[AnswerEvent], object]
"""Gets each step of a model that searches once it is done, each piece of evidence once it is
numbered, each part of the answer once it is made, and how far a model is that makes one.
"""


def ignore_event(event: AnswerEvent) -> None:
    """A Listener that does nothing."""


def nothing_related(modality: Modality, likeness_only: bool) -> Sequence[Hit]:  # noqa: ARG001
    """A FindRelated that knows of nothing."""
    return ()


@dataclass
class AnswerBuilder:
    """One answer in the making: the evidence numbered so far, the warnings, the steps, the tokens
    of language models; what is related to the evidence and of the modality that is being made.
    """

    question: Question
    kit: Kit
    support: Support
    find_related: FindRelated
    conclusion: Conclusion | None = None
    around: Surroundings = field(default_factory=NoSurroundings)
    evidence: list[Evidence] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    has_refused: bool = False
    related: list[Evidence] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)

    def candidates(self, target: Modality) -> list[tuple[float, Evidence, Pipeline]]:
        """(expected value, evidence, route) for an answer in a modality, best first.

        What a model makes is worth most where the question asks that something be made.
        """
        is_wanted_new = target != "text" and asks_to_create(self._typed_words)
        sources = self._scored_evidence(target)
        routes = (
            (i, w, e, pipeline)
            for i, (w, e) in enumerate(sources)
            for pipeline in self._routes(e, target)
        )
        options = [
            (
                (LONE_FILE_RELEVANCE if self._is_lone_file(e, pipeline) else w)
                * (1.0 if is_wanted_new and self._is_generated(pipeline) else 1.0 - pipeline.cost),
                i,
                e,
                pipeline,
            )
            for i, w, e, pipeline in routes
        ]
        return [
            (u, e, pipeline)
            for u, _, e, pipeline in sorted(
                options, key=lambda o: (-round(o[0], 6), o[1], o[3].cost)
            )
        ]

    def _is_generated(self, pipeline: Pipeline) -> bool:
        """Whether a model makes what the route gives."""
        generator = self.kit.generators.get(pipeline.generator)
        return generator is not None and generator.origin == "generated"

    def _routes(self, e: Evidence, target: Modality) -> tuple[Pipeline, ...]:
        """Of the evidence's own modality; where it has none, by its words, if there are any."""
        routes = candidate_routes(self.kit, e.hit.modality, target)
        if not routes and e.hit.chunk.words.strip():
            routes = routes_by_words(self.kit, e.hit.modality, target)
        return tuple(r for r in routes if self._is_asked_for(r))

    def _is_asked_for(self, pipeline: Pipeline) -> bool:
        """Whether the question has the words that the route's converters want it to have."""
        requests = (getattr(self.kit.converters[c], "request", "") for c in pipeline.converters)
        return all(re.search(r, self._typed_words, re.I) for r in requests if r)

    def _scored_evidence(self, target: Modality) -> list[tuple[float, Evidence]]:
        best = max((e.score for e in self.support.evidence), default=1.0) or 1.0
        candidates = (
            [(e.score / best, e) for e in self.support.evidence]
            if self.support.is_sufficient
            else []
        )
        chunk_ids = {e.hit.chunk.id for e in self.support.evidence}
        if target != "text" and (self.support.is_sufficient or not self.question.words.strip()):
            has_file = any(p.modality != "text" for p in self.question.query)
            likeness_only = not self.question.words.strip() or (
                has_file and any(e.part.modality != "text" for e in self.support.evidence)
            )
            related = self.find_related(target, likeness_only)
            hits = [*shown_hits(self.support, self.around, target), *related]
            self.related = [
                whole_chunk_evidence(h, 0)
                for h in sorted(hits, key=lambda h: -h.score)
                if h.chunk.id not in chunk_ids and (likeness_only or h.score >= MIN_RELATED)
            ]
            candidates += [(e.hit.score, e) for e in self.related]
        return candidates + [
            (w, whole_chunk_evidence(h, 0))
            for h in query_file_evidence(self.question)
            if (w := self._file_relevance(h, target))
        ]

    def _file_relevance(self, hit: Hit, target: Modality) -> float:
        """What the question's own file is worth: nothing where it would only be given back, or read
        out.
        """
        if target in (hit.modality, "text"):
            return 0.0
        return (
            OFF_TOPIC_FILE_RELEVANCE
            if self._typed_words and not refers_to_file(self._typed_words)
            else FILE_RELEVANCE
        )

    @property
    def _typed_words(self) -> str:
        """The question's words, without those in its files."""
        return " ".join(
            p.data for p in self.question.query if p.modality == "text" and isinstance(p.data, str)
        ).strip()

    def _is_lone_file(self, e: Evidence, pipeline: Pipeline) -> bool:
        """Whether this is the question's own file, without a word, on a route that is good."""
        return (
            not self._typed_words
            and not pipeline.generator
            and pipeline.cost <= LONE_FILE_MAX_COST
            and any(e.part is p for p in self.question.query)
        )

    def build(self, target: Modality, notify: Listener) -> list[AnswerPart]:
        """The parts of the answer in one modality: those that leave no doubt, else by the best
        route that makes any.
        """
        if self.conclusion and self.conclusion.pipeline.target == target:
            for m in self.conclusion.parts if target == "text" else ():
                notify(m.part)
            main = self._number(self.support.evidence[0])
            return self._record(self.conclusion.parts, main, self.conclusion.pipeline, notify)
        tries = Counter[str]()
        for _, e, pipeline in self.candidates(target):
            tries[str(pipeline)] += 1
            if tries[str(pipeline)] > MAX_TRIES:
                continue
            main = self._number(e)
            others = (
                [o for o in self.support.evidence if o.n != main.n]
                if self.support.is_sufficient
                else []
            )
            extras = self._related_evidence(pipeline, [main, *others])
            pieces = [with_shown(p, self.around) for p in (main, *others, *extras)]
            outputs: list[MadePart] = []
            for m in run_route(
                pipeline, self.kit, self.question.query, pieces, self.warnings.append, notify
            ):
                outputs.append(replace(m, part=as_file(m.part)))
                if target == "text":
                    notify(m.part)
                elif len(outputs) == MAX_PARTS:
                    break
            if outputs:
                return self._record(outputs, main, pipeline, notify, extras)
        return []

    def _related_evidence(self, pipeline: Pipeline, pieces: Sequence[Evidence]) -> list[Evidence]:
        """What is related to the evidence, for a model to follow beside it, numbered after all."""
        if not self._is_generated(pipeline):
            return []
        ids = {e.hit.chunk.id for e in pieces}
        last = max(len(self.evidence), *(e.n for e in pieces))
        others = [e for e in self.related if e.hit.chunk.id not in ids]
        return [replace(e, n=n) for n, e in enumerate(others, last + 1)]

    def write(self, hits: Sequence[Hit], notify: Listener) -> list[AnswerPart]:
        """The answer in the words of the kit's generator that writes, else of its language model,
        of the evidence and what else was found; where no words support an answer, of pages that it
        sees. Nothing where there is neither, or nothing that it said is borne out, or where the
        evidence is a picture, a sound or a solid without words, of which a model of words cannot
        tell whether it is what was asked for.
        """
        pages = [] if self.support.is_sufficient else pages_to_look_at(hits, self.kit)
        if self.conclusion or not (self.support.is_sufficient or pages):
            return []
        model, pieces = self._page_reader(pages) if pages else self._writer(hits)
        first = pieces if pages else self.support.evidence
        if model is None or not pieces or not _is_readable(first[0], model):
            return []
        writing = Writing(model, self.question, pieces, self._nearness)
        parts: list[AnswerPart] = []
        pending: list[Evidence | Part] = []  # until a value of the kind asked for has been said
        for part in writing.sentences(pending.append):
            pending.append(part)
            if not parts and not self._has_value(pending):
                continue
            for piece in pending:
                notify(piece)
            parts += (AnswerPart(p, "generated") for p in pending if isinstance(p, Part))
            pending = []
        if pending and not parts and not writing.has_refused:
            kind = self.question.kind
            self.warnings.append(f"{model.name} wrote nothing of the kind asked for ({kind})")
        self.warnings += [*instruction_warnings(self.question.instructions), *writing.report]
        self.usage += writing.usage
        if parts or writing.has_refused:
            self.evidence = writing.evidence
            self.steps += [
                *(s for e in self.evidence for s in retrieval_steps(e, self.question, self.kit)),
                Step("text", "text", model.name, "native"),
            ]
        self.has_refused = writing.has_refused
        return parts

    def _writer(self, hits: Sequence[Hit]) -> tuple[LanguageModel | None, list[Evidence]]:
        """Who writes the answer, and what it is given; None where nobody is named."""
        model, evidence = self.kit.language_model, self.support.evidence
        if (generator := passage_generator(self.kit)) is not None:
            pieces = passages(evidence, hits)
            return PassageWriter(generator, self.question.query, pieces), pieces
        return model, pack_for(model, evidence, hits, self.around) if model else []

    def _page_reader(self, pages: Sequence[Hit]) -> tuple[LanguageModel | None, list[Evidence]]:
        """The model that sees, and the pages that it is shown, packed as evidence."""
        model = self.kit.language_model
        evidence = [whole_chunk_evidence(h, n) for n, h in enumerate(pages, 1)]
        return model, pack_for(model, evidence, (), self.around) if model else []

    def _nearness(self, sentence: str, evidence: str) -> float | None:
        """How near a sentence is to what of the evidence is nearest in meaning."""
        encoder = self.kit.text_encoder(self.question.language, detect_language(evidence))
        if encoder is None:
            return None
        texts = [evidence[a:b] for a, b in sentences(evidence)] or [evidence]
        own = encoder.encode([Part("text", sentence)], "query")[0]
        others = encoder.encode([Part("text", t) for t in texts], "document")
        return self.kit.calibration(encoder).nearness(float((others @ own).max()))

    def _has_value(self, pieces: Sequence[Evidence | Part]) -> bool:
        """Whether sentences have something of the kind that the question asks for."""
        question = self.question
        text = citations(" ".join(str(p.data) for p in pieces if isinstance(p, Part)))[0]
        return kind_fit(question.kind, text, question.typed_words, question.language) >= 0

    def route(self, target: Modality) -> Route:
        """All steps from the question to the target, each once."""
        query_modalities = tuple(dict.fromkeys(p.modality for p in self.question.query))
        steps = dict.fromkeys((*reading_steps(self.question), *self.steps))
        return Route(query_modalities, target, tuple(steps))

    def _number(self, e: Evidence) -> Evidence:
        """Evidence that is not in the list yet gets the number that it will have there."""
        same = (
            o for o in self.evidence if o.hit.chunk.id == e.hit.chunk.id and (o.n == e.n or not e.n)
        )
        return next(same, replace(e, n=len(self.evidence) + 1))

    def _record(
        self,
        outputs: Sequence[MadePart],
        main: Evidence,
        pipeline: Pipeline,
        notify: Listener,
        extras: Sequence[Evidence] = (),
    ) -> list[AnswerPart]:
        """The parts, with all evidence that is in them numbered: of the extras only what is."""
        numbers = dict[int, int]()
        for e in (main, *(x for x in extras if any(x.n in m.evidence for m in outputs))):
            if e.n > len(self.evidence):
                numbers[e.n] = len(self.evidence) + 1
                self.evidence.append(replace(e, n=numbers[e.n]))
                notify(self.evidence[-1])
            self.steps += retrieval_steps(e, self.question, self.kit)
        outputs = [
            replace(m, evidence=tuple(numbers.get(n, n) for n in m.evidence)) for m in outputs
        ]
        self.steps += pipeline.steps
        for m in outputs:
            self.usage += Usage(*m.part.meta.get("usage", ()))
        if pipeline.target == "text":
            return [AnswerPart(m.part, m.origin) for m in outputs]
        parts = []
        for m in outputs:
            evidence = [e for e in self.evidence if e.n in m.evidence]
            place = str(m.part.meta.get("place", ""))  # where it stands itself, if not as evidence
            sources = tuple(
                Source(e.hit.uri, place or str(e.span), e.hit.chunk.asset.id) for e in evidence
            )
            part = stamp(
                replace(m.part, meta={**m.part.meta, "evidence": [e.n for e in evidence]}),
                m.origin,
                str(pipeline),
                sources,
            )
            notify(part)
            parts.append(AnswerPart(part, m.origin))
        return parts


def _is_readable(e: Evidence, model: LanguageModel) -> bool:
    """Whether a model can read a piece of evidence: it has words, or is what the model accepts."""
    return bool(e.hit.chunk.words.strip()) or original(e.hit.chunk, model.accepts) is not None
