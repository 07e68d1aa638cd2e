"""LanceDB, embedded: a table of chunks with a full-text index, and one of vectors for each space.

Every write is one atomic commit: a process killed at any moment leaves the last committed version,
and other processes see each commit at their next query. https://lancedb.github.io/lancedb/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from polysense.protocols import Match, Store, Vectors
from polysense.read.language.analysis import analyse_query
from polysense.stores.lancedb.connection import Connection
from polysense.stores.lancedb.resident import FlatIndex, Rows, VersionedValue
from polysense.stores.lancedb.sparse import SparseTable, nearest_rows
from polysense.stores.lancedb.tables import (
    CHUNKS,
    VECTORS_PREFIX,
    VOID_COLUMNS,
    arrow_schema,
    bm25_rows,
    id_batches,
    metric_of,
    rank_rows,
    translate_errors,
    vector_table,
    vectors_to_arrow,
    void_table,
)
from polysense.stores.rows import (
    CHUNK_COLUMNS,
    COLUMNS,
    chunk_from_row,
    chunk_row,
    filter_row,
    sql_list,
)
from polysense.types import Chunk, Space
from polysense.vectors.late_interaction import has_vector, is_multivector, is_ragged
from polysense.vectors.sparse import is_sparse

FLAT_MAX_ROWS = 20_000
"""Rows up to which scanning every vector, which is exact, is about as fast as an index; judged."""

KEEP_VERSIONS = timedelta(minutes=10)
"""Readers in other processes may still be on a version this old; judged."""

NPROBES = 20
"""Partitions of a vector index that a search looks into; judged, not measured on real vectors."""


class LanceDB(Connection, Store):
    """A folder (or an s3:// prefix) of Lance tables.

    >>> import tempfile
    >>> store = LanceDB(path=tempfile.mkdtemp())
    >>> store.count()
    0
    """

    capabilities = frozenset({"bm25", "filters", "multivector", "sparse", "persistent"})

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._rows = VersionedValue(lambda t: Rows.read(t, CHUNK_COLUMNS))
        self._flats: dict[Space, VersionedValue[FlatIndex]] = {}
        self._sparse_tables: dict[Space, VersionedValue[SparseTable]] = {}

    def add(self, chunks: Sequence[Chunk]) -> None:
        if not chunks:
            return
        import pyarrow as pa

        by_id = {c.id: c for c in chunks}
        table = self._ensure_table(CHUNKS)
        replaced = self._present_ids(table, list(by_id))
        if replaced:  # first: a row of chunks says what is done
            self._refresh({i: by_id[i] for i in replaced})
        rows = [chunk_row(c) for c in by_id.values()]
        arrow = pa.Table.from_pylist(rows, schema=arrow_schema(COLUMNS))
        self._write(table, arrow, bool(replaced))

    def add_vectors(
        self, space: Space, chunks: Sequence[Chunk], vectors: Vectors | Sequence[Vectors]
    ) -> None:
        import pyarrow as pa

        by_id = {c.id: (c, v) for c, v in zip(chunks, vectors, strict=True)}
        is_usable = dict(zip(by_id, has_vector([v for _, v in by_id.values()]), strict=True))
        present = {i: by_id[i] for i, ok in is_usable.items() if ok}
        void_rows = [
            {"id": i, "asset": by_id[i][0].asset.id} for i, ok in is_usable.items() if not ok
        ]
        if present:
            rows = [filter_row(c) for c, _ in present.values()]
            arrow = vectors_to_arrow(
                rows, [v for _, v in present.values()], space.dim, space.metric
            )
            table = self._ensure_table(vector_table(space.name), space.dim, space.metric)
            self._write(table, arrow, bool(self._present_ids(table, list(present))))
        if void_rows:
            ids = [r["id"] for r in void_rows]
            self._delete(vector_table(space.name), "id", ids)
            table = self._ensure_table(void_table(space.name))
            arrow = pa.Table.from_pylist(void_rows, schema=arrow_schema(VOID_COLUMNS))
            self._write(table, arrow, bool(self._present_ids(table, ids)))

    def lexical(self, text: str, k: int, where: str = "") -> list[Match]:
        table = self._open_table(CHUNKS) if text.strip() else None
        if table is None:
            return []
        condition, words = self._condition(table, where), analyse_query(text)
        with translate_errors(self.path, where):
            resident = self._resident_rows(table) if not where else None
            if resident is not None:
                hits = bm25_rows(table, words, k, "", ["_score"])
                matches = resident.matches(hits["_rowid"].to_pylist(), hits["_score"].to_pylist())
                if len(matches) == len(hits):
                    return sorted(matches, key=lambda m: (-m.score, m.id))
                # another process has written, or compacted, since we last looked
                self._snapshots.pop(CHUNKS, None)
            hits = bm25_rows(table, words, k, condition, ["id", "modality", "_score"])
            return rank_rows(hits, hits["_score"].to_numpy().astype(float))

    def nearest(self, space: Space, vector: Vectors, k: int, where: str = "") -> list[Match]:
        table = self._open_table(vector_table(space.name))
        if table is None:
            return []
        if is_sparse(space):
            return self._nearest_sparse(space, table, vector, k, where)
        condition, metric, best = self._condition(table, where), space.metric, 1.0
        if is_multivector(space):
            # the engine's distance is the number of the query's tokens less MaxSim
            vector = np.atleast_2d(vector)
            vector = vector[np.isfinite(vector).all(axis=1)]
            metric, best = "cosine", float(len(vector))
            if not len(vector):
                return []
        with translate_errors(self.path, where):
            is_flat = not where and space.metric == "cosine"
            if is_flat and (flat := self._flat_index(space, table)) is not None:
                return flat.nearest(vector, k)
            query = (
                table.search(vector, vector_column_name="vector")
                .distance_type(metric)
                .select(["id", "modality", "_distance"])
                .limit(k)
                .nprobes(NPROBES)
            )
            hits = (query.where(condition, prefilter=True) if condition else query).to_arrow()
        return rank_rows(hits, best - hits["_distance"].to_numpy().astype(float))

    def _nearest_sparse(
        self, space: Space, table: Any, vector: Vectors, k: int, where: str
    ) -> list[Match]:
        name = vector_table(space.name)
        with self._lock:
            values = self._sparse_tables.setdefault(space, VersionedValue(SparseTable.read))
        with translate_errors(self.path, where):
            version, _ = self._version_and_count(name, table)
            resident = values.at_version(table, version)
            if resident is not None:
                return resident.nearest(vector, k, self._ids(name, where) if where else None)
            query = table.search().select(["id", "modality", "vector"])
            condition = self._condition(table, where)
            rows = (query.where(condition) if condition else query).to_arrow()
        return nearest_rows(rows, vector, k)

    def get(self, ids: Sequence[str]) -> dict[str, Chunk]:
        table = self._open_table(CHUNKS)
        if table is None or not ids:
            return {}
        with translate_errors(self.path):
            resident = self._resident_rows(table)
        rows = [] if resident is None else resident.get(ids)
        present = {row["id"] for row in rows}
        # what is not resident may have been written by another process since we last looked
        for batch in id_batches([i for i in ids if i not in present]):
            rows += self._read(CHUNKS, f"id IN {sql_list(batch)}", CHUNK_COLUMNS)
        return {row["id"]: chunk_from_row(row) for row in rows}

    def scan(self, where: str = "", columns: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
        yield from self._read(CHUNKS, where, columns or list(COLUMNS))

    def missing(self, space: Space, where: str = "") -> list[str]:
        return self._ids_not_in(CHUNKS, where, [vector_table(space.name), void_table(space.name)])

    def vectors(self, space: Space, ids: Sequence[str]) -> dict[str, Vectors]:
        table = self._open_table(vector_table(space.name))
        if table is None:
            return {}
        flat = self._flat_index(space, table) if not is_ragged(space) else None
        if flat is not None:
            return flat.vectors(ids)
        return {
            row["id"]: np.asarray(row["vector"], dtype=np.float32)
            for batch in id_batches(ids)
            for row in self._read(
                vector_table(space.name), f"id IN {sql_list(batch)}", ["id", "vector"]
            )
        }

    def holds(self, space: Space) -> bool:
        table = self._open_table(vector_table(space.name))
        return table is not None and self._version_and_count(vector_table(space.name), table)[1] > 0

    def forget(self, space: str, ids: Sequence[str]) -> None:
        for name in (vector_table(space), void_table(space)):
            self._delete(name, "id", ids)

    def delete(self, assets: Sequence[str]) -> None:
        # the chunks last: stopped before, the same call finishes it
        for name in sorted(self._names(), key=lambda n: n == CHUNKS):
            self._delete(name, "asset", assets)

    def drop(self, space: str) -> None:
        with self._lock, translate_errors(self.path):
            for name in (vector_table(space), void_table(space)):
                if name in self._names():
                    self._db.drop_table(name)
                self._tables.pop(name, None)
            self._flats.clear()
            self._sparse_tables.clear()
            self._snapshots.clear()

    def optimize(self) -> None:
        with translate_errors(self.path):
            for name in self._names():
                table = self._open_table(name)
                if table is None:
                    continue
                if name != CHUNKS:
                    self._delete(name, "id", self._ids_not_in(name, "", [CHUNKS]))
                self._index(name, table)
                table.optimize(cleanup_older_than=KEEP_VERSIONS)
            self._snapshots.clear()

    def count(self, where: str = "") -> int:
        table = self._open_table(CHUNKS)
        if table is None:
            return 0
        with translate_errors(self.path, where):
            if where:
                return int(table.count_rows(self._condition(table, where)))
            return self._version_and_count(CHUNKS, table)[1]

    def close(self) -> None:
        with self._lock:
            self._tables.clear()
            self._flats.clear()
            self._sparse_tables.clear()

    def _resident_rows(self, table: Any) -> Rows | None:
        version, count = self._version_and_count(CHUNKS, table)
        return self._rows.at_version(table, version) if count < FLAT_MAX_ROWS else None

    def _flat_index(self, space: Space, table: Any) -> FlatIndex | None:
        with self._lock:
            flat = self._flats.setdefault(
                space, VersionedValue(lambda t: FlatIndex.read(t, space.dim))
            )
        version, count = self._version_and_count(vector_table(space.name), table)
        return flat.at_version(table, version) if count < FLAT_MAX_ROWS else None

    def _index(self, name: str, table: Any) -> None:
        rows, indexed_columns = (
            table.count_rows(),
            {c for i in table.list_indices() for c in i.columns},
        )
        if rows < FLAT_MAX_ROWS:
            return
        from lancedb.index import BTree, IvfFlat

        if "id" not in indexed_columns:
            table.create_index("id", config=BTree())
        if name.startswith(VECTORS_PREFIX) and "vector" not in indexed_columns:
            metric = metric_of(table)[1]
            if metric == "sparse":  # the engine has no index of these
                return
            if metric == "maxsim":
                # searched whole, exactly: with an index over 3,000 random documents, all of its
                # partitions probed, one of the true best five was found (lancedb 0.40)
                return
            table.create_index(
                "vector",
                config=IvfFlat(distance_type=metric, num_partitions=max(1, int(rows**0.5))),
            )
