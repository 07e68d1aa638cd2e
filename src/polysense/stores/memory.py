"""A store in memory, for tests and libraries without a disk: SQLite for rows and words, arrays for
vectors.
"""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from polysense.errors import BadFilter
from polysense.late_interaction import has_vector, is_multivector, maxsim_scores
from polysense.protocols import Match, Store, Vectors
from polysense.read.language.analysis import analyse_query
from polysense.sparse_vectors import is_sparse, sparse_scores
from polysense.stores.rows import COLUMNS, chunk_from_row, chunk_row, sql_list
from polysense.types import Chunk, Space

_WORD = re.compile(r"[^\W_]+")


_GETTERS: Mapping[str, tuple[type, ...]] = {
    "json_get_string": (str,),
    "json_get_float": (int, float),
    "json_get_bool": (bool,),
    "json_get": (),
}
"""What a compiled condition reads a chunk's own values with, and the types that it gives."""


def _own_value(kinds: tuple[type, ...], raw: str, key: str) -> Any:
    value = json.loads(raw or "{}").get(key)
    if not kinds:
        return None if value is None else "present"
    return (
        value if isinstance(value, kinds) and isinstance(value, bool) == (bool in kinds) else None
    )


def _tokens(text: str) -> list[str]:
    return _WORD.findall(text)


@contextmanager
def _refusals(where: str) -> Iterator[None]:
    """What SQLite does not take of a condition, as BadFilter."""
    try:
        yield
    except sqlite3.OperationalError as e:
        if not where:
            raise
        raise BadFilter(f"the store does not take the filter {where[:200]!r}: {e}") from e


class Memory(Store):
    """Exact search over everything, in this process only.

    >>> Memory().count()
    0
    """

    capabilities = frozenset({"bm25", "filters", "multivector", "sparse"})

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA case_sensitive_like = ON")
        for name, kinds in _GETTERS.items():
            self._db.create_function(name, 2, partial(_own_value, kinds), deterministic=True)
        columns = ", ".join(f'"{c}"' for c in COLUMNS if c != "id")
        self._db.execute(f"CREATE TABLE chunks (id TEXT PRIMARY KEY, {columns})")
        self._db.execute(
            "CREATE VIRTUAL TABLE texts USING fts5(id UNINDEXED, words, tokenize='unicode61')"
        )
        self._spaces: dict[str, dict[str, Vectors | None]] = {}

    def add(self, chunks: Sequence[Chunk]) -> None:
        with self._lock:
            for row in map(chunk_row, chunks):
                placeholders = ", ".join("?" * len(COLUMNS))
                names = ", ".join(f'"{c}"' for c in COLUMNS)
                self._db.execute(
                    f"INSERT OR REPLACE INTO chunks ({names}) VALUES ({placeholders})",
                    [row[c] for c in COLUMNS],
                )
                self._db.execute("DELETE FROM texts WHERE id = ?", [row["id"]])
                self._db.execute(
                    "INSERT INTO texts VALUES (?, ?)", [row["id"], " ".join(_tokens(row["words"]))]
                )

    def add_vectors(
        self, space: Space, chunks: Sequence[Chunk], vectors: Vectors | Sequence[Vectors]
    ) -> None:
        with self._lock:
            vectors_by_id = self._spaces.setdefault(space.name, {})
            vectors_by_id.update(
                (c.id, np.asarray(v, dtype=np.float32) if ok else None)
                for c, v, ok in zip(chunks, vectors, has_vector(vectors), strict=True)
            )

    def lexical(self, text: str, k: int, where: str = "") -> list[Match]:
        words = " OR ".join(f'"{t}"' for t in _tokens(analyse_query(text)))
        if not words:
            return []
        condition = f"AND id IN (SELECT id FROM chunks WHERE {where})" if where else ""
        sql = (
            f"SELECT id, -bm25(texts) AS score FROM texts WHERE words MATCH ? {condition} "
            "ORDER BY score DESC, id LIMIT ?"
        )
        with self._lock, _refusals(where):
            rows = self._db.execute(sql, [words, k]).fetchall()
            modalities = {
                r["id"]: r["modality"]
                for r in self.scan(f"id IN {sql_list([r['id'] for r in rows])}", ["id", "modality"])
            }
        return [Match(r["id"], float(r["score"]), modalities[r["id"]]) for r in rows]

    def nearest(self, space: Space, vector: Vectors, k: int, where: str = "") -> list[Match]:
        with self._lock:
            modalities = {r["id"]: r["modality"] for r in self.scan(where, ["id", "modality"])}
            vectors = self.vectors(space, list(modalities))
        if not vectors:
            return []
        if is_multivector(space):
            scores = maxsim_scores(vector, vectors)
        elif is_sparse(space):
            scores = {i: s for i, s in sparse_scores(vector, vectors).items() if s > 0}
        else:
            products = np.stack(list(vectors.values())) @ vector
            scores = dict(zip(vectors, products.tolist(), strict=True))
        matches = (Match(i, score, modalities[i]) for i, score in scores.items())
        return sorted(matches, key=lambda m: (-m.score, m.id))[:k]

    def get(self, ids: Sequence[str]) -> dict[str, Chunk]:
        rows = self.scan(f"id IN {sql_list(ids)}")
        return {row["id"]: chunk_from_row(row) for row in rows}

    def scan(self, where: str = "", columns: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
        names = ", ".join(f'"{c}"' for c in columns or COLUMNS)
        with self._lock, _refusals(where):
            rows = self._db.execute(f"SELECT {names} FROM chunks WHERE {where or '1'}").fetchall()
        yield from map(dict, rows)

    def missing(self, space: Space, where: str = "") -> list[str]:
        vectors_by_id = self._spaces.get(space.name, {})
        return [r["id"] for r in self.scan(where, ["id"]) if r["id"] not in vectors_by_id]

    def vectors(self, space: Space, ids: Sequence[str]) -> dict[str, Vectors]:
        with self._lock:
            vectors_by_id = self._spaces.get(space.name, {})
            return {i: v for i in ids if (v := vectors_by_id.get(i)) is not None}

    def holds(self, space: Space) -> bool:
        with self._lock:
            return any(v is not None for v in self._spaces.get(space.name, {}).values())

    def forget(self, space: str, ids: Sequence[str]) -> None:
        with self._lock:
            for i in ids:
                self._spaces.get(space, {}).pop(i, None)

    def delete(self, assets: Sequence[str]) -> None:
        with self._lock:
            ids = [r["id"] for r in self.scan(f"asset IN {sql_list(assets)}", ["id"])]
            self._db.execute(f"DELETE FROM chunks WHERE id IN {sql_list(ids)}")
            self._db.execute(f"DELETE FROM texts WHERE id IN {sql_list(ids)}")
            for space in self._spaces:
                self.forget(space, ids)

    def drop(self, space: str) -> None:
        self._spaces.pop(space, None)

    def optimize(self) -> None:
        """Nothing to do: nothing is left behind."""

    def count(self, where: str = "") -> int:
        sql = f"SELECT count(*) FROM chunks WHERE {where or '1'}"
        with self._lock, _refusals(where):
            return int(self._db.execute(sql).fetchone()[0])

    def close(self) -> None:
        self._db.close()
