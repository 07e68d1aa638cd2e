"""Narrow a chunk to the lines, cues or rows that a query is about."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from polysense.read.file.text import sentences
from polysense.read.language.analysis import content, terms
from polysense.types import Chunk, Span

_WIDE = 40
"""Characters of a column's longest line from which on it is one of prose, and not of names or
labels.
"""


def pinpoint(chunk: Chunk, words: str) -> Span:
    """The place of the stretch of text that says most of the words; the chunk's own where none says
    more than the others.
    """
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
    """(start, end) of what can be cited alone: marks where the text is lines of their own (scans,
    cues, rows), else sentences.

    A chunk without text of its own is one empty stretch.
    """
    if not chunk.marks:
        return list(sentences(chunk.text)) or [(0, 0)]
    lines = [(m.start, m.end) for m in chunk.marks]
    if chunk.modality != "text" or chunk.meta.get("derived"):
        return lines
    ended = sum(_ends(chunk.text[a:b]) for a, b in lines)
    if len(lines) > 1 and ended * 3 < len(lines):
        return list(sentences(chunk.text))
    return [
        (a + start, a + end)
        for a, b in _unwrapped(chunk.text, lines)
        for start, end in sentences(chunk.text[a:b])
    ]


def _ends(line: str) -> bool:
    return line.rstrip()[-1:] in ".!?。！？"


def _unwrapped(text: str, lines: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Lines that were broken for want of room, joined: a long one without an end, or one that goes
    on in small letters.
    """
    longest = max(b - a for a, b in lines)
    joined = [lines[0]]
    for (a, b), (start, end) in pairwise(lines):
        on = not _ends(text[a:b]) and not text[b:start].strip() and "\n\n" not in text[b:start]
        if on and (
            text[start : start + 1].islower() or (longest > _WIDE and b - a > 0.75 * longest)
        ):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
