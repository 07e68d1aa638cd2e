"""Where on a page that is what a question is about: the map of its patches' likeness to the words.

A late interaction model has a vector for each patch of a page and each token of a question. Faysse
et al. ("ColPali", ICLR 2025, arXiv:2407.01449, section "interpretability") show the cosines of one
token with all patches as a map over the page. Here the maps of all tokens are added, of each what
lies above its median, weighed by how far its best patch stands out of the median: a token that
finds a small place counts for much, one that is like most of the page, as a prompt's are, for
little. The weighing is judged, not measured.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from polysense.protocols import Vectors
from polysense.types import Box

REGION_SHARE = 0.5
"""Patches from this share of the map's maximum on belong to the region: half its height, as the
width of a peak is taken. Judged, not measured.
"""

WHOLE = 0.9
"""A region of this share of the page, or more, is no place in it; judged."""

NOISE = 1e-6
"""A map that is nowhere higher points nowhere: cosines that differ by 0.001, squared; judged."""

Grid = tuple[int, int]
"""Rows and columns of the patches."""


def patch_map(query: Vectors, patches: Vectors, grid: Grid) -> NDArray[np.float32]:
    """(rows, columns): how like the query each patch is, from 0; all 0 where none stands out.

    query is (tokens, dim), patches (rows * columns, dim) in reading order, both of unit length.
    """
    cosines = query @ patches.T
    above = np.maximum(cosines - np.median(cosines, axis=1, keepdims=True), 0.0)
    heat = above.max(axis=1) @ above
    return np.asarray(heat.reshape(grid), np.float32)


def matching_box(query: Vectors, patches: Vectors, grid: Grid) -> Box | None:
    """The box around the region that answers, as fractions of the page; None where nothing stands
    out, or all does.

    Of the connected regions above REGION_SHARE of the maximum it is the one with the most in it: a
    stray patch at the other end of the page does not stretch the box.
    """
    heat = patch_map(query, patches, grid)
    if heat.max() < NOISE:
        return None
    regions = list(_regions(heat >= REGION_SHARE * heat.max()))
    best = max(regions, key=lambda region: float(sum(heat[cell] for cell in region)))
    rows, columns = [r for r, _ in best], [c for _, c in best]
    height, width = grid
    box = (
        min(columns) / width,
        min(rows) / height,
        (max(columns) + 1) / width,
        (max(rows) + 1) / height,
    )
    return box if (box[2] - box[0]) * (box[3] - box[1]) < WHOLE else None


def _regions(mask: NDArray[np.bool_]) -> Iterator[list[tuple[int, int]]]:
    """The cells of each region of neighbours, corners among them."""
    left = {(int(r), int(c)) for r, c in np.argwhere(mask)}
    while left:
        region, edge = [], [left.pop()]
        while edge:
            row, column = edge.pop()
            region.append((row, column))
            around = {(row + y, column + x) for y in (-1, 0, 1) for x in (-1, 0, 1)} & left
            left -= around
            edge += around
        yield region


def nearest_grid(count: int, ratio: float) -> Grid:
    """Rows and columns of `count` patches whose columns / rows is nearest to `ratio`.

    >>> nearest_grid(736, 595 / 842), nearest_grid(1024, 1.0)
    ((32, 23), (32, 32))
    """
    grids = [(r, count // r) for r in range(1, count + 1) if count % r == 0]
    return min(grids, key=lambda g: abs(np.log(g[1] / g[0] / ratio)))
