"""PDF: passages under headings, tables, figures and scanned pages, each with page and box."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from polysense.errors import Unreadable
from polysense.protocols import Parser
from polysense.read.document import office
from polysense.read.document.layout import (
    Line,
    group_rows,
    is_inside,
    middle_y,
    reading_blocks,
    split_paragraphs,
    union,
)
from polysense.read.document.layout_tables import Table, find_tables
from polysense.read.document.line_ends import join_lines
from polysense.read.document.pdf.decode import PdfDocument, page_count
from polysense.read.document.pdf.figures import find_figures
from polysense.read.document.pdf.page import Page
from polysense.read.document.pdf.page_breaks import join_over_pages
from polysense.read.document.pdf.page_numbers import is_page_number
from polysense.read.document.pdf.sections import Section, SectionSplitter, heading_trail
from polysense.read.document.pdf.surroundings import Surroundings
from polysense.read.document.pdf.table_breaks import (
    OpenTable,
    column_names,
    has_numbers,
    is_last,
    table_width,
)
from polysense.read.file.chunk_meta import with_meta
from polysense.read.file.text import count_words, passages
from polysense.read.table import table_text
from polysense.read.table.table_pieces import as_pieces
from polysense.types import PAGE, Asset, Box, Chunk, Link, Part, Span, TextSpan

_PLACEHOLDER_TITLE = re.compile(
    r"^(untitled|title|document\d*|(table of )?contents|inhalt\w*|abstract|\d+(\.\d+)*\.?\s.*"
    r"|slide \d+|.*\.(docx?|dvi|tex|indd|qxd|pdf|pptx?|odt|rtf|html?))$",
    re.I,
)
# The numbers below are judged, not measured.

_TITLE_SIZE = 1.25
"""A title on the first page is this many times larger than the body."""

_ONE_SIZE = 0.95
"""Lines of the title are this much of its largest, or more."""

_MAX_TITLE_WORDS = 25
_MAX_TITLE_CHARS = 200

_MARGIN = 0.08
"""Part of the page's height, above and below, where running heads and page numbers stand."""

_LINK_WORDS = 50
"""Words of the line that a link is on."""


class PdfParser(Parser):
    """Reads PDF page by page. A page that is broken is left out, and named at the end."""

    accepts: ClassVar[frozenset[str]] = frozenset({"application/pdf"})

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """See Parser. Raises Encrypted, Unreadable."""
        path = asset.path or Path(asset.uri)
        failures: list[int] = []
        with PdfDocument(path) as pdf:
            yield from join_over_pages(_pages(asset, path, pdf, failures))
        if failures:
            few = ", ".join(map(str, failures[:20])) + (", ..." if len(failures) > 20 else "")
            raise Unreadable(
                f"{asset.name}: {len(failures)} of its pages are broken and were left out: {few}"
            )

    def pages(self, asset: Asset) -> Iterator[Chunk]:
        """See PageReader. Raises Encrypted, Unreadable."""
        path = asset.path or Path(asset.uri)
        for number in range(1, page_count(path) + 1):
            span = Span(page=number, box=(0.0, 0.0, 1.0, 1.0))
            yield Chunk(asset, span, "image", Part(PAGE, path, mime=asset.mime, span=span))


def _pages(
    asset: Asset, path: Path, pdf: PdfDocument, failures: list[int]
) -> Iterator[list[Chunk | Link]]:
    """What is on each page, with what the page is called in print; broken ones go to `failures`."""
    reader = _Reader(asset, path, pdf)
    for number in range(1, len(pdf) + 1):
        try:
            page = reader.read(number)
        except Unreadable:
            failures.append(number)
            continue
        label = pdf.page_label(number)
        meta = {"page_label": label} if label else {}
        yield list(with_meta(reader.chunks(page), meta))


class _Reader:
    """What is known of a document while its pages are read in order."""

    def __init__(self, asset: Asset, path: Path, pdf: PdfDocument) -> None:
        self._asset, self._path, self._pdf = asset, path, pdf
        self._margin_texts: set[str] = set()
        self._picture_digests: set[str] = set()
        self._open_table: OpenTable | None = None
        last = len(pdf)
        previews = {n: self._try_read(n) for n in {1, 2, (last + 1) // 2, last} if n <= last}
        self._preview_pages = {n: page for n, page in previews.items() if page}
        sizes = Counter[tuple[int, bool]]()
        for n in sorted(self._preview_pages):
            for line in self._preview_pages[n].lines:
                sizes[round(line.size), line.bold] += len(line.text)
        self._body_size, body_is_bold = sizes.most_common(1)[0][0] if sizes else (10, False)
        self._title = self._find_title()
        self._splitter = SectionSplitter(pdf.outline(), self._title, self._body_size, body_is_bold)

    def _try_read(self, number: int) -> Page | None:
        try:
            return self._pdf.read_page(number)
        except Unreadable:
            return None

    def read(self, number: int) -> Page:
        """The page, which may have been looked at ahead."""
        return self._preview_pages.pop(number, None) or self._pdf.read_page(number)

    def _find_title(self) -> str:
        title = re.sub(r"^Microsoft \w+ - ", "", self._pdf.title())
        if len(title) > 2 and "\ufffd" not in title and not _PLACEHOLDER_TITLE.match(title):
            return title[:_MAX_TITLE_CHARS]
        first = self._preview_pages.get(1)
        large = (
            [
                line
                for line in first.lines
                if line.size >= _TITLE_SIZE * self._body_size and not line.vertical
            ]
            if first and first.is_legible
            else []
        )
        if large:
            top = max(line.size for line in large)
            words = join_lines([line for line in large if line.size > _ONE_SIZE * top])[0]
            if (
                1 <= count_words(words) <= _MAX_TITLE_WORDS
                and any(map(str.isalpha, words))
                and not _PLACEHOLDER_TITLE.match(words)
            ):
                return words
        return self._asset.name.rsplit(".", 1)[0]

    def chunks(self, page: Page) -> Iterator[Chunk | Link]:
        """Everything found on a page."""
        start_path = self._splitter.heading_path()
        if page.is_legible:
            page_rows = group_rows(page.lines)
            outer_lines = {id(row[0]) for row in (page_rows[0], page_rows[-1]) if len(row) == 1}
            lines = [
                line
                for line in page.lines
                if not self._is_running_line(line, page, id(line) in outer_lines)
            ]
            tables = find_tables(lines, page.rules)
            used = {id(line) for table in tables for line in table.lines}
            rest = [line for line in lines if id(line) not in used]
            figures = find_figures(page, rest, tables, self._picture_digests)
            used |= {id(line) for _, labels in figures for line in labels}
            text_lines = [line for line in lines if id(line) not in used]
            paragraphs = [
                p for block in reading_blocks(text_lines) for p in split_paragraphs(block)
            ]
            sections = self._splitter.split(paragraphs, page.number)
            yield from self._passage_chunks(sections, page)
            surroundings = Surroundings(self._title, start_path, sections)
            body_lines = [line for line in lines if _is_in_body(line, page)]
            before, self._open_table = self._open_table, None
            for table in tables:
                yield from self._table_chunks(table, surroundings, page, body_lines, before)
            for box, labels in figures:
                yield self._figure_chunk(box, labels, surroundings, page)
        elif page.pictures or page.drawings or page.lines:
            self._splitter.split([], page.number)  # for its bookmarks
            whole = Span(page=page.number, box=(0.0, 0.0, 1.0, 1.0))
            yield Chunk(
                self._asset,
                whole,
                "image",
                self._page_part(whole),
                context=heading_trail(self._title, start_path),
            )
        yield from self._note_items(page, start_path)

    def _is_running_line(self, line: Line, page: Page, is_outermost: bool) -> bool:
        """Whether a line is a page number, or a running head or foot seen on an earlier page."""
        is_in_body = _is_in_body(line, page)
        key = re.sub(r"\d+", "#", line.text)
        count = len(self._pdf)
        # of one page the last line is rarely its number
        may_be_number = not is_in_body or (is_outermost and count > 1)
        if may_be_number and is_page_number(line.text, count):
            return True
        if is_in_body:
            return False
        is_repeated = key in self._margin_texts
        self._margin_texts.add(key)
        return is_repeated

    def _passage_chunks(self, sections: list[Section], page: Page) -> Iterator[Chunk]:
        base = 0
        for section in sections:
            text, places = join_paragraphs(section.paragraphs)
            for a, b in passages(text):
                marks = _line_marks(places, a, b, page)
                span = _span_around(marks, page, chars=(base + a, base + b))
                yield Chunk(
                    self._asset,
                    span,
                    "text",
                    None,
                    text[a:b],
                    heading_trail(self._title, section.path),
                    marks,
                )
            base += len(text) + 2

    def _note_items(self, page: Page, path: tuple[str, ...]) -> Iterator[Chunk | Link]:
        text, places = join_paragraphs([[Line(note.text, note.box)] for note in page.notes])
        for a, b in passages(text):
            marks = _line_marks(places, a, b, page)
            span = _span_around(marks, page, node="notes", chars=(a, b))
            yield Chunk(
                self._asset, span, "text", None, text[a:b], heading_trail(self._title, path), marks
            )
        for box, target in page.file_links:
            target_path = office.link_target(self._asset, target)
            if not target_path:
                continue
            words = join_lines(
                [
                    line
                    for line in page.lines
                    if is_inside(line.box, box, 2) or is_inside(box, line.box, 2)
                ]
            )[0]
            link_words = " ".join([heading_trail(self._title, path), *words.split()[:_LINK_WORDS]])
            yield Link(target_path, link_words, Span(page=page.number, box=page.to_fractions(box)))

    def _table_chunks(
        self,
        table: Table,
        surroundings: Surroundings,
        page: Page,
        page_lines: Sequence[Line],
        open_table: OpenTable | None,
    ) -> Iterator[Chunk]:
        """A table's rows, as many to a chunk as a passage has words; those that go on with a table
        of the page before are pieces of it.
        """
        others = [line for line in page_lines if line not in table.lines]
        goes_on = open_table is not None and open_table.goes_on_with(table, page.number, others)
        before = open_table if goes_on else None
        above = before.names if before else ()
        is_open = is_last(table, others)
        pieces = list(
            as_pieces(
                self._row_chunks(table, surroundings, page, above),
                before=before.last if before else None,
                is_open=is_open,
            )
        )
        yield from pieces
        if is_open and pieces:
            self._open_table = OpenTable(
                above or column_names(table),
                table_width(table),
                table.box[0],
                has_numbers(table),
                page.number,
                pieces[-1],
            )

    def _row_chunks(
        self, table: Table, surroundings: Surroundings, page: Page, above: Sequence[str]
    ) -> Iterator[Chunk]:
        lines = table_text.label_rows([row.cells for row in table.rows], above)
        context = surroundings.context_of(table.box, page.height)
        for first, end in table_text.line_runs(lines):
            row_lines = [
                Line(line, row.box)
                for line, row in zip(lines[first:end], table.rows[first:end], strict=True)
            ]
            text, places = join_paragraphs([[line] for line in row_lines], "\n")
            box = table.box if end - first == len(lines) else union(line.box for line in row_lines)
            span = Span(page=page.number, box=page.to_fractions(box))
            yield Chunk(
                self._asset,
                span,
                "table",
                None,
                text,
                context,
                _line_marks(places, 0, len(text), page),
            )

    def _figure_chunk(
        self, box: Box, labels: list[Line], surroundings: Surroundings, page: Page
    ) -> Chunk:
        span = Span(page=page.number, box=page.to_fractions(box))
        text, places = join_lines([line for block in reading_blocks(labels) for line in block])
        return Chunk(
            self._asset,
            span,
            "image",
            self._page_part(span),
            text,
            surroundings.context_of(box, page.height),
            _line_marks(places, 0, len(text), page),
        )

    def _page_part(self, span: Span) -> Part:
        return Part("image", self._path, mime=self._asset.mime, span=span)


def join_paragraphs(
    paragraphs: list[list[Line]], gap: str = "\n\n"
) -> tuple[str, list[tuple[int, int, Line]]]:
    """Paragraphs as one text, and where in it each line is."""
    text, places = "", list[tuple[int, int, Line]]()
    for paragraph in paragraphs:
        text += gap if text else ""
        words, lines = join_lines(paragraph)
        places += [(len(text) + a, len(text) + b, line) for a, b, line in lines]
        text += words
    return text, places


def _is_in_body(line: Line, page: Page) -> bool:
    """Whether a line stands between the margins where running heads and feet are."""
    return _MARGIN < middle_y(line) / page.height < 1 - _MARGIN


def _line_marks(
    places: list[tuple[int, int, Line]], start: int, end: int, page: Page
) -> tuple[TextSpan, ...]:
    """Where in text[start:end] each line is, with its box."""
    return tuple(
        TextSpan(
            max(a, start) - start,
            min(b, end) - start,
            Span(page=page.number, box=page.to_fractions(line.box)),
        )
        for a, b, line in places
        if a < end and start < b
    )


def _span_around(
    marks: Iterable[TextSpan],
    page: Page,
    node: str | None = None,
    chars: tuple[int, int] | None = None,
) -> Span:
    return Span(
        page=page.number, box=union(m.span.box for m in marks if m.span.box), node=node, chars=chars
    )
