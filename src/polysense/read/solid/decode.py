"""Any 3D Part to triangles; triangles to points and pictures."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from polysense.errors import NotFound, TooLarge, Unreadable, Unsupported
from polysense.read.solid.colours import Pixels
from polysense.read.solid.raster import Seen, draw
from polysense.read.solid.scene import MAX_BYTES, read
from polysense.read.solid.triangles import Floats, Ints, Mesh, Piece
from polysense.types import Part

__all__ = ["KINDS", "Mesh", "Piece", "load", "render", "surface", "views"]

KINDS = {
    "model/gltf-binary": "glb",
    "model/gltf+json": "gltf",
    "model/obj": "obj",
    "model/stl": "stl",
    "model/ply": "ply",
    "model/off": "off",
    "model/3mf": "3mf",
}
"""The mime types that are read, and their formats."""

WHOLE = "model"
"""The span's node that means the whole, in a model whose root has no name."""

ELEVATION = 30.0
"""Degrees above the horizon from which `views` looks."""

BACKGROUND = 250
DRAWN = 150_000
"""Faces above which a mesh is simplified before it is drawn."""

_CACHED = 16 << 20  # a file up to this size stays read until the next one is
_SUN = np.array([-0.45, 0.62, 0.64])  # in the viewer's axes: right, up, towards the viewer


def load(part: Part) -> Mesh:
    """The triangles of a 3D part; of the piece that its span's node names. Y is up, the front looks
    along +Z.

    Raises Unreadable, TooLarge or Unsupported, naming the file.
    """
    if isinstance(part.data, Path):
        name, kind = part.name or part.data.name, _kind(part, part.data.name)
        try:
            stat = part.data.stat()
        except OSError as e:
            raise NotFound(f"{part.data} cannot be read: {e.strerror}") from e
        _bounded(stat.st_size, name)
        reader = _kept if stat.st_size <= _CACHED else _read
        mesh = reader(str(part.data), kind, name, (stat.st_mtime_ns, stat.st_size))
    elif isinstance(part.data, bytes):
        name = part.name or "the model"
        _bounded(len(part.data), name)
        mesh = read(part.data, _kind(part, name), name)
    else:
        raise Unsupported(f"a 3D part holds a file or its bytes, not {type(part.data).__name__}")
    return _piece(mesh, part.span.node, name)


def _kind(part: Part, name: str) -> str:
    ending = name.rsplit(".", 1)[-1].lower()
    kind = KINDS.get(part.mime) or (ending if ending in KINDS.values() else "")
    if not kind:
        raise Unsupported(
            f"{part.name or name} is no 3D model of a known type ({part.mime or 'unknown type'})"
        )
    return kind


def _bounded(size: int, name: str) -> None:
    if size > MAX_BYTES:
        raise TooLarge(
            f"{name} has {size >> 20} MiB; the limit for a model is {MAX_BYTES >> 20} MiB"
        )


def _read(path: str, kind: str, name: str, stamp: tuple[int, int]) -> Mesh:  # noqa: ARG001 - the stamp is the cache's key
    try:
        raw = Path(path).read_bytes()
    except OSError as e:
        raise Unreadable(
            f"{name} cannot be read: {e.strerror}",
            "Check that the file is there and that you may read it.",
        ) from e
    return read(raw, kind, name, Path(path).parent)


_kept = lru_cache(maxsize=1)(_read)  # a model's pieces are asked for one after another


def _piece(mesh: Mesh, node: str | None, name: str) -> Mesh:
    if node is None or node in (mesh.root, WHOLE):
        return mesh
    for i, piece in enumerate(mesh.pieces):
        if piece.name == node:
            keep = mesh.owner == i
            if keep.any():
                return mesh if keep.all() else mesh.only(keep)
    raise Unreadable(
        f"{name} has no part named {node!r}",
        "Run `polysense index` on it again: it may have changed.",
    )


def surface(mesh: Mesh, n: int, seed: int = 0) -> tuple[Floats, Ints]:
    """(points, faces): n points spread evenly over the surface, and the face on which each lies.

    Stratified: the k-th point lies in the k-th n-th of the area, which halves the noise of
    independent points.
    """
    rng = np.random.default_rng(seed)
    ends = np.cumsum(mesh.areas)
    at = (np.arange(n) + rng.random(n)) / n * ends[-1]
    faces = np.minimum(np.searchsorted(ends, at, "right"), len(ends) - 1)
    u, v = np.sqrt(rng.random(n)), rng.random(n)
    weights = np.stack([1 - u, u * (1 - v), u * v], axis=1)
    return np.asarray(np.einsum("nk,nkd->nd", weights, mesh.triangles[faces])), faces


def colors(mesh: Mesh, faces: Ints, weights: Floats) -> Floats:
    """(n, 3) RGB, 0..255, at points of faces, given by their barycentric weights (n, 3)."""
    found: Floats = np.einsum("nk,nkc->nc", weights, mesh.corners[faces].astype(np.float32)).astype(
        np.float64
    )
    if mesh.uv is None:
        return found
    skin = mesh.skin[faces]
    uv = np.einsum("nk,nkc->nc", weights, mesh.uv[faces]) % 1.0
    for i in np.unique(skin[skin >= 0]):
        on = skin == i
        texture = mesh.textures[i]
        height, width = texture.shape[:2]
        column = np.minimum((uv[on, 0] * width).astype(np.int64), width - 1)
        row = np.minimum(((1 - uv[on, 1]) * height).astype(np.int64), height - 1)
        found[on] *= texture[row, column] / 255.0
    return found


def simplified(mesh: Mesh, limit: int = DRAWN) -> Mesh:
    """At most about `limit` faces: vertices that share a cell of a grid become one (Rossignac and
    Borrel 1993).
    """
    cells = 400.0
    while len(mesh.faces) > limit and cells > 8:
        low, step = mesh.vertices.min(0), mesh.extents.max() / cells
        x, y, z = ((mesh.vertices - low) / step).astype(np.int64).T
        ids, cell = np.unique(x << 42 | y << 21 | z, return_inverse=True)
        cell = cell.reshape(-1)
        count = np.bincount(cell, minlength=len(ids))
        vertices = np.stack(
            [np.bincount(cell, axis, len(ids)) / count for axis in mesh.vertices.T], axis=1
        )
        a, b, c = faces = cell[mesh.faces].T
        keep = (a != b) & (b != c) & (a != c)
        if not keep.any():
            break
        mesh = replace(mesh, vertices=vertices, faces=faces.T).only(keep)
        cells *= 0.7
    return mesh


def render(mesh: Mesh, azimuth: float, elevation: float = ELEVATION, size: int = 224) -> Pixels:
    """A picture (size, size, 3), RGB, on a light ground: from the front at azimuth 0, from the
    model's left at 90 (degrees).
    """
    mesh, fine = simplified(mesh), 2 * size
    right, up, towards = _axes(azimuth, elevation)
    camera = np.stack([right, -up, towards], axis=1)
    seen_at = mesh.vertices @ camera
    low, high = seen_at[:, :2].min(0), seen_at[:, :2].max(0)
    scale = 0.9 * fine / max(float((high - low).max()), 1e-30)
    seen_at[:, :2] = (seen_at[:, :2] - (low + high) / 2) * scale + fine / 2
    seen = draw(seen_at[mesh.faces], fine)
    lit = _shade(mesh, seen, np.stack([right, up, towards], axis=1))
    picture = np.full((fine * fine, 3), BACKGROUND, np.float32)
    picture[seen.pixels] = lit
    return np.asarray(picture.reshape(size, 2, size, 2, 3).mean((1, 3)).round().astype(np.uint8))


def views(mesh: Mesh, n: int = 4, size: int = 224) -> list[Pixels]:
    """n pictures from all around, 30 degrees above the horizon; the first is the three-quarter view
    in which things are known best (Palmer, Rosch and Chase 1981). Their azimuths are `azimuths(n)`.
    """
    mesh = simplified(mesh)
    return [render(mesh, azimuth, ELEVATION, size) for azimuth in azimuths(n)]


def azimuths(n: int) -> list[float]:
    """Degrees from which `views` looks.

    >>> azimuths(4)
    [30.0, 120.0, 210.0, 300.0]
    """
    return [(30.0 + 360.0 * i / n) % 360.0 for i in range(n)]


def _axes(azimuth: float, elevation: float) -> tuple[Floats, Floats, Floats]:
    """The viewer's right, up, and the direction towards the viewer."""
    a, e = np.radians(azimuth), np.radians(elevation)
    towards = np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)])
    right = np.array([np.cos(a), 0.0, -np.sin(a)])
    return right, np.cross(towards, right), towards


def _shade(mesh: Mesh, seen: Seen, axes: Floats) -> NDArray[np.float32]:
    """Lambert's law under one sun and a bright sky; both sides of a face are its front."""
    faces, weights = seen.faces, seen.weights
    normals = np.einsum("nk,nkd->nd", weights, mesh.normals[faces]) @ axes
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    flat = mesh.crosses[faces] @ axes[:, 2]
    normals *= np.where(flat < 0, -1.0, 1.0)[:, None]
    sun = np.maximum(normals @ (_SUN / np.linalg.norm(_SUN)), 0)
    light = 0.42 + 0.12 * normals[:, 1] + 0.46 * sun
    return np.asarray((colors(mesh, faces, weights) * light[:, None]).clip(0, 255), np.float32)
