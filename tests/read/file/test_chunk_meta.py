"""Meta of all that stands in a part of a file."""

from __future__ import annotations

from polysense.read.file.chunk_meta import with_meta
from polysense.types import Asset, Chunk, Link, Span

ASSET = Asset("0" * 32, "/a.pdf", "application/pdf", "text", 1)


def test_chunks_have_it_beside_their_own() -> None:
    """Links have none."""
    chunk = Chunk(ASSET, Span(page=1), "text", text="x", meta={"title": "T"})
    link = Link("b.pdf", "words", Span(page=1))
    marked, same = with_meta([chunk, link], {"page_label": "ii"})
    assert isinstance(marked, Chunk)
    assert marked.meta == {"title": "T", "page_label": "ii"}
    assert same is link
    assert next(with_meta([chunk], {})) is chunk
