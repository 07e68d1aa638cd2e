"""Answers in the evidence's own sentences, each with its [n]. It cannot invent facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polysense.protocols import Generator
from polysense.types import Evidence, Modality, Origin, Part, Query

_MOST_CHARACTERS = 400  # characters of a piece of prose; judged, not measured


class Extractive(Generator):
    """The pieces of evidence in the order in which they come, each with its [n].

    >>> from polysense.types import Asset, Chunk, Hit, Span
    >>> asset = Asset("0", "/a.txt", "text/plain", "text", 1)
    >>> hit = Hit(Chunk(asset, Span(lines=(1, 1)), "text", text="Tides turn twice a day."), 1.0)
    >>> e = Evidence(1, hit, Part("text", "Tides turn twice a day."), hit.chunk.span)
    >>> [p.data for p in Extractive().generate((Part("text", "tides?"),), [e])]
    ['Tides turn twice a day. [1]']
    """

    accepts: frozenset[Modality] = frozenset(
        {"text", "image", "audio", "video", "3d", "code", "table", "graph"}
    )
    emits: Modality = "text"
    cost = 0.3
    origin: Origin = "retrieved"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        for e in evidence:
            text = str(e.part.data) if e.part.modality == "text" else ""
            if e.hit.modality != "code":
                text = " ".join(text.split())
                if len(text) > _MOST_CHARACTERS:
                    text = text[:_MOST_CHARACTERS].rsplit(" ", 1)[0] + " …"
            about = f"{e.about}: " if e.about else ""
            yield Part("text", f"{about}{text or f'{e.hit.chunk.asset.name}, {e.span}'} [{e.n}]")
