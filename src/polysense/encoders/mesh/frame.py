"""Where a model stands when a network looks at it: in the middle, as large as all others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polysense.read.solid.triangles import Mesh

Floats = NDArray[np.float32]


def in_unit_ball(mesh: Mesh, points: NDArray[np.float64]) -> Floats:
    """Points of a mesh (n, 3), moved so that the centre of its surface is at 0, and scaled so that
    its farthest vertex is at distance 1. Y stays up: networks may learn what stands on what.
    """
    centres = mesh.triangles.mean(axis=1)
    middle = np.average(centres, axis=0, weights=mesh.areas)
    reach = np.linalg.norm(mesh.triangles.reshape(-1, 3) - middle, axis=1).max()
    return np.asarray((points - middle) / max(float(reach), 1e-30), np.float32)
