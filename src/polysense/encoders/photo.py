"""Photo: which pictures look like this one, by what a network trained on ImageNet sees in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polysense.encoders import efficientnet
from polysense.encoders.efficientnet_graph import FEATURES
from polysense.protocols import Encoder, Signal, Vectors
from polysense.types import Part, Role, Space


class Photo(Encoder):
    """Pictures to the 1280 pooled features of EfficientNet-Lite0, compared by Hellinger's kernel:
    the cosine of their square roots.

    The square root keeps a few strong features from deciding alone; it finds small copies of a
    photo better. threads=0 takes every core.
    """

    accepts = frozenset({"image"})
    signal: Signal = "perceptual"
    space = Space("photo", efficientnet.WEIGHTS[:12], FEATURES)
    min_score = 0.5  # of 150 photos, each of another thing, 63 % have another one this near
    # the nearest of 150 photos of other things is nearer than this in 7 % of cases, of 260 in 12 %
    confident_score = 0.62

    def __init__(self, *, threads: int = 0) -> None:
        self.threads = threads

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        """Unit vectors; NaN for blank pictures."""
        features, _ = efficientnet.extract_features(parts, threads=self.threads)
        roots = np.sqrt(features)
        return np.asarray(roots / np.linalg.norm(roots, axis=1, keepdims=True), np.float32)
