"""A linear head in closed form: ridge regression (Hoerl & Kennard, Technometrics 12, 1970)."""

from __future__ import annotations

import numpy as np

from polysense.protocols import Vectors
from polysense.train.heads.head import Affine, Head, Normalise

PENALTIES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Shares of the mean variance of the features that may be added to each: what is tried where none
is chosen. Judged.
"""


def fit_ridge(
    features: Vectors, targets: Vectors, penalty: float, start: Vectors | None = None
) -> Head:
    """The affine map nearest to targets, (n, dim), from features, (n, width), and to unit length.

    penalty is relative: of the features' mean variance, so that it means the same for any encoder.
    It draws towards start, (width, dim), or nothing. In double precision; n and width may be of any
    order.

    >>> x = np.array([[1, 0], [0, 1], [1, 1]], np.float32)
    >>> fit_ridge(x, x, 1e-6)(np.array([[2, 0]], np.float32)).round(2).tolist()
    [[1.0, 0.0]]
    """
    x, y = np.asarray(features, np.float64), np.asarray(targets, np.float64)
    if start is not None:
        y = y - x @ start
    x_mean, y_mean = x.mean(axis=0), y.mean(axis=0)
    centred, offsets = x - x_mean, y - y_mean
    count, width = centred.shape
    strength = penalty * max(float((centred**2).sum()) / width, 1e-12)
    if count >= width:
        gram = centred.T @ centred + strength * np.eye(width)
        weight = np.linalg.solve(gram, centred.T @ offsets)
    else:  # the same map, by the smaller of the two systems
        gram = centred @ centred.T + strength * np.eye(count)
        weight = centred.T @ np.linalg.solve(gram, offsets)
    bias = y_mean - x_mean @ weight
    if start is not None:
        weight = weight + start
    return Head((Affine(weight.astype(np.float32), bias.astype(np.float32)), Normalise()))
