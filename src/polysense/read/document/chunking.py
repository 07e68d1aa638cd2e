"""Written documents to chunks and links: what all formats share.

Sections, passages, marks with exact lines, contexts, the words of links. A reader of one format
yields its `blocks` in reading order.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from polysense.read.document.blocks import Block, Document, Heading, Mention, SourceLine, TextBlock
from polysense.read.file import text as texts
from polysense.read.file.references import (
    LINK_WORDS,
    file_names,
    first_words,
    heading_trail,
    last_words,
    link_words,
    resolve_reference,
)
from polysense.read.table.table_pieces import as_pieces
from polysense.types import Asset, Chunk, Link, Modality, Part, Span, TextSpan

NEIGHBOUR_WORDS = 20
"""Words taken from either side of a mention. Judged, not measured."""

MAX_FILE_NAMES = 2000
"""File names picked out of the running words of one document: a bound for lists of files."""

MAX_PASSAGE_CHARS = 2400
"""Characters a passage may have, where it is hardly made of words: a minified script, base64.

Twelve for each word that a passage may have. Judged, not measured.
"""

_REACH = 400
"""Characters looked at on either side of a mention for the words next to it."""

_NO_SPAN = Span()
_BLANK_LINES = re.compile(r"(?:[^\S\n]*\n)*")


def chunk_document(
    asset: Asset,
    document: Document,
    node: str | None = None,
    locate_picture: Callable[[str], Span | None] | None = None,
    start_char: int = 0,
) -> Iterator[Chunk | Link]:
    """The chunks and links of a document, or of a stretch of one from `start_char` on.

    node names the part of the asset that was read (a chapter, a cell), where lines count from 1.
    locate_picture tells where in the asset itself the picture lies that a mention refers to: such a
    mention becomes a chunk instead of a link.
    """
    writer = _Chunker(asset, document, node, locate_picture or (lambda _: None), start_char)
    for path, blocks in _sections(document.blocks):
        yield from writer.section_items(path, blocks)


def _sections(blocks: Iterable[Block]) -> Iterator[tuple[list[str], list[Block]]]:
    """(headings above, blocks) of each section.

    A heading over nothing becomes text itself, so that none is lost.
    """
    open_headings: list[Heading] = []
    lacks_words: list[bool] = []
    body: list[Block] = []

    def close(level: int) -> Iterator[tuple[list[str], list[Block]]]:
        if body:
            if any(isinstance(b, TextBlock) for b in body):
                lacks_words[:] = [False] * len(lacks_words)
            yield [h.text for h in open_headings], body.copy()
            body.clear()
        while open_headings and open_headings[-1].level >= level:
            last = open_headings.pop()
            if lacks_words.pop():
                lacks_words[:] = [False] * len(lacks_words)
                yield (
                    [h.text for h in open_headings],
                    [TextBlock([SourceLine(last.text, last.line, last.line)])],
                )

    for block in blocks:
        if isinstance(block, Heading):
            yield from close(block.level)
            open_headings.append(block)
            lacks_words.append(block.line > 0)
        else:
            body.append(block)
    yield from close(0)


class _LocatedText:
    """Paragraphs, a blank line apart, and the source lines of each character."""

    def __init__(self, *paragraphs: Sequence[SourceLine]) -> None:
        self._parts: list[str] = []
        self._starts: list[int] = []
        self._lines: list[SourceLine] = []
        self.size = 0
        for lines in paragraphs:
            self.add(lines)

    def add(self, lines: Sequence[SourceLine]) -> int:
        """One more paragraph; where it begins."""
        start = self.next_start
        for n, line in enumerate(lines):
            self._parts.append(("\n\n" if n == 0 else "\n") if self._parts else "")
            self._parts.append(line.text)
            self._starts.append(start if n == 0 else self.size + 1)
            self._lines.append(line)
            self.size = self._starts[-1] + len(line.text)
        return start

    @property
    def next_start(self) -> int:
        """Where the next paragraph will begin."""
        return self.size + 2 if self._parts else 0

    def __str__(self) -> str:
        return "".join(self._parts)

    def overlaps(self, start: int, end: int) -> Iterator[tuple[int, int, SourceLine]]:
        """(start, end, line) of each line's share of start..end."""
        for i in range(
            max(0, bisect_right(self._starts, start) - 1), bisect_left(self._starts, end)
        ):
            a, b = self._starts[i], self._starts[i] + len(self._lines[i].text)
            if max(a, start) < min(b, end):
                yield max(a, start), min(b, end), self._lines[i]

    @property
    def line_starts(self) -> frozenset[int]:
        """Where its lines begin."""
        return frozenset(self._starts)

    def line_passages(self, limit: int) -> Iterator[tuple[int, int]]:
        """(start, end) of runs of whole lines, at most `limit` words each.

        Of a line that is longer, passages.
        """
        start, end, size = 0, 0, 0
        for a, line in zip(self._starts, self._lines, strict=True):
            b, n = a + len(line.text), texts.count_words(line.text)
            if size and (size + n > limit or b - start > MAX_PASSAGE_CHARS):
                yield start, end
                start, size = a, 0
            if n > limit:
                yield from ((a + x, a + y) for x, y in texts.passages(line.text, limit))
                start = b + 1
                continue
            if not size:
                start = a if n else b + 1
            end, size = (b if n else end), size + n
        if size:
            yield start, end


class _Chunker:
    """Makes chunks and links of one document, section by section."""

    def __init__(
        self,
        asset: Asset,
        document: Document,
        node: str | None,
        locate_picture: Callable[[str], Span | None],
        start_char: int,
    ) -> None:
        self._asset, self._title, self._node = asset, document.title, node
        self._locate_picture = locate_picture
        self._meta = {**({"title": document.title} if document.title else {}), **document.meta}
        self._used_places: set[tuple[Modality, Span]] = set()
        self._offset = start_char
        self._file_name_count = 0

    def section_items(self, path: list[str], blocks: list[Block]) -> Iterator[Chunk | Link]:
        """Prose as passages; then code, tables and mentions, each with the prose near it."""
        prose = _LocatedText()
        positions: list[tuple[int, TextBlock | Mention]] = []
        for block in blocks:
            if isinstance(block, TextBlock):
                positions.append(
                    (prose.add(block.lines) if block.kind == "prose" else prose.next_start, block)
                )
            elif isinstance(block, Mention):
                positions.append((prose.next_start + block.offset, block))
        text, context = str(prose), heading_trail(self._title, *path)
        meta = {"heading": path[-1]} if path else {}
        yield from self._chunks(
            prose,
            texts.passages(text),
            Chunk(self._asset, _NO_SPAN, "text", context=context, meta=meta),
        )
        mention_ranges = sorted(
            {
                (offset, offset + block.size)
                for offset, block in positions
                if isinstance(block, Mention)
            }
        )
        linked_refs = {block.ref for _, block in positions if isinstance(block, Mention)}
        for offset, block in positions:
            if isinstance(block, Mention):
                yield from self._resolve_mention(
                    block, path, _surrounding_words(text, offset, mention_ranges)
                )
                continue
            if block.kind != "prose":
                block_context = link_words(
                    block.caption, context, _surrounding_words(text, offset)[0]
                )
                yield from self._block_chunks(
                    block, Chunk(self._asset, _NO_SPAN, "text", context=block_context, meta=meta)
                )
            yield from self._file_name_links(block, path, (text, offset), linked_refs)

    def _block_chunks(self, block: TextBlock, template: Chunk) -> Iterator[Chunk]:
        """Code and tables by whole lines, asides by passages.

        A long table tells its header again in the context of each piece.
        """
        body = _LocatedText(block.lines)
        if block.kind == "aside":
            yield from self._chunks(
                body, texts.passages(str(body)), template.with_(context=heading_trail(self._title))
            )
            return
        modality = "text" if block.kind == "code" and not block.language else block.kind
        template = template.with_(
            modality=modality,
            meta={**template.meta, **({"language": block.language} if block.language else {})},
        )
        ranges = list(limit_passages(str(body), body.line_passages(texts.PASSAGE_WORDS)))
        chunks = self._chunks(body, ranges, template)
        if block.kind != "table":
            yield from chunks
            return
        header = first_words(block.lines[0].text, LINK_WORDS)
        line_starts = body.line_starts
        pieces = as_pieces(chunks, [a not in line_starts for a, _ in ranges])
        for n, chunk in enumerate(pieces):
            yield chunk.with_(context=f"{chunk.context}\n{header}".strip()) if n else chunk

    def _chunks(
        self, body: _LocatedText, ranges: Iterable[tuple[int, int]], template: Chunk
    ) -> Iterator[Chunk]:
        text = str(body)
        for a, b in limit_passages(text, ranges):
            shares = list(body.overlaps(a, b))
            lines = (min(line.first for *_, line in shares), max(line.last for *_, line in shares))
            span = Span(lines=lines, node=self._node)
            is_partial = any(
                y - x < len(line.text.strip()) for x, y, line in (shares[0], shares[-1])
            )
            if is_partial or (template.modality, span) in self._used_places:
                span = replace(span, chars=(self._offset + a, self._offset + b))
            self._used_places.add((template.modality, span))
            marks = tuple(self._marks(text, a, shares, by_chars=span.chars is not None))
            yield template.with_(
                span=span, text=text[a:b], marks=marks, meta={**self._meta, **template.meta}
            )
        self._offset += body.size + 2 if body.size else 0

    def _marks(
        self, text: str, start: int, shares: list[tuple[int, int, SourceLine]], by_chars: bool
    ) -> Iterator[TextSpan]:
        """A mark for each line; by_chars, one for each sentence, by its characters too.

        That is where lines are too long to tell places apart.
        """
        for a, b, line in shares:
            place = Span(lines=(line.first, line.last), node=self._node)
            if not by_chars:
                yield TextSpan(a - start, b - start, place)
                continue
            for x, y in texts.sentences(text[a:b]):
                yield TextSpan(
                    a + x - start,
                    a + y - start,
                    replace(place, chars=(self._offset + a + x, self._offset + a + y)),
                )

    def _resolve_mention(
        self, mention: Mention, path: Sequence[str], surroundings: tuple[str, str]
    ) -> Iterator[Chunk | Link]:
        """A chunk where the picture is part of the asset, a link where it is another file."""
        words = link_words(*mention.descriptions, heading_trail(self._title, *path), *surroundings)
        if place := self._locate_picture(mention.ref):
            if ("image", place) not in self._used_places:
                self._used_places.add(("image", place))
                part = Part("image", self._asset.path, mime=self._asset.mime, span=place)
                yield Chunk(self._asset, place, "image", part, context=words, meta=self._meta)
        elif uri := resolve_reference(self._asset.uri, mention.ref):
            yield Link(uri, words, Span(lines=mention.lines, node=self._node))

    def _file_name_links(
        self,
        block: TextBlock,
        path: Sequence[str],
        text_position: tuple[str, int],
        linked_refs: set[str],
    ) -> Iterator[Chunk | Link]:
        """Links to files that the words name: `photo = read("data/cat.png")`."""
        text, offset = text_position
        for line in block.lines:
            for m in file_names(line.text) if self._file_name_count < MAX_FILE_NAMES else ():
                if m[0] not in linked_refs:
                    linked_refs.add(m[0])
                    self._file_name_count += 1
                    mention = Mention(m[0], (), (line.first, line.last))
                    if block.kind == "table":
                        surroundings = first_words(line.text, 2 * NEIGHBOUR_WORDS), ""
                    else:
                        start = offset + m.start() if block.kind == "prose" else offset
                        surroundings = _surrounding_words(text, start)
                    yield from self._resolve_mention(mention, path, surroundings)
            offset += len(line.text) + 1 if block.kind == "prose" else 0


def limit_passages(text: str, ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The ranges without blank lines around them, cut where one has too many characters."""
    for start, end in ranges:
        passage = text[start:end]
        blank = _BLANK_LINES.match(passage)
        a, b = start + (blank.end() if blank else 0), start + len(passage.rstrip())
        while b - a > MAX_PASSAGE_CHARS:
            gap = text.rfind(" ", a + MAX_PASSAGE_CHARS // 2, a + MAX_PASSAGE_CHARS)
            cut_at = gap if gap > 0 else a + MAX_PASSAGE_CHARS
            yield a, cut_at
            a = cut_at + (gap > 0)
        if a < b:
            yield a, b


def _surrounding_words(
    text: str, offset: int, excluded: Sequence[tuple[int, int]] = ()
) -> tuple[str, str]:
    """The end of the sentence before or around `offset`, and the beginning of what follows.

    NEIGHBOUR_WORDS each. Stops at `excluded`, in order: what is about other files alone.
    """
    before_excluded = bisect_left(excluded, (offset, 0))
    after_excluded = bisect_left(excluded, (offset + 1, 0))
    ends = [end for _, end in excluded[max(0, before_excluded - 1) : before_excluded]]
    starts = [start for start, _ in excluded[after_excluded : after_excluded + 1]]
    first = max([offset - _REACH, 0, *ends])
    last = min([offset + _REACH, *starts])
    offset = min(offset, len(text))
    while (
        first < offset and text[offset - 1 : offset].strip() and text[offset : offset + 1].strip()
    ):
        offset -= 1  # never inside a word
    before, after = text[first:offset], text[offset:last]
    sentences_before, sentences_after = list(texts.sentences(before)), list(texts.sentences(after))
    end = before[slice(*sentences_before[-1])].lstrip(" \n.,;:!?)") if sentences_before else ""
    start = after[slice(*sentences_after[0])] if sentences_after else ""
    return last_words(end, NEIGHBOUR_WORDS), first_words(start, NEIGHBOUR_WORDS)
