"""The place within a chunk that made it near: told by encoders that know it (`Locator`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from polysense.errors import PolysenseError
from polysense.protocols import Encoder, Locator
from polysense.retrieve.context import Search
from polysense.retrieve.fusion import Candidate
from polysense.types import Chunk, Span


def locate(
    context: Search, candidates: Sequence[Candidate], chunks: Mapping[str, Chunk]
) -> dict[str, Span]:
    """By chunk id, where in its asset that is what the question found in it, of those candidates
    that a space with a Locator gave; from the vectors that are stored, so that nothing is encoded.
    """
    places: dict[str, Span] = {}
    for encoder in context.kit.encoders.values():
        if isinstance(encoder, Locator):
            places |= dict(_places_in(context, encoder, candidates, chunks))
    return places


def _places_in(
    context: Search,
    encoder: Encoder,
    candidates: Sequence[Candidate],
    chunks: Mapping[str, Chunk],
) -> Iterator[tuple[str, Span]]:
    name = encoder.space.name
    ids = [c.id for c in candidates if any(w.space == name for w in c.why)]
    query = context.vector(encoder) if ids else None
    if query is None or not isinstance(encoder, Locator):
        return
    for id, vectors in context.store.vectors(encoder.space, ids).items():
        part = chunks[id].part
        if part is None:
            continue
        try:
            place = encoder.locate(part, query, vectors)
        except PolysenseError:  # its file is gone, and the chunk is as it was
            continue
        if place:
            yield id, place.within(chunks[id].span)
