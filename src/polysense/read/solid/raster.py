"""Triangles to pixels: an exact scan converter with a depth buffer, all in numpy.

Each triangle becomes the rows that it crosses, each row the run of pixels whose centres lie inside,
so that no work is spent on pixels outside (edge functions: Pineda 1988). Depth is linear, as the
projection is orthographic.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MAX_WORK = 60_000_000
"""Rows and pixels that one drawing may visit; of what needs more, only every n-th triangle is
drawn.
"""

_BATCH = 1 << 20
_DEPTHS = float((1 << 30) - 1)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Seen(NamedTuple):
    """What is seen: flat pixel numbers, the triangle at each, and its weights (barycentric
    coordinates) there.
    """

    pixels: Ints
    faces: Ints
    weights: Floats


def draw(corners: Floats, size: int) -> Seen:
    """The nearest triangle at every pixel of a square. corners is (n, 3, 3): x right and y down in
    pixels, z towards the viewer.

    >>> far, near = [[0.0, 0, 1], [4, 0, 1], [0, 4, 1]], [[0, 0, 2], [2, 0, 2], [0, 2, 2]]
    >>> seen = draw(np.array([far, near]), 4)
    >>> dict(zip(seen.pixels.tolist(), seen.faces.tolist()))
    {0: 1, 1: 0, 2: 0, 4: 0, 5: 0, 8: 0}
    """
    x, y, z = corners[..., 0], corners[..., 1], corners[..., 2]
    x1, x2, y1, y2 = np.roll(x, -1, 1), np.roll(x, -2, 1), np.roll(y, -1, 1), np.roll(y, -2, 1)
    twice = ((x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (x[:, 2] - x[:, 0]) * (y[:, 1] - y[:, 0]))[
        :, None
    ]
    twice[np.abs(twice) < 1e-9] = np.inf  # seen edge-on: no pixel lies inside
    # weight k at (x, y) is a x + b y + c
    planes = np.stack([y1 - y2, x2 - x1, x1 * y2 - x2 * y1]) / twice
    depth = (planes * (z - z.min()) / max(float(np.ptp(z)), 1e-30) * _DEPTHS).sum(2)

    top = np.clip(np.ceil(y.min(1) - 0.5), 0, size).astype(np.int64)
    rows = np.clip(np.ceil(y.max(1) - 0.5), 0, size).astype(np.int64) - top
    rows[np.isinf(twice[:, 0])] = 0
    work = rows.sum() + np.abs(twice[rows > 0]).sum() / 2
    rows[np.arange(len(rows)) % max(1, int(np.ceil(work / MAX_WORK))) != 0] = 0

    nearest = np.full(size * size, -1, np.int64)
    for face, step in _expand(rows):
        row = top[face] + step
        left, width = _runs(planes[:, face], row + 0.5, size)
        level = depth[1, face] * (row + 0.5) + depth[2, face]
        for run, column in _expand(width):
            at = left[run] + column
            near = np.clip(depth[0, face[run]] * (at + 0.5) + level[run], 0, _DEPTHS).astype(
                np.int64
            )
            np.maximum.at(nearest, row[run] * size + at, near << 32 | face[run])
    pixels = np.flatnonzero(nearest >= 0)
    faces = nearest[pixels] & 0xFFFFFFFF
    a, b, c = planes[:, faces]
    weights = np.clip(
        a * (pixels % size + 0.5)[:, None] + b * (pixels // size + 0.5)[:, None] + c, 0, 1
    )
    return Seen(pixels, faces, weights)


def _expand(counts: Ints) -> Iterator[tuple[Ints, Ints]]:
    """(i, step) for every i and step < counts[i], in batches of about _BATCH.

    >>> [(i.tolist(), step.tolist()) for i, step in _expand(np.array([2, 0, 1]))]
    [([0, 0, 2], [0, 1, 0])]
    """
    ends = np.cumsum(counts)
    total, start = int(ends[-1]) if len(ends) else 0, 0
    while start < len(counts) and total:
        done = int(ends[start - 1]) if start else 0
        end = max(start + 1, int(np.searchsorted(ends, done + _BATCH, "right")))
        which = np.repeat(np.arange(start, end), counts[start:end])
        if len(which):
            yield which, np.arange(len(which)) - (ends[which] - counts[which] - done)
        start = end


def _runs(planes: Floats, y: Floats, size: int) -> tuple[Ints, Ints]:
    """The first pixel of a row, and how many, whose centres lie where all three weights are
    positive.
    """
    a, b, c = planes
    rest = b * y[:, None] + c
    with np.errstate(divide="ignore", invalid="ignore"):
        cut = -rest / a
    low = np.where(a > 0, cut, np.where((a == 0) & (rest < 0), np.inf, -np.inf)).max(1)
    high = np.where(a < 0, cut, np.inf).min(1)
    left, right = (
        np.clip(np.ceil(np.clip(side, -1.0, size + 1.0) - 0.5), 0, size).astype(np.int64)
        for side in (low, high)
    )
    return left, np.maximum(right - left, 0)
