"""Several vectors of a question as one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polysense.protocols import Vectors
from polysense.vectors.sparse import sparse_mean


def mean_of_sparse(weighted: Sequence[tuple[float, Vectors]]) -> Vectors | None:
    """The mean of those that are anything; None without any."""
    usable = [(weight, v) for weight, v in weighted if weight > 0 and len(v)]
    return sparse_mean(usable) if usable else None


def mean_direction(vectors: Sequence[Vectors]) -> Vectors | None:
    """The unit vector of the mean of those that are finite; None without any."""
    usable = [v for v in vectors if np.isfinite(v).all()]
    if not usable:
        return None
    mean = np.mean(usable, axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)
