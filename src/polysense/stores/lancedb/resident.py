"""What a small library keeps in memory between queries: its chunks' rows, and its vectors.

Scanning every vector is exact and, below some tens of thousands, as fast as any index; going
through the engine for it costs ten times the arithmetic. Both are read again when their table has a
newer version, so other processes' writes are seen.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from polysense.protocols import Match, Vectors

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a chunks table in Arrow, and their numbers by id and by the engine's row id.

    What every match needs is there as lists too: reading one value out of Arrow takes a
    microsecond.
    """

    table: Any
    ids: list[str]
    modalities: list[str]
    by_id: dict[str, int]
    by_row: dict[int, int]

    @classmethod
    def read(cls, table: Any, columns: Sequence[str]) -> Rows:
        """Of a chunks table; columns that an old one does not have are left out."""
        present = [c for c in columns if c in set(table.schema.names)]
        arrow = table.search().select(present).with_row_id(True).to_arrow().combine_chunks()
        ids, rows = arrow["id"].to_pylist(), arrow["_rowid"].to_pylist()
        by_id, by_row = ({key: n for n, key in enumerate(keys)} for keys in (ids, rows))
        return cls(
            arrow.drop_columns(["_rowid"]), ids, arrow["modality"].to_pylist(), by_id, by_row
        )

    def get(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Those of them that are there."""
        numbers = [self.by_id[i] for i in dict.fromkeys(ids) if i in self.by_id]
        rows: list[dict[str, Any]] = self.table.take(numbers).to_pylist() if numbers else []
        return rows

    def matches(self, rows: Sequence[int], scores: Sequence[float]) -> list[Match]:
        """The engine's row ids as matches."""
        numbers = (
            (self.by_row[r], score)
            for r, score in zip(rows, scores, strict=True)
            if r in self.by_row
        )
        return [Match(self.ids[n], score, self.modalities[n]) for n, score in numbers]


@dataclass(frozen=True, slots=True)
class FlatIndex:
    """All vectors of a space, in order of id: matrix is (n, dim) float32."""

    ids: list[str]
    modalities: list[str]
    matrix: Vectors
    positions: dict[str, int]

    @classmethod
    def read(cls, table: Any, dim: int) -> FlatIndex:
        """Of a vectors table."""
        arrow = table.search().select(["id", "modality", "vector"]).to_arrow().sort_by("id")
        ids = arrow["id"].to_pylist()
        values = (
            arrow["vector"].combine_chunks().values.to_numpy(zero_copy_only=False)
            if ids
            else np.empty(0, np.float32)
        )
        return cls(
            ids,
            arrow["modality"].to_pylist(),
            values.reshape(-1, dim),
            {i: n for n, i in enumerate(ids)},
        )

    def nearest(self, vector: Vectors, k: int) -> list[Match]:
        """By dot product: the cosine of unit vectors. Equal scores by id."""
        # row by row: one large product would wake BLAS's threads, which go on spinning beside
        # whatever comes next
        scores = (self.matrix[:, None] @ vector)[:, 0]
        candidates = (
            np.sort(np.argpartition(-scores, k - 1)[:k])
            if 0 < k < len(scores)
            else np.arange(len(scores))
        )
        best = candidates[np.argsort(-scores[candidates], kind="stable")]
        return [
            Match(self.ids[i], score, self.modalities[i])
            for i, score in zip(best.tolist(), scores[best].tolist(), strict=True)
        ]

    def vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """Those of them that are there."""
        return {i: self.matrix[self.positions[i]] for i in ids if i in self.positions}


class VersionedValue(Generic[V]):
    """A value read from a table once it is asked for twice at one version: who writes between two
    questions would read it in vain.
    """

    def __init__(self, read: Callable[[Any], V]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._requested_version: int | None = None
        self._version: int | None = None
        self._value: V | None = None

    def at_version(self, table: Any, version: int) -> V | None:
        """The value at a version of the table; None where it is the first request for that one."""
        with self._lock:
            if self._version != version:
                if self._requested_version != version:
                    self._requested_version = version
                    return None
                self._value, self._version = self._read(table), version
            return self._value
