"""LanceDB, embedded: a table of chunks with a full-text index, and one of vectors for each space.

Every write is one atomic commit: a process killed at any moment leaves the last committed version,
and other processes see each commit at their next query. https://lancedb.github.io/lancedb/
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from polysense.protocols import Match, Store, Vectors
from polysense.read.language.analysis import analyse_query
from polysense.stores.lancedb.lean_import import lancedb
from polysense.stores.lancedb.resident import FlatIndex, Rows, VersionedValue
from polysense.stores.lancedb.tables import (
    CHUNKS,
    VOID_COLUMNS,
    arrow_schema,
    bm25_rows,
    id_batches,
    rank_rows,
    translate_errors,
    vector_table,
    void_table,
)
from polysense.stores.rows import (
    CHUNK_COLUMNS,
    COLUMNS,
    FILTER_COLUMNS,
    chunk_from_row,
    chunk_row,
    filter_row,
    sql_list,
)
from polysense.types import Chunk, Space

FLAT_MAX_ROWS = 20_000
"""Rows up to which scanning every vector, which is exact, is about as fast as an index; judged."""

FRESH_SECONDS = 0.05
"""Seconds within which another process's commit is seen; judged."""

KEEP_VERSIONS = timedelta(minutes=10)
"""Readers in other processes may still be on a version this old; judged."""

NPROBES = 20
"""Partitions of a vector index that a search looks into; judged, not measured on real vectors."""


class LanceDB(Store):
    """A folder (or an s3:// prefix) of Lance tables.

    >>> import tempfile
    >>> store = LanceDB(path=tempfile.mkdtemp())
    >>> store.count()
    0
    """

    capabilities = frozenset({"bm25", "filters", "persistent"})

    def __init__(self, path: str) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._tables: dict[str, Any] = {}
        self._snapshots: dict[str, tuple[float, int, int]] = {}
        self._rows = VersionedValue(lambda t: Rows.read(t, CHUNK_COLUMNS))
        self._flats: dict[Space, VersionedValue[FlatIndex]] = {}

    def add(self, chunks: Sequence[Chunk]) -> None:
        if chunks:
            import pyarrow as pa

            rows = {c.id: chunk_row(c) for c in chunks}
            is_update = self._upsert(
                self._ensure_table(CHUNKS),
                pa.Table.from_pylist(list(rows.values()), schema=arrow_schema(COLUMNS)),
                list(rows),
            )
            if is_update:
                self._refresh({c.id: c for c in chunks})

    def add_vectors(self, space: Space, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        import pyarrow as pa

        has_vector: list[bool] = np.asarray(np.isfinite(vectors).all(axis=1)).tolist()
        rows = [
            filter_row(c) | {"vector": v}
            for c, v, ok in zip(chunks, vectors, has_vector, strict=True)
            if ok
        ]
        void_rows = [
            {"id": c.id, "asset": c.asset.id}
            for c, ok in zip(chunks, has_vector, strict=True)
            if not ok
        ]
        if rows:
            table = pa.Table.from_pylist(rows, schema=arrow_schema(FILTER_COLUMNS, space.dim))
            self._upsert(
                self._ensure_table(vector_table(space.name), space.dim, space.metric),
                table,
                [r["id"] for r in rows],
            )
        if void_rows:
            self._delete(vector_table(space.name), "id", [r["id"] for r in void_rows])
            self._upsert(
                self._ensure_table(void_table(space.name)),
                pa.Table.from_pylist(void_rows, schema=arrow_schema(VOID_COLUMNS)),
                [r["id"] for r in void_rows],
            )

    def lexical(self, text: str, k: int, where: str = "") -> list[Match]:
        if not text.strip():
            return []
        table = self._open_table(CHUNKS)
        if table is None:
            return []
        with translate_errors(self.path):
            resident = self._resident_rows(table) if not where else None
            columns = ["id", "modality", "_score"] if resident is None else ["_score"]
            hits = bm25_rows(table, analyse_query(text), k, where, columns)
            if resident is None:
                return rank_rows(hits, hits["_score"].to_numpy().astype(float))
            matches = resident.matches(hits["_rowid"].to_pylist(), hits["_score"].to_pylist())
            return sorted(matches, key=lambda m: (-m.score, m.id))

    def nearest(self, space: Space, vector: Vectors, k: int, where: str = "") -> list[Match]:
        table = self._open_table(vector_table(space.name))
        if table is None:
            return []
        with translate_errors(self.path):
            flat = (
                self._flat_index(space, table) if not where and space.metric == "cosine" else None
            )
            if flat is not None:
                return flat.nearest(vector, k)
            query = (
                table.search(vector)
                .distance_type(space.metric)
                .select(["id", "modality", "_distance"])
                .limit(k)
                .nprobes(NPROBES)
            )
            hits = (query.where(where, prefilter=True) if where else query).to_arrow()
        return rank_rows(hits, 1.0 - hits["_distance"].to_numpy().astype(float))

    def get(self, ids: Sequence[str]) -> dict[str, Chunk]:
        table = self._open_table(CHUNKS)
        if table is None or not ids:
            return {}
        with translate_errors(self.path):
            resident = self._resident_rows(table)
            if resident is not None:
                return {row["id"]: chunk_from_row(row) for row in resident.get(ids)}
        batches = (
            self._read(CHUNKS, f"id IN {sql_list(batch)}", CHUNK_COLUMNS)
            for batch in id_batches(ids)
        )
        return {row["id"]: chunk_from_row(row) for batch in batches for row in batch}

    def scan(self, where: str = "", columns: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
        yield from self._read(CHUNKS, where, columns or list(COLUMNS))

    def missing(self, space: Space, where: str = "") -> list[str]:
        present = {
            r["id"]
            for name in (vector_table(space.name), void_table(space.name))
            for r in self._read(name, "", ["id"])
        }
        return [r["id"] for r in self.scan(where, ["id"]) if r["id"] not in present]

    def vectors(self, space: Space, ids: Sequence[str]) -> dict[str, Vectors]:
        table = self._open_table(vector_table(space.name))
        if table is None:
            return {}
        flat = self._flat_index(space, table)
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
            self._snapshots.clear()

    def optimize(self) -> None:
        with translate_errors(self.path):
            chunk_ids: set[str] | None = None
            for name in self._names():
                table = self._open_table(name)
                if table is None:
                    continue
                if name != CHUNKS:
                    chunk_ids = (
                        {r["id"] for r in self._read(CHUNKS, "", ["id"])}
                        if chunk_ids is None
                        else chunk_ids
                    )
                    self._delete(
                        name,
                        "id",
                        [r["id"] for r in self._read(name, "", ["id"]) if r["id"] not in chunk_ids],
                    )
                self._index(name, table)
                table.optimize(cleanup_older_than=KEEP_VERSIONS)
            self._snapshots.clear()

    def count(self, where: str = "") -> int:
        table = self._open_table(CHUNKS)
        if table is None:
            return 0
        return int(table.count_rows(where)) if where else self._version_and_count(CHUNKS, table)[1]

    def close(self) -> None:
        with self._lock:
            self._tables.clear()
            self._flats.clear()

    @cached_property
    def _db(self) -> Any:
        with translate_errors(self.path):
            return lancedb().connect(self.path, read_consistency_interval=timedelta(0))

    def _version_and_count(self, name: str, table: Any) -> tuple[int, int]:
        """A table's version and number of rows, asked of the engine once in FRESH_SECONDS.

        Our own writes are known at once.
        """
        now = time.monotonic()
        snapshot = self._snapshots.get(name)
        if snapshot is None or now - snapshot[0] > FRESH_SECONDS:
            version = table.version
            rows = (
                snapshot[2]
                if snapshot is not None and snapshot[1] == version
                else table.count_rows()
            )
            snapshot = self._snapshots[name] = (now, version, rows)
        return snapshot[1:]

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

    def _names(self) -> list[str]:
        return list(self._db.list_tables().tables)

    def _exists(self, name: str) -> bool:
        """Whether a table is there."""
        # every query asks, and the engine takes long to list its tables
        if "://" in self.path:
            return name in self._names()
        with translate_errors(self.path):
            try:
                os.stat(Path(self.path, f"{name}.lance"))
            except (FileNotFoundError, NotADirectoryError):
                return False
            return True

    def _open_table(self, name: str) -> Any | None:
        with self._lock:
            if name not in self._tables:
                if not self._exists(name):
                    return None
                self._tables[name] = self._db.open_table(name)
            return self._tables[name]

    def _ensure_table(self, name: str, dim: int = 0, metric: str = "cosine") -> Any:
        with self._lock, translate_errors(self.path):
            table = self._open_table(name)
            if table is None:
                columns = COLUMNS if name == CHUNKS else FILTER_COLUMNS if dim else VOID_COLUMNS
                table = self._tables[name] = self._db.create_table(
                    name, schema=arrow_schema(columns, dim, metric), exist_ok=True
                )
                if name == CHUNKS:
                    from lancedb.index import FTS

                    # `analyse` writes words as they are compared: stems, folded
                    table.create_index(
                        "words",
                        config=FTS(base_tokenizer="simple", stem=False, remove_stop_words=False),
                    )
            return table

    def _read(self, name: str, where: str, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
        table = self._open_table(name)
        if table is None:
            return
        with translate_errors(self.path):
            query = table.search().select(list(columns))
            batches = (query.where(where) if where else query).to_batches()
            for batch in batches:
                yield from batch.to_pylist()

    def _refresh(self, chunks: Mapping[str, Chunk]) -> None:
        """Give the vectors of chunks that were replaced the filter columns of the new ones."""
        import pyarrow as pa

        for name in [n for n in self._names() if n.startswith("vectors_")]:
            vector_rows = [
                r
                for b in id_batches(list(chunks))
                for r in self._read(name, f"id IN {sql_list(b)}", ["id", "vector"])
            ]
            if vector_rows:
                rows = [filter_row(chunks[r["id"]]) | {"vector": r["vector"]} for r in vector_rows]
                table = self._open_table(name)
                self._upsert(
                    table,
                    pa.Table.from_pylist(
                        rows, schema=arrow_schema(FILTER_COLUMNS, len(vector_rows[0]["vector"]))
                    ),
                    [r["id"] for r in vector_rows],
                )

    def _upsert(self, table: Any, rows: Any, ids: Sequence[str]) -> bool:
        """Whether any of these was there before."""
        with translate_errors(self.path):
            # appending is ten times cheaper than merging, and most rows are new
            is_update = bool(table.count_rows() and table.count_rows(f"id IN {sql_list(ids)}"))
            if is_update:
                table.merge_insert(
                    "id"
                ).when_matched_update_all().when_not_matched_insert_all().execute(rows)
            else:
                table.add(rows)
        self._snapshots.clear()  # after the write: another thread may have asked meanwhile
        return is_update

    def _delete(self, name: str, column: str, values: Sequence[str]) -> None:
        table = self._open_table(name)
        if table is None:
            return
        for batch in id_batches(values):
            with translate_errors(self.path):
                if table.count_rows(f"{column} IN {sql_list(batch)}"):
                    table.delete(f"{column} IN {sql_list(batch)}")
                    self._snapshots.clear()

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
        if name.startswith("vectors_") and "vector" not in indexed_columns:
            metric = (table.schema.metadata or {}).get(b"metric", b"cosine").decode()
            table.create_index(
                "vector",
                config=IvfFlat(distance_type=metric, num_partitions=max(1, int(rows**0.5))),
            )
