"""What a question names exactly is not lost among what is like it."""

from __future__ import annotations

from collections.abc import Mapping

from polysense.question import Constraint
from polysense.read.language.analysis import contains_words
from polysense.retrieve.context import Search
from polysense.retrieve.fusion import Candidate, Candidates, from_matches
from polysense.types import Chunk

LOOKED_AT, PROMOTED = 20, 4
"""Matches of full text for a name by itself that are looked at, and those that come first. Judged;
on 400 notes that differ in one name alone, a long question's answer is not among the first 200 of
the spaces' blend.
"""

_KINDS = frozenset({"code", "name", "quote", "number"})
"""Of what is named; a year stands in many places, and seldom says which."""


def with_named(context: Search, candidates: Candidates, k: int) -> Candidates:
    """The candidates; where none of the first k says a code, a name, a quote or a number of the
    question, what full text finds for it alone comes before them.

    One name that is rare is drowned where hundreds of passages say all the rest of a question.
    """
    mention = [c for c in context.question.constraints if c.kind in _KINDS]
    if not mention or "bm25" not in context.store.capabilities:
        return candidates
    chunks = context.chunks(candidates[:k])
    promoted: dict[str, Candidate] = {}
    for constraint in mention:
        if not any(_says(chunk, constraint) for chunk in chunks.values()):
            promoted |= _matches(context, constraint)
    best = candidates[0].score if candidates else 1.0
    first = tuple(c._replace(score=best) for c in promoted.values())
    return (*first, *(c for c in candidates if c.id not in promoted))


def _matches(context: Search, constraint: Constraint) -> Mapping[str, Candidate]:
    words = constraint.text.replace('"', " ")
    matches = context.store.lexical(words, LOOKED_AT, context.where)
    ranked = from_matches(matches, "bm25")
    chunks = context.chunks(ranked)
    language = context.question.language if constraint.kind == "number" else ""
    says = [
        c
        for c in ranked
        if c.id in chunks
        and _says(chunks[c.id], constraint)
        # what a number counts is told by the words around it
        and (not language or chunks[c.id].meta.get("lang", language) == language)
    ]
    return {c.id: c for c in says[:PROMOTED]}


def _says(chunk: Chunk, constraint: Constraint) -> bool:
    return contains_words(constraint.text, f"{chunk.asset.name}\n{chunk.words}")
