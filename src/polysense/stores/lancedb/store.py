"""LanceDB, embedded: one table of chunks with a full-text index, and one table of vectors for each
space.

Every write is one atomic commit: a process killed at any moment leaves the last committed version,
and other processes see each commit at their next query. https://lancedb.github.io/lancedb/
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from polysense.errors import LibraryError, ReadOnly, StorageFull
from polysense.protocols import Match, Store, Vectors
from polysense.read.language.analysis import analyse
from polysense.stores.lancedb.lean_import import lancedb
from polysense.stores.lancedb.resident import Flat, Rows, Versioned
from polysense.stores.rows import COLUMNS, FILTERS, NEEDED, chunk_of, filters_of, quoted, row_of
from polysense.types import Chunk, Space

CHUNKS = "chunks"
FLAT_BELOW = 20_000
"""Rows up to which scanning every vector is as fast as an index, and exact."""

FRESH = 0.05
"""Seconds within which another process's commit is seen."""

_BATCH = 500
_KEEP = timedelta(minutes=10)  # readers in other processes may still be on a version this old


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
        self._states: dict[str, tuple[float, int, int]] = {}
        self._rows = Versioned(lambda t: Rows.read(t, NEEDED))
        self._flats: dict[Space, Versioned[Flat]] = {}

    def add(self, chunks: Sequence[Chunk]) -> None:
        if chunks:
            import pyarrow as pa

            rows = {c.id: row_of(c) for c in chunks}
            known = self._upsert(
                self._table(CHUNKS),
                pa.Table.from_pylist(list(rows.values()), schema=_schema(COLUMNS)),
                list(rows),
            )
            if known:
                self._refresh({c.id: c for c in chunks})

    def add_vectors(self, space: Space, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        import pyarrow as pa

        usable: list[bool] = np.asarray(np.isfinite(vectors).all(axis=1)).tolist()
        rows = [
            filters_of(c) | {"vector": v}
            for c, v, ok in zip(chunks, vectors, usable, strict=True)
            if ok
        ]
        empty = [
            {"id": c.id, "asset": c.asset.id}
            for c, ok in zip(chunks, usable, strict=True)
            if not ok
        ]
        if rows:
            table = pa.Table.from_pylist(rows, schema=_schema(FILTERS, space.dim))
            self._upsert(
                self._table(_vectors(space.name), space.dim, space.metric),
                table,
                [r["id"] for r in rows],
            )
        if empty:
            self._delete(_vectors(space.name), "id", [r["id"] for r in empty])
            self._upsert(
                self._table(_void(space.name)),
                pa.Table.from_pylist(empty, schema=_schema(_VOID)),
                [r["id"] for r in empty],
            )

    def lexical(self, text: str, k: int, where: str = "") -> list[Match]:
        if not text.strip():
            return []
        table = self._existing(CHUNKS)
        if table is None:
            return []
        with _faults(self.path):
            resident = self._resident(table) if not where else None
            columns = ["id", "modality", "_score"] if resident is None else ["_score"]
            found = _said(table, analyse(text), k, where, columns)
            if resident is None:
                return _ranked(found, found["_score"].to_numpy().astype(float))
            matches = resident.matches(found["_rowid"].to_pylist(), found["_score"].to_pylist())
            return sorted(matches, key=lambda m: (-m.score, m.id))

    def nearest(self, space: Space, vector: Vectors, k: int, where: str = "") -> list[Match]:
        table = self._existing(_vectors(space.name))
        if table is None:
            return []
        with _faults(self.path):
            flat = self._flat(space, table) if not where and space.metric == "cosine" else None
            if flat is not None:
                return flat.nearest(vector, k)
            query = (
                table.search(vector)
                .distance_type(space.metric)
                .select(["id", "modality", "_distance"])
                .limit(k)
                .nprobes(20)
            )
            found = (query.where(where, prefilter=True) if where else query).to_arrow()
        return _ranked(found, 1.0 - found["_distance"].to_numpy().astype(float))

    def get(self, ids: Sequence[str]) -> dict[str, Chunk]:
        table = self._existing(CHUNKS)
        if table is None or not ids:
            return {}
        with _faults(self.path):
            resident = self._resident(table)
            if resident is not None:
                return {row["id"]: chunk_of(row) for row in resident.get(ids)}
        batches = (self._read(CHUNKS, f"id IN {quoted(batch)}", NEEDED) for batch in _batches(ids))
        return {row["id"]: chunk_of(row) for batch in batches for row in batch}

    def scan(self, where: str = "", columns: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
        yield from self._read(CHUNKS, where, columns or list(COLUMNS))

    def missing(self, space: Space, where: str = "") -> list[str]:
        have = {
            r["id"]
            for name in (_vectors(space.name), _void(space.name))
            for r in self._read(name, "", ["id"])
        }
        return [r["id"] for r in self.scan(where, ["id"]) if r["id"] not in have]

    def vectors(self, space: Space, ids: Sequence[str]) -> dict[str, Vectors]:
        table = self._existing(_vectors(space.name))
        if table is None:
            return {}
        flat = self._flat(space, table)
        if flat is not None:
            return flat.vectors(ids)
        return {
            row["id"]: np.asarray(row["vector"], dtype=np.float32)
            for batch in _batches(ids)
            for row in self._read(_vectors(space.name), f"id IN {quoted(batch)}", ["id", "vector"])
        }

    def holds(self, space: Space) -> bool:
        table = self._existing(_vectors(space.name))
        return table is not None and self._state(_vectors(space.name), table)[1] > 0

    def forget(self, space: str, ids: Sequence[str]) -> None:
        for name in (_vectors(space), _void(space)):
            self._delete(name, "id", ids)

    def delete(self, assets: Sequence[str]) -> None:
        # the chunks last: stopped before, the same call finishes it
        for name in sorted(self._names(), key=lambda n: n == CHUNKS):
            self._delete(name, "asset", assets)

    def drop(self, space: str) -> None:
        with self._lock, _faults(self.path):
            for name in (_vectors(space), _void(space)):
                if name in self._names():
                    self._db.drop_table(name)
                self._tables.pop(name, None)
            self._flats.clear()
            self._states.clear()

    def optimize(self) -> None:
        with _faults(self.path):
            living: set[str] | None = None
            for name in self._names():
                table = self._existing(name)
                if table is None:
                    continue
                if name != CHUNKS:
                    living = (
                        {r["id"] for r in self._read(CHUNKS, "", ["id"])}
                        if living is None
                        else living
                    )
                    self._delete(
                        name,
                        "id",
                        [r["id"] for r in self._read(name, "", ["id"]) if r["id"] not in living],
                    )
                self._index(name, table)
                table.optimize(cleanup_older_than=_KEEP)
            self._states.clear()

    def count(self, where: str = "") -> int:
        table = self._existing(CHUNKS)
        if table is None:
            return 0
        return int(table.count_rows(where)) if where else self._state(CHUNKS, table)[1]

    def close(self) -> None:
        with self._lock:
            self._tables.clear()
            self._flats.clear()

    # -- tables
    # ------------------------------------------------------------------------------------------------------------------

    @cached_property
    def _db(self) -> Any:
        with _faults(self.path):
            return lancedb().connect(self.path, read_consistency_interval=timedelta(0))

    def _state(self, name: str, table: Any) -> tuple[int, int]:
        """A table's version and number of rows, asked of the engine once in FRESH seconds; our own
        writes are known at once.
        """
        now = time.monotonic()
        known = self._states.get(name)
        if known is None or now - known[0] > FRESH:
            version = table.version
            rows = known[2] if known is not None and known[1] == version else table.count_rows()
            known = self._states[name] = (now, version, rows)
        return known[1:]

    def _resident(self, table: Any) -> Rows | None:
        version, count = self._state(CHUNKS, table)
        return self._rows.of(table, version) if count < FLAT_BELOW else None

    def _flat(self, space: Space, table: Any) -> Flat | None:
        with self._lock:
            flat = self._flats.setdefault(space, Versioned(lambda t: Flat.read(t, space.dim)))
        version, count = self._state(_vectors(space.name), table)
        return flat.of(table, version) if count < FLAT_BELOW else None

    def _names(self) -> list[str]:
        return list(self._db.list_tables().tables)

    def _there(self, name: str) -> bool:
        """Whether a table is there. In a folder that is looked up: every query asks, and the engine
        takes long to list its tables.
        """
        if "://" in self.path:
            return name in self._names()
        with _faults(self.path):
            try:
                os.stat(Path(self.path, f"{name}.lance"))
            except (FileNotFoundError, NotADirectoryError):
                return False
            return True

    def _existing(self, name: str) -> Any | None:
        with self._lock:
            if name not in self._tables:
                if not self._there(name):
                    return None
                self._tables[name] = self._db.open_table(name)
            return self._tables[name]

    def _table(self, name: str, dim: int = 0, metric: str = "cosine") -> Any:
        with self._lock, _faults(self.path):
            table = self._existing(name)
            if table is None:
                columns = COLUMNS if name == CHUNKS else FILTERS if dim else _VOID
                table = self._tables[name] = self._db.create_table(
                    name, schema=_schema(columns, dim, metric), exist_ok=True
                )
                if name == CHUNKS:
                    from lancedb.index import FTS

                    # `analyse` has put spaces where they belong; what is left to do is lower case,
                    # accents and English endings
                    table.create_index(
                        "words", config=FTS(base_tokenizer="simple", remove_stop_words=False)
                    )
            return table

    def _read(self, name: str, where: str, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
        table = self._existing(name)
        if table is None:
            return
        with _faults(self.path):
            query = table.search().select(list(columns))
            batches = (query.where(where) if where else query).to_batches()
            for batch in batches:
                yield from batch.to_pylist()

    def _refresh(self, chunks: Mapping[str, Chunk]) -> None:
        """Vectors of chunks that were replaced: what filters see beside them is as it is beside the
        words.
        """
        import pyarrow as pa

        for name in [n for n in self._names() if n.startswith("vectors_")]:
            held = [
                r
                for b in _batches(list(chunks))
                for r in self._read(name, f"id IN {quoted(b)}", ["id", "vector"])
            ]
            if held:
                rows = [filters_of(chunks[r["id"]]) | {"vector": r["vector"]} for r in held]
                table = self._existing(name)
                self._upsert(
                    table,
                    pa.Table.from_pylist(rows, schema=_schema(FILTERS, len(held[0]["vector"]))),
                    [r["id"] for r in held],
                )

    def _upsert(self, table: Any, rows: Any, ids: Sequence[str]) -> bool:
        """Whether any of these was there before."""
        with _faults(self.path):
            # appending is ten times cheaper than merging, and most rows are new
            known = bool(table.count_rows() and table.count_rows(f"id IN {quoted(ids)}"))
            if known:
                table.merge_insert(
                    "id"
                ).when_matched_update_all().when_not_matched_insert_all().execute(rows)
            else:
                table.add(rows)
        self._states.clear()  # after the write: another thread may have asked meanwhile
        return known

    def _delete(self, name: str, column: str, values: Sequence[str]) -> None:
        table = self._existing(name)
        if table is None:
            return
        for batch in _batches(values):
            with _faults(self.path):
                if table.count_rows(f"{column} IN {quoted(batch)}"):
                    table.delete(f"{column} IN {quoted(batch)}")
                    self._states.clear()

    def _index(self, name: str, table: Any) -> None:
        rows, indexed = table.count_rows(), {c for i in table.list_indices() for c in i.columns}
        if rows < FLAT_BELOW:
            return
        from lancedb.index import BTree, IvfFlat

        if "id" not in indexed:
            table.create_index("id", config=BTree())
        if name.startswith("vectors_") and "vector" not in indexed:
            metric = (table.schema.metadata or {}).get(b"metric", b"cosine").decode()
            table.create_index(
                "vector",
                config=IvfFlat(distance_type=metric, num_partitions=max(1, int(rows**0.5))),
            )


_VOID = {"id": str, "asset": str}


def _vectors(space: str) -> str:
    return "vectors_" + "".join(
        c if c.isascii() and c.isalnum() else f"_{ord(c):x}_" for c in space
    )


def _void(space: str) -> str:
    return _vectors(space).replace("vectors_", "void_", 1)


def _schema(columns: Any, dim: int = 0, metric: str = "cosine") -> Any:
    import pyarrow as pa

    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64(), dict: pa.json_()}
    fields = [pa.field(name, kinds[kind]) for name, kind in columns.items()]
    vectors = [pa.field("vector", pa.list_(pa.float32(), dim))] if dim else []
    return pa.schema([*fields, *vectors], {"metric": metric} if dim else None)


def _batches(ids: Sequence[str]) -> Iterator[list[str]]:
    distinct = list(dict.fromkeys(ids))
    for i in range(0, len(distinct), _BATCH):
        yield distinct[i : i + _BATCH]


def _said(table: Any, words: str, k: int, where: str, columns: Sequence[str]) -> Any:
    """Rows by BM25, through the engine's asynchronous door: its synchronous one goes five times
    between threads, which takes 1 ms.
    """
    from lancedb.background_loop import LOOP

    query = (
        table._table.query()
        .nearest_to_text(words, columns=["words"])
        .limit(k)
        .select(list(columns))
        .with_row_id()
    )
    return LOOP.run((query.where(where) if where else query).to_arrow())


def _ranked(found: Any, scores: Any) -> list[Match]:
    """Best first; equal scores by id, so that the same query gives the same order."""
    rows = map(Match, found["id"].to_pylist(), scores.tolist(), found["modality"].to_pylist())
    return sorted(rows, key=lambda m: (-m.score, m.id))


@contextmanager
def _faults(path: str) -> Iterator[None]:
    """The operating system's refusals, said in our words."""
    try:
        yield
    except (OSError, RuntimeError, ValueError) as e:
        said = str(e)
        if "No space left" in said or "os error 28" in said or "Disk quota" in said:
            raise StorageFull(f"no room left to write in {path}") from e
        if "Permission denied" in said or "Read-only file system" in said:
            raise ReadOnly(f"not allowed to write in {path}") from e
        if isinstance(e, ValueError):
            raise
        where = Path(path).name
        raise LibraryError(
            f"the store in {where} failed: {said.splitlines()[0][:300]}",
            "Run `polysense optimize`, then try again.",
        ) from e
