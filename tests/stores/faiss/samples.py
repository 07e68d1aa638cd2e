"""Vectors, and chunks for them."""

from __future__ import annotations

import numpy as np

from polysense.types import Asset, Chunk, Span


def chunk(n: int, text: str = "the moon") -> Chunk:
    return Chunk(
        Asset(f"{n:032x}", f"/a/{n}.txt", "text/plain", "text", n, {}),
        Span(page=1 + n % 10),
        "text",
        text=text,
    )


def units(count: int, dim: int = 16, seed: int = 0) -> np.ndarray:
    """Unit vectors in some 40 clusters, as those of texts are."""
    random = np.random.default_rng(seed)
    rows = random.normal(size=(40, dim))[random.integers(40, size=count)]
    rows += 0.5 * random.normal(size=(count, dim))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
