"""Answers in the evidence's own sentences, each with its [n]. It cannot invent facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polysense.protocols import Generator
from polysense.types import Evidence, Modality, Origin, Part, Query

_WORDY = 400


class Extractive(Generator):
    """Says the pieces of evidence in the order in which they rank; pieces of one document stay
    together.

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
            said = str(e.part.data) if e.part.modality == "text" else ""
            said = said if e.hit.modality == "code" else " ".join(said.split())
            said = (
                said
                if len(said) <= _WORDY or e.hit.modality == "code"
                else said[:_WORDY].rsplit(" ", 1)[0] + " …"
            )
            yield Part(
                "text", f"{said} [{e.n}]" if said else f"{e.hit.chunk.asset.name}, {e.span} [{e.n}]"
            )
