"""What a language model is sent of a piece of evidence beside its words: the thing itself, cut to
its place, where the model accepts it.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace

from polysense.modalities import describe
from polysense.stretch import chunk_part
from polysense.types import PAGE, Chunk, Evidence, Modality, Part, Span

MAX_ORIGINALS = 4
"""Pictures, sounds and clips that a model is sent for one answer; judged: each is as long as a page
of words, and takes as much time and money.
"""


def original(chunk: Chunk, accepts: AbstractSet[Modality]) -> Part | None:
    """A chunk as a model can take it: the seconds of a film, else the moment that stands for them;
    the seconds of a recording; the region or the page of a document, as a picture. None where it
    takes no such thing, and of words.
    """
    part, native = chunk_part(chunk), accepts - {"text"}
    seconds, path = chunk.span.seconds, chunk.asset.path
    if seconds and path is not None and chunk.modality in native:
        span = Span(seconds=seconds)  # of subtitles too, which have no part of their own
        return Part(chunk.modality, path, chunk.asset.mime, chunk.asset.name, span)
    if part is None:
        return None
    if part.modality == PAGE and "image" in native:
        return replace(part, modality="image")
    return part if part.modality in native else None


def lesser_original(chunk: Chunk, view: Part, accepts: AbstractSet[Modality]) -> Part | None:
    """What there is of a chunk in the place of its original where that is too much: of a clip the
    moment that stands for it.
    """
    return original(chunk, accepts - {view.modality})


def tokens(view: Part) -> int:
    """About how many tokens an original takes."""
    return describe(view.modality).tokens


def originals(e: Evidence) -> tuple[Part, ...]:
    """What goes to a model beside the words of a piece."""
    return tuple(p for p in e.forms if p.modality != "text")


def label(e: Evidence) -> str:
    """What stands in a fence for what follows behind it."""
    return "".join(f"\n(its {p.modality} follows)" for p in originals(e))
