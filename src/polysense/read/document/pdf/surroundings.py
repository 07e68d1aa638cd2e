"""What a page of a PDF says around a figure or table: its context in the index."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from polysense.read.document.layout import CAPTION, distance, union
from polysense.read.document.line_ends import join_lines
from polysense.read.document.pdf.sections import Section, heading_trail
from polysense.read.file.text import sentences
from polysense.types import Box

# The numbers below are judged, not measured.

_CAPTION_REACH = 0.15
"""A caption lies within this part of the page's height."""

_NEIGHBOUR_REACH = 0.2
"""Paragraphs within this part of the page's height are about the figure, too."""

_MAX_NEIGHBOUR_WORDS = 60
"""Words of neighbours and of sentences that mention the figure."""


class Surroundings:
    """The paragraphs of a page, and the headings they are under.

    A figure has as its context the headings above it, its caption, and the sentences that mention
    it or stand next to it.
    """

    def __init__(self, title: str, start_path: tuple[str, ...], sections: list[Section]) -> None:
        """start_path: the headings that are open where the page begins."""
        self._title, self._start_path = title, start_path
        self._paragraphs = [
            (s.path, union(line.box for line in p), join_lines(p)[0])
            for s in sections
            for p in s.paragraphs
        ]

    def context_of(self, box: Box, page_height: float) -> str:
        """Context of what lies at `box` (points)."""
        nearest = sorted((distance(box, b), n) for n, (_, b, _) in enumerate(self._paragraphs))
        caption = next(
            (
                n
                for d, n in nearest
                if d < _CAPTION_REACH * page_height and CAPTION.match(self._paragraphs[n][2])
            ),
            -1,
        )
        neighbours: Iterable[str] = (
            self._paragraphs[n][2]
            for d, n in nearest
            if n != caption and d < _NEIGHBOUR_REACH * page_height
        )
        if caption >= 0:
            neighbours = [*self._mentions(caption), *neighbours]
        parts = [
            heading_trail(self._title, self._path_above(box)),
            self._paragraphs[caption][2] if caption >= 0 else "",
            " ".join(" ".join(neighbours).split()[:_MAX_NEIGHBOUR_WORDS]),
        ]
        return "\n".join(s for s in parts if s)

    def _path_above(self, box: Box) -> tuple[str, ...]:
        """The headings of the paragraph that begins next above, in the same column."""
        above = [
            (box[1] - b[1], path)
            for path, b, _ in self._paragraphs
            if b[1] <= box[1] and b[0] < box[2] and box[0] < b[2]
        ]
        return min(above, key=lambda a: a[0])[1] if above else self._start_path

    def _mentions(self, caption: int) -> Iterator[str]:
        """The sentences that name the figure as its caption does: "see Fig. 3"."""
        name = CAPTION.match(self._paragraphs[caption][2])
        number = re.search(r"[\dIVX]+$", name[0]) if name else None
        if not name or not number:
            return
        mention = re.compile(rf"\b{re.escape(name[0][:3])}\w*\.?\s*{number[0]}\b", re.I)
        for n, (_, _, text) in enumerate(self._paragraphs):
            if n != caption:
                yield from (text[a:b] for a, b in sentences(text) if mention.search(text[a:b]))
