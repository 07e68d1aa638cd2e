"""Solids are turned, stretched and measured with noise, and stay solids."""

from __future__ import annotations

import numpy as np

from polysense.train.data.augment.solid import vary_points, vary_surface


def cloud() -> np.ndarray:
    points = np.random.default_rng(0).normal(size=(200, 3)) * (0.2, 1.0, 0.2)
    return np.asarray(points / np.linalg.norm(points, axis=1).max(), np.float32)


def test_points_stay_in_the_ball_and_the_same_seed_gives_the_same() -> None:
    one, same, other = (vary_points(cloud(), np.random.default_rng(s)) for s in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.allclose(one, other, atol=0.05)
    assert abs(np.linalg.norm(one, axis=1).max() - 1) < 1e-5


def test_what_stands_upright_stays_so() -> None:
    for seed in range(5):
        moved = vary_points(cloud(), np.random.default_rng(seed), upright=True)
        assert moved.std(axis=0).argmax() == 1
    ways = {
        int(vary_points(cloud(), np.random.default_rng(s)).std(axis=0).argmax()) for s in range(20)
    }
    assert len(ways) > 1


def test_normals_turn_with_the_surface() -> None:
    """On a ball the normal of a place points along it, also where it is turned and stretched: then
    by the inverse of the stretch.
    """
    places = cloud() / np.linalg.norm(cloud(), axis=1, keepdims=True)
    moved = vary_surface(np.concatenate([places, places], axis=1), np.random.default_rng(3))
    assert np.allclose(np.linalg.norm(moved[:, 3:], axis=1), 1, atol=1e-5)
    cosines = (moved[:, :3] * moved[:, 3:]).sum(axis=1) / np.linalg.norm(moved[:, :3], axis=1)
    assert cosines.min() > 0.9
