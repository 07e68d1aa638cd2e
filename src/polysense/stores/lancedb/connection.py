"""A connection to LanceDB: a library's tables there, opened, read and written."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from polysense.columns import FILTER_COLUMNS
from polysense.stores.lancedb.lean_import import lancedb
from polysense.stores.lancedb.tables import (
    CHUNKS,
    VECTOR_COLUMNS,
    VECTORS_PREFIX,
    VOID_COLUMNS,
    arrow_schema,
    id_batches,
    metric_of,
    translate_errors,
    vectors_to_arrow,
)
from polysense.stores.lancedb.where import lance_condition
from polysense.stores.rows import COLUMNS, filter_row, sql_list
from polysense.types import Chunk

FRESH_SECONDS = 0.05
"""Seconds within which another process's commit is seen; judged."""


class Connection:
    """Opens the folder (or s3:// prefix) at the first call. path is where it is."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._tables: dict[str, Any] = {}
        self._snapshots: dict[str, tuple[float, int, int]] = {}

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

    def _names(self) -> list[str]:
        with translate_errors(self.path):
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
                with translate_errors(self.path):
                    self._tables[name] = self._db.open_table(name)
            return self._tables[name]

    def _ensure_table(self, name: str, dim: int = 0, metric: str = "cosine") -> Any:
        """A table to write to: made where there is none, with every column of now."""
        columns = COLUMNS if name == CHUNKS else VECTOR_COLUMNS if dim else VOID_COLUMNS
        with self._lock, translate_errors(self.path):
            table = self._open_table(name)
            if table is None:
                table = self._tables[name] = self._db.create_table(
                    name, schema=arrow_schema(columns, dim, metric), exist_ok=True
                )
                if name == CHUNKS:
                    _index_words(table)
            new = {c: kind for c, kind in columns.items() if c not in table.schema.names}
            if new:  # a library made before; old rows have null there
                table.add_columns(list(arrow_schema(new)))
                if name == CHUNKS:  # whose words were indexed in another way
                    _index_words(table)
                self._snapshots.clear()
            return table

    def _condition(self, table: Any, where: str) -> str:
        """A compiled condition as this table takes it."""
        return lance_condition(where, table.schema.names) if where else ""

    def _read(self, name: str, where: str, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Rows; columns that an old table does not have are left out of them."""
        table = self._open_table(name)
        if table is None:
            return
        condition = self._condition(table, where)
        with translate_errors(self.path, where):
            present = set(table.schema.names)
            query = table.search().select([c for c in columns if c in present])
            batches = (query.where(condition) if condition else query).to_batches()
            for batch in batches:
                yield from batch.to_pylist()

    def _ids(self, name: str, where: str = "") -> Any:
        """The ids of a table's rows, in Arrow."""
        import pyarrow as pa

        table = self._open_table(name)
        if table is None:
            return pa.chunked_array([], pa.string())
        condition = self._condition(table, where)
        with translate_errors(self.path, where):
            query = table.search().select(["id"])
            return (query.where(condition) if condition else query).to_arrow()["id"]

    def _ids_not_in(self, name: str, where: str, others: Sequence[str]) -> list[str]:
        """Ids of a table's rows that are in none of the other tables."""
        import pyarrow.compute as pc

        ids = self._ids(name, where)
        for other in others:
            ids = ids.filter(pc.invert(pc.is_in(ids, self._ids(other).combine_chunks())))
        return list(ids.to_pylist())

    def _present_ids(self, table: Any, ids: Sequence[str]) -> list[str]:
        """Those of them that a table has."""
        with translate_errors(self.path):
            if not table.count_rows():
                return []
            query = (
                table.search().where(f"id IN {sql_list(batch)}").select(["id"]).to_arrow()
                for batch in id_batches(ids)
            )
            return [i for rows in query for i in rows["id"].to_pylist()]

    def _write(self, table: Any, rows: Any, is_update: bool) -> None:
        """Insert rows, or where some are there already, replace those by id."""
        with translate_errors(self.path):
            rows = rows.select(table.schema.names)
            if is_update:  # appending is ten times cheaper than merging, and most rows are new
                table.merge_insert(
                    "id"
                ).when_matched_update_all().when_not_matched_insert_all().execute(rows)
            else:
                table.add(rows)
        self._snapshots.clear()  # after the write: another thread may have asked meanwhile

    def _delete(self, name: str, column: str, values: Sequence[str]) -> None:
        table = self._open_table(name)
        if table is None:
            return
        for batch in id_batches(values):
            with translate_errors(self.path):
                if table.count_rows(f"{column} IN {sql_list(batch)}"):
                    table.delete(f"{column} IN {sql_list(batch)}")
                    self._snapshots.clear()

    def _refresh(self, chunks: Mapping[str, Chunk]) -> None:
        """Give the vectors of chunks that are replaced the filter columns of the new ones."""
        rows = {i: filter_row(c) for i, c in chunks.items()}
        for name in [n for n in self._names() if n.startswith(VECTORS_PREFIX)]:
            for batch in id_batches(list(chunks)):
                stale = [
                    r["id"]
                    for r in self._read(name, f"id IN {sql_list(batch)}", list(VECTOR_COLUMNS))
                    if not _has_same_values(r, rows[r["id"]])
                ]
                if stale:
                    self._replace_filter_rows(name, [rows[i] for i in stale])

    def _replace_filter_rows(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        table = self._open_table(name)
        dim, metric = metric_of(table)
        condition = f"id IN {sql_list([r['id'] for r in rows])}"
        vectors = {
            r["id"]: np.asarray(r["vector"], np.float32)
            for r in self._read(name, condition, ["id", "vector"])
        }
        present = [r for r in rows if r["id"] in vectors]
        arrow = vectors_to_arrow(present, [vectors[r["id"]] for r in present], dim, metric)
        self._write(self._ensure_table(name, dim, metric), arrow, True)


def _has_same_values(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether a row of a table of vectors says what it should; JSON comes back in other order."""
    return old.keys() == FILTER_COLUMNS.keys() and all(
        json.loads(old[c] or "{}") == json.loads(new[c])
        if column.type is dict
        else old[c] == new[c]
        for c, column in FILTER_COLUMNS.items()
    )


def _index_words(table: Any) -> None:
    """Full text, over words as `analyse` writes them: stems, folded."""
    from lancedb.index import FTS

    config = FTS(base_tokenizer="simple", stem=False, remove_stop_words=False)
    table.create_index("words", config=config)
