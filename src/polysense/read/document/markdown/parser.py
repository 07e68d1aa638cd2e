"""Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from polysense.protocols import Parser
from polysense.read.document import chunking
from polysense.read.document.markdown import blocks
from polysense.read.file import text
from polysense.types import Asset, Chunk, Link


class MarkdownParser(Parser):
    """Reads Markdown: passages with their lines, tables, fenced code, links to the files shown."""

    accepts: ClassVar[frozenset[str]] = frozenset({"text/markdown"})

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """Passages, tables, code and links. Raises TooLarge."""
        yield from chunking.chunk_document(
            asset, blocks.read(text.read_text(asset.path or Path(asset.uri)))
        )
