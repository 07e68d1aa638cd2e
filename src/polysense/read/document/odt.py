"""OpenDocument texts: passages under headings, tables, pictures, notes, headers and comments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from polysense.protocols import Parser
from polysense.read.document import office
from polysense.read.document.odf_elements import pictures, table_rows
from polysense.read.document.odf_lists import number_items
from polysense.read.document.paragraphs import ParagraphFlow
from polysense.read.file.open_document import (
    OFFICE,
    STYLE,
    TABLE,
    TEXT,
    WORDS,
    XLINK,
    OpenDocument,
    is_hidden,
    open_document,
)
from polysense.read.file.placed_passages import placed_passages
from polysense.types import Asset, Chunk, Link, Span

_WORDS_BEFORE_TABLE = 40
"""Words of the paragraph before a table: its caption, or what leads to it. Judged, not measured."""

_LEFT_OUT = frozenset({WORDS + "tracked-changes", WORDS + "table-of-content"})
_MASTER_PARTS = {STYLE + "header": "header", STYLE + "footer": "footer"}


class OdtParser(Parser):
    """Reads .odt. Places are paragraphs and tables, counted from 1.

    Pages exist only once it is laid out.
    """

    accepts: ClassVar[frozenset[str]] = frozenset({TEXT, f"{TEXT}-template"})

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """See Parser. Raises Encrypted, TooLarge, Unreadable."""
        path = asset.path or Path(asset.uri)
        document = open_document(path, "text")
        number_items(document)
        yield from _Reader(asset, path, document).read()


class _Reader:
    """What is known of a text while its elements are read in order."""

    def __init__(self, asset: Asset, path: Path, document: OpenDocument) -> None:
        self._asset, self._path, self._document = asset, path, document
        title = (document.title or _title(document))[: office.MAX_TITLE_CHARS]
        self._flow = ParagraphFlow(asset, title or asset.name.rsplit(".", 1)[0])
        self._tables = 0
        self._before = ""
        self._notes: dict[str, list[tuple[str, Span]]] = {}
        self._picture_names = set[str]()

    def read(self) -> Iterator[Chunk | Link]:
        """The body, then what stands apart from it."""
        yield from self._blocks(self._document.body)
        yield from self._flow.flush()
        for kind, texts in (*self._notes.items(), *self._master_texts().items()):
            yield from placed_passages(self._asset, texts, Span(node=kind), self._flow.title)

    def _blocks(self, parent: Any) -> Iterator[Chunk | Link]:
        for element in parent:
            if not isinstance(element.tag, str) or element.tag in _LEFT_OUT or is_hidden(element):
                continue
            if element.tag in (WORDS + "p", WORDS + "h"):
                yield from self._paragraph(element)
            elif element.tag == TABLE + "table":
                yield from self._table(element)
            else:
                yield from self._blocks(element)  # lists, sections, frames

    def _paragraph(self, p: Any) -> Iterator[Chunk | Link]:
        words = self._document.words(p).strip()
        level = self._level(p)
        yield from self._flow.add(words, level)
        self._before = words or self._before
        for kind, tag in (("note", WORDS + "note-body"), ("comment", OFFICE + "annotation")):
            for body in p.iter(tag):
                texts = self._notes.setdefault(f"{kind}s", [])
                inner = [self._document.words(e) for e in body.iter(WORDS + "p")]
                text = "\n".join(filter(None, inner))
                texts += [(text, Span(node=f"{kind} {len(texts) + 1}"))] if text else []
        yield from self._pictures(p, words)
        yield from self._links(p, words)

    def _level(self, p: Any) -> int | None:
        """0 is the title's."""
        level = p.get(WORDS + "outline-level", "1")
        if p.tag == WORDS + "h":
            return int(level) if level.isdecimal() else 1
        chain = self._document.style_chain("paragraph", p.get(WORDS + "style-name", ""))
        return 0 if any(s.get(STYLE + "name") == "Title" for s in chain) else None

    def _table(self, table: Any) -> Iterator[Chunk | Link]:
        yield from self._flow.flush()
        self._tables += 1
        before = " ".join(self._before.split()[-_WORDS_BEFORE_TABLE:])
        context = office.join_context(self._flow.path, before)
        rows = table_rows(self._document, table)
        place = Span(node=f"table {self._tables}")
        yield from office.table_chunks(self._asset, rows, place, context)
        yield from self._pictures(table, before)
        yield from self._links(table, before)

    def _pictures(self, element: Any, words: str) -> Iterator[Chunk]:
        for name, about in pictures(element):
            if name not in self._picture_names:
                self._picture_names.add(name)
                context = office.join_context(self._flow.path, about, words or self._before)
                part = office.picture_part(self._asset, self._path, name)
                yield Chunk(self._asset, Span(node=name), "image", part, "", context)

    def _links(self, element: Any, words: str) -> Iterator[Link]:
        for link in element.iter(WORDS + "a"):
            if target := office.link_target(self._asset, link.get(XLINK + "href", "")):
                about = " ".join([self._flow.path, self._document.words(link), words]).split()
                yield Link(target, " ".join(about[: office.CONTEXT_WORDS]), self._flow.span)

    def _master_texts(self) -> dict[str, list[tuple[str, Span]]]:
        """What headers and footers say, each text once."""
        texts: dict[str, dict[str, Span]] = {}
        for element in () if self._document.masters is None else self._document.masters.iter():
            kind = _MASTER_PARTS.get(element.tag, "")
            if kind and (words := self._document.words(element)):
                of_kind = texts.setdefault(kind, {})
                of_kind.setdefault(words, Span(node=f"{kind} {len(of_kind) + 1}"))
        return {kind: list(of_kind.items()) for kind, of_kind in texts.items()}


def _title(document: OpenDocument) -> str:
    """The first paragraph in the style of titles."""
    for p in document.body.iter(WORDS + "p"):
        chain = document.style_chain("paragraph", p.get(WORDS + "style-name", ""))
        if any(s.get(STYLE + "name") == "Title" for s in chain) and (words := document.words(p)):
            return " ".join(words.split())
    return ""
