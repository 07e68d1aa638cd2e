"""Words that each have a place of their own, as passages: paragraphs on a slide, text boxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from polysense.read.file.text import passages
from polysense.types import Asset, Chunk, Mark, Span


def placed_passages(
    asset: Asset, said: Sequence[tuple[str, Span]], place: Span, context: str
) -> Iterator[Chunk]:
    """Words that each have a place, in order, as passages within `place`; chars tell them apart."""
    text, marks = "", list[Mark]()
    for words, span in said:
        text += "\n\n" if text else ""
        marks.append(Mark(len(text), len(text) + len(words), span))
        text += words
    base = place.chars[0] if place.chars else 0
    for a, b in passages(text):
        inner = tuple(
            replace(m, start=max(m.start, a) - a, end=min(m.end, b) - a)
            for m in marks
            if m.start < b and a < m.end
        )
        whole = replace(place, chars=(base + a, base + b))
        if inner and all(m.span.box for m in inner):
            whole = replace(whole, box=None).union(_covering(inner))
        yield Chunk(asset, whole, "text", None, text[a:b], context, inner)


def _covering(marks: Sequence[Mark]) -> Span:
    covered = Span(box=marks[0].span.box)
    for mark in marks[1:]:
        covered = covered.union(Span(box=mark.span.box))
    return covered
