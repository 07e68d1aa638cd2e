"""Retrieval in rounds: once, or again with a draft of the answer, until that finds nothing else.

Iterative retrieval after Zhang et al., "RepoCoder: repository-level code completion through
iterative retrieval and generation" (EMNLP 2023): what is drafted from the first results is nearer
to what is wanted than the question, and so are its results. There a language model reads all of
them; here a draft is made of the nearest, so what was drafted from is put aside, and the best draft
stands. It serves whatever can be drafted: a generator that has `seek` and `draft` says itself what
to look for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from polysense.generate.evidence import whole
from polysense.protocols import Generator
from polysense.types import Evidence, Hit, Modality, Part, Query

Look = Callable[[Query, Sequence[Modality]], Sequence[Hit]]

ROUNDS = 3
"""Rounds at most."""


@runtime_checkable
class Drafter(Protocol):
    """A generator whose draft is worth looking for, and which knows the questions that are for it."""

    accepts: frozenset[Modality]
    emits: Modality

    def seek(self, query: Query, drafted: Sequence[Part] = ()) -> Query:
        """What to look for, with the draft so far; empty where the question is not for this
        generator.
        """
        ...

    def draft(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """The best that can be made, however rough: meta["likeness"] tells how near it is thought
        to be, 0..1, meta["evidence"] of what.
        """
        ...

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """As of any generator: only what is good enough to be an answer."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """What was looked for, its results, the draft made of them, and in which round (from 1); no
    draft and round 0 where there is none.
    """

    sought: Query = ()
    hits: tuple[Hit, ...] = ()
    draft: tuple[Part, ...] = ()
    round: int = 0

    @property
    def used(self) -> tuple[Hit, ...]:
        """The results that the draft is made of."""
        return tuple(
            self.hits[n - 1]
            for n in sorted({n for p in self.draft for n in p.meta.get("evidence", (1,))})
        )

    @property
    def worth(self) -> float:
        """How near the draft is thought to be to what is wanted, 0..1; -1 without one."""
        return max((float(p.meta.get("likeness", 0.0)) for p in self.draft), default=-1.0)


def iterative(
    seek: Callable[[Sequence[Part]], Query], look: Callable[[Query], Sequence[Hit]], draft: Callable[[Sequence[Hit]], Sequence[Part]],
    most: int = ROUNDS,
) -> Found:  # fmt: skip
    """Seek, look, draft, and again with the draft, until nothing new is found or drafted; the best
    draft. One round is plain retrieval.
    """
    best = last = Found()
    seen, aside = frozenset[str](), frozenset[str]()
    for n in range(1, most + 1):
        sought = seek(last.draft)
        hits = tuple(h for h in look(sought) if h.chunk.id not in aside) if sought else ()
        ids = frozenset(h.chunk.id for h in hits)
        if ids <= seen:
            break
        last = Found(sought, hits, tuple(draft(hits)), n)
        if not last.draft:
            break
        seen |= ids
        aside |= {h.chunk.id for h in last.used}
        best = last if last.worth > best.worth else best
    return best


def rounds(
    generators: Iterable[Generator],
    query: Query,
    wanted: Sequence[Modality],
    look: Look,
    most: int = ROUNDS,
) -> Found | None:
    """The rounds for a question that one of the generators of a modality wanted says is for it,
    ended by what that generator gives.

    None for almost every question, and where it gives nothing. `look` finds hits of some
    modalities; each is evidence as a whole.
    """
    by = next(
        (g for g in generators if isinstance(g, Drafter) and g.emits in wanted and g.seek(query)),
        None,
    )
    if by is None:
        return None

    def draft(hits: Sequence[Hit]) -> list[Part]:
        return list(by.draft(query, _all(hits)))

    found = iterative(
        lambda made: by.seek(query, made),
        lambda sought: look(sought, sorted(by.accepts)),
        draft,
        most,
    )
    made = tuple(by.generate(query, _all(found.hits)))
    return replace(found, draft=made) if made else None


def _all(hits: Sequence[Hit]) -> list[Evidence]:
    return [whole(h, n) for n, h in enumerate(hits, 1)]
