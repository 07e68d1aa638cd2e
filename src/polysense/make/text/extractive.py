"""Answers in the evidence's own sentences, each with its [n]. It cannot invent facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polysense.calibration import MIN_CERTAIN_WORDS
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
            place = f"{e.hit.chunk.asset.name}, {e.span}"
            if text and (confidence := _recognition_confidence(e)) is not None:
                text = (
                    f"heard: {text}"
                    if confidence >= MIN_CERTAIN_WORDS
                    else f"{place}, heard unclearly"
                )
            yield Part("text", f"{about}{text or place} [{e.n}]")


def _recognition_confidence(e: Evidence) -> float | None:
    """How certain a recogniser was of the words of a recording, of the least certain of the lines
    in evidence; None for words that nobody had to recognise.
    """
    chunk = e.hit.chunk
    if chunk.modality not in ("audio", "video") or not chunk.meta.get("derived"):
        return None
    lines = chunk.meta.get("line_confidence") or ()
    start, end = e.span.seconds or (0.0, float("inf"))
    confidences = [
        float(confidence)
        for mark, confidence in zip(chunk.marks, lines, strict=False)
        if mark.span.seconds and mark.span.seconds[0] < end and start < mark.span.seconds[1]
    ]
    # a recogniser that tells none, as large ones do, is believed
    return min(confidences, default=float(chunk.meta.get("confidence", 1.0)))
