"""Words that each have a place of their own, as passages: paragraphs on a slide, text boxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from polysense.read.file.text import passages
from polysense.types import Asset, Chunk, Span, TextSpan


def placed_passages(
    asset: Asset, placed_texts: Sequence[tuple[str, Span]], within: Span, context: str
) -> Iterator[Chunk]:
    """Texts that each have a place, in order, as passages `within` one; chars tell them apart."""
    text, marks = "", list[TextSpan]()
    for one_text, span in placed_texts:
        text += "\n\n" if text else ""
        marks.append(TextSpan(len(text), len(text) + len(one_text), span))
        text += one_text
    base = within.chars[0] if within.chars else 0
    for a, b in passages(text):
        inner = tuple(
            replace(m, start=max(m.start, a) - a, end=min(m.end, b) - a)
            for m in marks
            if m.start < b and a < m.end
        )
        whole = replace(within, chars=(base + a, base + b))
        if inner and all(m.span.box for m in inner):
            whole = replace(whole, box=None).union(_union_of_boxes(inner))
        yield Chunk(asset, whole, "text", None, text[a:b], context, inner)


def _union_of_boxes(marks: Sequence[TextSpan]) -> Span:
    union = Span(box=marks[0].span.box)
    for mark in marks[1:]:
        union = union.union(Span(box=mark.span.box))
    return union
