"""Triangles cover exactly the pixels whose centres they hold, the nearest wins, and nothing runs
away.
"""

from __future__ import annotations

import time

import numpy as np

from polysense.read.solid import raster


def inside(corners: np.ndarray, size: int) -> np.ndarray:
    """By the definition, pixel by pixel."""
    y, x = np.mgrid[:size, :size] + 0.5
    signs = []
    for (x0, y0, _), (x1, y1, _) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        signs.append((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0))
    return np.all(np.array(signs) > 0, axis=0) | np.all(np.array(signs) < 0, axis=0)


def test_pixels_are_those_with_their_centre_inside() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        corners = rng.uniform(-8, 40, (1, 3, 3))
        is_drawn = np.zeros(32 * 32, bool)
        is_drawn[raster.rasterise(corners, 32).pixels] = True
        assert (is_drawn.reshape(32, 32) == inside(corners[0], 32)).all()


def test_neighbours_leave_no_gap() -> None:
    """A square cut into fans from a point: each pixel is drawn, hardly one twice."""
    rim = np.array([[0, 0], [16, 0], [32, 0], [32, 32], [7, 32], [0, 32], [0, 9]], float)
    fan = np.array(
        [
            [[13.3, 17.7, 0], [*a, 0], [*b, 0]]
            for a, b in zip(rim, np.roll(rim, -1, axis=0), strict=True)
        ]
    )
    assert len(raster.rasterise(fan, 32).pixels) == 32 * 32
    assert sum(len(raster.rasterise(one[None], 32).pixels) for one in fan) <= 32 * 32 + 2


def test_the_nearest_is_seen_where_two_cross() -> None:
    left = np.array([[0, 0, 9.0], [32, 0, 0], [0, 64, 9]])
    right = np.array([[32, 0, 9.0], [0, 0, 0], [32, 64, 9]])
    visible = raster.rasterise(np.array([left, right]), 32)
    face = np.full(32 * 32, -1)
    face[visible.pixels] = visible.faces
    assert face.reshape(32, 32)[1, [2, 29]].tolist() == [0, 1]


def test_weights_are_barycentric() -> None:
    corners = np.array([[[0, 0, 0], [32.0, 0, 0], [0, 32, 0]]])
    visible = raster.rasterise(corners, 32)
    at = visible.weights @ corners[0, :, :2]
    assert np.allclose(at, np.stack([visible.pixels % 32, visible.pixels // 32], axis=1) + 0.5)


def test_what_is_seen_edge_on_is_not_drawn() -> None:
    assert len(raster.rasterise(np.array([[[0, 0, 0], [5.0, 5, 0], [9, 9, 3]]]), 16).pixels) == 0


def test_many_large_triangles_end_soon() -> None:
    """Work is bounded: a hostile mesh of triangles that each fill the picture is thinned out."""
    corners = np.tile(np.array([[0, 0, 0], [600.0, 0, 0], [0, 600, 1]]), (100_000, 1, 1))
    start = time.process_time()
    assert len(raster.rasterise(corners, 300).pixels) == 300 * 300
    assert time.process_time() - start < 30
