"""Documents that another package has read, as chunks: its items in reading order, each with the
place that it tells.

Where it tells none, a place is what is true of the file itself: the headings that the words stand
under, and their characters in the text as it was read. Lines of a conversion are none of the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from polysense.read.document import office
from polysense.read.file.placed_passages import placed_passages
from polysense.types import Asset, Box, Chunk, Part, Span

_MAX_HEADING_CHARS = 120
"""Characters of a heading that are kept for the contexts of what stands under it."""

_NO_PLACE = Span()


class Heading(NamedTuple):
    """A heading; level 1 is the highest, 0 the document's own title."""

    text: str
    level: int
    place: Span = _NO_PLACE


class Words(NamedTuple):
    """A paragraph, an entry of a list, a caption."""

    text: str
    place: Span = _NO_PLACE


class Table(NamedTuple):
    """The cells of a table, row by row; boxes are those of the rows, where they are known.
    is_numbered: whether its rows and columns are those of the file, and not of a sheet that was cut
    to what is in it.
    """

    rows: Sequence[Sequence[str]]
    place: Span = _NO_PLACE
    boxes: Sequence[Box] = ()
    is_numbered: bool = True


class Picture(NamedTuple):
    """A picture that can be cut out of the file at its place."""

    place: Span


Item = Heading | Words | Table | Picture


def chunk_items(asset: Asset, items: Iterable[Item], title: str = "") -> Iterator[Chunk]:
    """The chunks of a document: passages, tables, pictures, under the headings above them.

    title is the file's name where the document has none of its own.
    """
    writer = _Writer(asset, title or asset.name.rsplit(".", 1)[0])
    for item in items:
        yield from writer.add(item)
    yield from writer.flush()


@dataclass(slots=True)
class _Writer:
    """What is known of a document while its items are read in order."""

    asset: Asset
    title: str
    headings: list[tuple[int, str]] = field(default_factory=list)
    pending: list[tuple[str, Span]] = field(default_factory=list)
    chars: int = 0
    """Characters of the text before what is pending."""
    tables: int = 0
    pictures: set[Span] = field(default_factory=set)
    has_only_headings: bool = True

    @property
    def section(self) -> str:
        """The headings above: "Heading > Subheading"."""
        return " > ".join(words for _, words in self.headings)

    @property
    def context(self) -> str:
        """The title and the headings above."""
        return " > ".join(filter(None, (self.title, self.section)))

    def add(self, item: Item) -> Iterator[Chunk]:
        """What is finished by the next item."""
        match item:
            case Heading(text, level, place):
                # headings without words of their own go with the next
                if not self.has_only_headings or self._is_elsewhere(place):
                    yield from self.flush()
                self._enter(level, text)
                self._append(text, place)
            case Words(text, place):
                if self._is_elsewhere(place):
                    yield from self.flush()
                self._append(text, place)
                self.has_only_headings = False
            case Table():
                yield from self.flush()
                yield from self._table(item)
            case Picture(place) if place not in self.pictures:
                self.pictures.add(place)
                part = Part("image", self.asset.path, mime=self.asset.mime, span=place)
                yield Chunk(self.asset, place, "image", part, "", self.context)

    def flush(self) -> Iterator[Chunk]:
        """The words since the last heading, table or page, as passages."""
        if not self.pending:
            return
        page, node = self.pending[0][1].page, self.pending[0][1].node
        within = Span(page=page, node=node, chars=(self.chars, self.chars))
        yield from placed_passages(self.asset, self.pending, within, self.context)
        self.chars += sum(len(words) + 2 for words, _ in self.pending)
        self.pending.clear()
        self.has_only_headings = True

    def _enter(self, level: int, text: str) -> None:
        words = " ".join(text.split())[:_MAX_HEADING_CHARS]
        if level == 0:
            self.title, self.headings = words, []
            return
        while self.headings and self.headings[-1][0] >= level:
            self.headings.pop()
        self.headings.append((level, words))

    def _append(self, text: str, place: Span) -> None:
        if not text.strip():
            return
        if not place.page and not place.node:
            place = replace(place, node=self.section or None)
        if not place.page:
            start = self.chars + sum(len(words) + 2 for words, _ in self.pending)
            place = replace(place, chars=(start, start + len(text)))
        self.pending.append((text, place))

    def _is_elsewhere(self, place: Span) -> bool:
        """Whether a place is on another page or sheet than the words that are pending, or has no
        box where they have one: notes beside a slide.
        """
        if not self.pending:
            return False
        last = self.pending[-1][1]
        return (
            last.page != place.page
            or (place.node is not None and last.node != place.node)
            or (last.box is None) != (place.box is None)
        )

    def _table(self, table: Table) -> Iterator[Chunk]:
        self.tables += 1
        place = table.place
        if not place.box and not place.node:  # two of a page are told apart by their number
            place = replace(place, node=f"table {self.tables}")
        chunks = office.table_chunks(self.asset, table.rows, place, self.context, table.boxes)
        for chunk in chunks:
            marks = [m for m in chunk.marks if m.start < m.end]  # not of empty rows
            span, start = chunk.span, self.chars
            if not table.is_numbered:
                span = replace(span, cells=None, chars=(start, start + len(chunk.text)))
                marks = [
                    replace(
                        m, span=replace(m.span, cells=None, chars=(start + m.start, start + m.end))
                    )
                    for m in marks
                ]
                self.chars += len(chunk.text) + 2
            yield chunk.with_(span=span, marks=tuple(marks))
