"""A model as boxes, spheres and cylinders, where its pieces are such, written as a program that
builds them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.read.solid.triangles import Mesh

Floats = NDArray[np.float64]

MAX_DEVIATION = 0.012
"""How far corners may lie from a primitive's surface, as a share of its size."""

# Judged, not measured, as is the share above.
BOX_TOLERANCE = 0.004
"""How far a body's volume may be from its box's."""

SPHERE_VOLUME = (0.85, 1.01)
"""What a body may hold of the sphere through its corners."""

PRISM_TOLERANCE = 0.03
"""How far a body's volume may be from the prism's that has its sides."""

RING_GRID = 3e-4
"""How near corners are to be in one ring, as a share of the body's size."""

MIN_CORNERS, MIN_SPHERE_CORNERS, MIN_SIDES = 8, 24, 6
"""Fewer are no body, no sphere, nothing round."""

MAX_RINGS = 80
"""More are a shape of its own, whose program nobody would read."""

MAX_PIECES = 120
"""Primitives in one program."""

MAX_SPLIT_FACES = 20_000
"""A piece with more faces is not split into its bodies: that takes long."""


@dataclass(frozen=True, slots=True)
class Solid:
    """A primitive: kind, its sizes, and the 4 x 4 matrix that puts it in place. sides: of a
    cylinder.
    """

    name: str
    kind: str
    sizes: tuple[float, ...]
    matrix: Floats
    sides: int = 0
    color: tuple[int, int, int] = (180, 180, 180)


def solids(mesh: Mesh, path: Path | None = None) -> list[Solid] | None:
    """The model's pieces as primitives, and those that are none to be taken from the file, if it
    has them under their name.

    None where no half of the pieces are primitives, or there are too many.
    """
    primitives: list[Solid] = []
    for i, piece in enumerate(mesh.pieces):
        is_own = mesh.piece_index == i
        if is_own.any():
            piece_mesh = mesh.select_faces(is_own)
            bodies = _piece_solids(piece.name or "part", piece_mesh)
            if bodies is None:
                low, high = piece_mesh.vertices.min(axis=0), piece_mesh.vertices.max(axis=0)
                bodies = [Solid(piece.name, "file", (*low, *high), np.eye(4))]
            primitives += bodies
        if len(primitives) > MAX_PIECES:
            return None
    file_parts = [s for s in primitives if s.kind == "file"]
    if not primitives or 2 * len(file_parts) > len(primitives):
        return None
    return primitives if not file_parts or _are_in_file(file_parts, path) else None


def _piece_solids(name: str, piece_mesh: Mesh) -> list[Solid] | None:
    """The bodies of one piece; None where one of them is no primitive."""
    import trimesh

    _, first_corners, faces = np.unique(
        piece_mesh.welded_faces, return_index=True, return_inverse=True
    )
    mesh = trimesh.Trimesh(
        piece_mesh.vertices[piece_mesh.faces.reshape(-1)[first_corners]],
        faces.reshape(-1, 3),
        process=False,
    )
    mesh.update_faces(mesh.nondegenerate_faces())
    bodies = mesh.split(only_watertight=False) if len(mesh.faces) < MAX_SPLIT_FACES else [mesh]
    colour = np.median(piece_mesh.corner_colours.reshape(-1, 3), axis=0)
    primitives: list[Solid] = []
    for n, body in enumerate(bodies[: MAX_PIECES + 1]):
        solid = _solid(
            name + (f" {n + 1}" if len(bodies) > 1 else ""),
            body,
            (int(colour[0]), int(colour[1]), int(colour[2])),
        )
        if solid is None:
            return None
        primitives.append(solid)
    return primitives or None


def _are_in_file(file_parts: Sequence[Solid], path: Path | None) -> bool:
    """Whether the file has these parts under their names, where they are here."""
    import trimesh

    if path is None:
        return False
    try:
        scene = trimesh.load_scene(path)
        for part in file_parts:
            place, geometry = scene.graph[part.name]
            bounds = scene.geometry[geometry].copy().apply_transform(place).bounds
            if not np.allclose(
                bounds.reshape(-1), part.sizes, atol=1e-3 * float(np.ptp(part.sizes))
            ):
                return False
    except Exception:  # noqa: BLE001 - readers of models raise anything
        return False
    return True


def _solid(name: str, body: Any, color: tuple[int, int, int]) -> Solid | None:
    points = np.asarray(body.vertices, np.float64)
    extents = np.ptp(points, axis=0)
    if len(points) < MIN_CORNERS or float(extents.min()) < 1e-9 * float(extents.max() or 1):
        return None
    for fitter in (_box, _cylinder, _sphere, _lathe):
        fit = fitter(points, body)
        if fit is not None:
            kind, sizes, matrix, sides = fit
            matrix = np.asarray(matrix, np.float64)
            return Solid(name, kind, tuple(float(s) for s in sizes), matrix, sides, color)
    return None


Fit = tuple[str, Sequence[float], Floats, int]


def _volume(body: Any) -> float:
    """What it encloses; a flat body nothing, of which trimesh would warn."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(body.volume)


def _box(points: Floats, body: Any) -> Fit | None:
    """What fills the smallest box around it (O'Rourke 1985), upright if that fits."""
    import trimesh

    volume = abs(_volume(body))
    for matrix, sizes in (_upright_box(points), _smallest_box(trimesh, body)):
        box_volume = float(np.prod(sizes))
        is_full = abs(volume - box_volume) < BOX_TOLERANCE * box_volume
        if matrix is not None and is_full and body.is_watertight:
            return "box", list(sizes), matrix, 0
    return None


def _upright_box(points: Floats) -> tuple[Floats, Floats]:
    low, high = points.min(axis=0), points.max(axis=0)
    matrix = np.eye(4)
    matrix[:3, 3] = (low + high) / 2
    return matrix, high - low


def _smallest_box(trimesh: Any, body: Any) -> tuple[Floats | None, Floats]:
    try:
        to_origin, sizes = trimesh.bounds.oriented_bounds(body)
    except Exception:  # noqa: BLE001 - flat and broken bodies raise anything
        return None, np.zeros(3)
    return np.linalg.inv(to_origin), np.asarray(sizes, np.float64)


def _sphere(points: Floats, body: Any) -> Fit | None:
    """All corners as far from one point, and many of them in every direction (least squares)."""
    if len(points) < MIN_SPHERE_CORNERS:
        return None
    coefficients = np.c_[2 * points, np.ones(len(points))]
    solution = np.linalg.lstsq(coefficients, (points**2).sum(axis=1), rcond=None)[0]
    centre = solution[:3]
    radius = float(np.sqrt(max(0.0, solution[3] + centre @ centre)))
    deviation = np.abs(np.linalg.norm(points - centre, axis=1) - radius).max()
    if radius <= 0 or deviation > MAX_DEVIATION * radius:
        return None
    least, most = SPHERE_VOLUME
    if not least < abs(_volume(body)) / (4 / 3 * np.pi * radius**3) <= most:
        return None
    matrix = np.eye(4)
    matrix[:3, 3] = centre
    return "sphere", [radius], matrix, 0


def _cylinder(points: Floats, body: Any) -> Fit | None:
    """Two like rings of corners, or their centres, at the ends of one axis: the axis around which
    the spread is the same.
    """
    centre = (points.min(axis=0) + points.max(axis=0)) / 2
    axes = [np.eye(3)[i] for i in (1, 2, 0)]
    normals = np.asarray(body.face_normals)
    if len(normals):
        normal_axes = np.linalg.eigh((normals.T * np.asarray(body.area_faces)) @ normals)[1]
        axes += [normal_axes[:, i] for i in range(3)]
    for axis in axes:
        height = (points - centre) @ axis
        low, high = height.min(), height.max()
        middle = centre + axis * (low + high) / 2
        flat = points - middle - np.outer((points - middle) @ axis, axis)
        distance = np.linalg.norm(flat, axis=1)
        radius = float(distance.max())
        end_distance = np.minimum(height - low, high - height)
        length = float(high - low)
        is_centre = distance < MAX_DEVIATION * radius
        is_rim = np.abs(distance - radius) < MAX_DEVIATION * radius
        sides = (
            len(np.unique(np.round(np.arctan2(*_plane_coordinates(flat[is_rim], axis)) / 1e-3)))
            if is_rim.any()
            else 0
        )
        if (
            not (is_centre | is_rim).all()
            or not sides >= MIN_SIDES
            or end_distance.max() > MAX_DEVIATION * length
            or length <= 0
        ):
            continue
        prism_volume = sides / 2 * np.sin(2 * np.pi / sides) * radius**2 * length
        if abs(abs(_volume(body)) - prism_volume) < PRISM_TOLERANCE * prism_volume:
            return "cylinder", [radius, length], _axis_matrix(axis, middle, flat[is_rim][0]), sides
    return None


def _lathe(points: Floats, body: Any) -> Fit | None:
    """What a lathe turns: rings of corners around one axis, each joined to at most two others.
    Sizes are radius, height, radius, ...
    """
    for axis, middle in _axes(points, body):
        height = (points - middle) @ axis
        flat = points - middle - np.outer(height, axis)
        distance = np.linalg.norm(flat, axis=1)
        size = max(float(distance.max()), float(np.ptp(height)))
        grid = np.round(np.c_[distance, height] / (RING_GRID * size)).astype(np.int64)
        levels, group = np.unique(grid, axis=0, return_inverse=True)
        group = group.reshape(-1)
        counts = np.bincount(group)
        is_ring = levels[:, 0] > MAX_DEVIATION / RING_GRID * 0.2
        if (
            len(levels) > MAX_RINGS
            or not is_ring.any()
            or counts[is_ring].min() < MIN_SIDES
            or len(set(counts[is_ring].tolist())) > 2
        ):
            continue
        profile = _profile(group, np.asarray(body.edges_unique), len(levels))
        if profile is None:
            continue
        sides = int(np.median(counts[is_ring]))
        profile_points = [
            (float(distance[group == g].mean()), float(height[group == g].mean())) for g in profile
        ]
        is_closed = len(profile) > 2 and profile[0] == profile[-1]
        if not is_closed:
            profile_points = _ended_on_axis(profile_points, 1e-6 * size)
        spoke = flat[is_ring[group]][0]
        matrix = _axis_matrix(axis, middle, spoke)
        return "lathe", [v for pair in profile_points for v in pair], matrix, sides
    return None


def _ended_on_axis(
    points: list[tuple[float, float]], tolerance: float
) -> list[tuple[float, float]]:
    """A profile with its ends closed by flat faces, where it does not end on the axis itself."""
    bottom = [(0.0, points[0][1])] if points[0][0] > tolerance else []
    top = [(0.0, points[-1][1])] if points[-1][0] > tolerance else []
    return [*bottom, *points, *top]


def _axes(points: Floats, body: Any) -> list[tuple[Floats, Floats]]:
    """Axes around which a body may be turned, each with a point on it."""
    centre = (points.min(axis=0) + points.max(axis=0)) / 2
    weights = np.asarray(body.area_faces)[:, None]
    surface_centre = (np.asarray(body.triangles_center) * weights).sum(axis=0) / max(
        float(weights.sum()), 1e-30
    )
    spread_axes = np.linalg.eigh(np.cov((points - surface_centre).T))[1]
    normal_axes = np.linalg.eigh(
        (np.asarray(body.face_normals) * weights).T @ np.asarray(body.face_normals)
    )[1]
    axes = [(np.eye(3)[i], centre) for i in (1, 2, 0)]
    return axes + [(m[:, i], surface_centre) for m in (normal_axes, spread_axes) for i in range(3)]


def _profile(group: NDArray[np.int64], edges: NDArray[np.int64], count: int) -> list[int] | None:
    """The rings in the order in which they are joined; the first again at the end of a closed one;
    None where they branch.
    """
    neighbours: list[set[int]] = [set() for _ in range(count)]
    for a, b in group[edges].tolist():
        if a != b:
            neighbours[a].add(b)
            neighbours[b].add(a)
    if any(not 1 <= len(n) <= 2 for n in neighbours):
        return None
    ends = [i for i, n in enumerate(neighbours) if len(n) == 1]
    path = [ends[0] if ends else 0]
    while True:
        next_rings = sorted(n for n in neighbours[path[-1]] if n not in path)
        if not next_rings:
            break
        path.append(next_rings[0])
    if len(path) != count:
        return None
    return path if ends else [*path, path[0]]


def _plane_coordinates(flat: Floats, axis: Floats) -> tuple[Floats, Floats]:
    first = np.cross(axis, np.eye(3)[int(np.abs(axis).argmin())])
    first /= np.linalg.norm(first)
    return flat @ first, flat @ np.cross(axis, first)


def _axis_matrix(axis: Floats, middle: Floats, spoke: Floats) -> Floats:
    """The matrix that turns z to the axis and x to a spoke."""
    matrix = np.eye(4)
    x = spoke / np.linalg.norm(spoke)
    matrix[:3, 0], matrix[:3, 1], matrix[:3, 2], matrix[:3, 3] = x, np.cross(axis, x), axis, middle
    return matrix
