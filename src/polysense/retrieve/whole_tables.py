"""The whole table around a chunk that is only a piece of one, from the store."""

from __future__ import annotations

from polysense.protocols import Store
from polysense.read.table.table_pieces import PIECE, TABLE, table_of
from polysense.retrieve.filters import all_of
from polysense.types import Chunk

MAX_PIECES = 400
"""Chunks of one table that are looked up: some 10,000 rows. Of a longer table none are, and nothing
is reckoned from it. Judged.
"""


class WholeTables:
    """Pieces of tables with the others of their table; each table looked up once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tables: dict[tuple[str, str], tuple[Chunk, ...]] = {}

    def with_table(self, chunk: Chunk) -> Chunk:
        """The chunk with all pieces of its table (`Chunk.table`); any other as it is.

        Where a file was indexed again meanwhile, or a table is too long, without.
        """
        id = table_of(chunk)
        if not id:
            return chunk
        key = (chunk.asset.id, id)
        if key not in self._tables:
            self._tables[key] = self._pieces(*key)
        return chunk.with_(table=self._tables[key])

    def _pieces(self, asset: str, id: str) -> tuple[Chunk, ...]:
        condition = all_of(f"asset = '{asset}'", "modality = 'table'")
        rows = list(self._store.scan(condition, ["id", "meta"]))
        ids = [r["id"] for r in rows if f'"{id}"' in (r["meta"] or "")]
        if len(ids) > MAX_PIECES:
            return ()
        pieces = [c for c in self._store.get(ids).values() if c.meta.get(TABLE) == id]
        return tuple(sorted(pieces, key=lambda c: c.meta[PIECE]))
