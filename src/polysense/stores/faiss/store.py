"""FAISS over a folder: rows, words and vectors in one SQLite file, and an index of FAISS for each
space.

The SQLite file is the truth: a write that returned is on disk, whatever happens then. The index
files are made of it by `optimize` (so at the end of each `polysense index`), written whole beside
it, and made anew where one is missing or broken; what came since is added in memory when it is
asked for. An index that is trained (IVF, PQ) is trained once there are enough vectors, 39 for each
of its centroids, and again when they have doubled; until then everything is compared.

Indexes whose scores are estimates (PQ, SQ, PCA) give candidates, which are scored by the vectors
themselves. Spaces of late interaction are compared whole. https://faiss.ai
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from polysense.errors import MissingDependency, StorageFull
from polysense.protocols import Match, Store, Vectors
from polysense.stores.faiss.address import Address
from polysense.stores.faiss.factory import FLAT, Factory
from polysense.stores.faiss.index import (
    TRAINING_PER_CENTROID,
    SpaceIndex,
    empty_index,
    faiss,
    labels_path,
)
from polysense.stores.faiss.vector_table import Labels, SpaceState, VectorTable
from polysense.types import Chunk, Space
from polysense.vectors.late_interaction import is_multivector, maxsim_scores
from polysense.vectors.sparse import is_sparse

FOLDER, FILE = "faiss", "rows.db"
"""Where all lies in a library's folder, and the file of rows and vectors there."""

MAX_CACHED = 100_000
"""Vectors of which is kept in memory whose they are; judged."""

REFINED = 4
"""Candidates for each result where an index's scores are estimates; judged."""

ADDED_SHARE, GONE_SHARE, GROWTH = 0.05, 0.1, 2.0
"""What `optimize` writes an index for: that many of its vectors came since, or are gone, or it has
grown so much since it was trained. Judged.
"""


class Faiss(VectorTable, Store):
    """A library in a folder, searched by FAISS.

    path is what follows faiss://, such as "kb?index=IVF256,Flat"; the index that was chosen once
    stays where none is given.

    >>> import tempfile
    >>> Faiss(path=tempfile.mkdtemp()).count()
    0
    """

    capabilities = frozenset({"bm25", "filters", "multivector", "persistent"})

    def __init__(self, path: str) -> None:
        self.address = Address.parse(path)
        self.folder = self.address.folder / FOLDER
        super().__init__(self.folder / FILE)
        self._indexes: dict[str, SpaceIndex] = {}
        self._indexing = threading.RLock()
        self._matches: dict[int, Match] = {}

    @classmethod
    def local_folder(cls, path: str) -> Path:
        """The library's folder. Raises BadConfig."""
        return Address.parse(path).folder

    def add_vectors(
        self, space: Space, chunks: Sequence[Chunk], vectors: Vectors | Sequence[Vectors]
    ) -> None:
        if is_sparse(space):
            raise MissingDependency(
                f"a FAISS library keeps no sparse vectors, and {space.name} has them",
                "Leave that encoder out, or keep the library in a folder: a LanceDB library does.",
            )
        if not is_multivector(space) and self._state(space.name) is None:
            empty_index(self._factory(), space.dim, space.name)  # refuses what does not go in
        super().add_vectors(space, chunks, vectors)

    def nearest(self, space: Space, vector: Vectors, k: int, where: str = "") -> list[Match]:
        state = self._state(space.name)
        if state is None:
            if where:
                self.count(where)  # refuses what is no condition
            return []
        labels = self._labels(state, where) if where or is_multivector(space) else None
        if labels is not None and not len(labels):
            return []
        if is_multivector(space):
            scores = self._maxsim(space, vector, labels if labels is not None else ())
        else:
            scores = self._scores(space, state, vector, k, labels)
        by_label = self._matches_of(scores)
        matches = (by_label[n]._replace(score=s) for n, s in scores.items() if n in by_label)
        return sorted(matches, key=lambda m: (-m.score, m.id))[:k]

    def drop(self, space: str) -> None:
        if (state := self._state(space)) is None:
            return
        with self._indexing, self._writing() as db:
            for table in ("vectors", "removed"):
                if table == "vectors":
                    db.execute(
                        "DELETE FROM numbers WHERE label IN "
                        "(SELECT label FROM vectors WHERE space = ?)",
                        [state.n],
                    )
                db.execute(f"DELETE FROM {table} WHERE space = ?", [state.n])
            db.execute("DELETE FROM spaces WHERE n = ?", [state.n])
            self._indexes.pop(space, None)
        self._sweep()

    def optimize(self) -> None:
        if self._reading() is self._empty:
            return
        factory = self._factory()
        self._forget_orphans()
        if self.address.index is not None:
            with self._writing() as db:
                sql = "INSERT OR REPLACE INTO settings VALUES ('index', ?)"
                db.execute(sql, [factory.name])
        for row in self._rows("SELECT name FROM spaces WHERE metric != 'maxsim'"):
            self._write_index(row["name"], factory)
        self._sweep()
        self._rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        with self._indexing:
            self._indexes.clear()
            super().close()

    def _factory(self) -> Factory:
        """The index of the address, else the one that was chosen before, else Flat."""
        if self.address.index is not None:
            return self.address.index
        rows = self._rows("SELECT value FROM settings WHERE key = 'index'")
        return Factory.parse(rows[0]["value"]) if rows else FLAT

    def _scores(
        self, space: Space, state: SpaceState, vector: Vectors, k: int, labels: Labels | None
    ) -> dict[int, float]:
        with self._indexing:
            index = self._index(space.name, state)
            count = k * REFINED if index.factory.is_lossy else k
            options = self.address.nprobe, self.address.ef_search
            hits = dict(index.search(vector, count, labels, *options))
            is_lossy = index.factory.is_lossy
        return self._exact_scores(space, vector, list(hits)) if is_lossy else hits

    def _matches_of(self, labels: Collection[int]) -> Mapping[int, Match]:
        """Chunks and modalities by label. They never change: a chunk that does has another id."""
        with self._indexing:
            if len(self._matches) > MAX_CACHED:
                self._matches.clear()
            unknown = [n for n in labels if n not in self._matches]
            self._matches |= self._chunks_by_label(unknown) if unknown else {}
            return {n: self._matches[n] for n in labels if n in self._matches}

    def _exact_scores(
        self, space: Space, vector: Vectors, labels: Sequence[int]
    ) -> dict[int, float]:
        data = self._data(labels)
        if not data:
            return {}
        rows, query = np.stack(list(data.values())), np.asarray(vector, np.float32)
        if space.metric == "cosine":
            rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
            query = query / max(float(np.linalg.norm(query)), 1e-12)
        return dict(zip(data, (rows @ query).tolist(), strict=True))

    def _maxsim(
        self, space: Space, vector: Vectors, labels: Labels | Sequence[int]
    ) -> dict[int, float]:
        scores: dict[int, float] = {}
        block = 1000
        for start in range(0, len(labels), block):
            data = self._data([int(n) for n in labels[start : start + block]])
            documents = {str(n): d.reshape(-1, space.dim) for n, d in data.items()}
            scores |= {int(n): s for n, s in maxsim_scores(vector, documents).items()}
        return scores

    def _index(self, space: str, state: SpaceState) -> SpaceIndex:
        """The index of a space as it is written now: read if another is in memory, and followed."""
        index = self._indexes.get(space)
        if index is None or index.file != state.file:
            index = self._read_index(space, state)
        if index.last_removal < state.last_removal:
            index.remove(self._removals(state, index.last_removal))
            index.last_removal = state.last_removal
        if index.last_label < state.last_label:
            index.add(self._blocks(state, index.last_label))
            index.last_label = state.last_label
        self._indexes[space] = index
        return index

    def _read_index(self, space: str, state: SpaceState) -> SpaceIndex:
        faiss()
        is_cosine, factory = state.metric == "cosine", Factory.parse(state.factory)
        path = self.folder / state.file
        index = SpaceIndex.read(path, factory, state.dim, is_cosine) if state.file else None
        if index is None:
            index = SpaceIndex(FLAT, state.dim, is_cosine, space)
            index.file = state.file
        return index

    def _write_index(self, space: str, factory: Factory) -> None:
        """Write a space's index where it has become another's, or is not trained yet."""
        state = self._state(space)
        if state is None:
            return
        labels = self._labels(state)
        target = factory if len(labels) >= max(factory.training_rows, 1) else FLAT
        with self._indexing:
            index = self._index(space, state)
            is_grown = bool(target.training_rows) and len(labels) > GROWTH * max(state.indexed, 1)
            is_stale = is_grown or index.gone_count > GONE_SHARE * len(index)
            is_new = is_stale or index.factory != target
            if not is_new and len(index) - index.file_rows <= ADDED_SHARE * index.file_rows:
                return
            name = f"{state.n}-{uuid.uuid4().hex[:12]}.faiss"
            if not is_new:
                self._save(index, name)
        if is_new:  # while others search in the old one
            index = self._build(space, state, target, labels)
            self._save(index, name)
        with self._writing() as db:
            db.execute(
                "UPDATE spaces SET file = ?, factory = ?, indexed = ? WHERE n = ?",
                [name, target.name, len(labels) if is_new else state.indexed, state.n],
            )
            if is_new:
                sql = "DELETE FROM removed WHERE space = ? AND seq <= ?"
                db.execute(sql, [state.n, state.last_removal])
        with self._indexing:
            self._indexes[space] = index

    def _save(self, index: SpaceIndex, name: str) -> None:
        try:
            index.write(self.folder / name)
        except OSError as e:
            raise StorageFull(f"no room left to write in {self.folder}: {e}") from e

    def _build(self, space: str, state: SpaceState, factory: Factory, labels: Labels) -> SpaceIndex:
        index = SpaceIndex(factory, state.dim, state.metric == "cosine", space)
        if factory.training_rows:
            count = max(factory.training_rows, TRAINING_PER_CENTROID * factory.lists)
            sample = np.random.default_rng(0).permutation(labels)[:count]
            index.train(np.stack(list(self._data(np.sort(sample).tolist()).values())))
        index.add(self._blocks(state))
        index.last_label, index.last_removal = state.last_label, state.last_removal
        return index

    def _forget_orphans(self) -> None:
        """Forget vectors whose chunk is gone."""
        with self._writing() as db:
            for row in db.execute("SELECT n FROM spaces").fetchall():
                orphans = db.execute(
                    "SELECT id FROM vectors WHERE space = ? AND id NOT IN (SELECT id FROM chunks)",
                    [row["n"]],
                ).fetchall()
                if orphans:
                    self._remove(db, row["n"], [r["id"] for r in orphans])
            db.execute(
                "DELETE FROM removed WHERE space IN (SELECT n FROM spaces WHERE metric = 'maxsim')"
            )

    def _sweep(self) -> None:
        """Delete the files that no space has any more."""
        names = {r["file"] for r in self._rows("SELECT file FROM spaces")}
        for path in self.folder.glob("*.faiss"):
            if path.name not in names:
                path.unlink(missing_ok=True)
                labels_path(path).unlink(missing_ok=True)
        for path in self.folder.glob("*.new"):
            path.unlink(missing_ok=True)
