"""Chroma over a folder: a collection of vectors for each space, with rows and words in SQLite
beside them, because Chroma has no BM25, and none of SQL's comparisons with what is not there.

A filter is answered by the rows, and Chroma searches among the ids that it leaves. An entry is
written once Chroma has the vector, and removed before Chroma's is: stopped in between, a chunk is
missing in a space, and encoded again. One process at a time may write; others see what it wrote at
their next question. Chroma's telemetry is off, and no model of its own is loaded.
https://docs.trychroma.com
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from polysense.columns import FILTER_COLUMNS
from polysense.errors import LibraryError, MissingDependency
from polysense.protocols import Match, Store, Vectors
from polysense.stores.chroma.client import Client, folder_of
from polysense.stores.rows import filter_row
from polysense.stores.sqlite_rows import ANY_OF, SqliteRows, json_list
from polysense.types import Chunk, Space
from polysense.vectors.late_interaction import has_vector, is_multivector
from polysense.vectors.sparse import is_sparse

FOLDER, ROWS, VECTORS = "chroma", "rows.db", "vectors"
"""Where all lies in a library's folder, and there the file of rows and the folder of Chroma's."""

COPIED = ("asset", "modality", "uri", "name", "folder", "mime", "lang", "page", "begins", "ends")
"""Columns that stand beside a vector in Chroma too, for other programs that read it."""


class Chroma(SqliteRows, Store):
    """A library in a folder, its vectors in Chroma.

    path is what follows chroma://.

    >>> import tempfile
    >>> Chroma(path=tempfile.mkdtemp()).count()
    0
    """

    capabilities = frozenset({"bm25", "filters", "persistent"})

    schema = """
    CREATE TABLE IF NOT EXISTS entries (
      space TEXT, id TEXT, is_void INTEGER, PRIMARY KEY (space, id)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS spaces (name TEXT PRIMARY KEY, dim INTEGER, metric TEXT);
    """

    def __init__(self, path: str) -> None:
        folder = folder_of(path) / FOLDER
        super().__init__(folder / ROWS)
        self._client = Client(folder / VECTORS)
        self._version = -1

    @classmethod
    def local_folder(cls, path: str) -> Path:
        """The library's folder. Raises BadConfig."""
        return folder_of(path)

    def add(self, chunks: Sequence[Chunk]) -> None:
        with self._lock:
            super().add(chunks)
            by_id = {c.id: c for c in chunks}
            for space in self._spaces() if by_id else ():
                sql = f"SELECT id FROM entries WHERE space = ? AND is_void = 0 AND id IN {ANY_OF}"
                ids = [r["id"] for r in self._rows(sql, [space, json_list(list(by_id))])]
                self._followed().describe(space, ids, [_metadata(by_id[i]) for i in ids])

    def add_vectors(
        self, space: Space, chunks: Sequence[Chunk], vectors: Vectors | Sequence[Vectors]
    ) -> None:
        if is_multivector(space):
            raise MissingDependency(
                f"a Chroma library keeps one vector a chunk, and {space.name} has several",
                "Leave that encoder out, or keep the library in a folder: a LanceDB library does.",
            )
        if is_sparse(space):
            raise MissingDependency(
                f"a Chroma library keeps no sparse vectors, and {space.name} has them",
                "Leave that encoder out, or keep the library in a folder: a LanceDB library does.",
            )
        is_usable = has_vector(vectors)
        present = {c.id: (c, v) for c, v, ok in zip(chunks, vectors, is_usable, strict=True) if ok}
        void_ids = [c.id for c, ok in zip(chunks, is_usable, strict=True) if not ok]
        with self._lock:
            self._check_space(space)
            if void_ids:
                self.forget(space.name, void_ids)
            if present:
                rows = np.stack([np.asarray(v, np.float32) for _, v in present.values()])
                metas = [_metadata(c) for c, _ in present.values()]
                self._followed().upsert(space.name, space.metric, list(present), rows, metas)
            with self._writing() as db:
                db.executemany(
                    "INSERT OR REPLACE INTO entries VALUES (?, ?, ?)",
                    [(space.name, i, 0) for i in present]
                    + [(space.name, i, 1) for i in void_ids if i not in present],
                )

    def nearest(self, space: Space, vector: Vectors, k: int, where: str = "") -> list[Match]:
        with self._lock:
            ids = self._ids(space.name, where) if where else None
            if k < 1 or ids == [] or not self.holds(space):
                return []
            scores = dict(self._followed().nearest(space.name, vector, k, ids))
        rows = self._rows(
            f"SELECT id, modality FROM chunks WHERE id IN {ANY_OF}", [json_list(list(scores))]
        )
        matches = (Match(r["id"], scores[r["id"]], r["modality"]) for r in rows)
        return sorted(matches, key=lambda m: (-m.score, m.id))

    def missing(self, space: Space, where: str = "") -> list[str]:
        sql = (
            f"SELECT id FROM chunks WHERE ({where or '1'}) AND id NOT IN "
            "(SELECT e.id FROM entries e WHERE e.space = ?) ORDER BY n"
        )
        return [r["id"] for r in self._rows(sql, [space.name], where)]

    def vectors(self, space: Space, ids: Sequence[str]) -> dict[str, Vectors]:
        with self._lock:
            sql = f"SELECT id FROM entries WHERE space = ? AND is_void = 0 AND id IN {ANY_OF}"
            rows = self._rows(sql, [space.name, json_list(ids)])
            return self._followed().vectors(space.name, [r["id"] for r in rows])

    def holds(self, space: Space) -> bool:
        sql = "SELECT EXISTS (SELECT 1 FROM entries WHERE space = ? AND is_void = 0)"
        return bool(self._rows(sql, [space.name])[0][0])

    def forget(self, space: str, ids: Sequence[str]) -> None:
        with self._lock:
            condition = f"FROM entries WHERE space = ? AND id IN {ANY_OF}"
            rows = self._rows(f"SELECT id {condition}", [space, json_list(ids)])
            if rows:
                with self._writing() as db:
                    db.execute(f"DELETE {condition}", [space, json_list(ids)])
                self._followed().delete(space, [r["id"] for r in rows])

    def delete(self, assets: Sequence[str]) -> None:
        with self._lock:
            rows = self._rows(f"SELECT id FROM chunks WHERE asset IN {ANY_OF}", [json_list(assets)])
            if rows:
                for space in self._spaces():
                    self.forget(space, [r["id"] for r in rows])
                with self._writing() as db:  # last: stopped before, the same call finishes it
                    self._delete_rows(db, assets)

    def drop(self, space: str) -> None:
        with self._lock:
            if space in self._spaces():
                with self._writing() as db:
                    db.execute("DELETE FROM entries WHERE space = ?", [space])
                self._followed().drop(space)
                with self._writing() as db:
                    db.execute("DELETE FROM spaces WHERE name = ?", [space])

    def optimize(self) -> None:
        """Make Chroma and the rows agree, where a process was stopped between the two."""
        with self._lock:
            for space in self._spaces():
                stored = self._followed().ids(space)
                sql = "SELECT id, is_void, id IN (SELECT id FROM chunks) AS is_there FROM entries"
                rows = self._rows(f"{sql} WHERE space = ?", [space])
                self.forget(space, [r["id"] for r in rows if not r["is_there"]])
                unwritten = [r["id"] for r in rows if not r["is_void"] and r["id"] not in stored]
                entries = {r["id"] for r in rows if r["is_there"] and not r["is_void"]}
                if unwritten:
                    with self._writing() as db:
                        db.execute(
                            f"DELETE FROM entries WHERE space = ? AND id IN {ANY_OF}",
                            [space, json_list(unwritten)],
                        )
                self._client.delete(space, sorted(stored - entries))

    def close(self) -> None:
        with self._lock:
            self._client.close()
            super().close()

    def _spaces(self) -> list[str]:
        return [r["name"] for r in self._rows("SELECT name FROM spaces ORDER BY name")]

    def _ids(self, space: str, where: str) -> list[str]:
        """The chunks of a condition that have a vector in a space."""
        rows = self._rows(
            "SELECT e.id FROM entries e WHERE e.space = ? AND e.is_void = 0 AND e.id IN "
            f"(SELECT id FROM chunks WHERE {where})",
            [space],
            where,
        )
        return [r["id"] for r in rows]

    def _check_space(self, space: Space) -> None:
        with self._writing() as db:
            db.execute(
                "INSERT OR IGNORE INTO spaces VALUES (?, ?, ?)",
                [space.name, space.dim, space.metric],
            )
            dim, metric = db.execute(
                "SELECT dim, metric FROM spaces WHERE name = ?", [space.name]
            ).fetchone()
        if (dim, metric) != (space.dim, space.metric):
            raise LibraryError(
                f"space {space.name} has {dim} dimensions and {metric} here, not {space.dim} and "
                f"{space.metric}",
                f"Run `polysense reindex --space {space.name}`.",
            )

    def _followed(self) -> Client:
        """Chroma's client; opened again where another process has written since: what Chroma keeps
        in memory does not follow.
        """
        version = int(self._rows("PRAGMA data_version")[0][0])
        if version != self._version:
            self._client.close()
            self._version = version
        return self._client


def _metadata(chunk: Chunk) -> dict[str, Any]:
    row = filter_row(chunk)
    names = {n: FILTER_COLUMNS[n].where or n for n in COPIED}
    return {names[n]: row[n] for n in COPIED if row[n] is not None}
