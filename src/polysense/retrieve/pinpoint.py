"""Narrow a chunk to the lines, cues or rows that a query is about."""

from __future__ import annotations

from polysense.media.text import sentences
from polysense.media.words import content, terms
from polysense.types import Chunk, Span


def pinpoint(chunk: Chunk, words: str) -> Span:
    """The place of the stretch of text that says most of the words; the chunk's own where none says more than the others."""
    if not chunk.marks or not words.strip():
        return chunk.span
    stretches = pieces(chunk)
    if len(stretches) == 1 and chunk.place(*stretches[0]) == chunk.span:
        return chunk.span
    wanted = set(content(words))
    counts: dict[str, int] = {}
    said = [set(terms(chunk.text[a:b])) & wanted for a, b in stretches]
    for found in said:
        for term in found:
            counts[term] = counts.get(term, 0) + 1
    scores = [sum(1.0 / counts[t] for t in found) for found in said]
    best = max(range(len(stretches)), key=lambda i: (scores[i], -i), default=None)
    if best is None or not scores[best]:
        return chunk.span
    return chunk.place(*stretches[best])


def pieces(chunk: Chunk) -> list[tuple[int, int]]:
    """(start, end) of what can be cited alone: marks where the text is lines of their own (scans, cues, rows), else sentences.

    A chunk without text of its own is one empty stretch.
    """
    if not chunk.marks:
        return list(sentences(chunk.text)) or [(0, 0)]
    flowing = len(chunk.marks) > 1 and sum(chunk.text[m.start : m.end].rstrip()[-1:] in ".!?。!?" for m in chunk.marks) * 3 < len(
        chunk.marks
    )
    prose = flowing and chunk.modality == "text" and not chunk.meta.get("derived")
    return list(sentences(chunk.text)) if prose else [(m.start, m.end) for m in chunk.marks]
