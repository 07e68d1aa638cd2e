"""A solid turned, stretched a little, and measured with noise: as another file of its kind may
hold it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STRETCH = 0.15
"""Of each axis's length, up or down: a tall chair is a chair."""

JITTER = 0.01
"""Of the radius, the standard deviation of each point's noise (Qi et al., PointNet). Judged."""

Floats = NDArray[np.float32]


def vary_points(points: Floats, draw: np.random.Generator, *, upright: bool = False) -> Floats:
    """(n, 3) within the unit ball, turned by any rotation, or `upright` about the y axis alone."""
    turn, stretch = _rotation(draw, upright), _stretch(draw)
    moved = (points * stretch) @ turn.T + draw.normal(0, JITTER, points.shape)
    return _in_ball(moved)


def vary_surface(features: Floats, draw: np.random.Generator, *, upright: bool = False) -> Floats:
    """(n, 6): places and normals of vertices, moved together."""
    turn, stretch = _rotation(draw, upright), _stretch(draw)
    places = (features[:, :3] * stretch) @ turn.T + draw.normal(0, JITTER, (len(features), 3))
    normals = (features[:, 3:] / stretch) @ turn.T  # normals go by the inverse
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.concatenate(
        [_in_ball(places), (normals / np.maximum(lengths, 1e-9)).astype(np.float32)], axis=1
    )


def _stretch(draw: np.random.Generator) -> NDArray[np.float64]:
    return np.asarray(draw.uniform(1 - STRETCH, 1 + STRETCH, 3))


def _rotation(draw: np.random.Generator, upright: bool) -> NDArray[np.float64]:
    if upright:
        angle = draw.uniform(0, 2 * np.pi)
        c, s = np.cos(angle), np.sin(angle)
        return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    axes, upper = np.linalg.qr(draw.normal(size=(3, 3)))
    turn = axes * np.sign(np.diag(upper))  # each rotation as likely as any other
    return np.asarray(turn if np.linalg.det(turn) > 0 else turn * [1, 1, -1])


def _in_ball(points: NDArray[np.float64]) -> Floats:
    reach = max(float(np.linalg.norm(points, axis=1).max()), 1e-9)
    return np.asarray(points / reach, np.float32)
