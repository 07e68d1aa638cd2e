"""Search in a table of sparse vectors, which the engine has no index for: exact, over arrays in
memory that are read again when the table has a newer version.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.protocols import Match, Vectors
from polysense.vectors.sparse import InvertedIndex, row_scores


@dataclass(frozen=True, slots=True)
class SparseTable:
    """All vectors of a space, in order of id, by dimension. ids are Arrow's."""

    ids: Any
    modalities: Any
    index: InvertedIndex

    @classmethod
    def read(cls, table: Any) -> SparseTable:
        """Of a vectors table."""
        arrow = table.search().select(["id", "modality", "vector"]).to_arrow().sort_by("id")
        ids, modalities = (arrow[c].combine_chunks() for c in ("id", "modality"))
        return cls(ids, modalities, InvertedIndex.of_rows(*_rows(arrow["vector"])))

    def nearest(self, vector: Vectors, k: int, selected_ids: Any = None) -> list[Match]:
        """By dot product, of all or of some ids."""
        scores = self.index.scores(vector)
        if selected_ids is not None:
            import pyarrow.compute as pc

            is_selected = pc.is_in(self.ids, selected_ids.combine_chunks())
            scores = np.where(is_selected.to_numpy(zero_copy_only=False), scores, 0)
        return _best(scores, k, self.ids, self.modalities)


def nearest_rows(arrow: Any, vector: Vectors, k: int) -> list[Match]:
    """By dot product, of rows in Arrow: for a question whose table nobody has asked before."""
    arrow = arrow.sort_by("id")
    scores = row_scores(vector, *_rows(arrow["vector"]))
    return _best(scores, k, arrow["id"], arrow["modality"])


def _rows(column: Any) -> tuple[Vectors, NDArray[np.int64]]:
    """The pairs of all vectors, one after the other, and how many each has."""
    import pyarrow.compute as pc

    pairs = [
        chunk.flatten().flatten().to_numpy(zero_copy_only=False).reshape(-1, 2)
        for chunk in column.chunks
    ]
    lengths = pc.list_value_length(column).to_numpy().astype(np.int64)
    return np.concatenate([np.empty((0, 2), np.float32), *pairs]), lengths


def _best(scores: NDArray[np.float64], k: int, ids: Any, modalities: Any) -> list[Match]:
    """Those above 0, best first; equal scores in the order of the rows, which is that of ids."""
    positive = np.flatnonzero(scores > 0)
    order = positive[np.argsort(-scores[positive], kind="stable")][:k]
    first = (c.take(order).to_pylist() for c in (ids, modalities))
    return [
        Match(id, score, modality)
        for id, modality, score in zip(*first, scores[order].tolist(), strict=True)
    ]
