"""Counts of what a library holds, and the chunks of a file in order of place."""

from __future__ import annotations

from pathlib import Path

from polysense.ingest.catalogue import Catalogue
from polysense.ingest.inventory import chunks_of_asset, count_contents, no_contents
from polysense.registry import Kit
from polysense.stores.memory import Memory
from polysense.types import Asset, Chunk, Span

ASSET = Asset("a" * 32, "/talk.pdf", "application/pdf", "text", 9)


def test_chunks_come_in_order_of_place() -> None:
    """By page, then time, then line; those of other files do not come."""
    spans = [Span(page=2), Span(page=1, lines=(9, 9)), Span(page=1, lines=(2, 3)), Span(page=10)]
    store = Memory()
    store.add([Chunk(ASSET, span, "text", text=f"at {span}") for span in spans])
    store.add([Chunk(Asset("b" * 32, "/b.txt", "", "text", 1), Span(page=1), "text", text="b")])
    places = [str(c.span) for c in chunks_of_asset(store, ASSET.id)]
    assert places == ["p. 1, L2-3", "p. 1, L9", "p. 2", "p. 10"]
    assert chunks_of_asset(store, "c" * 32) == []


def test_rows_and_chapters_come_in_their_order() -> None:
    """Numbers as numbers, and what a file of several calls its order first."""
    store, asset = Memory(), ASSET.id
    cells = [Span(cells=f"Fees!{a}") for a in ("A100:C120", "A2:C15", "B16", "A16:C40")]
    store.add([Chunk(ASSET, span, "table", text=str(span)) for span in cells])
    places = [str(c.span.cells).partition("!")[2] for c in chunks_of_asset(store, asset)]
    assert places == ["A2:C15", "A16:C40", "B16", "A100:C120"]
    store.delete([asset])
    chapters = [Chunk(ASSET, Span(lines=(n, n)), "text", text=f"c{9 - n}", meta={"order": str(9 - n)}) for n in range(9)]  # fmt: skip
    store.add(chapters)
    assert [c.text for c in chunks_of_asset(store, asset)] == [f"c{n}" for n in range(1, 10)]


def test_counts(bare: Kit, tmp_path: Path) -> None:
    """Chunks by modality; of nothing, the same keys."""
    store, catalogue = Memory(), Catalogue(":memory:")
    assert count_contents(store, catalogue, bare) == no_contents()
    store.add([Chunk(ASSET, Span(page=n), m, text="x") for n, m in enumerate(("text", "image"))])
    assert count_contents(store, catalogue, bare)["chunks"] == {"text": 1, "image": 1}
