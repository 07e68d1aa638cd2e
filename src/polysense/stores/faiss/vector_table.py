"""The vectors of a FAISS library in SQLite, beside its rows: they are the truth, and an index file
is made of them.

Each vector has a label, a number that is never used again. What was replaced or deleted since the
index was written stands in `removed`, so that whoever has the index in memory can follow.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import LibraryError
from polysense.protocols import Match, Vectors
from polysense.stores.sqlite_rows import ANY_OF, PAGE_ROWS, SqliteRows, json_list
from polysense.types import Chunk, Space
from polysense.vectors.late_interaction import has_vector, is_multivector

Labels = NDArray[np.int64]

SCHEMA = """
CREATE TABLE IF NOT EXISTS spaces (
  n INTEGER PRIMARY KEY, name TEXT UNIQUE, dim INTEGER, metric TEXT,
  file TEXT DEFAULT '', factory TEXT DEFAULT 'Flat', indexed INTEGER DEFAULT 0
);
CREATE TABLE IF NOT EXISTS vectors (
  label INTEGER PRIMARY KEY AUTOINCREMENT, space INTEGER, id TEXT, tokens INTEGER,
  UNIQUE (space, id)
);
CREATE TABLE IF NOT EXISTS numbers (label INTEGER PRIMARY KEY, data BLOB);
CREATE TABLE IF NOT EXISTS removed (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, space INTEGER, label INTEGER
);
CREATE TABLE IF NOT EXISTS settings (key TEXT PRIMARY KEY, value TEXT);
"""
"""tokens: how many vectors a chunk has in a space, 0 where there was nothing to encode. file: the
space's index, "" where there is none; indexed: how many vectors were in it when it was trained.
"""


@dataclass(frozen=True, slots=True)
class SpaceState:
    """What is written of a space, and up to where vectors and removals go."""

    n: int
    dim: int
    metric: str
    file: str
    factory: str
    indexed: int
    last_label: int
    last_removal: int


class VectorTable(SqliteRows):
    """Chunks, words and vectors in one file."""

    schema = SCHEMA

    def add_vectors(
        self, space: Space, chunks: Sequence[Chunk], vectors: Vectors | Sequence[Vectors]
    ) -> None:
        is_usable = has_vector(vectors)
        for vector, ok in zip(vectors, is_usable, strict=True):
            if ok and np.shape(vector)[-1] != space.dim:
                raise LibraryError(
                    f"a vector of {np.shape(vector)[-1]} numbers in {space.name}, of {space.dim}",
                    f"Run `polysense reindex --space {space.name}`.",
                )
        with self._writing() as db:
            n = self._space_number(db, space)
            self._remove(db, n, [c.id for c in chunks])
            for chunk, vector, ok in zip(chunks, vectors, is_usable, strict=True):
                rows = np.atleast_2d(np.asarray(vector, np.float32)) if ok else ()
                label = db.execute(
                    "INSERT OR REPLACE INTO vectors (space, id, tokens) VALUES (?, ?, ?)",
                    [n, chunk.id, len(rows)],
                ).lastrowid
                if ok:
                    data = np.ascontiguousarray(rows, "<f4").tobytes()
                    db.execute("INSERT INTO numbers VALUES (?, ?)", [label, data])

    def missing(self, space: Space, where: str = "") -> list[str]:
        sql = (
            f"SELECT id FROM chunks WHERE ({where or '1'}) AND id NOT IN (SELECT v.id "
            "FROM vectors v JOIN spaces s ON s.n = v.space WHERE s.name = ?) ORDER BY n"
        )
        return [r["id"] for r in self._rows(sql, [space.name], where)]

    def vectors(self, space: Space, ids: Sequence[str]) -> dict[str, Vectors]:
        rows = self._rows(
            "SELECT v.id, x.data FROM vectors v JOIN spaces s ON s.n = v.space "
            f"JOIN numbers x ON x.label = v.label WHERE s.name = ? AND v.id IN {ANY_OF}",
            [space.name, json_list(ids)],
        )
        shape = (-1, space.dim) if is_multivector(space) else (space.dim,)
        return {r["id"]: _array(r["data"]).reshape(shape) for r in rows}

    def holds(self, space: Space) -> bool:
        sql = (
            "SELECT EXISTS (SELECT 1 FROM vectors v JOIN spaces s ON s.n = v.space "
            "WHERE s.name = ? AND v.tokens > 0)"
        )
        return bool(self._rows(sql, [space.name])[0][0])

    def forget(self, space: str, ids: Sequence[str]) -> None:
        if (state := self._state(space)) is not None:
            with self._writing() as db:
                self._remove(db, state.n, ids)

    def delete(self, assets: Sequence[str]) -> None:
        if self._reading() is self._empty:
            return
        with self._writing() as db:
            ids = self._delete_rows(db, assets)
            for row in db.execute("SELECT n FROM spaces").fetchall():
                self._remove(db, row["n"], ids)

    def _space_number(self, db: sqlite3.Connection, space: Space) -> int:
        db.execute(
            "INSERT OR IGNORE INTO spaces (name, dim, metric) VALUES (?, ?, ?)",
            [space.name, space.dim, space.metric],
        )
        row = db.execute("SELECT n, dim, metric FROM spaces WHERE name = ?", [space.name])
        n, dim, metric = row.fetchone()
        if (dim, metric) != (space.dim, space.metric):
            raise LibraryError(
                f"space {space.name} has {dim} dimensions and {metric} here, not {space.dim} and "
                f"{space.metric}",
                f"Run `polysense reindex --space {space.name}`.",
            )
        return int(n)

    def _remove(self, db: sqlite3.Connection, space: int, ids: Sequence[str]) -> None:
        condition = f"FROM vectors WHERE space = ? AND id IN {ANY_OF}"
        values = [space, json_list(ids)]
        labels = [r["label"] for r in db.execute(f"SELECT label {condition}", values)]
        db.executemany("DELETE FROM numbers WHERE label = ?", [(n,) for n in labels])
        db.executemany(
            "INSERT INTO removed (space, label) VALUES (?, ?)", [(space, n) for n in labels]
        )
        db.execute(f"DELETE {condition}", values)

    def _state(self, space: str) -> SpaceState | None:
        rows = self._rows(
            "SELECT n, dim, metric, file, factory, indexed, "
            "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'vectors'), 0) AS last_label, "
            "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'removed'), 0) AS last_removal "
            "FROM spaces WHERE name = ?",
            [space],
        )
        return SpaceState(**dict(rows[0])) if rows else None

    def _labels(self, state: SpaceState, where: str = "") -> Labels:
        """Labels of the vectors in a space whose chunks are there, and as `where` says; sorted."""
        rows = self._rows(
            "SELECT label FROM vectors WHERE space = ? AND tokens > 0 AND id IN "
            f"(SELECT id FROM chunks WHERE {where or '1'}) ORDER BY label",
            [state.n],
            where,
        )
        return np.fromiter((r[0] for r in rows), np.int64, len(rows))

    def _blocks(self, state: SpaceState, after: int = 0) -> Iterator[tuple[Labels, Vectors]]:
        """Labels and vectors of a space of one vector a chunk, from a label on, in their order."""
        while True:
            rows = self._rows(
                "SELECT v.label, x.data FROM vectors v JOIN numbers x ON x.label = v.label "
                "WHERE v.space = ? AND v.tokens > 0 AND v.label > ? ORDER BY v.label LIMIT ?",
                [state.n, after, PAGE_ROWS],
            )
            if rows:
                labels = np.array([r["label"] for r in rows], np.int64)
                after = int(labels[-1])
                yield labels, _array(b"".join(r["data"] for r in rows)).reshape(-1, state.dim)
            if len(rows) < PAGE_ROWS:
                return

    def _data(self, labels: Sequence[int]) -> Mapping[int, Vectors]:
        """The numbers of some vectors, (n,), by label."""
        rows = self._rows(
            f"SELECT label, data FROM numbers WHERE label IN {ANY_OF}", [json_list(labels)]
        )
        return {r["label"]: _array(r["data"]) for r in rows}

    def _removals(self, state: SpaceState, after: int) -> Labels:
        rows = self._rows("SELECT label FROM removed WHERE seq > ? AND space = ?", [after, state.n])
        return np.array([r["label"] for r in rows], np.int64)

    def _chunks_by_label(self, labels: Sequence[int]) -> dict[int, Match]:
        """Chunks with their modality, without a score; nothing for those that are gone."""
        rows = self._rows(
            "SELECT v.label, c.id, c.modality FROM vectors v JOIN chunks c ON c.id = v.id "
            f"WHERE v.label IN {ANY_OF}",
            [json_list(labels)],
        )
        return {r["label"]: Match(r["id"], 0.0, r["modality"]) for r in rows}


def _array(data: bytes) -> Any:
    return np.frombuffer(data, "<f4").astype(np.float32)
