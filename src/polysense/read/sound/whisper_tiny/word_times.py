"""When each token is heard, by where the decoder listened as it wrote it.

Dynamic time warping over the attention of the heads that follow the sound, as OpenAI's Whisper and
whisper-timestamped do it (Giorgino 2009 for the path).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SECONDS_PER_FRAME = 0.02
"""Of the encoder's output."""
MEDIAN_WIDTH = 7
"""Frames over which attention is smoothed, as Whisper has it."""

Floats = NDArray[np.float32]


def token_times(attention: Floats, frames: int) -> NDArray[np.float64]:
    """(tokens + 1,) seconds: where each token begins, and where the last one ends.

    attention: (tokens, heads, 1500), of which the first `frames` hold sound.

    >>> steps = np.repeat(np.eye(3), 4, axis=1)[:, None].astype(np.float32)
    >>> token_times(steps, 12).round(2).tolist()
    [0.0, 0.08, 0.16, 0.24]
    """
    weights = attention[:, :, : max(frames, 1)]
    deviation = weights.std(axis=0, keepdims=True)
    weights = (weights - weights.mean(axis=0, keepdims=True)) / np.maximum(deviation, 1e-8)
    matrix = _smooth(weights).mean(axis=1)
    starts = _path_starts(-matrix.astype(np.float64))
    return np.append(starts, matrix.shape[1]) * SECONDS_PER_FRAME


def _smooth(weights: Floats) -> Floats:
    """The median over MEDIAN_WIDTH frames; what has fewer stays as it is."""
    if weights.shape[-1] <= MEDIAN_WIDTH:
        return weights
    reach = MEDIAN_WIDTH // 2
    padded = np.pad(weights, ((0, 0), (0, 0), (reach, reach)), mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, MEDIAN_WIDTH, axis=-1)
    return np.asarray(np.median(windows, axis=-1), np.float32)


def _path_starts(cost: NDArray[np.float64]) -> NDArray[np.intp]:
    """The first column of each row on the cheapest path from the top left to the bottom right,
    which goes right, down or both at once.
    """
    rows, columns = cost.shape
    total = np.empty_like(cost)
    total[0] = np.cumsum(cost[0])
    for i in range(1, rows):
        above = total[i - 1]
        entry = np.minimum(above, np.concatenate([[np.inf], above[:-1]]))
        sums = np.cumsum(cost[i])
        # the best column to enter the row by, for each column at once
        total[i] = sums + np.minimum.accumulate(entry - sums + cost[i])
    starts = np.zeros(rows, np.intp)
    column = columns - 1
    for i in range(rows - 1, 0, -1):
        while column and total[i, column - 1] < min(total[i - 1, column - 1], total[i - 1, column]):
            column -= 1
        starts[i] = column
        if column and total[i - 1, column - 1] <= total[i - 1, column]:
            column -= 1
    return starts
