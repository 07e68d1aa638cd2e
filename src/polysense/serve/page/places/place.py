"""What is to be shown: a place in a file of the library, or a thing that was made for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from polysense.serve.library_pool import PoolEntry
from polysense.serve.page.translations import Translate
from polysense.types import Asset, Chunk, Span


@dataclass(frozen=True, slots=True)
class Place:
    """content is the file's address, path its bytes; span the place in it, quote the cited words.

    asset and chunk are the library's, None for what was made.
    """

    entry: PoolEntry
    translate: Translate
    name: str
    mime: str
    content: str
    path: Path | None = None
    span: Span = Span()
    quote: str = ""
    asset: Asset | None = None
    chunk: Chunk | None = None

    @property
    def base(self) -> str:
        """Where the API shows this file; "" for what was made."""
        return f"/api/libraries/{self.entry.name}/assets/{self.asset.id}" if self.asset else ""
