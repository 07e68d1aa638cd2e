"""What other libraries read in a file: the words that a reader here must not lose."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from polysense.read.file.mime import CODE_TYPES
from polysense.read.file.openapi import OPENAPI

_NOT_SEEN = ("script", "style", "template", "noscript", "head")
"""Elements of a page that no reader of it sees."""

_HYPHEN = re.compile(r"(?<=\w)[-\u00ad\ufffe]\r?\n?(?=[^\W\d_])")


def plain_text(path: Path) -> str:
    """A text as it stands."""
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "cp1252", "latin-1"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""


def html_text(path: Path) -> str:
    """A page by Beautiful Soup on html5lib, which builds it as a browser does."""
    return _visible(plain_text(path))


def markdown_text(path: Path) -> str:
    """Markdown as the page that markdown-it makes of it."""
    from markdown_it import MarkdownIt

    source = re.sub(r"\A---\n.*?\n---\n", "", plain_text(path), flags=re.S)
    return _visible(MarkdownIt("commonmark").enable("table").render(source))


def pdf_text(path: Path) -> str:
    """The characters of each page as PDFium tells them, without any layout; words that a line
    cuts are whole.
    """
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    pages = (page.get_textpage().get_text_range() for page in document)
    return _HYPHEN.sub("", "\n".join(pages))


def odt_text(path: Path) -> str:
    """Paragraphs and headings by odfpy."""
    from odf import teletype, text
    from odf.opendocument import load

    document = load(str(path))
    elements = (e for kind in (text.H, text.P) for e in document.getElementsByType(kind))
    return "\n".join(map(teletype.extractText, elements))


def _visible(html: str) -> str:
    from bs4 import BeautifulSoup

    page = BeautifulSoup(html, "html5lib")
    for element in page.find_all(_NOT_SEEN):
        element.decompose()
    return page.get_text()


REFERENCES: Mapping[str, Callable[[Path], str]] = {
    **dict.fromkeys(CODE_TYPES, plain_text),
    **dict.fromkeys(
        (
            "text/plain",
            "application/json",
            "application/xml",
            "application/yaml",
            "text/vtt",
            OPENAPI,
        ),
        plain_text,
    ),
    "text/html": html_text,
    "application/xhtml+xml": html_text,
    "text/markdown": markdown_text,
    "application/pdf": pdf_text,
    "application/vnd.oasis.opendocument.text": odt_text,
}
"""By mime type."""
