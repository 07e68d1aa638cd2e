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

FIT = 0.012
"""How far corners may lie from a primitive's surface, as a share of its size."""

MOST_PIECES = 120


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
    found: list[Solid] = []
    for i, piece in enumerate(mesh.pieces):
        keep = mesh.owner == i
        if keep.any():
            own = mesh.only(keep)
            made = _bodies(piece.name or "part", own)
            if made is None:
                low, high = own.vertices.min(axis=0), own.vertices.max(axis=0)
                made = [Solid(piece.name, "file", (*low, *high), np.eye(4))]
            found += made
        if len(found) > MOST_PIECES:
            return None
    taken = [s for s in found if s.kind == "file"]
    if not found or 2 * len(taken) > len(found) or (taken and not _in_file(taken, path)):
        return None
    return found


def _bodies(name: str, own: Mesh) -> list[Solid] | None:
    """The bodies of one piece; None where one of them is no primitive."""
    import trimesh

    _, first, faces = np.unique(own.welded, return_index=True, return_inverse=True)
    whole = trimesh.Trimesh(
        own.vertices[own.faces.reshape(-1)[first]], faces.reshape(-1, 3), process=False
    )
    whole.update_faces(whole.nondegenerate_faces())
    bodies = whole.split(only_watertight=False) if len(whole.faces) < 20_000 else [whole]
    colour = np.median(own.corners.reshape(-1, 3), axis=0)
    made: list[Solid] = []
    for n, body in enumerate(bodies[: MOST_PIECES + 1]):
        solid = _solid(
            name + (f" {n + 1}" if len(bodies) > 1 else ""),
            body,
            (int(colour[0]), int(colour[1]), int(colour[2])),
        )
        if solid is None:
            return None
        made.append(solid)
    return made or None


def _in_file(taken: Sequence[Solid], path: Path | None) -> bool:
    """Whether the file has these parts under their names, where they are here."""
    import trimesh

    if path is None:
        return False
    try:
        scene = trimesh.load_scene(path)
        for s in taken:
            place, geometry = scene.graph[s.name]
            bounds = scene.geometry[geometry].copy().apply_transform(place).bounds
            if not np.allclose(bounds.reshape(-1), s.sizes, atol=1e-3 * float(np.ptp(s.sizes))):
                return False
    except Exception:  # noqa: BLE001 - readers of models raise anything
        return False
    return True


def _solid(name: str, body: Any, color: tuple[int, int, int]) -> Solid | None:
    points = np.asarray(body.vertices, np.float64)
    if len(points) < 8 or float(np.ptp(points, axis=0).min()) < 1e-9 * float(
        np.ptp(points, axis=0).max() or 1
    ):
        return None
    for fit in (_box, _cylinder, _sphere, _lathe):
        found = fit(points, body)
        if found is not None:
            kind, sizes, matrix, sides = found
            return Solid(
                name,
                kind,
                tuple(float(s) for s in sizes),
                np.asarray(matrix, np.float64),
                sides,
                color,
            )
    return None


Fitted = tuple[str, Sequence[float], Floats, int]


def _volume(body: Any) -> float:
    """What it encloses; a flat body nothing, of which trimesh would warn."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(body.volume)


def _box(points: Floats, body: Any) -> Fitted | None:
    """What fills the smallest box around it (O'Rourke 1985), upright if that fits."""
    import trimesh

    volume = abs(_volume(body))
    for matrix, sizes in (_upright(points), _least(trimesh, body)):
        if (
            matrix is not None
            and abs(volume - float(np.prod(sizes))) < 0.004 * float(np.prod(sizes))
            and body.is_watertight
        ):
            return "box", list(sizes), matrix, 0
    return None


def _upright(points: Floats) -> tuple[Floats, Floats]:
    low, high = points.min(axis=0), points.max(axis=0)
    matrix = np.eye(4)
    matrix[:3, 3] = (low + high) / 2
    return matrix, high - low


def _least(trimesh: Any, body: Any) -> tuple[Floats | None, Floats]:
    try:
        to_origin, sizes = trimesh.bounds.oriented_bounds(body)
    except Exception:  # noqa: BLE001 - flat and broken bodies raise anything
        return None, np.zeros(3)
    return np.linalg.inv(to_origin), np.asarray(sizes, np.float64)


def _sphere(points: Floats, body: Any) -> Fitted | None:
    """All corners as far from one point, and many of them in every direction (least squares)."""
    if len(points) < 24:
        return None
    a = np.c_[2 * points, np.ones(len(points))]
    solved = np.linalg.lstsq(a, (points**2).sum(axis=1), rcond=None)[0]
    centre = solved[:3]
    radius = float(np.sqrt(max(0.0, solved[3] + centre @ centre)))
    away = np.abs(np.linalg.norm(points - centre, axis=1) - radius).max()
    volume = abs(_volume(body))
    if (
        radius <= 0
        or away > FIT * radius
        or not 0.85 < volume / (4 / 3 * np.pi * radius**3) <= 1.01
    ):
        return None
    matrix = np.eye(4)
    matrix[:3, 3] = centre
    return "sphere", [radius], matrix, 0


def _cylinder(points: Floats, body: Any) -> Fitted | None:
    """Two like rings of corners, or their centres, at the ends of one axis: the axis around which
    the spread is the same.
    """
    centre = (points.min(axis=0) + points.max(axis=0)) / 2
    axes = [np.eye(3)[i] for i in (1, 2, 0)]
    normals = np.asarray(body.face_normals)
    if len(normals):
        weighted = np.linalg.eigh((normals.T * np.asarray(body.area_faces)) @ normals)[1]
        axes += [weighted[:, i] for i in range(3)]
    for axis in axes:
        height = (points - centre) @ axis
        low, high = height.min(), height.max()
        middle = centre + axis * (low + high) / 2
        flat = points - middle - np.outer((points - middle) @ axis, axis)
        ring = np.linalg.norm(flat, axis=1)
        radius = float(ring.max())
        on_end = np.minimum(height - low, high - height)
        tall = float(high - low)
        inner = ring < FIT * radius
        outer = np.abs(ring - radius) < FIT * radius
        sides = (
            len(np.unique(np.round(np.arctan2(*_plane(flat[outer], axis)) / 1e-3)))
            if outer.any()
            else 0
        )
        if not (inner | outer).all() or not sides >= 6 or on_end.max() > FIT * tall or tall <= 0:
            continue
        prism = sides / 2 * np.sin(2 * np.pi / sides) * radius**2 * tall
        if abs(abs(_volume(body)) - prism) < 0.03 * prism:
            return "cylinder", [radius, tall], _along(axis, middle, flat[outer][0]), sides
    return None


def _lathe(points: Floats, body: Any) -> Fitted | None:
    """What a lathe turns: rings of corners around one axis, each joined to at most two others.
    Sizes are radius, height, radius, ...
    """
    for axis, middle in _axes(points, body):
        height = (points - middle) @ axis
        flat = points - middle - np.outer(height, axis)
        ring = np.linalg.norm(flat, axis=1)
        size = max(float(ring.max()), float(np.ptp(height)))
        keys = np.round(np.c_[ring, height] / (3e-4 * size)).astype(np.int64)
        levels, group = np.unique(keys, axis=0, return_inverse=True)
        group = group.reshape(-1)
        counts = np.bincount(group)
        around = levels[:, 0] > FIT / 3e-4 * 0.2
        if (
            len(levels) > 80
            or not around.any()
            or counts[around].min() < 6
            or len(set(counts[around].tolist())) > 2
        ):
            continue
        profile = _profile(group, np.asarray(body.edges_unique), len(levels))
        if profile is None:
            continue
        sides = int(np.median(counts[around]))
        at = [(float(ring[group == g].mean()), float(height[group == g].mean())) for g in profile]
        closed = len(profile) > 2 and profile[0] == profile[-1]
        if not closed:
            at = [
                *([(0.0, at[0][1])] if at[0][0] > 1e-6 * size else []),
                *at,
                *([(0.0, at[-1][1])] if at[-1][0] > 1e-6 * size else []),
            ]
        spoke = flat[around[group]][0]
        return "lathe", [v for pair in at for v in pair], _along(axis, middle, spoke), sides
    return None


def _axes(points: Floats, body: Any) -> list[tuple[Floats, Floats]]:
    """Axes around which a body may be turned, each with a point on it."""
    centre = (points.min(axis=0) + points.max(axis=0)) / 2
    weights = np.asarray(body.area_faces)[:, None]
    mass = (np.asarray(body.triangles_center) * weights).sum(axis=0) / max(
        float(weights.sum()), 1e-30
    )
    spread = np.linalg.eigh(np.cov((points - mass).T))[1]
    turned = np.linalg.eigh(
        (np.asarray(body.face_normals) * weights).T @ np.asarray(body.face_normals)
    )[1]
    axes = [(np.eye(3)[i], centre) for i in (1, 2, 0)]
    return axes + [(m[:, i], mass) for m in (turned, spread) for i in range(3)]


def _profile(group: NDArray[np.int64], sides: NDArray[np.int64], many: int) -> list[int] | None:
    """The rings in the order in which they are joined; the first again at the end of a closed one;
    None where they branch.
    """
    beside: list[set[int]] = [set() for _ in range(many)]
    for a, b in group[sides].tolist():
        if a != b:
            beside[a].add(b)
            beside[b].add(a)
    if any(not 1 <= len(n) <= 2 for n in beside):
        return None
    ends = [i for i, n in enumerate(beside) if len(n) == 1]
    path = [ends[0] if ends else 0]
    while True:
        onward = sorted(n for n in beside[path[-1]] if n not in path)
        if not onward:
            break
        path.append(onward[0])
    if len(path) != many:
        return None
    return path if ends else [*path, path[0]]


def _plane(flat: Floats, axis: Floats) -> tuple[Floats, Floats]:
    one = np.cross(axis, np.eye(3)[int(np.abs(axis).argmin())])
    one /= np.linalg.norm(one)
    return flat @ one, flat @ np.cross(axis, one)


def _along(axis: Floats, middle: Floats, spoke: Floats) -> Floats:
    """The matrix that turns z to the axis and x to a spoke."""
    matrix = np.eye(4)
    x = spoke / np.linalg.norm(spoke)
    matrix[:3, 0], matrix[:3, 1], matrix[:3, 2], matrix[:3, 3] = x, np.cross(axis, x), axis, middle
    return matrix
