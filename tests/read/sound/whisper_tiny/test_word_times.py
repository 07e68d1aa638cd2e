"""Where the decoder listened as it wrote, to times."""

from __future__ import annotations

import numpy as np

from polysense.read.sound.whisper_tiny.word_times import _path_starts, token_times


def slow_starts(cost: np.ndarray) -> list[int]:
    """The same path by the textbook: one cell after the other."""
    rows, columns = cost.shape
    total = np.full((rows, columns), np.inf)
    for i in range(rows):
        for j in range(columns):
            before = [
                total[i - di, j - dj] for di, dj in ((1, 1), (1, 0), (0, 1)) if i >= di and j >= dj
            ]
            total[i, j] = cost[i, j] + min(before, default=0.0)
    i, j = rows - 1, columns - 1
    starts = [0] * rows
    while i or j:
        ways = [(i - 1, j - 1), (i - 1, j), (i, j - 1)]
        after = min((w for w in ways if min(w) >= 0), key=lambda w: total[w])
        if after[0] < i:
            starts[i] = j
        i, j = after
    return starts


def test_the_path_is_the_cheapest() -> None:
    """Rows at once give what cell by cell gives."""
    rng = np.random.default_rng(0)
    for rows, columns in ((1, 1), (1, 9), (7, 7), (5, 40), (12, 6)):
        cost = rng.normal(size=(rows, columns))
        assert _path_starts(cost).tolist() == slow_starts(cost)


def test_tokens_begin_where_they_are_heard() -> None:
    """Noise in the attention does not move them far, and silence after the sound is not used."""
    rng = np.random.default_rng(1)
    attention = rng.uniform(0, 0.02, (4, 3, 1500)).astype(np.float32)
    for i in range(4):
        attention[i, :, i * 20 : i * 20 + 20] += 0.2
    attention[:, :, 80:] = 9
    times = token_times(attention, 80)
    assert np.abs(times - [0, 0.4, 0.8, 1.2, 1.6]).max() < 0.1
