"""Written documents: headings, words and mentions of files become chunks and links with exact
lines.

A reader of one format yields blocks in reading order; `compose` does what all formats share:
sections, passages, marks, contexts, the words of links.

    Heading    a title at a level; sections end there
    Words      lines of text, each with the lines of the source that it comes from
    Mention    a file is shown or linked here, with what is said of it
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, TypeAlias

from polysense.read.file import text as texts
from polysense.read.file.references import (
    FILE,
    LINK_WORDS,
    cut,
    cut_front,
    link_words,
    target,
    trail,
)
from polysense.types import Asset, Chunk, Link, Mark, Modality, Part, Span

NEAR = 20
"""Words taken from either side of a mention."""

MENTIONS = 2000
"""File names picked out of the running words of one document."""

LONGEST = 2400
"""Characters a passage may have, where it is hardly made of words."""

_WHOLE = Span()
_BLANK = re.compile(r"(?:[^\S\n]*\n)*")


class Line(NamedTuple):
    """One line of words as read, and the source lines (first, last) that it stands on."""

    text: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the highest. One on line 0 stands elsewhere: it is context only."""

    level: int
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph, a piece of code, a table (its first line is the header), or lines that stand
    apart from the text around them.
    """

    lines: Sequence[Line]
    kind: Literal["prose", "code", "table", "apart"] = "prose"
    language: str = ""
    caption: str = ""

    def __str__(self) -> str:
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Mention:
    """A file is mentioned `into` characters after the beginning of the words that follow, where
    `size` characters are about it alone.

    said: alt text, caption, title.
    """

    ref: str
    said: tuple[str, ...]
    lines: tuple[int, int]
    into: int = 0
    size: int = 0


Block: TypeAlias = Heading | Words | Mention


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader made of a file. meta goes into every chunk."""

    blocks: Iterable[Block]
    title: str = ""
    meta: Mapping[str, str] = field(default_factory=dict)


def plain(text: str, first: int = 1) -> list[Line]:
    """The lines of a text as they are.

    >>> plain("a\\nb")
    [Line(text='a', first=1, last=1), Line(text='b', first=2, last=2)]
    """
    return [Line(said, n, n) for n, said in enumerate(text.split("\n"), first)]


def compose(
    asset: Asset,
    document: Document,
    node: str | None = None,
    inner: Callable[[str], Span | None] | None = None,
    begin: int = 0,
) -> Iterator[Chunk | Link]:
    """The chunks and links of a document, or of a stretch of one that begins `begin` characters
    into it.

    node names the part of the asset that was read (a chapter, a cell), where lines count from 1.
    inner tells where in the asset itself the picture lies that a mention refers to: such a mention
    becomes a chunk instead of a link.
    """
    writer = _Writer(asset, document, node, inner or (lambda _: None), begin)
    for path, blocks in _sections(document.blocks):
        yield from writer.section(path, blocks)


def _sections(blocks: Iterable[Block]) -> Iterator[tuple[list[str], list[Block]]]:
    """(headings above, blocks) of each section. A heading over nothing becomes words itself, so
    that none is lost.
    """
    above: list[Heading] = []
    empty: list[bool] = []
    body: list[Block] = []

    def close(level: int) -> Iterator[tuple[list[str], list[Block]]]:
        if body:
            if any(isinstance(b, Words) for b in body):
                empty[:] = [False] * len(empty)
            yield [h.text for h in above], body.copy()
            body.clear()
        while above and above[-1].level >= level:
            last = above.pop()
            if empty.pop():
                empty[:] = [False] * len(empty)
                yield [h.text for h in above], [Words([Line(last.text, last.line, last.line)])]

    for block in blocks:
        if isinstance(block, Heading):
            yield from close(block.level)
            above.append(block)
            empty.append(block.line > 0)
        else:
            body.append(block)
    yield from close(0)


class _Text:
    """Paragraphs, a blank line apart, and the source lines of each character."""

    def __init__(self, *paragraphs: Sequence[Line]) -> None:
        self._said: list[str] = []
        self._starts: list[int] = []
        self._lines: list[Line] = []
        self.size = 0
        for lines in paragraphs:
            self.add(lines)

    def add(self, lines: Sequence[Line]) -> int:
        """One more paragraph; where it begins."""
        begin = self.begin
        for n, line in enumerate(lines):
            self._said.append(("\n\n" if n == 0 else "\n") if self._said else "")
            self._said.append(line.text)
            self._starts.append(begin if n == 0 else self.size + 1)
            self._lines.append(line)
            self.size = self._starts[-1] + len(line.text)
        return begin

    @property
    def begin(self) -> int:
        """Where the next paragraph will begin."""
        return self.size + 2 if self._said else 0

    def __str__(self) -> str:
        return "".join(self._said)

    def over(self, start: int, end: int) -> Iterator[tuple[int, int, Line]]:
        """(start, end, line) of each line's share of start..end."""
        for i in range(
            max(0, bisect_right(self._starts, start) - 1), bisect_left(self._starts, end)
        ):
            a, b = self._starts[i], self._starts[i] + len(self._lines[i].text)
            if max(a, start) < min(b, end):
                yield max(a, start), min(b, end), self._lines[i]

    def by_lines(self, limit: int) -> Iterator[tuple[int, int]]:
        """(start, end) of runs of whole lines, at most `limit` words each; passages of a line that
        is longer.
        """
        start, end, size = 0, 0, 0
        for a, line in zip(self._starts, self._lines, strict=True):
            b, n = a + len(line.text), texts.count(line.text)
            if size and (size + n > limit or b - start > LONGEST):
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


class _Writer:
    def __init__(
        self,
        asset: Asset,
        document: Document,
        node: str | None,
        inner: Callable[[str], Span | None],
        begin: int,
    ) -> None:
        self._asset, self._title, self._node, self._inner = asset, document.title, node, inner
        self._meta = {**({"title": document.title} if document.title else {}), **document.meta}
        self._taken: set[tuple[Modality, Span]] = set()
        self._chars = begin
        self._names = 0

    def section(self, path: list[str], blocks: list[Block]) -> Iterator[Chunk | Link]:
        """Prose as passages; then code, tables and mentions, each with what stands near it in that
        prose.
        """
        prose = _Text()
        placed: list[tuple[int, Words | Mention]] = []
        for block in blocks:
            if isinstance(block, Words):
                placed.append(
                    (prose.add(block.lines) if block.kind == "prose" else prose.begin, block)
                )
            elif isinstance(block, Mention):
                placed.append((prose.begin + block.into, block))
        said, context = str(prose), trail(self._title, *path)
        meta = {"heading": path[-1]} if path else {}
        yield from self._chunks(
            prose,
            texts.passages(said),
            Chunk(self._asset, _WHOLE, "text", context=context, meta=meta),
        )
        own = sorted({(at, at + block.size) for at, block in placed if isinstance(block, Mention)})
        told = {block.ref for _, block in placed if isinstance(block, Mention)}
        for at, block in placed:
            if isinstance(block, Mention):
                yield from self._mention(block, path, _near(said, at, own))
                continue
            if block.kind != "prose":
                around = link_words(block.caption, context, _near(said, at)[0])
                yield from self._apart(
                    block, Chunk(self._asset, _WHOLE, "text", context=around, meta=meta)
                )
            yield from self._named(block, path, (said, at), told)

    def _apart(self, block: Words, like: Chunk) -> Iterator[Chunk]:
        """Code and tables, by whole lines; a long table tells its header again in the context of
        each piece.
        """
        body = _Text(block.lines)
        if block.kind == "apart":
            yield from self._chunks(
                body, texts.passages(str(body)), like.with_(context=trail(self._title))
            )
            return
        modality = "text" if block.kind == "code" and not block.language else block.kind
        like = like.with_(
            modality=modality,
            meta={**like.meta, **({"language": block.language} if block.language else {})},
        )
        header = block.lines[0].text if block.kind == "table" else ""
        for n, chunk in enumerate(self._chunks(body, body.by_lines(texts.PASSAGE), like)):
            yield (
                chunk.with_(context=f"{chunk.context}\n{cut(header, LINK_WORDS)}".strip())
                if n and header
                else chunk
            )

    def _chunks(
        self, body: _Text, pieces: Iterable[tuple[int, int]], like: Chunk
    ) -> Iterator[Chunk]:
        said = str(body)
        for a, b in _bounded(said, pieces):
            shares = list(body.over(a, b))
            lines = (min(line.first for *_, line in shares), max(line.last for *_, line in shares))
            span = Span(lines=lines, node=self._node)
            partial = any(y - x < len(line.text.strip()) for x, y, line in (shares[0], shares[-1]))
            if partial or (like.modality, span) in self._taken:
                span = replace(span, chars=(self._chars + a, self._chars + b))
            self._taken.add((like.modality, span))
            marks = tuple(self._marks(said, a, shares, exact=span.chars is not None))
            yield like.with_(
                span=span, text=said[a:b], marks=marks, meta={**self._meta, **like.meta}
            )
        self._chars += body.size + 2 if body.size else 0

    def _marks(
        self, said: str, start: int, shares: list[tuple[int, int, Line]], exact: bool
    ) -> Iterator[Mark]:
        """A mark for each line; where lines are too long to tell places apart, one for each
        sentence in them, by its characters too.
        """
        for a, b, line in shares:
            place = Span(lines=(line.first, line.last), node=self._node)
            if not exact:
                yield Mark(a - start, b - start, place)
                continue
            for x, y in texts.sentences(said[a:b]):
                yield Mark(
                    a + x - start,
                    a + y - start,
                    replace(place, chars=(self._chars + a + x, self._chars + a + y)),
                )

    def _mention(
        self, mention: Mention, path: Sequence[str], near: tuple[str, str]
    ) -> Iterator[Chunk | Link]:
        words = link_words(*mention.said, trail(self._title, *path), *near)
        if place := self._inner(mention.ref):
            if ("image", place) not in self._taken:
                self._taken.add(("image", place))
                part = Part("image", self._asset.path, mime=self._asset.mime, span=place)
                yield Chunk(self._asset, place, "image", part, context=words, meta=self._meta)
        elif uri := target(self._asset.uri, mention.ref):
            yield Link(uri, words, Span(lines=mention.lines, node=self._node))

    def _named(
        self, block: Words, path: Sequence[str], where: tuple[str, int], told: set[str]
    ) -> Iterator[Chunk | Link]:
        """Links to files that the words name: `photo = read("data/cat.png")`."""
        said, at = where
        for line in block.lines:
            for m in FILE.finditer(line.text) if self._names < MENTIONS else ():
                if m[0] not in told:
                    told.add(m[0])
                    self._names += 1
                    mention = Mention(m[0], (), (line.first, line.last))
                    near = _near(said, at + m.start() if block.kind == "prose" else at)
                    yield from self._mention(
                        mention,
                        path,
                        (cut(line.text, 2 * NEAR), "") if block.kind == "table" else near,
                    )
            at += len(line.text) + 1 if block.kind == "prose" else 0


def _bounded(said: str, pieces: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The pieces without blank lines around them, cut where one is long without having many words:
    a minified script, base64.
    """
    for start, end in pieces:
        piece = said[start:end]
        blank = _BLANK.match(piece)
        a, b = start + (blank.end() if blank else 0), start + len(piece.rstrip())
        while b - a > LONGEST:
            gap = said.rfind(" ", a + LONGEST // 2, a + LONGEST)
            at = gap if gap > 0 else a + LONGEST
            yield a, at
            a = at + (gap > 0)
        if a < b:
            yield a, b


def _near(said: str, at: int, own: Sequence[tuple[int, int]] = ()) -> tuple[str, str]:
    """The end of the sentence before `at`, or of the one around it, and the beginning of what
    follows; NEAR words each.

    Stops at `own`, in order: what is about other files alone.
    """
    before_own, after_own = bisect_left(own, (at, 0)), bisect_left(own, (at + 1, 0))
    first = max([at - 400, 0, *(end for _, end in own[max(0, before_own - 1) : before_own])])
    last = min([at + 400, *(start for start, _ in own[after_own : after_own + 1])])
    at = min(at, len(said))
    while first < at and said[at - 1 : at].strip() and said[at : at + 1].strip():
        at -= 1  # never inside a word
    before, after = said[first:at], said[at:last]
    b, a = list(texts.sentences(before)), list(texts.sentences(after))
    return cut_front(before[slice(*b[-1])].lstrip(" \n.,;:!?)") if b else "", NEAR), cut(
        after[slice(*a[0])] if a else "", NEAR
    )
