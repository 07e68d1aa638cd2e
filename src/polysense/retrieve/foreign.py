"""Passages apart by language: in spaces that bridge languages what is written in others is found by
meaning alone, and what is written in the question's own beside the neighbours that read it.
"""

from __future__ import annotations

from typing import Protocol, Self

from polysense.protocols import Encoder, Vectors
from polysense.retrieve import best_sentence
from polysense.retrieve.best_sentence import by_best_sentence
from polysense.retrieve.default_retriever import languages_beside
from polysense.retrieve.fusion import Candidates
from polysense.retrieve.stage_context import StageContext


class DenseSearch(StageContext, Protocol):
    """What of a search is asked here."""

    where: str

    def narrow(self, condition: str) -> Self: ...

    def vector(self, encoder: Encoder) -> Vectors | None: ...

    def nearest(self, space: str, k: int) -> Candidates: ...


def foreign_matches(search: DenseSearch, encoder: Encoder, k: int) -> Candidates:
    """The k nearest in languages that the space's neighbours do not read, or where none reads the
    question, in others than its own; of rivals for the first place that with the better sentence.
    """
    others = search.narrow(f"lang NOT IN {_own_languages(search, encoder)}")
    if not search.store.count(others.where):
        return ()  # the question is not even encoded
    vector, passages = search.vector(encoder), others.nearest(encoder.space.name, k)
    rivals = best_sentence.rivals(passages) if encoder.space.metric == "cosine" else ()
    if vector is None or len(rivals) < 2:
        return passages
    ranked = by_best_sentence(rivals, encoder, vector, search.chunks(rivals))
    return (*ranked, *passages[len(rivals) :])


def native_matches(search: DenseSearch, encoder: Encoder, k: int) -> Candidates:
    """The k nearest of all but those."""
    own = _own_languages(search, encoder)
    space = encoder.space.name
    if not search.store.count(search.narrow(f"lang NOT IN {own}").where):
        return search.nearest(space, k)  # an unconditional search is the faster one
    return search.narrow(f"lang IN {own}").nearest(space, k)


def _own_languages(search: DenseSearch, encoder: Encoder) -> str:
    """Those that are read without the space, and none, as a condition has them."""
    neighbours = languages_beside(encoder, search.question, search.kit)
    own = sorted(neighbours or {search.question.language} - {""})
    return "('" + "', '".join(["", *own]) + "')"
