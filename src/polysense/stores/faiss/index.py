"""An index of one space: in memory, and as a file that can be made anew at any time.

Positions in it are those of its labels, which only grow: whatever the index is, a vector that is
gone, or that a filter leaves out, is a bit of a mask that the search goes by. What has several
stages (OPQ, PCA) hands that mask to the stage that searches.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import BadConfig, MissingDependency
from polysense.protocols import Vectors
from polysense.stores.faiss.factory import Factory
from polysense.stores.faiss.vector_table import Labels

MIN_PROBES, PROBED_SHARE = 8, 8
"""Lists of an inverted file that a search looks into: one of 8, and 8 at least. Of the true 10
neighbours of 100 questions among 10,000 sentences (MiniLM) 16 of 128 lists hold 0.954.
"""

MIN_CANDIDATES = 128
"""Candidates that a search of a graph keeps (efSearch), and twice as many as it is asked for at
least; judged.
"""

BUILD_CANDIDATES = 80
"""Candidates that a graph keeps where a vector is added (efConstruction); judged."""

EXACT_ROWS = 20_000
"""Matches of a filter up to which each is compared: a graph, or some of the lists, would miss some
of so few. Judged.
"""

TRAINING_PER_CENTROID = 256
"""Vectors for each list from which k-means learns at most: FAISS's own number."""

_training = threading.Lock()


def faiss() -> Any:
    """The faiss module. Raises MissingDependency."""
    try:
        import faiss
    except ImportError as e:
        raise MissingDependency(
            "a library in FAISS needs faiss", "Install it: pip install 'polysense[faiss]'"
        ) from e
    return faiss


def empty_index(factory: Factory, dim: int, space: str) -> Any:
    """A new FAISS index by inner product. Raises BadConfig where the space does not go into it."""
    try:
        index = faiss().index_factory(dim, factory.name, faiss().METRIC_INNER_PRODUCT)
    except RuntimeError as e:
        reason = str(e).rpartition("failed: ")[2].splitlines()[0]
        raise BadConfig(
            f"the vectors of {space}, of {dim} numbers, do not go into the index {factory.name}: "
            f"{reason}",
            "PQ and OPQ want a number of parts that divides the dimension, PCA a smaller one. "
            "IVF256,SQ8 goes with all.",
        ) from e
    if factory.is_graph:
        _searcher(index).hnsw.efConstruction = BUILD_CANDIDATES
    return index


class SpaceIndex:
    """The vectors of a space whose metric is cosine or dot, in memory.

    labels are sorted, as they are added; last_label and last_removal are up to where it follows
    what is written; file is the one that it follows, with file_rows vectors.
    """

    def __init__(self, factory: Factory, dim: int, is_cosine: bool, space: str) -> None:
        self.factory, self.dim, self.is_cosine = factory, dim, is_cosine
        self.index = empty_index(factory, dim, space)
        self.labels: Labels = np.empty(0, np.int64)
        self._is_gone: NDArray[np.bool_] = np.empty(0, bool)
        self.file = ""
        self.file_rows = self.last_label = self.last_removal = 0

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def gone_count(self) -> int:
        """How many of its vectors are deleted or replaced."""
        return int(self._is_gone.sum())

    def train(self, sample: Vectors) -> None:
        """Learn from some vectors, where the index does."""
        with _training:  # FAISS's number of threads is the process's
            self.index.train(self._prepare(sample))

    def add(self, blocks: Iterable[tuple[Labels, Vectors]]) -> None:
        """Add vectors, (n, dim), with labels above all that are there."""
        for labels, vectors in blocks:
            self.index.add(self._prepare(vectors))
            self.labels = np.concatenate([self.labels, labels])
            self._is_gone = np.concatenate([self._is_gone, np.zeros(len(labels), bool)])

    def remove(self, labels: Labels) -> None:
        """Leave these out from now on."""
        self._is_gone[self._positions(labels)] = True

    def search(
        self, vector: Vectors, k: int, labels: Labels | None, nprobe: int, ef_search: int
    ) -> list[tuple[int, float]]:
        """Labels and inner products of the nearest k, of those in `labels` where it is given."""
        if not len(self) or k < 1:
            return []
        mask = ~self._is_gone
        if labels is not None:
            is_wanted = np.zeros(len(self), bool)
            is_wanted[self._positions(labels)] = True
            mask &= is_wanted
        count = int(mask.sum())
        if not count:
            return []
        k = min(k, count)
        bits = np.packbits(mask, bitorder="little")
        selector = None if mask.all() else faiss().IDSelectorBitmap(bits)
        is_whole = labels is not None and count <= EXACT_ROWS
        share = count / len(self)
        index, query = self.index, self._prepare(np.atleast_2d(vector))
        parameters = self._parameters(selector, k, share, nprobe, ef_search)
        if is_whole and self.factory.lists:
            _stage(parameters).nprobe = self.factory.lists
        elif is_whole and hasattr(graph := faiss().downcast_index(index), "storage"):
            index = faiss().downcast_index(graph.storage)
            parameters = faiss().SearchParameters(sel=selector)
        products, positions = index.search(query, k, params=parameters)
        is_hit = positions[0] >= 0
        hits = self.labels[positions[0][is_hit]].tolist()
        return list(zip(hits, products[0][is_hit].tolist(), strict=True))

    def write(self, path: Path) -> None:
        """Write it whole or not at all, with its labels beside it."""
        for target, save in (
            (labels_path(path), lambda f: np.save(f, self.labels)),
            (path, lambda f: f.write(faiss().serialize_index(self.index))),
        ):
            temporary = target.with_name(target.name + ".new")
            with open(temporary, "wb") as f:
                save(f)
                f.flush()
                os.fsync(f.fileno())
            temporary.replace(target)
        self.file, self.file_rows = path.name, len(self)

    @classmethod
    def read(cls, path: Path, factory: Factory, dim: int, is_cosine: bool) -> SpaceIndex | None:
        """What was written; None where it is not there, or is broken: then it is made anew."""
        try:
            labels = np.load(labels_path(path), allow_pickle=False)
            index = faiss().read_index(str(path))
        except (OSError, ValueError, EOFError, RuntimeError):
            return None
        if index.d != dim or index.ntotal != len(labels) or not index.is_trained:
            return None
        one = cls.__new__(cls)
        one.factory, one.dim, one.is_cosine, one.index = factory, dim, is_cosine, index
        one.labels, one._is_gone = labels, np.zeros(len(labels), bool)
        one.file, one.file_rows, one.last_removal = path.name, len(labels), 0
        one.last_label = int(labels[-1]) if len(labels) else 0
        return one

    def _prepare(self, vectors: Vectors) -> Vectors:
        rows = np.ascontiguousarray(vectors, np.float32)
        if self.is_cosine:
            lengths = np.linalg.norm(rows, axis=1, keepdims=True)
            rows = np.asarray(rows / np.maximum(lengths, 1e-12), np.float32)
        return rows

    def _positions(self, labels: Labels) -> NDArray[np.int64]:
        positions: NDArray[np.int64] = np.searchsorted(self.labels, labels)
        is_inside = positions < len(self.labels)
        positions, labels = positions[is_inside], labels[is_inside]
        is_same: NDArray[np.bool_] = self.labels[positions] == labels
        return positions[is_same]

    def _parameters(self, selector: Any, k: int, share: float, nprobe: int, ef_search: int) -> Any:
        """share is that of the vectors which the selector lets through."""
        index = faiss().downcast_index(self.index)
        parameters: Any
        if self.factory.lists:
            probes = nprobe or max(MIN_PROBES, self.factory.lists // PROBED_SHARE)
            # of few that match, a list holds fewer: as many more lists are looked into
            probes = min(self.factory.lists, int(np.ceil(probes / share)))
            parameters = faiss().SearchParametersIVF(nprobe=probes)
        elif self.factory.is_graph:
            candidates = max(ef_search or MIN_CANDIDATES, 2 * k)
            parameters = faiss().SearchParametersHNSW(efSearch=int(candidates / share))
        else:
            parameters = faiss().SearchParameters()
        if selector is not None:
            parameters.sel = selector
        if isinstance(index, faiss().IndexPreTransform):
            outer = faiss().SearchParametersPreTransform()
            outer.index_params = parameters
            outer.inner = parameters  # or Python takes it away while FAISS reads it
            return outer
        return parameters


def _stage(parameters: Any) -> Any:
    """The parameters of the stage that searches."""
    return getattr(parameters, "inner", parameters)


def labels_path(path: Path) -> Path:
    """Where the labels of an index's file are."""
    return path.with_suffix(".npy")


def _searcher(index: Any) -> Any:
    """The stage of an index that searches."""
    inner = faiss().downcast_index(index)
    return (
        faiss().downcast_index(inner.index)
        if isinstance(inner, faiss().IndexPreTransform)
        else inner
    )
