"""Retrieval in rounds: once, or again with a draft of the answer, until that finds nothing else.

Iterative retrieval after Zhang et al., "RepoCoder: repository-level code completion through
iterative retrieval and generation" (EMNLP 2023): what is drafted from the first results is nearer
to the answer than the question, and so are its results. There a language model reads all of them;
here a draft is made of the nearest, so its sources are left out of the next round, and the best
draft stands. It serves whatever can be drafted: a generator that has `seek` and `draft` says itself
what to look for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, runtime_checkable

from polysense.errors import Cancelled, PolysenseError
from polysense.events import GenerationStep
from polysense.generate.whole_evidence import whole_chunk_evidence
from polysense.messages import Usage
from polysense.protocols import Generator
from polysense.types import Evidence, Hit, Modality, Origin, Part, Query

Retrieve = Callable[[Query, Sequence[Modality]], Sequence[Hit]]
"""Hits of some modalities for a query."""


@runtime_checkable
class Drafter(Protocol):
    """A generator whose draft is worth looking for; it knows the questions that are for it.

    rounds is how often it wants to draft. reads_all: a draft is made of all that it is given, so
    that the latest stands; else its sources are left out of the next round, and the best stands.
    """

    accepts: frozenset[Modality]
    emits: Modality
    origin: Origin
    rounds: int
    reads_all: bool

    def seek(self, query: Query, previous: Sequence[Part] = ()) -> Query:
        """What to look for, with the previous draft; empty where the question is for others."""
        ...

    def draft(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """The best that can be made, however rough.

        meta["likeness"] tells how near it is thought to be, 0..1; meta["evidence"] what it is of;
        meta["usage"] the tokens that a model has read and written for it, if one has.
        """
        ...

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """As of any generator: only what is good enough to be an answer."""
        ...


@dataclass(frozen=True, slots=True)
class Round:
    """A query, its results, the draft made of them, and the round's number, from 1; 0 for none."""

    query: Query = ()
    hits: tuple[Hit, ...] = ()
    draft: tuple[Part, ...] = ()
    round: int = 0

    @property
    def sources(self) -> tuple[Hit, ...]:
        """The results that the draft is made of."""
        return tuple(
            self.hits[n - 1]
            for n in sorted({n for p in self.draft for n in p.meta.get("evidence", (1,))})
        )

    @property
    def likeness(self) -> float:
        """How near the draft is thought to be to the answer, 0..1; -1 without one."""
        return max((float(p.meta.get("likeness", 0.0)) for p in self.draft), default=-1.0)


def iterate(
    seek: Callable[[Sequence[Part]], Query],
    retrieve: Callable[[Query], Sequence[Hit]],
    draft: Callable[[Sequence[Hit]], Sequence[Part]],
    max_rounds: int,
    reads_all: bool = False,
) -> Round:
    """The round with the best draft, until nothing new is found or drafted; the last one where each
    draft `reads_all` that was found.

    One round is plain retrieval.
    """
    best = latest = Round()
    seen_ids, source_ids = frozenset[str](), frozenset[str]()
    for n in range(1, max_rounds + 1):
        query = seek(latest.draft)
        hits = tuple(h for h in retrieve(query) if h.chunk.id not in source_ids) if query else ()
        ids = frozenset(h.chunk.id for h in hits)
        if ids <= seen_ids:
            break
        latest = Round(query, hits, tuple(draft(hits)), n)
        if not latest.draft:
            break
        seen_ids |= ids
        source_ids |= set() if reads_all else {h.chunk.id for h in latest.sources}
        best = latest if reads_all or latest.likeness > best.likeness else best
    return best


@dataclass(slots=True)
class Drafting:
    """What drafters made of a question: the round with the draft that is the answer, None for
    almost every question; why a drafter failed; what models have read and written.
    """

    best: Round | None = None
    warnings: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)

    def run(self, drafter: Drafter, query: Query, retrieve: Retrieve) -> None:
        """The rounds of one drafter; its draft is what it gives in the end. Raises what it
        raises.
        """
        best = iterate(
            lambda parts: drafter.seek(query, parts),
            lambda draft_query: retrieve(draft_query, sorted(drafter.accepts)),
            lambda hits: self._counted(drafter.draft(query, _as_evidence(hits))),
            drafter.rounds,
            drafter.reads_all,
        )
        parts = self._counted(drafter.generate(query, _as_evidence(best.hits)))
        self.best = replace(best, draft=tuple(parts)) if parts else None

    def _counted(self, stream: Iterable[Part | GenerationStep]) -> list[Part]:
        parts = [p for p in stream if isinstance(p, Part)]
        for part in parts:
            self.usage += Usage(*part.meta.get("usage", ()))
        return parts


def retrieve_iteratively(
    generators: Iterable[Generator], query: Query, targets: Sequence[Modality], retrieve: Retrieve
) -> Drafting:
    """The best round for a question that a generator of one of the targets says is for it.

    There is none for almost every question, and where it gives nothing. Each hit is evidence as a
    whole. One that fails is told in a warning, and the next is asked.
    """
    drafting = Drafting()
    drafters = [g for g in generators if isinstance(g, Drafter) and g.emits in targets]
    # a model that somebody has named is asked before the rule that is always there
    for drafter in sorted(drafters, key=lambda g: g.origin != "generated"):
        try:
            if drafter.seek(query):
                drafting.run(drafter, query, retrieve)
        except Cancelled:
            raise
        except PolysenseError as e:
            drafting.warnings.append(f"{e}. {e.hint}")
        if drafting.best is not None:
            break
    return drafting


def _as_evidence(hits: Sequence[Hit]) -> list[Evidence]:
    return [whole_chunk_evidence(h, n) for n, h in enumerate(hits, 1)]
