"""The log-mel patches that YAMNet was trained on."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

RATE = 16_000
WINDOW, HOP, BINS = 400, 160, 512
"""Samples of a window (25 ms), between two (10 ms), and of the transform."""
BANDS, LOW, HIGH = 64, 125.0, 7500.0
OFFSET = 0.001
"""Added before the logarithm."""
FRAMES, STRIDE = 96, 48
"""Frames of a patch (0.96 s), and between two."""
SHORTEST = WINDOW + HOP * (FRAMES - 1)


def patches(samples: Floats) -> Floats:
    """(n, 1, 96, 64): one patch each .48 s of samples at RATE; what is short, or left over at the
    end, is filled with silence.

    >>> patches(np.zeros(RATE * 2, np.float32)).shape
    (4, 1, 96, 64)
    """
    rest = max(0, len(samples) - SHORTEST)
    count = 1 + -(-rest // (STRIDE * HOP))
    whole = np.pad(samples, (0, SHORTEST + (count - 1) * STRIDE * HOP - len(samples)))
    frames = np.lib.stride_tricks.sliding_window_view(whole, WINDOW)[::HOP]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    result = np.empty((count, 1, FRAMES, BANDS), np.float32)
    for i in range(count):
        magnitudes = np.abs(np.fft.rfft(frames[i * STRIDE : i * STRIDE + FRAMES] * window, BINS))
        result[i, 0] = np.log(magnitudes @ _bank() + OFFSET)
    return result


@cache
def _bank() -> Floats:
    """(bins, bands): triangles on the mel scale of HTK, as `tf.signal` has them."""
    bins = _mel(np.linspace(0, RATE / 2, BINS // 2 + 1))[:, None]
    edges = _mel(np.linspace(LOW, HIGH, 2))
    edges = np.linspace(edges[0], edges[1], BANDS + 2)
    rise = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    bank = np.maximum(0, np.minimum(rise, fall)).astype(np.float32)
    bank[0] = 0
    bank.flags.writeable = False
    return bank


def _mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1127 * np.log1p(hertz / 700))
