"""Ways to say a vector with fewer numbers, or with coarser ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.ingest.progress import Progress
from polysense.protocols import Vectors
from polysense.train.heads.head import Affine, Head, Normalise
from polysense.train.heads.network import require_torch, to_head
from polysense.train.run.fit import FitSettings, fit

AUTOENCODER = FitSettings(steps=1500, batch=256, learning_rate=2e-3, every=100, patience=4)
"""Of an autoencoder: on 1,400 vectors a quarter of a minute on two cores. Judged."""

WIDER = 2
"""How many times as wide as the space an autoencoder is within. Judged."""

SUBVECTOR, CENTROIDS = 4, 256
"""Numbers that product quantisation says with one byte (Jégou et al., TPAMI 33, 2011)."""

_ENOUGH = (3, 20, 1e-4)  # OpenCV's criteria: so many rounds, or centroids that stay


def fit_pca(vectors: Vectors, dim: int) -> Head:
    """The dim directions that hold most of the vectors' dot products: their principal components
    without centring, which would change what is near (Pearson 1901; Eckart & Young 1936).
    """
    rows = np.asarray(vectors, np.float64)
    _, axes = np.linalg.eigh(rows.T @ rows)
    weight = np.ascontiguousarray(axes[:, ::-1][:, :dim], np.float32)
    return Head((Affine(weight, np.zeros(dim, np.float32)), Normalise()))


def cut(vectors: Vectors, dim: int) -> Head:
    """The first dim numbers, for models that were trained so that these say most (Kusupati et al.,
    "Matryoshka representation learning", NeurIPS 2022).
    """
    weight = np.eye(vectors.shape[1], dim, dtype=np.float32)
    return Head((Affine(weight, np.zeros(dim, np.float32)), Normalise()))


def fit_autoencoder(
    train: Vectors,
    validation: Vectors,
    dim: int,
    state: Path,
    progress: Progress,
    settings: FitSettings = AUTOENCODER,
) -> Head:
    """The first half of a network that says a vector with dim numbers and says it again from them
    (Hinton & Salakhutdinov, Science 313, 2006); trained to keep the cosines within a batch, too.
    Raises MissingDependency.
    """
    torch = require_torch("an autoencoder")
    torch.manual_seed(settings.seed)
    nn, width = torch.nn, train.shape[1]
    inner = WIDER * width
    encoder = nn.Sequential(nn.Linear(width, inner), nn.GELU(), nn.Linear(inner, dim))
    decoder = nn.Sequential(nn.Linear(dim, inner), nn.GELU(), nn.Linear(inner, width))
    module = nn.ModuleDict({"encoder": encoder, "decoder": decoder})
    x, y = (torch.from_numpy(np.ascontiguousarray(a)) for a in (train, validation))

    def loss_of(batch: NDArray[np.int64]) -> Any:
        return _loss(torch, module, x[batch])

    def score() -> float:
        return -float(_loss(torch, module, y))

    identity = f"autoencoder {dim} {settings} {train.shape}"
    fit(module, loss_of, score, len(train), settings, state, progress, identity=identity)
    state.unlink(missing_ok=True)
    return to_head(module["encoder"])


def _loss(torch: Any, module: Any, batch: Any) -> Any:
    functional = torch.nn.functional
    code = functional.normalize(module["encoder"](batch), dim=1)
    again = functional.normalize(module["decoder"](code), dim=1)
    rebuilt = 1 - (again * batch).sum(dim=1).mean()
    cosines = (code @ code.T - batch @ batch.T).square().mean()
    return rebuilt + cosines


Quantise = Callable[[Vectors, Vectors], Vectors]
"""Fitted on the first vectors, what is left of the second: the numbers that a search compares."""


def round_to_bytes(train: Vectors, vectors: Vectors) -> Vectors:
    """A byte a number: between the 1st and the 99th percentile of each dimension."""
    low, high = np.percentile(train, (1, 99), axis=0)
    width = np.maximum(high - low, 1e-9)
    steps = np.clip(np.round((vectors - low) / width * 255), 0, 255)
    return _unit(steps / 255 * width + low)


def keep_signs(train: Vectors, vectors: Vectors) -> Vectors:
    """A bit a number: whether it is above the dimension's median."""
    return _unit(np.where(vectors > np.median(train, axis=0), 1.0, -1.0))


def quantise_products(train: Vectors, vectors: Vectors) -> Vectors:
    """A byte for each SUBVECTOR numbers: the nearest of CENTROIDS."""
    import cv2

    count = min(CENTROIDS, len(train))
    cv2.setRNGSeed(0)
    pieces: list[NDArray[Any]] = []
    for at in range(0, train.shape[1], SUBVECTOR):
        own = slice(at, at + SUBVECTOR)
        points = np.ascontiguousarray(train[:, own], np.float32)
        start = np.zeros((len(points), 1), np.int32)  # replaced: centroids begin by k-means++
        _, _, table = cv2.kmeans(points, count, start, _ENOUGH, 1, cv2.KMEANS_PP_CENTERS)
        square = (table**2).sum(axis=1)
        nearest = np.argmin(square - 2 * vectors[:, own] @ table.T, axis=1)
        pieces.append(table[nearest])
    return _unit(np.concatenate(pieces, axis=1))


def _unit(rows: NDArray[Any]) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), np.float32)


QUANTISERS: Mapping[str, tuple[Quantise, float]] = {
    "int8": (round_to_bytes, 1.0),
    "product": (quantise_products, 1 / SUBVECTOR),
    "binary": (keep_signs, 1 / 8),
}
"""Coarser numbers: what is left of a vector, and the bytes for each number."""
