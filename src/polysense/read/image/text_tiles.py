"""Long pictures (panoramas, screenshots of several screens) in tiles, and their lines joined."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Quad = NDArray[np.float32]

MAX_WHOLE_ASPECT = 5.0
"""A picture so many times as long as it is wide, or less, is looked at as a whole: receipts are."""

MAX_TILE_ASPECT, MAX_TILE_PIXELS, MAX_TILES = 8.0, 3_000_000, 12
"""A tile is at most so many times as long as it is wide, of as many pixels as the detector looks at
(`ppocr.MAX_PIXELS`); of pictures that would have more tiles, each is longer.
"""

OVERLAP = 0.25
"""Share of a tile that the next one shows too, up to its width: a letter is whole in one."""

MIN_SHARED_HEIGHT, MIN_SHARED_LENGTH = 0.6, 0.25
"""Pieces of one line share so much of the lower one's height, and so many heights of length.
Judged on lines over the edges of tiles, level and upright.
"""


def cut(length: int, across: int) -> list[tuple[int, int]]:
    """(begin, end) of the tiles along the longer side of a picture, in pixels.

    >>> cut(1200, 300)
    [(0, 1200)]
    >>> cut(5000, 300)
    [(0, 1867), (1567, 3433), (3133, 5000)]
    """
    if length <= MAX_WHOLE_ASPECT * across:
        return [(0, length)]
    tile = min(MAX_TILE_ASPECT * across, max(across, MAX_TILE_PIXELS / across))
    overlap = min(OVERLAP * tile, across)
    count = min(MAX_TILES, max(1, int(np.ceil((length - overlap) / (tile - overlap)))))
    step = (length - overlap) / count
    return [(round(i * step), round(i * step + step + overlap)) for i in range(count)]


def join_lines(tiles: Sequence[Sequence[Quad]]) -> list[Quad]:
    """The lines of all tiles, each (4, 2) corners in the whole picture, each line once.

    What the next tile goes on with, or shows again, becomes one.
    """
    lines: list[Quad] = []
    previous: list[int] = []  # indices of the lines of the tile before
    for quads in tiles:
        current: list[int] = []
        for quad in quads:
            index = next((i for i in previous if _is_one_line(lines[i], quad)), None)
            if index is None:
                index = len(lines)
                lines.append(quad)
            else:
                lines[index] = _union(lines[index], quad)
            current.append(index)
        previous = list(dict.fromkeys(current))
    return lines


def _is_one_line(a: Quad, b: Quad) -> bool:
    low = np.maximum(a.min(axis=0), b.min(axis=0))
    high = np.minimum(a.max(axis=0), b.max(axis=0))
    shared_x, shared_y = high - low
    sizes = [np.ptp(quad, axis=0) for quad in (a, b)]
    longest = max(sizes, key=max)
    heights, shared_height, shared_length = (
        ([w for w, _ in sizes], shared_x, shared_y)
        if longest[1] > longest[0]
        else ([h for _, h in sizes], shared_y, shared_x)
    )
    height = min(heights)
    return bool(
        shared_height >= MIN_SHARED_HEIGHT * height and shared_length >= MIN_SHARED_LENGTH * height
    )


def _union(a: Quad, b: Quad) -> Quad:
    """The one that holds the other, else the upright box around both."""
    corners = np.concatenate([a, b])
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    for quad in (a, b):
        if np.allclose(np.ptp(quad, axis=0), (x1 - x0, y1 - y0), atol=2.0):
            return quad
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float32)
