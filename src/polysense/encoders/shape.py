"""What a 3D model looks like from no side in particular: a descriptor of its surface that needs no
training.

It joins published invariants of points sampled from the surface: the shape distributions D1, D2 and
A3 (Osada, Funkhouser, Chazelle and Dobkin 2002), pairs of oriented points (Wahl, Hillenbrand and
Hirzinger 2003), and the energies of spherical harmonics on shells (Kazhdan, Funkhouser and
Rusinkiewicz 2003). Rotation, translation, reflection, tessellation and file format leave it as it
is. Size, colours and texture layout hardly count: they tell apart what has the same shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.protocols import Encoder, Signal, Vectors
from polysense.read.language.colour_name import lab
from polysense.read.solid import decode as mesh_decode
from polysense.read.solid.decode import Mesh
from polysense.types import Part, Role, Space

POINTS = 4096
PAIRS = 1 << 16
DEGREE, SHELLS = 12, 10
MAX_FACES = 400_000
"""A finer mesh is simplified first."""

_COLOR, _LAYOUT, _SIZE = 0.25, 0.06, 0.05  # lengths of these blocks, where the shape's is 1
_PAINTS = (4, 5, 5)  # steps of L*, a*, b*
_CELLS = (8, 8)
_DIM = 32 + 64 + 32 + 8 * 5 + 8 * 10 + 8 * 5 + 3 + DEGREE * SHELLS + 1 + 4 * 5 * 5 + 8 * 8 + 2

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Shape(Encoder):
    """Near shapes lie near each other: a chair by a stool; a barrel as .glb and as .obj on one
    spot.
    """

    accepts = frozenset({"3d"})
    signal: Signal = "perceptual"
    space = Space("shape", "1", _DIM)
    # the nearest other one is nearer than this for 2 of 19 objects, and for half of 203 game
    # models, which come in variants
    confident_score = 0.95

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        """One row a part. Raises Unreadable where a part is no model."""
        rows = [describe(mesh_decode.load(part)) for part in parts]
        return np.asarray(rows, np.float32).reshape(len(rows), _DIM)


def describe(mesh: Mesh) -> Floats:
    """The descriptor of a mesh, of length 1. Cosines run from about -0.3 for the least alike to 1
    for the same shape.
    """
    mesh = _ordered(mesh_decode.simplify(mesh, MAX_FACES))
    points, faces = mesh_decode.sample_surface(mesh, POINTS)
    shape = _unit(_shape(points, mesh.cross_products[faces]) - _middle())
    size = np.log10(max(float(np.sqrt(mesh.areas.sum())), 1e-30)) * np.pi / 2
    whispers = [
        _COLOR * _paint(mesh, faces),
        _LAYOUT * _layout(mesh, faces),
        _SIZE * np.array([np.cos(size), np.sin(size)]),
    ]
    return _unit(np.concatenate([shape, *whispers]))


def _ordered(mesh: Mesh) -> Mesh:
    """Faces and their corners from the middle outwards: what is sampled then depends on the surface
    alone, not on its file.

    Where symmetry leaves a tie, the place along the principal axes decides; their ends are told
    apart by the third moment.
    """
    share = mesh.areas / mesh.areas.sum()
    middle = share @ mesh.triangles.mean(1)
    corners = (mesh.triangles - middle) / np.sqrt(mesh.areas.sum())
    centers = corners.mean(1)
    axes = np.linalg.eigh((centers * share[:, None]).T @ centers)[1]
    axes = axes * np.where(share @ (centers @ axes) ** 3 < 0, -1.0, 1.0)
    away, far = np.linalg.norm(centers, axis=1), np.linalg.norm(corners, axis=2)
    order = np.lexsort(np.round([*(centers @ axes).T, 100 * share, away], 4))
    turn = np.lexsort(np.round([*np.moveaxis(corners @ axes, 2, 0), far], 4), axis=1)

    def turned(of_corners: NDArray[Any]) -> NDArray[Any]:
        index = turn.reshape(*turn.shape, *(1,) * (of_corners.ndim - 2))
        return np.take_along_axis(of_corners, index, 1)[order]

    mesh = replace(
        mesh,
        faces=turned(mesh.faces),
        texture_index=mesh.texture_index[order],
        piece_index=mesh.piece_index[order],
        corner_colours=turned(mesh.corner_colours),
    )
    return mesh if mesh.uv is None else replace(mesh, uv=turned(mesh.uv))


def _shape(points: Floats, crosses: Floats) -> Floats:
    """All blocks of the shape, each a distribution whose square roots have length 1 (so that a
    cosine is Bhattacharyya's), weighed.
    """
    points = points - points.mean(0)
    radii = np.linalg.norm(points, axis=1)
    scale = np.sqrt((radii**2).mean())
    points, radii = points / scale, radii / scale
    normals = crosses / np.maximum(np.linalg.norm(crosses, axis=1, keepdims=True), 1e-300)
    spread = np.sort(np.linalg.eigvalsh(points.T @ points / len(points)))[::-1]
    facing = np.abs((normals * points).sum(1)) / np.maximum(radii, 1e-9)
    blocks = [
        (1.0, np.sqrt(_histogram(radii, 2.6, 32))),
        *_pairs(points, normals),
        (0.5, np.sqrt(_grid(np.stack([radii / 2.4, facing]), (8, 5)))),
        (0.5, np.sqrt(np.maximum(spread, 0))),
        (1.5, _harmonics(points, radii)),
    ]
    return _unit(np.concatenate([weight * _unit(block) for weight, block in blocks]))


def _pairs(points: Floats, normals: Floats) -> list[tuple[float, Floats]]:
    """D2, A3, and where the normals of two points look, by the points' distance."""
    i, j, k = _triples()
    between = points[j] - points[i]
    far = np.linalg.norm(between, axis=1)
    between /= np.maximum(far, 1e-9)[:, None]
    third = points[k] - points[i]
    third /= np.maximum(np.linalg.norm(third, axis=1), 1e-9)[:, None]
    angles = np.arccos(np.clip((between * third).sum(1), -1, 1))
    alike = np.abs((normals[i] * normals[j]).sum(1))
    one, other = np.abs((normals[i] * between).sum(1)), np.abs((normals[j] * between).sum(1))
    near = far / 3.2
    turned = _grid(
        np.stack([near, np.maximum(one, other), np.minimum(one, other)]), (8, 4, 4)
    ).reshape(8, 4, 4)
    return [
        (1.0, np.sqrt(_histogram(far, 4.0, 64))),
        (1.0, np.sqrt(_histogram(angles, np.pi, 32))),
        (0.5, np.sqrt(_grid(np.stack([near, alike]), (8, 5)))),
        # the larger comes first, so the rest is empty
        (0.5, np.sqrt(turned[:, *np.tril_indices(4)].ravel())),
    ]


@cache
def _triples() -> tuple[Ints, Ints, Ints]:
    """The points that are compared: the same for every shape."""
    i, j, k = np.random.default_rng(1).integers(0, POINTS, (3, PAIRS))
    apart = i != j
    return i[apart], j[apart], k[apart]


def _harmonics(points: Floats, radii: Floats) -> Floats:
    """How much of each degree's spherical harmonics there is in each shell, next to how much
    surface there is at all.

    A degree's energy does not change when the shape is turned. Half of what noise alone would give
    is taken away.
    """
    weights = np.zeros((len(points), SHELLS))
    low, part = _soft(radii, 2.4, SHELLS)
    rows = np.arange(len(points))
    weights[rows, low], weights[rows, low + 1] = 1 - part, part
    weights /= len(points)
    noise = (weights**2).sum(0)
    x, y, z = (points / np.maximum(radii, 1e-9)[:, None]).T
    across = np.sqrt(np.maximum(1 - z * z, 0))
    turn = np.exp(1j * np.arctan2(y, x))
    energy = np.zeros((DEGREE + 1, SHELLS))
    first, phase = np.ones(len(points)), np.ones(len(points), complex)
    # associated Legendre functions by their usual recurrence in the degree
    for m in range(DEGREE + 1):
        if m:
            first, phase = first * across * np.sqrt((2 * m + 1) / (2 * m)), phase * turn
        below, here = np.zeros(len(points)), first
        for degree in range(m, DEGREE + 1):
            energy[degree] += (2 if m else 1) * np.abs((here * phase) @ weights) ** 2
            n, before = degree + 1, degree * degree - m * m
            step = np.sqrt((4 * n * n - 1) / (n * n - m * m))
            below, here = (
                here,
                step * (z * here - np.sqrt(before / max(4 * degree * degree - 1, 1)) * below),
            )
    energy -= 0.5 * noise * (2 * np.arange(DEGREE + 1) + 1)[:, None]
    coefficients = np.sqrt(np.maximum(energy[1:], 0)).ravel() / np.linalg.norm(weights.sum(0))
    return np.append(_unit(coefficients), 0.5)


def _paint(mesh: Mesh, faces: Ints) -> Floats:
    """How much surface has which colour (CIE L*a*b*); zeros for a model without colours."""
    steps = np.array(_PAINTS)
    if not mesh.has_colours:
        return np.zeros(steps.prod())
    is_visible = lab(mesh_decode.colours_at(mesh, faces, np.full((len(faces), 3), 1 / 3)))
    at = np.clip((is_visible - [0, -60, -60]) / [100, 120, 120], 0, 1) * (steps - 1)
    low = np.minimum(at.astype(np.int64), steps - 2)
    colours = np.zeros(steps.prod())
    for corner in product((0, 1), repeat=3):
        weights = np.abs(1 - np.array(corner) - (at - low)).prod(1)
        colours += np.bincount(
            np.ravel_multi_index(tuple((low + corner).T), _PAINTS), weights, len(colours)
        )
    return _unit(np.sqrt(colours))


def _layout(mesh: Mesh, faces: Ints) -> Floats:
    """Which places of its texture are used: tells apart variants that share an atlas, even where
    the texture itself is missing.
    """
    if mesh.uv is None:
        return np.zeros(int(np.prod(_CELLS)))
    u, v = mesh.uv[faces].mean(1).T.astype(np.float64) % 1.0
    return _unit(np.sqrt(_grid(np.stack([u, v]), _CELLS)))


@cache
def _middle() -> Floats:
    """The mean of plain shapes (boxes, rods, plates, balls: superquadrics, Barr 1981), from which
    all others are seen.
    """
    rows = []
    for roundness, scale in product(
        ((0.1, 0.1), (0.1, 1.0), (1.0, 1.0)), ((1, 1, 1), (1, 1, 4), (4, 4, 1), (1, 2, 4))
    ):
        mesh = _ordered(_superquadric(roundness, scale))
        points, faces = mesh_decode.sample_surface(mesh, POINTS)
        rows.append(_shape(points, mesh.cross_products[faces]))
    return np.asarray(np.mean(rows, axis=0))


def _superquadric(roundness: tuple[float, float], scale: tuple[float, float, float]) -> Mesh:
    def power(values: Floats, exponent: float) -> Floats:
        return np.asarray(np.sign(values) * np.abs(values) ** exponent)

    u, v = np.meshgrid(
        np.linspace(-np.pi / 2, np.pi / 2, 25), np.linspace(-np.pi, np.pi, 49), indexing="ij"
    )
    (up, around), ring = roundness, power(np.cos(u), roundness[0])
    at = np.stack(
        [ring * power(np.cos(v), around), ring * power(np.sin(v), around), power(np.sin(u), up)],
        axis=2,
    )
    ids = np.arange(at[..., 0].size).reshape(at.shape[:2])
    a, b, c, d = ids[:-1, :-1], ids[:-1, 1:], ids[1:, 1:], ids[1:, :-1]
    faces = np.concatenate(
        [np.stack(corners, axis=2).reshape(-1, 3) for corners in ((a, b, c), (a, c, d))]
    )
    return Mesh.plain(at.reshape(-1, 3) * np.array(scale, np.float64), faces)


def _soft(values: Floats, high: float, bins: int) -> tuple[Ints, Floats]:
    """The bin below each value of 0..high, and how much of it belongs to the next one."""
    at = np.clip(values / high, 0, 1) * (bins - 1)
    low = np.minimum(at.astype(np.int64), bins - 2)
    return low, at - low


def _histogram(values: Floats, high: float, bins: int) -> Floats:
    low, part = _soft(values, high, bins)
    return np.asarray(
        (np.bincount(low, 1 - part, bins) + np.bincount(low + 1, part, bins)) / len(values)
    )


def _grid(values: Floats, bins: tuple[int, ...]) -> Floats:
    """A flat histogram of several values at once, each 0..1 (what is larger counts as 1)."""
    at = [
        np.clip((row * n).astype(np.int64), 0, n - 1) for row, n in zip(values, bins, strict=True)
    ]
    return np.asarray(
        np.bincount(np.ravel_multi_index(tuple(at), bins), minlength=int(np.prod(bins)))
        / values.shape[1]
    )


def _unit(row: Floats) -> Floats:
    return np.asarray(row / max(float(np.linalg.norm(row)), 1e-12))
