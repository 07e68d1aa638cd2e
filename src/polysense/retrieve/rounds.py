"""Retrieval in rounds: once, or again with a draft of the answer, until that finds nothing else.

Iterative retrieval after Zhang et al., "RepoCoder: repository-level code completion through iterative retrieval and generation" (EMNLP
2023): what is drafted from the first results is nearer to what is wanted than the question, and so are its results. It serves whatever
can be drafted: a generator that has `seek` says itself what to look for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from polysense.generate.evidence import whole
from polysense.protocols import Generator
from polysense.types import Evidence, Hit, Modality, Part, Query

Look = Callable[[Query, Sequence[Modality]], Sequence[Hit]]

ROUNDS = 3
"""Rounds at most. The paper gains by the second and little by more."""


@runtime_checkable
class Drafter(Protocol):
    """A generator whose draft is worth looking for, and which knows the questions that are for it."""

    accepts: frozenset[Modality]
    emits: Modality

    def seek(self, query: Query, drafted: Sequence[Part] = ()) -> Query:
        """What to look for, with the draft so far; empty where the question is not for this generator."""
        ...

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """As of any generator."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """Where the rounds ended: what was looked for last, its results, the draft made of them, and how many rounds there were."""

    sought: Query
    hits: tuple[Hit, ...]
    draft: tuple[Part, ...]
    rounds: int

    @property
    def used(self) -> tuple[Hit, ...]:
        """The results that the draft is made of."""
        return tuple(self.hits[n - 1] for n in sorted({n for p in self.draft for n in p.meta.get("evidence", (1,))}))


def iterative(
    seek: Callable[[Sequence[Part]], Query], look: Callable[[Query], Sequence[Hit]], draft: Callable[[Sequence[Hit]], Sequence[Part]],
    most: int = ROUNDS,
) -> Found:  # fmt: skip
    """Seek, look, draft, and again with the draft, until the results are the same or nothing is drafted; one round is plain retrieval.

    Where a later round drafts nothing, the one before it stands.
    """
    found = Found((), (), (), 0)
    for n in range(1, most + 1):
        sought = seek(found.draft)
        if not sought or sought == found.sought:
            break
        hits = tuple(look(sought))
        if n > 1 and _ids(hits) == _ids(found.hits):
            break
        made = tuple(draft(hits))
        if n > 1 and not made:
            break
        found = Found(sought, hits, made, n)
        if not made:
            break
    return found


def rounds(generators: Iterable[Generator], query: Query, wanted: Sequence[Modality], look: Look, most: int = ROUNDS) -> Found | None:
    """The rounds for a question that one of the generators of a modality wanted says is for it; None for almost every question.

    `look` gives hits of some modalities; each is evidence as a whole, numbered as it comes.
    """
    for by in generators:
        if isinstance(by, Drafter) and by.emits in wanted and by.seek(query):
            return _by(by, query, look, most)
    return None


def _by(by: Drafter, query: Query, look: Look, most: int) -> Found | None:
    def draft(hits: Sequence[Hit]) -> Sequence[Part]:
        return list(by.generate(query, [whole(h, n) for n, h in enumerate(hits, 1)]))

    found = iterative(lambda made: by.seek(query, made), lambda sought: look(sought, sorted(by.accepts)), draft, most)
    return found if found.draft else None


def _ids(hits: Sequence[Hit]) -> frozenset[str]:
    return frozenset(h.chunk.id for h in hits)
