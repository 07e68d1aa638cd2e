"""Pieces of a table are looked up in the store with the others of it."""

from __future__ import annotations

from polysense.read.table.table_pieces import as_pieces
from polysense.retrieve.whole_tables import WholeTables
from polysense.stores.memory import Memory
from polysense.types import Asset, Chunk, Span

ASSET = Asset("0" * 32, "/a.md", "text/markdown", "text", 1)


def test_all_pieces_of_the_table_and_of_no_other() -> None:
    """Two tables of one file, and prose: a piece gets those of its own table, in order."""
    chunks = [
        Chunk(ASSET, Span(lines=(n, n)), "table", text=f"Tea {n} | {n}\nMilk {n} | 2")
        for n in range(1, 6)
    ]
    first, second = list(as_pieces(chunks[:3])), list(as_pieces(chunks[3:]))
    store = Memory()
    prose = Chunk(ASSET, Span(lines=(9, 9)), "text", text="tea")
    store.add([*second, *first[::-1], prose])
    tables = WholeTables(store)
    assert tables.with_table(first[1]).table == tuple(first)
    assert tables.with_table(second[0]).table == tuple(second)
    assert tables.with_table(prose).table == ()
