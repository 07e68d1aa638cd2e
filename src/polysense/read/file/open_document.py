"""OpenDocument files (ISO/IEC 26300): their parts, and the words in them that are shown."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from polysense.errors import Encrypted, TooLarge, Unreadable
from polysense.read.file.archive import Limits, archive_errors, open_zip
from polysense.read.file.raised import raised_text

TEXT, SHEET, SLIDES = (
    f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation")
)

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, STYLE, WORDS, TABLE, DRAW, SHOW = (
    f"{{{_NAMES}{name}:1.0}}"
    for name in ("office", "style", "text", "table", "drawing", "presentation")
)
SVG, FO = (f"{{{_NAMES}{name}-compatible:1.0}}" for name in ("svg", "xsl-fo"))
XLINK = "{http://www.w3.org/1999/xlink}"
_DC = "{http://purl.org/dc/elements/1.1/}"

MAX_BYTES = 1 << 30
"""What a file may unpack to, pictures included."""

MAX_XML = 128 << 20
"""What one part may unpack to: parsed, it takes some ten times as much memory."""

_RUNS_BEFORE = 40
"""Runs in which what a raised one stands on may be: a number may be a run for each digit."""

_MAX_STYLE_DEPTH = 10
_MAX_SPACES = 100
_PARAGRAPHS = frozenset({WORDS + "p", WORDS + "h"})
_NOT_SHOWN = frozenset(
    {WORDS + n for n in ("tracked-changes", "note", "ruby-text", "hidden-text", "table-of-content")}
    | {OFFICE + n for n in ("annotation", "annotation-end", "forms", "event-listeners")}
    | {SVG + "title", SVG + "desc", SHOW + "notes"}
)


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a style shows words: not at all (hidden or struck), or raised."""

    is_hidden: bool = False
    is_raised: bool = False


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A file's content, the elements of its styles by (family, name), and its title."""

    body: Any
    styles: Mapping[tuple[str, str], Any]
    masters: Any
    title: str
    list_styles: Mapping[str, Any] = field(default_factory=dict)

    def text_style(self, element: Any) -> TextStyle:
        """How the words of a paragraph or a run are shown."""
        family = "paragraph" if element.tag in _PARAGRAPHS else "text"
        invisible = superscript = None
        for style in self.style_chain(family, element.get(WORDS + "style-name", "")):
            for p in style.iterchildren(STYLE + "text-properties"):
                line = p.get(STYLE + "text-line-through-style") or p.get(
                    STYLE + "text-line-through-type"
                )
                if invisible is None and (p.get(WORDS + "display") or line):
                    invisible = p.get(WORDS + "display") == "none" or (line or "none") != "none"
                if superscript is None and (position := p.get(STYLE + "text-position")):
                    superscript = (
                        position.startswith("super") or position.lstrip("+")[:1] in "123456789"
                    )
        return TextStyle(bool(invisible), bool(superscript))

    def style_chain(self, family: str, name: str) -> Iterator[Any]:
        """A style and those that it descends from."""
        for _ in range(_MAX_STYLE_DEPTH):
            style = self.styles.get((family, name))
            if style is None:
                return
            yield style
            name = style.get(STYLE + "parent-style-name", "")

    def has_property(self, family: str, style: str, group: str, name: str, value: str) -> bool:
        """Whether a style, or one that it descends from, sets a property of a group to a value."""
        return any(
            p.get(name) == value
            for s in self.style_chain(family, style)
            for p in s.iterchildren(STYLE + group)
        )

    def is_struck_out(self, family: str, style: str) -> bool:
        """Whether a style strikes words out; where it says nothing, that which it descends from."""
        lines = (
            p.get(STYLE + "text-line-through-style") or p.get(STYLE + "text-line-through-type")
            for s in self.style_chain(family, style)
            for p in s.iterchildren(STYLE + "text-properties")
        )
        return next(filter(None, lines), "none") != "none"

    def words(self, element: Any) -> str:
        """What an element says, a line for each paragraph in it; without what is hidden, struck
        out, a note or a comment.
        """
        return "".join(self._pieces(element, "")).strip("\n")

    def _pieces(self, element: Any, before: str) -> Iterator[str]:
        style = self.text_style(element)
        if element.tag in _NOT_SHOWN or style.is_hidden or is_hidden(element):
            return
        if element.tag == WORDS + "s":
            count = element.get(WORDS + "c", "1")
            yield " " * min(int(count) if count.isdecimal() else 1, _MAX_SPACES)
        elif element.tag == WORDS + "tab":
            yield "\t"
        elif element.tag == WORDS + "line-break":
            yield "\n"
        if element.tag in _PARAGRAPHS:
            yield "\n"
        pieces = [_collapse(element.text)]
        for inner in element:
            if isinstance(inner.tag, str):
                pieces += self._pieces(inner, before + "".join(pieces[-_RUNS_BEFORE:]))
            pieces.append(_collapse(inner.tail))
        text = "".join(pieces)
        yield raised_text(before, text) if style.is_raised else text


def is_hidden(element: Any) -> bool:
    """Whether a section is not shown, or a paragraph that holds the mark of one that is not."""
    return element.get(WORDS + "display") == "none" or any(
        mark.get(WORDS + "is-hidden") == "true"
        for mark in element.iterchildren(WORDS + "hidden-paragraph")
    )


def open_document(path: Path, kind: str) -> OpenDocument:
    """The parts of a file that hold words; kind is the body's element: "text", "spreadsheet".

    Raises Encrypted, TooLarge, Unreadable.
    """
    with open_zip(path, Limits(total=MAX_BYTES)) as package:
        if b"encryption-data" in _part(package, path, "META-INF/manifest.xml", b""):
            raise Encrypted(f"{path.name} needs a password", "Save it without one.")
        content = _parse(path, _part(package, path, "content.xml"))
        others = [
            _parse(path, raw)
            for name in ("styles.xml", "meta.xml")
            if (raw := _part(package, path, name, b""))
        ]
    body = content.find(f"{OFFICE}body/{OFFICE}{kind}")
    if body is None:
        raise Unreadable(f"{path.name} is no readable OpenDocument {kind}")
    roots = [content, *others]
    styles = {
        (s.get(STYLE + "family", ""), s.get(STYLE + "name", "")): s
        for root in reversed(roots)
        for s in root.iter(STYLE + "style")
    }
    masters = next((m for r in others if (m := r.find(OFFICE + "master-styles")) is not None), None)
    titles = (" ".join((t.text or "").split()) for r in others for t in r.iter(_DC + "title"))
    list_styles = {
        s.get(STYLE + "name", ""): s
        for root in reversed(roots)
        for s in root.iter(WORDS + "list-style")
    }
    return OpenDocument(body, styles, masters, next(filter(None, titles), ""), list_styles)


def _part(package: zipfile.ZipFile, path: Path, name: str, otherwise: bytes | None = None) -> bytes:
    try:
        info = package.getinfo(name)
    except KeyError:
        if otherwise is None:
            raise Unreadable(f"{path.name} holds no {name}") from None
        return otherwise
    if info.file_size > MAX_XML:
        raise TooLarge(
            f"{path.name}: {name} would unpack to {info.file_size:,} bytes; "
            f"the limit is {MAX_XML:,}"
        )
    with archive_errors(path, name), package.open(info) as f:
        return f.read(MAX_XML)


def _parse(path: Path, raw: bytes) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as e:
        raise Unreadable(f"{path.name} is damaged: {e}") from e


def _collapse(text: str | None) -> str:
    """Runs of white space are one space (5.1)."""
    words = " ".join((text or "").split())
    if not text or not words:
        return " " if text else ""
    return f"{' ' * text[0].isspace()}{words}{' ' * text[-1].isspace()}"
