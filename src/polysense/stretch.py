"""A moment that stands for a longer stretch: a scene of a film is stored as the frame in its
middle, and an encoder of films takes the whole scene.
"""

from __future__ import annotations

from dataclasses import replace

from polysense.types import Chunk, Part

KEY = "stretch"
"""Of a part's meta: [modality, first second, last second] of what it is a moment of."""


def chunk_part(chunk: Chunk) -> Part | None:
    """The chunk's part; where that is a moment of the chunk, its meta says which stretch of what.

    >>> from polysense.types import Asset, Span
    >>> film = Asset("a", "/film.mp4", "video/mp4", "video", 9)
    >>> still = Part("image", b"...", "video/mp4", span=Span(seconds=(3.0, 3.0)))
    >>> chunk_part(Chunk(film, Span(seconds=(2.0, 4.0)), "video", still)).meta
    {'stretch': ['video', 2.0, 4.0]}
    """
    part, seconds = chunk.part, chunk.span.seconds
    if part is None or seconds is None or part.span.seconds is None:
        return part
    start, end = part.span.seconds
    if start != end or seconds[0] == seconds[1] or part.modality == chunk.modality:
        return part
    return replace(part, meta={**part.meta, KEY: [chunk.modality, *seconds]})


def whole(part: Part) -> Part | None:
    """The stretch that a part is a moment of; None where it is no moment of anything.

    >>> from polysense.types import Span
    >>> moment = Span(seconds=(3.0, 3.0))
    >>> whole(Part("image", b"...", span=moment, meta={KEY: ["video", 2.0, 4.0]}))
    Part('video', <3 bytes>, 00:02-00:04)
    """
    if KEY not in part.meta:
        return None
    modality, start, end = part.meta[KEY]
    meta = {k: v for k, v in part.meta.items() if k != KEY}
    return replace(
        part, modality=modality, span=replace(part.span, seconds=(start, end)), meta=meta
    )
