"""Where a model stands when a network looks at it."""

from __future__ import annotations

import numpy as np
import pytest

from polysense.encoders.mesh.frame import in_unit_ball
from polysense.read.solid.triangles import Mesh

TRIANGLES = Mesh.plain(
    np.array([[0.0, 0, 0], [4, 0, 0], [0, 2, 0], [0, 0, 8]]), np.array([[0, 1, 2], [0, 2, 3]])
)


def test_size_and_place_do_not_count() -> None:
    """The same thing in millimetres, somewhere else, is the same thing; its up stays up."""
    there = Mesh.plain(1000 * TRIANGLES.vertices + (7, 8, 9), TRIANGLES.faces)
    here_points = in_unit_ball(TRIANGLES, TRIANGLES.vertices)
    np.testing.assert_allclose(here_points, in_unit_ball(there, there.vertices), atol=1e-5)
    assert np.linalg.norm(here_points, axis=1).max() == pytest.approx(1)
    assert here_points[:, 1].argmax() == 2


def test_the_middle_is_that_of_the_surface() -> None:
    """However finely one side of it is cut."""
    a, b, c, d = TRIANGLES.vertices
    fine = Mesh.plain(
        np.array([a, b, c, d, (a + b) / 2]), np.array([[0, 4, 2], [4, 1, 2], [0, 2, 3]])
    )
    np.testing.assert_allclose(
        in_unit_ball(fine, TRIANGLES.vertices),
        in_unit_ball(TRIANGLES, TRIANGLES.vertices),
        atol=1e-6,
    )
