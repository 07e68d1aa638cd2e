"""Web pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from polysense.protocols import Parser
from polysense.read.document import chunking
from polysense.read.document.blocks import Document, SourceLine, TextBlock
from polysense.read.document.html import blocks
from polysense.read.file import text
from polysense.types import Asset, Chunk, Link

_TITLE = re.compile(r"<title\b[^>]{0,1000}>\s*(?=[^<\s])([^<]*)", re.I)


class HtmlParser(Parser):
    """Reads web pages: passages with their lines, tables, code, and links to the files shown.

    Navigation stands apart from the text; scripts and styles are not read.
    """

    accepts: ClassVar[frozenset[str]] = frozenset({"text/html", "application/xhtml+xml"})

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """Passages, tables, code and links; of a page that scripts have yet to fill, its title.

        Raises TooLarge.
        """
        path = asset.path or Path(asset.uri)
        page = blocks.read_file(path)
        is_empty = True
        for item in chunking.chunk_document(asset, page):
            is_empty = is_empty and isinstance(item, Link)
            yield item
        if is_empty and page.title:
            lines = _title_lines(blocks.decode(path.read_bytes()))
            yield from chunking.chunk_document(
                asset,
                Document([TextBlock([SourceLine(page.title, *lines)])], page.title, page.meta),
            )


def _title_lines(markup: str) -> tuple[int, int]:
    """The lines on which the title stands, of which a page's reader keeps only the words."""
    title = _TITLE.search(markup)
    return (
        text.LineIndex(markup).lines_of(title.start(1), title.start(1) + len(title[1].rstrip()))
        if title
        else (1, 1)
    )
