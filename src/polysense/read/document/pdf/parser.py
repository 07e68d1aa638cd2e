"""PDF: passages under their headings, tables, figures with their captions, scanned pages; each with
page and box.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from polysense.errors import Unreadable
from polysense.protocols import Parser
from polysense.read.document import office
from polysense.read.document.layout import (
    CAPTION,
    Line,
    Table,
    blocks,
    clusters,
    inside,
    join,
    paragraphs,
    rows,
    tables,
    union,
)
from polysense.read.document.pdf.decode import Document
from polysense.read.document.pdf.page import Drawing, Page
from polysense.read.file.text import count, passages, sentences
from polysense.read.table import table_text
from polysense.types import Asset, Box, Chunk, Link, Mark, Part, Span

_PLACEHOLDER = re.compile(
    r"^(untitled|title|document\d*|(table of )?contents|inhalt\w*|abstract|\d+(\.\d+)*\.?\s.*"
    r"|slide \d+|.*\.(docx?|dvi|tex|indd|qxd|pdf|pptx?|odt|rtf|html?))$",
    re.I,
)
_PAGE_NUMBER = re.compile(
    r"^\W*(?:#|[ivxlc]{1,6}|(?:page|seite|p\.)\s*#(?:\s*(?:of|/|von)\s*#)?|#\s*/\s*#)\W*$", re.I
)
_ENDS_OPEN = re.compile(r"[,;.。]$")


@dataclass(slots=True)
class _Section:
    """Paragraphs under one heading; the heading's own words come first. It is bare as long as it
    has no others.
    """

    path: tuple[str, ...]
    paragraphs: list[list[Line]]
    bare: bool = False


class PdfParser(Parser):
    """Reads PDF page by page. A page that is broken is left out, and named at the end."""

    accepts: ClassVar[frozenset[str]] = frozenset({"application/pdf"})

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """See Parser. Raises Encrypted, Unreadable."""
        path = asset.path or Path(asset.uri)
        with Document(path) as pdf:
            reader, broken = _Reader(asset, path, pdf), []
            for number in range(1, len(pdf) + 1):
                try:
                    page = reader.read(number)
                except Unreadable:
                    broken.append(number)
                    continue
                yield from reader.chunks(page)
        if broken:
            few = ", ".join(map(str, broken[:20])) + (", ..." if len(broken) > 20 else "")
            raise Unreadable(
                f"{asset.name}: {len(broken)} of its pages are broken and were left out: {few}"
            )


class _Reader:
    """What is known of a document while its pages are read in order."""

    def __init__(self, asset: Asset, path: Path, pdf: Document) -> None:
        self._asset, self._path, self._pdf = asset, path, pdf
        self._outline: dict[int, list[tuple[int, str]]] = {}
        for level, title, page in pdf.outline():
            self._outline.setdefault(page, []).append((level, title))
        self._headings: list[tuple[tuple[int, float], str]] = []
        self._edges: set[str] = set()
        self._pictures: set[str] = set()
        last = len(pdf)
        tried = {n: self._try(n) for n in {1, 2, (last + 1) // 2, last} if n <= last}
        self._ahead = {n: read for n, read in tried.items() if read}
        sizes = Counter[tuple[int, bool]]()
        for n in sorted(self._ahead):
            for line in self._ahead[n].lines:
                sizes[round(line.size), line.bold] += len(line.text)
        self._body, self._body_bold = sizes.most_common(1)[0][0] if sizes else (10, False)
        self._title = self._find_title()

    def _try(self, number: int) -> Page | None:
        try:
            return self._pdf.read(number)
        except Unreadable:
            return None

    def read(self, number: int) -> Page:
        """The page, which may have been looked at ahead."""
        return self._ahead.pop(number, None) or self._pdf.read(number)

    def _find_title(self) -> str:
        said = re.sub(r"^Microsoft \w+ - ", "", self._pdf.title())
        if len(said) > 2 and "\ufffd" not in said and not _PLACEHOLDER.match(said):
            return said[:200]
        first = self._ahead.get(1)
        large = (
            [line for line in first.lines if line.size >= 1.25 * self._body and not line.vertical]
            if first and first.legible
            else []
        )
        if large:
            top = max(line.size for line in large)
            words = join([line for line in large if line.size > 0.95 * top])[0]
            if (
                1 <= count(words) <= 25
                and any(map(str.isalpha, words))
                and not _PLACEHOLDER.match(words)
            ):
                return words
        return self._asset.name.rsplit(".", 1)[0]

    # one page

    def chunks(self, page: Page) -> Iterator[Chunk | Link]:
        """Everything found on a page."""
        start = tuple(title for _, title in self._headings)
        if page.legible:
            across = rows(page.lines)
            edges = {id(row[0]) for row in (across[0], across[-1]) if len(row) == 1}
            lines = [line for line in page.lines if not self._runs(line, page, id(line) in edges)]
            grids = tables(lines, page.rules)
            used = {id(line) for table in grids for line in table.lines}
            figures = self._figures(page, [line for line in lines if id(line) not in used], grids)
            used |= {id(line) for _, labels in figures for line in labels}
            prose = [line for line in lines if id(line) not in used]
            sections = self._sections(
                [p for block in blocks(prose) for p in paragraphs(block)], page.number
            )
            yield from self._passages(sections, page)
            around = _Surroundings(self._title, start, sections)
            for table in grids:
                yield from self._table(table, around, page)
            for box, labels in figures:
                yield self._figure(box, labels, around, page)
        elif page.pictures or page.drawings or page.lines:
            self._sections([], page.number)
            whole = Span(page=page.number, box=(0.0, 0.0, 1.0, 1.0))
            yield Chunk(
                self._asset, whole, "image", self._part(whole), context=_path(self._title, start)
            )
        yield from self._notes(page, start)

    def _runs(self, line: Line, page: Page, outermost: bool) -> bool:
        """Whether a line is a page number, or a running head or foot that an earlier page had too."""
        within = 0.08 < (line.box[1] + line.box[3]) / 2 / page.height < 0.92
        key = re.sub(r"\d+", "#", line.text)
        if _PAGE_NUMBER.match(key) and (outermost or not within):
            return True
        if within:
            return False
        seen = key in self._edges
        self._edges.add(key)
        return seen

    # headings and text

    def _sections(self, found: Sequence[list[Line]], number: int) -> list[_Section]:
        bold = self._body_bold or sum(p[0].bold for p in found) > 0.5 * len(found)
        waiting = list(self._outline.get(number, ()))
        texts = [_plain(join(p)[0]) if len(p) < 4 else "" for p in found]
        for level, title in list(waiting):
            # a bookmark whose words are not on the page holds from its top
            if not any(text.endswith(_plain(title)) for text in texts):
                self._enter((0, level), title)
                waiting.remove((level, title))
        sections = [_Section(self._trail(), [])]
        for paragraph, plain in zip(found, texts, strict=True):
            listed = next(
                ((level, title) for level, title in waiting if plain.endswith(_plain(title))), None
            )
            if listed:
                waiting.remove(listed)
                self._enter((0, listed[0]), listed[1])
            elif self._is_heading(paragraph, bold):
                self._enter((1, -round(paragraph[0].size)), join(paragraph)[0])
            else:
                sections[-1].paragraphs.append(paragraph)
                sections[-1].bare = False
                continue
            # headings without words of their own go with the next
            bare = sections[-1].paragraphs if sections[-1].bare else []
            sections[len(sections) - bool(bare) :] = [
                _Section(self._trail(), [*bare, paragraph], bare=True)
            ]
        return [s for s in sections if s.paragraphs]

    def _enter(self, rank: tuple[int, float], title: str) -> None:
        if self._headings and _plain(self._headings[-1][1]) == _plain(title[:120]):
            return  # a running head, and then the heading itself
        while self._headings and self._headings[-1][0] >= rank:
            self._headings.pop()
        if title != self._title:
            self._headings.append((rank, title[:120]))

    def _trail(self) -> tuple[str, ...]:
        return tuple(title for _, title in self._headings)

    def _is_heading(self, paragraph: list[Line], bold: bool) -> bool:
        words = join(paragraph)[0]
        if (
            len(paragraph) > 3
            or not 1 <= count(words) <= 20
            or CAPTION.match(words)
            or sum(map(str.isalpha, words)) < 3
        ):
            return False
        if paragraph[0].size >= 1.12 * self._body + 0.4:
            return True
        heavy = (
            all(line.bold for line in paragraph)
            and not bold
            and paragraph[0].size >= 0.95 * self._body
        )
        return heavy and count(words) <= 12 and not _ENDS_OPEN.search(words)

    def _passages(self, sections: list[_Section], page: Page) -> Iterator[Chunk]:
        base = 0
        for section in sections:
            text, places = _compose(section.paragraphs)
            for a, b in passages(text):
                marks = _marks(places, a, b, page)
                span = _around(marks, page, chars=(base + a, base + b))
                yield Chunk(
                    self._asset,
                    span,
                    "text",
                    None,
                    text[a:b],
                    _path(self._title, section.path),
                    marks,
                )
            base += len(text) + 2

    def _notes(self, page: Page, path: tuple[str, ...]) -> Iterator[Chunk | Link]:
        text, places = _compose([[Line(note.text, note.box)] for note in page.notes])
        for a, b in passages(text):
            marks = _marks(places, a, b, page)
            span = _around(marks, page, node="notes", chars=(a, b))
            yield Chunk(self._asset, span, "text", None, text[a:b], _path(self._title, path), marks)
        for box, target in page.refs:
            where = office.target(self._asset, target)
            if not where:
                continue
            words = join(
                [
                    line
                    for line in page.lines
                    if inside(line.box, box, 2) or inside(box, line.box, 2)
                ]
            )[0]
            said = " ".join([_path(self._title, path), *words.split()[:50]])
            yield Link(where, said, Span(page=page.number, box=page.fraction(box)))

    # tables and figures

    def _table(self, table: Table, around: _Surroundings, page: Page) -> Iterator[Chunk]:
        """A table's rows, as many to a chunk as a passage has words."""
        lines = table_text.labelled([row.cells for row in table.rows])
        context = around.of(table.box, page.height)
        for first, end in table_text.pieces(lines):
            said = [
                Line(line, row.box)
                for line, row in zip(lines[first:end], table.rows[first:end], strict=True)
            ]
            text, places = _compose([[line] for line in said], "\n")
            whole = table.box if end - first == len(lines) else union(line.box for line in said)
            span = Span(page=page.number, box=page.fraction(whole))
            yield Chunk(
                self._asset, span, "table", None, text, context, _marks(places, 0, len(text), page)
            )

    def _figures(
        self, page: Page, lines: list[Line], grids: list[Table]
    ) -> list[tuple[Box, list[Line]]]:
        """Pictures and drawings worth looking at, each with the words that are part of it."""
        area = page.width * page.height
        words = sum(count(line.text) for line in lines)
        found: list[tuple[Box, list[Line]]] = []
        for box, digest in _joined(page):
            shown = union([box]) if _size(box) < area else (0.0, 0.0, page.width, page.height)
            tiny = min(box[2] - box[0], box[3] - box[1]) < 24 or _size(box) < 0.003 * area
            backdrop = _size(box) > 0.8 * area and words >= 30
            if not tiny and not backdrop and digest not in self._pictures:
                found.append((shown, []))
            self._pictures.add(digest)
        taken = [table.box for table in grids] + [box for box, _ in found]
        drawings = [
            d
            for d in page.drawings
            if _size(d.box) < 0.6 * area and not any(inside(d.box, t, 2) for t in taken)
        ]
        for group in clusters([d.box for d in drawings], page.width, page.height):
            box = union(drawings[i].box for i in group)
            labels = [line for line in lines if inside(line.box, box)]
            if _is_figure([drawings[i] for i in group], box, labels, page):
                found = [f for f in found if not inside(f[0], box)] + [(box, labels)]
        return sorted(found, key=lambda f: (f[0][1], f[0][0]))

    def _figure(self, box: Box, labels: list[Line], around: _Surroundings, page: Page) -> Chunk:
        span = Span(page=page.number, box=page.fraction(box))
        text, places = join([line for block in blocks(labels) for line in block])
        return Chunk(
            self._asset,
            span,
            "image",
            self._part(span),
            text,
            around.of(box, page.height),
            _marks(places, 0, len(text), page),
        )

    def _part(self, span: Span) -> Part:
        return Part("image", self._path, mime=self._asset.mime, span=span)


class _Surroundings:
    """What a page says around a figure or table: the headings above it, its caption, the sentences
    that mention it or stand next to it.
    """

    def __init__(self, title: str, start: tuple[str, ...], sections: list[_Section]) -> None:
        self._title, self._start = title, start
        self._said = [
            (s.path, union(line.box for line in p), join(p)[0])
            for s in sections
            for p in s.paragraphs
        ]

    def of(self, box: Box, height: float) -> str:
        """Context of what lies at `box` (points)."""
        above = [
            (box[1] - b[1], path)
            for path, b, _ in self._said
            if b[1] <= box[1] and b[0] < box[2] and box[0] < b[2]
        ]
        path = min(above, key=lambda a: a[0])[1] if above else self._start
        nearest = sorted((_distance(box, b), n) for n, (_, b, _) in enumerate(self._said))
        captions = [
            (d, n) for d, n in nearest if d < 0.15 * height and CAPTION.match(self._said[n][2])
        ]
        caption = captions[0][1] if captions else -1
        near: Iterable[str] = (
            self._said[n][2] for d, n in nearest if n != caption and d < 0.2 * height
        )
        if caption >= 0:
            near = [*self._mentions(caption), *near]
        words = " ".join(near).split()[:60]
        said = [
            _path(self._title, path),
            self._said[caption][2] if caption >= 0 else "",
            " ".join(words),
        ]
        return "\n".join(s for s in said if s)

    def _mentions(self, caption: int) -> Iterator[str]:
        name = CAPTION.match(self._said[caption][2])
        number = re.search(r"[\dIVX]+$", name[0]) if name else None
        if not name or not number:
            return
        mention = re.compile(rf"\b{re.escape(name[0][:3])}\w*\.?\s*{number[0]}\b", re.I)
        for n, (_, _, text) in enumerate(self._said):
            if n != caption:
                yield from (text[a:b] for a, b in sentences(text) if mention.search(text[a:b]))


def _compose(found: list[list[Line]], gap: str = "\n\n") -> tuple[str, list[tuple[int, int, Line]]]:
    """Paragraphs as one text, and where in it each line is."""
    text, places = "", list[tuple[int, int, Line]]()
    for paragraph in found:
        text += gap if text else ""
        words, lines = join(paragraph)
        places += [(len(text) + a, len(text) + b, line) for a, b, line in lines]
        text += words
    return text, places


def _marks(
    places: list[tuple[int, int, Line]], start: int, end: int, page: Page
) -> tuple[Mark, ...]:
    """The lines of text[start:end], with their boxes."""
    return tuple(
        Mark(
            max(a, start) - start,
            min(b, end) - start,
            Span(page=page.number, box=page.fraction(line.box)),
        )
        for a, b, line in places
        if a < end and start < b
    )


def _around(
    marks: Iterable[Mark], page: Page, node: str | None = None, chars: tuple[int, int] | None = None
) -> Span:
    return Span(
        page=page.number, box=union(m.span.box for m in marks if m.span.box), node=node, chars=chars
    )


def _path(title: str, path: Iterable[str]) -> str:
    return " > ".join([title, *path])


def _plain(text: str) -> str:
    """Letters and digits only, to compare a bookmark with a heading."""
    return "".join(c for c in text.casefold() if c.isalnum())


def _size(box: Box) -> float:
    return max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)


def _distance(a: Box, b: Box) -> float:
    return max(a[0] - b[2], b[0] - a[2], 0.0) + max(a[1] - b[3], b[1] - a[3], 0.0)


def _joined(page: Page) -> list[tuple[Box, str]]:
    """Pictures; the strips that some programs cut one into are put together."""
    found: list[tuple[Box, str]] = []
    for picture in sorted(page.pictures[:500], key=lambda p: (p.box[1], p.box[0])):
        if min(picture.pixels) < 2:
            continue
        box, digest = picture.box, picture.digest
        for other in [f for f in found if _distance(f[0], box) <= 1]:
            found.remove(other)
            box, digest = union((box, other[0])), f"{other[1]} {digest}"
        found.append((box, digest))
    return found


def _is_figure(drawings: list[Drawing], box: Box, labels: list[Line], page: Page) -> bool:
    """Whether paths lying together are a figure, not lines under words or a frame around them."""
    strokes = sum(d.strokes for d in drawings)
    thick = any(min(d.box[2] - d.box[0], d.box[3] - d.box[1]) > 2 for d in drawings)
    small = box[2] - box[0] < 0.1 * page.width or box[3] - box[1] < 0.03 * page.height
    wordy = (
        sum(_size(line.box) for line in labels) > 0.35 * _size(box)
        or sum(count(line.text) for line in labels) > 80
    )
    return strokes >= 12 and thick and not small and not wordy
