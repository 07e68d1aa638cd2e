"""From hits to an answer: evidence decides the content, the modalities asked for the form.

Everything that could be evidence is weighed with every route from it to the target: relevance times
quality, best first; the first route that makes something is taken. Words come with whatever is
made, so that every answer is cited.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from polysense.augment.surroundings import NoSurroundings, Surroundings
from polysense.generate.conclusion import Conclusion, conclude
from polysense.generate.evidence import Support, gather, query_file_evidence, whole_chunk_evidence
from polysense.generate.refusal import cannot_be_made, other_language, refusal
from polysense.generate.routes import Pipeline, candidate_routes, routes_by_words, routes_to
from polysense.generate.run_route import MadePart, run_route
from polysense.make.file.provenance import Source, stamp
from polysense.modalities import describe
from polysense.query.reference import refers_to_file
from polysense.question import Question
from polysense.registry import Kit
from polysense.results import Answer, AnswerPart
from polysense.types import Evidence, Hit, Modality, Part, Ranking, Route, Step

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

MAX_PARTS = 4
"""Parts of one modality in an answer; judged."""

FindRelated = Callable[[Modality, bool], Sequence[Hit]]
"""(modality, likeness_only) -> hits of that modality for the same question, scored 0..1."""

Listener = Callable[[Evidence | Part], object]
"""Gets each piece of evidence once it is numbered, and each part of the answer once it is made."""


def ignore_event(event: Evidence | Part) -> None:
    """A Listener that does nothing."""


def nothing_related(modality: Modality, likeness_only: bool) -> Sequence[Hit]:  # noqa: ARG001
    """A FindRelated that knows of nothing."""
    return ()


@dataclass
class AnswerBuilder:
    """One answer in the making: the evidence numbered so far, the warnings, the steps."""

    question: Question
    kit: Kit
    support: Support
    find_related: FindRelated
    conclusion: Conclusion | None = None
    evidence: list[Evidence] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def candidates(self, target: Modality) -> list[tuple[float, Evidence, Pipeline]]:
        """(expected value, evidence, route) for an answer in a modality, best first."""
        sources = self._scored_evidence(target)
        routes = (
            (i, w, e, pipeline)
            for i, (w, e) in enumerate(sources)
            for pipeline in self._routes(e, target)
        )
        options = [
            (
                (LONE_FILE_RELEVANCE if self._is_lone_file(e, pipeline) else w)
                * (1.0 - pipeline.cost),
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

    def _routes(self, e: Evidence, target: Modality) -> tuple[Pipeline, ...]:
        """Of the evidence's own modality; where it has none, by its words, if there are any."""
        routes = candidate_routes(self.kit, e.hit.modality, target)
        if routes or not e.hit.chunk.words.strip():
            return routes
        return routes_by_words(self.kit, e.hit.modality, target)

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
            related = [
                h for h in self.find_related(target, likeness_only) if h.chunk.id not in chunk_ids
            ]
            candidates += [(h.score, whole_chunk_evidence(h, 0)) for h in related]
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
            outputs: list[MadePart] = []
            for m in run_route(
                pipeline, self.kit, self.question.query, [main, *others], self.warnings.append
            ):
                outputs.append(m)
                if target == "text":
                    notify(m.part)
                elif len(outputs) == MAX_PARTS:
                    break
            if outputs:
                return self._record(outputs, main, pipeline, notify)
        return []

    def route(self, target: Modality) -> Route:
        """All steps from the question to the target, each once."""
        query_modalities = tuple(dict.fromkeys(p.modality for p in self.question.query))
        steps = dict.fromkeys((*_reading_steps(self.question), *self.steps))
        return Route(query_modalities, target, tuple(steps))

    def _number(self, e: Evidence) -> Evidence:
        """Evidence that is not in the list yet gets the number that it will have there."""
        same = (
            o for o in self.evidence if o.hit.chunk.id == e.hit.chunk.id and (o.n == e.n or not e.n)
        )
        return next(same, replace(e, n=len(self.evidence) + 1))

    def _record(
        self, outputs: Sequence[MadePart], main: Evidence, pipeline: Pipeline, notify: Listener
    ) -> list[AnswerPart]:
        if main.n > len(self.evidence):
            self.evidence.append(main)
            notify(main)
        self.steps += [*_retrieval_steps(main, self.question, self.kit), *pipeline.steps]
        if pipeline.target == "text":
            return [AnswerPart(m.part, m.origin) for m in outputs]
        parts = []
        for m in outputs:
            evidence = [e for e in self.evidence if e.n in m.evidence]
            sources = tuple(Source(e.hit.uri, str(e.span), e.hit.chunk.asset.id) for e in evidence)
            part = stamp(
                replace(m.part, meta={**m.part.meta, "evidence": [e.n for e in evidence]}),
                m.origin,
                str(pipeline),
                sources,
            )
            notify(part)
            parts.append(AnswerPart(part, m.origin))
        return parts


def answer(
    question: Question,
    ranking: Ranking,
    kit: Kit,
    targets: Sequence[Modality] = ("text",),
    notify: Listener = ignore_event,
    find_related: FindRelated = nothing_related,
    around: Surroundings | None = None,
    support: Support | None = None,
    missing: Sequence[str] = (),
) -> Answer:
    """Answer a question from a ranking of hits for it, in one or several modalities.

    support is the evidence where it has been gathered already; missing are sentences that say what
    there is none for.

    `notify` gets the evidence, then each part as soon as it is made. Raises NoRoute before any
    work.
    """
    start = time.perf_counter()
    for target in targets:
        routes_to(kit, target)
    around = around or NoSurroundings()
    doubts: list[str] = []
    conclusion = conclude(question, list(ranking), kit, doubts.append)
    if conclusion:
        support, missing = conclusion.support, ()
    support = support or gather(question, list(ranking), kit, around)
    builder = AnswerBuilder(question, kit, support, find_related, conclusion, warnings=doubts)
    builder.evidence += support.evidence if support.is_sufficient else ()
    for e in builder.evidence:
        notify(e)
    parts: list[AnswerPart] = []
    for target in targets:
        outputs = builder.build(target, notify)
        parts += _join_text(outputs, missing) if target == "text" else outputs
    answered = bool(parts)
    if answered and "text" not in targets:
        parts += _caption(builder, parts, notify, missing)
    elif tuple(targets) == ("text",):
        parts += _native_parts(builder.evidence)
    if not answered:
        parts = _refusal(support, question, targets, kit, around)
        builder.evidence = list(support.evidence[:1])
        builder.steps = [s for e in builder.evidence for s in _retrieval_steps(e, question, kit)]
        notify(parts[0].part)
    warnings = (*ranking.warnings, *support.warnings, *builder.warnings)
    timings = {**ranking.timings, "answer": round(1000 * (time.perf_counter() - start), 3)}
    route = builder.route(targets[0])
    return Answer(
        tuple(parts),
        tuple(builder.evidence),
        answered,
        route,
        timings,
        warnings,
        ranking.rewrites,
        support.confidence,
        () if answered else support.missing,
        support.candidates,
    )


def _refusal(
    support: Support,
    question: Question,
    targets: Sequence[Modality],
    kit: Kit,
    around: Surroundings,
) -> list[AnswerPart]:
    """That nothing answers, and why, in the question's language."""
    own = question.language
    theirs = _language_besides(own, support, around) if own and not support.is_sufficient else ""
    if support.is_sufficient:
        message = cannot_be_made(own, targets)
    elif theirs and not _is_read_by_one(kit, own, theirs):
        message = other_language(own, theirs)
    else:
        message = refusal(own, support.missing, support.instead, next(iter(support.evidence), None))
    return [AnswerPart(Part("text", message), "composed")]


def _language_besides(own: str, support: Support, around: Surroundings) -> str:
    """The language of what is nearest, or of the library, where it is not the question's."""
    nearest = support.evidence[0].hit.chunk if support.evidence else None
    if nearest is not None and not support.missing:
        language = str(nearest.meta.get("lang", ""))
        return language if language not in ("", own) else ""
    return around.language_besides(own)


def _is_read_by_one(kit: Kit, a: str, b: str) -> bool:
    """Whether one text encoder reads both languages."""
    encoder = kit.text_encoder(a)
    return encoder is not None and encoder is kit.text_encoder(b)


def _join_text(parts: Sequence[AnswerPart], missing: Sequence[str] = ()) -> list[AnswerPart]:
    """The words as one part, with what there is no evidence for."""
    if not parts:
        return []
    lines = [*(str(m.part.data) for m in parts), *missing]
    return [AnswerPart(Part("text", "\n".join(lines)), parts[0].origin)]


def _caption(
    builder: AnswerBuilder,
    outputs: Sequence[AnswerPart],
    notify: Listener,
    missing: Sequence[str] = (),
) -> list[AnswerPart]:
    """The words that go with other parts: what the evidence says, and where each part is from."""
    outputs_in_words = builder.build("text", ignore_event) if builder.support.is_sufficient else []
    words = _join_text(outputs_in_words, missing)
    lines = [str(p.part.data) for p in words]
    for p in outputs:
        evidence = [builder.evidence[n - 1] for n in p.part.meta["evidence"]]
        lines.append(
            f"{p.part.modality}, {p.origin}: "
            + "; ".join(f"{e.hit.chunk.asset.name}, {e.span} [{e.n}]" for e in evidence)
        )
    caption = Part("text", "\n".join(lines))
    notify(caption)
    return [AnswerPart(caption, words[0].origin if words else "composed")]


def _reading_steps(question: Question) -> list[Step]:
    modalities = {str(p.meta["from"]) for p in question.parts if "from" in p.meta}
    return [Step(m, "text", "read", "bridged") for m in sorted(modalities)]


def _retrieval_steps(e: Evidence, question: Question, kit: Kit) -> list[Step]:
    """How the evidence was found: for each modality asked, the space that ranked it best."""
    spaces = {x.space.name: x for x in kit.encoders.values()}
    steps = []
    for query_modality in dict.fromkeys(p.modality for p in question.parts):
        reaching = {n for n, x in spaces.items() if kit.supports(x, query_modality, "query")} | (
            {"bm25"} if query_modality == "text" else set()
        )
        best = min(
            (w for w in e.hit.why if w.space in reaching), key=lambda w: w.rank, default=None
        )
        if best is not None:
            is_native = (
                best.space == "bm25"
                or query_modality
                in spaces[best.space].accepts | spaces[best.space].query_modalities
            )
            steps.append(
                Step(
                    query_modality, e.hit.modality, best.space, "native" if is_native else "bridged"
                )
            )
    return steps


def _native_parts(evidence: Sequence[Evidence]) -> Iterator[AnswerPart]:
    """The pictures, sounds, clips, models and tables that the evidence is, each once."""
    chunks = {
        e.hit.chunk.id: e.hit.chunk
        for e in evidence
        if describe(e.hit.modality).is_shown and e.hit.chunk.part
    }
    return (AnswerPart(c.part, "retrieved") for c in chunks.values() if c.part)
