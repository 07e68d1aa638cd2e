"""Paragraphs counted from 1, as passages under the headings above them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polysense.read.file.placed_passages import placed_passages
from polysense.types import Asset, Chunk, Span

_MAX_HEADING_CHARS = 120
"""Characters of a heading that are kept for the contexts of what stands under it."""

_BLANKS = re.compile(r"(?<=\S) {2,}(?=\S)")
"""Blanks between words, of which one is left where something struck out stood between two."""


class ParagraphFlow:
    """The paragraphs of a document while they are read in order."""

    def __init__(self, asset: Asset, title: str) -> None:
        self.title = title
        self.number = 0
        self._asset = asset
        self._headings: list[tuple[int, str]] = []
        self._pending: list[tuple[str, Span]] = []
        self._has_only_headings = False
        self._chars = 0

    @property
    def path(self) -> str:
        """The headings above: "Title > Heading > Subheading"."""
        return " > ".join([self.title, *(words for _, words in self._headings)])

    @property
    def span(self) -> Span:
        """The place of the paragraph that was read last."""
        return Span(node=f"paragraph {self.number}")

    def add(self, words: str, level: int | None = None) -> Iterator[Chunk]:
        """One more paragraph, a heading where it has a level; what a heading ends comes out."""
        self.number += 1
        words = _BLANKS.sub(" ", words)
        if level is not None and words:
            if not self._has_only_headings:  # headings without words of their own go with the next
                yield from self.flush()
            self._enter(level, " ".join(words.split()))
        if words:
            self._has_only_headings = level is not None and (
                self._has_only_headings or not self._pending
            )
            self._pending.append((words, self.span))

    def flush(self) -> Iterator[Chunk]:
        """The paragraphs read since the last heading or table, as passages."""
        if not self._pending:
            return
        place = Span(chars=(self._chars, self._chars))
        for chunk in placed_passages(self._asset, self._pending, place, self.path):
            first = chunk.marks[0].span.node or ""
            last = (chunk.marks[-1].span.node or "").removeprefix("paragraph ")
            node = first
            if not first.endswith(f" {last}"):
                node = f"{first.replace('paragraph', 'paragraphs')}-{last}"
            yield chunk.with_(span=Span(node=node, chars=chunk.span.chars))
        self._chars += sum(len(words) + 2 for words, _ in self._pending)
        self._pending.clear()

    def _enter(self, level: int, words: str) -> None:
        """Begin a section under the headings of higher levels."""
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        if words != self.title:
            self._headings.append((level, words[:_MAX_HEADING_CHARS]))
