"""A store in memory, for tests and libraries without a disk: SQLite for rows and words, arrays for
vectors.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polysense.protocols import Match, Store, Vectors
from polysense.stores.sqlite_rows import SqliteRows
from polysense.types import Chunk, Space
from polysense.vectors.late_interaction import has_vector, is_multivector, maxsim_scores
from polysense.vectors.sparse import is_sparse, sparse_scores


class Memory(SqliteRows, Store):
    """Exact search over everything, in this process only.

    >>> Memory().count()
    0
    """

    capabilities = frozenset({"bm25", "filters", "multivector", "sparse"})

    def __init__(self) -> None:
        super().__init__(None)
        self._spaces: dict[str, dict[str, Vectors | None]] = {}

    def add_vectors(
        self, space: Space, chunks: Sequence[Chunk], vectors: Vectors | Sequence[Vectors]
    ) -> None:
        with self._lock:
            vectors_by_id = self._spaces.setdefault(space.name, {})
            vectors_by_id.update(
                (c.id, np.asarray(v, dtype=np.float32) if ok else None)
                for c, v, ok in zip(chunks, vectors, has_vector(vectors), strict=True)
            )

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
        with self._writing() as db:
            ids = self._delete_rows(db, assets)
            for space in self._spaces:
                self.forget(space, ids)

    def drop(self, space: str) -> None:
        self._spaces.pop(space, None)

    def optimize(self) -> None:
        """Nothing to do: nothing is left behind."""
