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
"""Rows and pixels that one drawing may visit; of what needs more, every n-th triangle is drawn."""

_BATCH_SIZE = 1 << 20
"""Rows or pixels that are computed at once: a limit on memory."""

_DEPTH_LEVELS = float((1 << 30) - 1)
"""Depths that are told apart: they share 64 bits with the number of the triangle."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class VisiblePixels(NamedTuple):
    """Flat pixel numbers, the triangle seen at each, and its barycentric weights there."""

    pixels: Ints
    faces: Ints
    weights: Floats


def rasterise(corners: Floats, size: int) -> VisiblePixels:
    """The nearest triangle at every pixel of a square.

    corners is (n, 3, 3): x right and y down in pixels, z towards the viewer.

    >>> far, near = [[0.0, 0, 1], [4, 0, 1], [0, 4, 1]], [[0, 0, 2], [2, 0, 2], [0, 2, 2]]
    >>> visible = rasterise(np.array([far, near]), 4)
    >>> dict(zip(visible.pixels.tolist(), visible.faces.tolist()))
    {0: 1, 1: 0, 2: 0, 4: 0, 5: 0, 8: 0}
    """
    x, y, z = corners[..., 0], corners[..., 1], corners[..., 2]
    x1, x2, y1, y2 = np.roll(x, -1, 1), np.roll(x, -2, 1), np.roll(y, -1, 1), np.roll(y, -2, 1)
    (ax, bx), (ay, by) = ((v[:, 1:] - v[:, :1]).T for v in (x, y))
    doubled_area = (ax * by - bx * ay)[:, None]
    doubled_area[np.abs(doubled_area) < 1e-9] = np.inf  # seen edge-on: no pixel lies inside
    # weight k at (x, y) is a x + b y + c
    planes = np.stack([y1 - y2, x2 - x1, x1 * y2 - x2 * y1]) / doubled_area
    depth = (planes * (z - z.min()) / max(float(np.ptp(z)), 1e-30) * _DEPTH_LEVELS).sum(2)

    top = np.clip(np.ceil(y.min(1) - 0.5), 0, size).astype(np.int64)
    rows = np.clip(np.ceil(y.max(1) - 0.5), 0, size).astype(np.int64) - top
    rows[np.isinf(doubled_area[:, 0])] = 0
    work = rows.sum() + np.abs(doubled_area[rows > 0]).sum() / 2
    rows[np.arange(len(rows)) % max(1, int(np.ceil(work / MAX_WORK))) != 0] = 0

    nearest = np.full(size * size, -1, np.int64)
    for face, step in _expand(rows):
        row = top[face] + step
        left, width = _runs(planes[:, face], row + 0.5, size)
        row_depth = depth[1, face] * (row + 0.5) + depth[2, face]
        for run, column in _expand(width):
            pixel_column = left[run] + column
            pixel_depth = depth[0, face[run]] * (pixel_column + 0.5) + row_depth[run]
            depth_key = np.clip(pixel_depth, 0, _DEPTH_LEVELS).astype(np.int64)
            np.maximum.at(nearest, row[run] * size + pixel_column, depth_key << 32 | face[run])
    pixels = np.flatnonzero(nearest >= 0)
    faces = nearest[pixels] & 0xFFFFFFFF
    a, b, c = planes[:, faces]
    weights = np.clip(
        a * (pixels % size + 0.5)[:, None] + b * (pixels // size + 0.5)[:, None] + c, 0, 1
    )
    return VisiblePixels(pixels, faces, weights)


def _expand(counts: Ints) -> Iterator[tuple[Ints, Ints]]:
    """(i, step) for every i and step < counts[i], in batches of about _BATCH_SIZE.

    >>> [(i.tolist(), step.tolist()) for i, step in _expand(np.array([2, 0, 1]))]
    [([0, 0, 2], [0, 1, 0])]
    """
    ends = np.cumsum(counts)
    total, start = int(ends[-1]) if len(ends) else 0, 0
    while start < len(counts) and total:
        emitted = int(ends[start - 1]) if start else 0
        end = max(start + 1, int(np.searchsorted(ends, emitted + _BATCH_SIZE, "right")))
        indices = np.repeat(np.arange(start, end), counts[start:end])
        if len(indices):
            yield indices, np.arange(len(indices)) - (ends[indices] - counts[indices] - emitted)
        start = end


def _runs(planes: Floats, y: Floats, size: int) -> tuple[Ints, Ints]:
    """The first pixel of a row whose centre lies inside the triangle, and how many do."""
    a, b, c = planes
    rest = b * y[:, None] + c
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = -rest / a
    low = np.where(a > 0, crossing, np.where((a == 0) & (rest < 0), np.inf, -np.inf)).max(1)
    high = np.where(a < 0, crossing, np.inf).min(1)
    left, right = (
        np.clip(np.ceil(np.clip(side, -1.0, size + 1.0) - 0.5), 0, size).astype(np.int64)
        for side in (low, high)
    )
    return left, np.maximum(right - left, 0)
