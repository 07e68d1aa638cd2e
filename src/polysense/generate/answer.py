"""From hits to an answer in the modalities wanted: evidence decides the content, the wanted
modality the form.

Everything that could be evidence is weighed with every way from it to what is wanted: worth times
quality, best first; the first way that makes something is taken. Words come with whatever is made,
so that every answer is cited.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from polysense.generate.evidence import Support, gather, given, whole
from polysense.generate.routes import Way, reachable, ways
from polysense.generate.run_route import Made, make
from polysense.make.file.provenance import Source, stamp
from polysense.protocols import Encoder
from polysense.query.understand import Question
from polysense.registry import Kit
from polysense.results import Answer, AnswerPart
from polysense.types import Evidence, Hit, Modality, Part, Ranking, Route, Step

NOT_FOUND = "The library holds nothing that answers this."

GIVEN, ASIDE = 0.8, 0.3
"""The worth, as evidence, of the question's own file: where it is what the question is about, and
where the words ask something else.
"""
ALONE, WELL = 2.0, 0.35
"""The worth of the question's own file where no words ask for anything else, to a converter that
costs at most WELL: a sketch given with nothing said is to be made a page itself, not to find
somebody's program. A rough way, a relief of a photo, is worth GIVEN as ever.
"""

TRIES = 2
"""Pieces of evidence on which one way is tried: what can't be made of two pictures is not made of a
third.
"""

MOST_PARTS = 4
_ORIGINALS = ("image", "audio", "video", "3d", "table")
_ABOUT_THIS = re.compile(
    r"\b(?:this|these|it|that|them|turn|convert|transform|redraw)\b|这|此|把|转", re.I
)

Counterparts = Callable[[Modality, bool], Sequence[Hit]]
"""Hits of one modality for the same question, scored 0..1; by likeness alone, where that is what
the evidence is.
"""


Tell = Callable[[Evidence | Part], object]
"""Hears each piece of evidence once it is numbered, and each part of the answer as soon as it is
made.
"""


def ignore(piece: Evidence | Part) -> None:
    """Hears nothing."""


def none(modality: Modality, alike: bool) -> Sequence[Hit]:  # noqa: ARG001 - a Counterparts
    """Knows of nothing else."""
    return ()


@dataclass
class _Desk:
    """What one answer is made on: the evidence numbered so far, what was warned of, which steps
    were taken.
    """

    question: Question
    kit: Kit
    found: Support
    counterparts: Counterparts
    evidence: list[Evidence] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def candidates(self, wanted: Modality) -> list[tuple[float, Evidence, Way]]:
        """What could be the evidence for an answer in a modality, each with a way there, by what
        may be expected of it.
        """
        worth = self._worth(wanted)
        found = (
            (i, w, e, way)
            for i, (w, e) in enumerate(worth)
            for way in ways(self.kit, e.hit.modality, wanted)
        )
        options = [
            ((ALONE if self._own(e, way) else w) * (1.0 - way.cost), i, e, way)
            for i, w, e, way in found
        ]
        return [
            (u, e, way)
            for u, _, e, way in sorted(options, key=lambda o: (-round(o[0], 6), o[1], o[3].cost))
        ]

    def _worth(self, wanted: Modality) -> list[tuple[float, Evidence]]:
        best = max((e.score for e in self.found.evidence), default=1.0) or 1.0
        worth = [(e.score / best, e) for e in self.found.evidence] if self.found.answers else []
        held = {e.hit.chunk.id for e in self.found.evidence}
        if wanted != "text" and (self.found.answers or not self.question.words.strip()):
            shown = any(p.modality != "text" for p in self.question.asked)
            likeness = not self.question.words.strip() or (
                shown and any(e.part.modality != "text" for e in self.found.evidence)
            )
            others = [h for h in self.counterparts(wanted, likeness) if h.chunk.id not in held]
            worth += [(h.score, whole(h, 0)) for h in others]
        return worth + [
            (w, whole(h, 0)) for h in given(self.question) if (w := self._given(h, wanted))
        ]

    def _given(self, hit: Hit, wanted: Modality) -> float:
        """What the question's own file is worth: nothing where it would only be given back, or told
        what it says.
        """
        if wanted in (hit.modality, "text"):
            return 0.0
        return ASIDE if self._typed and not _ABOUT_THIS.search(self._typed) else GIVEN

    @property
    def _typed(self) -> str:
        """The question's words, without those in its files."""
        return " ".join(
            p.data for p in self.question.asked if p.modality == "text" and isinstance(p.data, str)
        ).strip()

    def _own(self, e: Evidence, way: Way) -> bool:
        """Whether this is the question's own file, given without a word, on a way that turns it
        well into what is wanted.
        """
        return (
            not self._typed
            and not way.generator
            and way.cost <= WELL
            and any(e.part is p for p in self.question.asked)
        )

    def make(self, wanted: Modality, tell: Tell) -> list[AnswerPart]:
        """The parts of the answer in one modality, by the best way that makes any."""
        tried = Counter[str]()
        for _, e, way in self.candidates(wanted):
            tried[str(way)] += 1
            if tried[str(way)] > TRIES:
                continue
            about = self._numbered(e)
            others = (
                [o for o in self.found.evidence if o.n != about.n] if self.found.answers else []
            )
            made: list[Made] = []
            for m in make(
                way, self.kit, self.question.asked, [about, *others], self.warnings.append
            ):
                made.append(m)
                if wanted == "text":
                    tell(m.part)
                elif len(made) == MOST_PARTS:
                    break
            if made:
                return self._taken(made, about, way, tell)
        return []

    def _numbered(self, e: Evidence) -> Evidence:
        """Evidence that is not in the list yet gets the number that it will have there."""
        same = (
            o for o in self.evidence if o.hit.chunk.id == e.hit.chunk.id and (o.n == e.n or not e.n)
        )
        return next(same, replace(e, n=len(self.evidence) + 1))

    def _taken(
        self, made: Sequence[Made], about: Evidence, way: Way, tell: Tell
    ) -> list[AnswerPart]:
        if about.n > len(self.evidence):
            self.evidence.append(about)
            tell(about)
        self.steps += [*_arrival(about, self.question, self.kit), *way.steps]
        if way.wanted == "text":
            return [AnswerPart(m.part, m.origin) for m in made]
        parts = []
        for m in made:
            used = [e for e in self.evidence if e.n in m.used]
            sources = tuple(Source(e.hit.uri, str(e.span), e.hit.chunk.asset.id) for e in used)
            part = stamp(
                replace(m.part, meta={**m.part.meta, "evidence": [e.n for e in used]}),
                m.origin,
                str(way),
                sources,
            )
            tell(part)
            parts.append(AnswerPart(part, m.origin))
        return parts


def answer(
    question: Question,
    ranking: Ranking,
    kit: Kit,
    encoder: Encoder | None,
    to: Sequence[Modality] = ("text",),
    tell: Tell = ignore,
    counterparts: Counterparts = none,
) -> Answer:
    """Answer a question from what was found for it; `tell` hears the evidence, then each part as
    soon as it is made.

    Raises NoRoute before any work.
    """
    began = time.perf_counter()
    for wanted in to:
        reachable(kit, wanted)
    found = gather(question, list(ranking), kit, encoder)
    desk = _Desk(question, kit, found, counterparts, list(found.evidence) if found.answers else [])
    for e in desk.evidence:
        tell(e)
    parts: list[AnswerPart] = []
    for wanted in to:
        made = desk.make(wanted, tell)
        parts += _joined(made) if wanted == "text" else made
    answered = bool(parts)
    if answered and "text" not in to:
        parts += _caption(desk, parts, tell)
    elif tuple(to) == ("text",):
        parts += _originals(desk.evidence)
    if not answered:
        parts, desk.evidence = _refused(found, to), list(found.evidence[:1])
        desk.steps = [s for e in desk.evidence for s in _arrival(e, question, kit)]
        tell(parts[0].part)
    asked = tuple(dict.fromkeys(p.modality for p in question.asked))
    route = Route(asked, to[0], tuple(dict.fromkeys((*_inward(question), *desk.steps))))
    timings = {**ranking.timings, "answer": round(1000 * (time.perf_counter() - began), 3)}
    return Answer(
        tuple(parts),
        tuple(desk.evidence),
        answered,
        route,
        timings,
        (*ranking.warnings, *found.warnings, *desk.warnings),
    )


def _refused(found: Support, to: Sequence[Modality]) -> list[AnswerPart]:
    near = (
        f" The nearest is {found.evidence[0].hit.chunk.asset.name}, {found.evidence[0].span} [1]."
        if found.evidence
        else ""
    )
    said = NOT_FOUND if not found.answers else f"Nothing found can be made {' or '.join(to)}."
    return [AnswerPart(Part("text", said + near), "composed")]


def _joined(made: Sequence[AnswerPart]) -> list[AnswerPart]:
    """The words as one part."""
    return (
        [AnswerPart(Part("text", "\n".join(str(m.part.data) for m in made)), made[0].origin)]
        if made
        else []
    )


def _caption(desk: _Desk, made: Sequence[AnswerPart], tell: Tell) -> list[AnswerPart]:
    """The words that go with what was made: what the evidence says, and where each thing is from."""
    said = _joined(desk.make("text", ignore)) if desk.found.answers else []
    lines = [str(p.part.data) for p in said]
    for p in made:
        used = [desk.evidence[n - 1] for n in p.part.meta["evidence"]]
        lines.append(
            f"{p.part.modality}, {p.origin}: "
            + "; ".join(f"{e.hit.chunk.asset.name}, {e.span} [{e.n}]" for e in used)
        )
    words = Part("text", "\n".join(lines))
    tell(words)
    return [AnswerPart(words, said[0].origin if said else "composed")]


def _inward(question: Question) -> list[Step]:
    read = {str(p.meta["from"]) for p in question.parts if "from" in p.meta}
    return [Step(m, "text", "read", "bridged") for m in sorted(read)]


def _arrival(e: Evidence, question: Question, kit: Kit) -> list[Step]:
    """How the evidence was found: for each modality asked, the space that ranked it best."""
    spaces = {x.space.name: x for x in kit.encoders.values()}
    steps = []
    for asked in dict.fromkeys(p.modality for p in question.parts):
        reaching = {n for n, x in spaces.items() if kit.reaches(x, asked, "query")} | (
            {"bm25"} if asked == "text" else set()
        )
        best = min(
            (w for w in e.hit.why if w.space in reaching), key=lambda w: w.rank, default=None
        )
        if best is not None:
            native = (
                best.space == "bm25"
                or asked in spaces[best.space].accepts | spaces[best.space].asks
            )
            steps.append(Step(asked, e.hit.modality, best.space, "native" if native else "bridged"))
    return steps


def _originals(evidence: Sequence[Evidence]) -> Iterator[AnswerPart]:
    """The pictures, sounds, clips, models and tables that the evidence is, each once."""
    chunks = {
        e.hit.chunk.id: e.hit.chunk
        for e in evidence
        if e.hit.modality in _ORIGINALS and e.hit.chunk.part
    }
    return (AnswerPart(c.part, "retrieved") for c in chunks.values() if c.part)
