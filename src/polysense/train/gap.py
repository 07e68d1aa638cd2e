"""The modality gap: things of two modalities lie apart in a space that should not tell them apart
(Liang et al., "Mind the gap", NeurIPS 2022), so that in a mixed pool the nearest are of one's own.

Closed by what needs no training: centring each modality, or whitening it, on training pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from polysense.protocols import Vectors
from polysense.train.heads.head import Affine, Layer, Normalise, Shift

WHITENING_SHRINKAGE = 0.3
"""The share of the mean variance in every direction's variance: all of it is centring alone, none
of it blows up what hardly varies. Judged.
"""


@dataclass(frozen=True, slots=True)
class Gap:
    """distance is between the means of two modalities, of 2 at most; pairs is the mean cosine of
    what belongs together, others of what does not, across modalities.
    """

    distance: float
    pairs: float
    others: float

    def figures(self) -> dict[str, float]:
        """What a card says of it."""
        return {
            "distance of means": round(self.distance, 4),
            "cosine of pairs": round(self.pairs, 4),
            "cosine of others": round(self.others, 4),
        }


def measure_gap(a: Vectors, b: Vectors) -> Gap:
    """Between modalities whose vectors, (n, dim) of unit length, are pairs row by row.

    >>> measure_gap(np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32)).distance
    0.0
    """
    cosines = a @ b.T
    count = len(cosines)
    others = (cosines.sum() - cosines.trace()) / max(count * (count - 1), 1)
    distance = float(np.linalg.norm(a.mean(axis=0) - b.mean(axis=0)))
    return Gap(distance, float(cosines.diagonal().mean()), float(others))


def _keep(_: Vectors) -> tuple[Layer, ...]:
    return ()


def _centre(vectors: Vectors) -> tuple[Layer, ...]:
    """What all of a modality have in common is taken away."""
    return (Shift(np.asarray(-vectors.mean(axis=0), np.float32)), Normalise())


def _whiten(vectors: Vectors) -> tuple[Layer, ...]:
    """Centred, and every direction made to vary alike (ZCA; Kessy et al., arXiv:1512.00809)."""
    rows = np.asarray(vectors, np.float64)
    mean = rows.mean(axis=0)
    covariance = np.cov(rows - mean, rowvar=False)
    dim = len(mean)
    average = np.trace(covariance) / dim
    shrunk = (1 - WHITENING_SHRINKAGE) * covariance + WHITENING_SHRINKAGE * average * np.eye(dim)
    values, axes = np.linalg.eigh(shrunk)
    weight = (axes / np.sqrt(values)) @ axes.T
    affine = Affine(weight.astype(np.float32), (-mean @ weight).astype(np.float32))
    return (affine, Normalise())


CLOSINGS: Mapping[str, Callable[[Vectors], tuple[Layer, ...]]] = {
    "none": _keep,
    "centre": _centre,
    "whiten": _whiten,
}
"""Ways to close the gap: each gives the layers behind a modality's head, fitted on its vectors."""
