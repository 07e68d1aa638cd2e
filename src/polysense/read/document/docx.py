"""Word documents: passages under headings, tables, pictures, notes, headers and comments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from polysense.errors import Unreadable
from polysense.protocols import Parser
from polysense.read.document import office, word_xml
from polysense.read.document.layout import CAPTION
from polysense.read.document.paragraphs import ParagraphFlow
from polysense.read.document.word_lists import number_paragraphs
from polysense.read.file.placed_passages import placed_passages
from polysense.read.file.strict_office import open_office_file
from polysense.types import Asset, Chunk, Link, Span

_WORDS_BEFORE_TABLE = 40
"""Words of the paragraph before a table that has no caption. Judged, not measured."""


class DocxParser(Parser):
    """Reads .docx. Places are paragraphs and tables, counted from 1.

    Pages exist only once it is laid out.
    """

    accepts: ClassVar[frozenset[str]] = frozenset(
        {"application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
    )

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """See Parser. Raises Encrypted, TooLarge, Unreadable."""
        path = asset.path or Path(asset.uri)
        office.check_package(path)
        import docx

        try:
            with open_office_file(path) as file:
                document = docx.Document(file)
            body = document.element.body
        except Exception as e:
            raise Unreadable(f"{asset.name} is no readable Word document: {e}") from e
        try:
            number_paragraphs(document)
            yield from _Reader(asset, path, document).read(body)
        except (
            AttributeError,
            KeyError,
            TypeError,
            ValueError,
        ) as e:  # what damaged XML leads python-docx to
            raise Unreadable(
                f"{asset.name} is damaged; what comes before the damage was read: {e}"
            ) from e


class _Reader:
    """What is known of a document while its elements are read in order."""

    def __init__(self, asset: Asset, path: Path, document: Any) -> None:
        self._asset, self._path, self._document = asset, path, document
        self._levels = word_xml.heading_levels(document)
        self._picture_names: set[str] = set()
        self._tables = 0
        title = _find_title(document, self._levels) or asset.name.rsplit(".", 1)[0]
        self._flow = ParagraphFlow(asset, title)

    def read(self, body: Any) -> Iterator[Chunk | Link]:
        """The body, then what stands apart from it."""
        elements = list(word_xml.body_elements(body))
        for n, element in enumerate(elements):
            if element.tag == word_xml.W + "tbl":
                yield from self._flow.flush()
                yield from self._table(element, elements, n)
            else:
                yield from self._paragraph(element, elements, n)
        yield from self._flow.flush()
        yield from self._notes_and_headers()

    def _paragraph(self, p: Any, elements: list[Any], n: int) -> Iterator[Chunk | Link]:
        words = word_xml.element_text(p).strip()
        level = self._levels.get(word_xml.style_id(p), word_xml.outline_level(p))
        yield from self._flow.add(words, level)
        yield from self._pictures(elements, n)
        yield from self._links(p, words)

    def _table(self, table: Any, elements: list[Any], n: int) -> Iterator[Chunk | Link]:
        self._tables += 1
        table_rows = [
            tr
            for tr in table.iter(word_xml.W + "tr")
            if next(tr.iterancestors(word_xml.W + "tbl")) is table
            and not word_xml.is_deleted_row(tr)
        ]
        rows: list[list[str]] = []
        for tr in table_rows:
            rows.append(word_xml.row_cells(tr, rows[-1] if rows else []))
        neighbours = [
            word_xml.element_text(elements[i]).strip()
            for i in (n - 1, n + 1)
            if 0 <= i < len(elements) and elements[i].tag == word_xml.W + "p"
        ]
        caption = next((words for words in neighbours if CAPTION.match(words)), "")
        words_before = neighbours[0].split()[-_WORDS_BEFORE_TABLE:] if neighbours else ()
        context = office.join_context(self._flow.path, caption or " ".join(words_before))
        yield from office.table_chunks(
            self._asset, rows, Span(node=f"table {self._tables}"), context
        )
        flow = [*elements[max(n - 1, 0) : n], *table_rows, *elements[n + 1 : n + 2]]
        # what a picture's row says is near it, not all the table
        for i, tr in enumerate(table_rows, min(n, 1)):
            context_elements, index = ([tr], 0) if word_xml.element_text(tr).strip() else (flow, i)
            yield from self._pictures(context_elements, index)
        for p in table.iter(word_xml.W + "p"):
            if next(p.iter(word_xml.W + "hyperlink"), None) is not None:
                yield from self._links(p, word_xml.element_text(p))

    def _pictures(self, elements: list[Any], n: int) -> Iterator[Chunk | Link]:
        """The pictures in elements[n]."""
        pictures = word_xml.pictures(elements[n])
        surroundings = word_xml.picture_surroundings(elements, n) if pictures else []
        for picture in pictures:
            alt, is_small = word_xml.picture_description(picture)
            relation = (
                picture.get(word_xml.R + "embed")
                or picture.get(word_xml.R + "id")
                or picture.get(word_xml.R + "link")
            )
            context = office.join_context(self._flow.path, alt, *surroundings)
            name, external = self._relation_target(relation)
            if external and (target := office.link_target(self._asset, external)):
                yield Link(
                    target,
                    " ".join(context.split()[: office.CONTEXT_WORDS]),
                    self._flow.span,
                )
            elif name and name not in self._picture_names and not is_small:
                self._picture_names.add(name)
                span = Span(node=name)
                part = office.picture_part(self._asset, self._path, name)
                yield Chunk(self._asset, span, "image", part, "", context)

    def _relation_target(self, relation: str | None) -> tuple[str, str]:
        """(member, reference) of what lies in the file or outside it; the other is ""."""
        relationship = self._document.part.rels.get(relation)
        if relationship is None:
            return "", ""
        if relationship.is_external:
            return "", relationship.target_ref
        return str(relationship.target_part.partname).lstrip("/"), ""

    def _links(self, p: Any, words: str) -> Iterator[Link]:
        for link in p.iter(word_xml.W + "hyperlink"):
            _, external = self._relation_target(link.get(word_xml.R + "id"))
            target = office.link_target(self._asset, external)
            if target:
                link_words = " ".join([self._flow.path, word_xml.element_text(link), words]).split()
                yield Link(
                    target,
                    " ".join(link_words[: office.CONTEXT_WORDS]),
                    self._flow.span,
                )

    def _notes_and_headers(self) -> Iterator[Chunk]:
        """Footnotes, endnotes, comments, headers and footers."""
        for kind in ("footnotes", "endnotes", "comments", "header", "footer"):
            singular, note_spans = kind.removesuffix("s"), dict[str, Span]()
            references = self._document.element.body.iter(f"{word_xml.W}{singular}Reference")
            # ids are the program's own numbers
            order = {
                reference.get(word_xml.W + "id"): n for n, reference in enumerate(references, 1)
            }
            for relation in self._document.part.rels.values():
                if relation.is_external or not (relation.reltype or "").endswith(f"/{kind}"):
                    continue
                for key, words in word_xml.note_texts(relation.target_part):
                    note_spans.setdefault(
                        words, Span(node=f"{singular} {order.get(key, len(note_spans) + 1)}")
                    )
            yield from placed_passages(
                self._asset, list(note_spans.items()), Span(node=kind), self._flow.title
            )


def _find_title(document: Any, levels: dict[str, int]) -> str:
    title = office.document_title(document, "word document")
    if title:
        return title
    titles = (
        " ".join(word_xml.element_text(p).split())
        for p in document.element.body.iter(word_xml.W + "p")
        if levels.get(word_xml.style_id(p)) == 0
    )
    return next(filter(None, titles), "")[: office.MAX_TITLE_CHARS]
