"""Which kind a vector is of, how likely: nearest means, or ridge regression onto the kinds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polysense.protocols import Vectors
from polysense.train.heads.head import Affine
from polysense.train.heads.ridge import PENALTIES, fit_ridge

SHARPNESS = tuple(float(s) for s in np.geomspace(1, 64, 13))
"""What logits are multiplied by at most and at least: what is tried."""


@dataclass(frozen=True, eq=False)
class Classifier:
    """logits, an affine map (n, width) to (n, kinds), whose softmax is how likely each kind is; the
    way that it was made, and its mean log-likelihood on what it was chosen on.
    """

    logits: Affine
    way: str
    likelihood: float


def fit_classifier(
    features: Vectors,
    kinds: NDArray[np.int64],
    count: int,
    train: NDArray[np.int64],
    validation: NDArray[np.int64],
) -> Classifier:
    """The likeliest on the validation rows, of those fitted on the training rows. kinds, (n,), are
    numbers below count.
    """
    x, targets = features[train], np.eye(count, dtype=np.float32)[kinds[train]]
    maps = {"nearest mean": _nearest_means(x, targets)}
    for penalty in PENALTIES:
        layer = fit_ridge(x, targets, penalty).layers[0]
        assert isinstance(layer, Affine)
        maps[f"ridge {penalty:g}"] = layer
    candidates: list[Classifier] = []
    for way, affine in maps.items():
        raw = features[validation].astype(np.float64) @ affine.weight + affine.bias
        for sharpness in SHARPNESS:
            likelihood = float(_log_softmax(raw * sharpness)[_at(kinds[validation])].mean())
            scaled = Affine(
                np.asarray(affine.weight * sharpness, np.float32),
                np.asarray(affine.bias * sharpness, np.float32),
            )
            candidates.append(Classifier(scaled, way, likelihood))
    return max(candidates, key=lambda c: c.likelihood)


def _at(kinds: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.arange(len(kinds)), kinds


def _nearest_means(x: Vectors, targets: Vectors) -> Affine:
    """Half the squared distance from each kind's mean, in the mean spread within kinds."""
    means = (targets.T @ x) / np.maximum(targets.sum(axis=0), 1)[:, None]
    within = float(((x - targets @ means) ** 2).sum() / max(len(x), 1))
    weight = means.T / max(within, 1e-12)
    bias = -(means**2).sum(axis=1) / (2 * max(within, 1e-12))
    return Affine(weight.astype(np.float32), bias.astype(np.float32))


def _log_softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))
