"""Web pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from polysense.media import html, prose
from polysense.protocols import Parser
from polysense.types import Asset, Chunk, Link


class HtmlParser(Parser):
    """Reads web pages: passages with their lines, tables, code, and links to the pictures, sounds, videos and documents they show.

    Navigation stands apart from the text; scripts and styles are not read.
    """

    accepts: ClassVar[frozenset[str]] = frozenset({"text/html", "application/xhtml+xml"})

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """Passages, tables, code and links. Raises TooLarge."""
        yield from prose.compose(asset, html.read_file(asset.path or Path(asset.uri)))
