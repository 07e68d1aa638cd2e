"""Any 3D Part to triangles; triangles to points and pictures."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from polysense.errors import NotFound, TooLarge, Unreadable, Unsupported
from polysense.read.solid.colours import Pixels
from polysense.read.solid.model_limits import MAX_BYTES
from polysense.read.solid.raster import VisiblePixels, rasterise
from polysense.read.solid.scene import read_mesh
from polysense.read.solid.triangles import Floats, Ints, Mesh, Piece
from polysense.types import Part

__all__ = ["FORMATS", "Mesh", "Piece", "load", "render", "render_views", "sample_surface"]

FORMATS = {
    "model/gltf-binary": "glb",
    "model/gltf+json": "gltf",
    "model/obj": "obj",
    "model/stl": "stl",
    "model/ply": "ply",
    "model/off": "off",
    "model/3mf": "3mf",
}
"""The mime types that are read, and their formats."""

WHOLE_NODE = "model"
"""The span's node that means the whole, in a model whose root has no name."""

ELEVATION = 30.0
"""Degrees above the horizon from which a model is shown."""

VIEW_ELEVATION = 20.0
"""Degrees from which encoders of pictures see one, more as photos are taken. Of 113 models, asked
for by the names of their kinds, .51 of those that could be are among the first ten, from 30 degrees
.49, from 12 .52; of 60 in another format .967 find themselves from 20 and 30, from 15 .950.
"""

BACKGROUND = 250
"""The grey around a drawn model."""

MAX_DRAWN_FACES = 150_000
"""Faces above which a mesh is simplified before it is drawn."""

_MAX_CACHED_BYTES = 16 << 20
"""A file up to this size stays in memory until the next one is read."""

_GRID_CELLS, _GRID_SHRINK = 400.0, 0.7
"""A mesh is simplified on a grid of so many cells along its longest side, then of ever fewer."""

_MARGIN = 0.9
"""The share of a picture's side that the model takes."""

_SUN_DIRECTION = np.array([-0.45, 0.62, 0.64])
"""In the viewer's axes: right, up, towards the viewer."""

_AMBIENT, _SKY, _SUN = 0.42, 0.12, 0.46
"""Shares of light from all sides, from above, and from the sun. Judged by eye."""


def load(part: Part) -> Mesh:
    """The triangles of a 3D part, or of the piece that its span's node names.

    Y is up, the front looks along +Z. Raises Unreadable, TooLarge or Unsupported, naming the file.
    """
    if isinstance(part.data, Path):
        name, file_format = part.name or part.data.name, _file_format(part, part.data.name)
        try:
            stat = part.data.stat()
        except OSError as e:
            raise NotFound(f"{part.data} cannot be read: {e.strerror}") from e
        _check_size(stat.st_size, name)
        reader = _read_cached if stat.st_size <= _MAX_CACHED_BYTES else _read_file
        mesh = reader(str(part.data), file_format, name, (stat.st_mtime_ns, stat.st_size))
    elif isinstance(part.data, bytes):
        name = part.name or "the model"
        _check_size(len(part.data), name)
        mesh = read_mesh(part.data, _file_format(part, name), name)
    else:
        raise Unsupported(f"a 3D part holds a file or its bytes, not {type(part.data).__name__}")
    return _select_piece(mesh, part.span.node, name)


def _file_format(part: Part, name: str) -> str:
    suffix = name.rsplit(".", 1)[-1].lower()
    file_format = FORMATS.get(part.mime) or (suffix if suffix in FORMATS.values() else "")
    if not file_format:
        raise Unsupported(
            f"{part.name or name} is no 3D model of a known type ({part.mime or 'unknown type'})"
        )
    return file_format


def _check_size(size: int, name: str) -> None:
    if size > MAX_BYTES:
        raise TooLarge(
            f"{name} has {size >> 20} MiB; the limit for a model is {MAX_BYTES >> 20} MiB"
        )


def _read_file(
    path: str,
    file_format: str,
    name: str,
    stamp: tuple[int, int],  # noqa: ARG001 - part of the cache's key
) -> Mesh:
    try:
        raw = Path(path).read_bytes()
    except OSError as e:
        raise Unreadable(
            f"{name} cannot be read: {e.strerror}",
            "Check that the file is there and that you may read it.",
        ) from e
    return read_mesh(raw, file_format, name, Path(path).parent)


# a model's pieces are asked for one after another
_read_cached = lru_cache(maxsize=1)(_read_file)


def _select_piece(mesh: Mesh, node: str | None, name: str) -> Mesh:
    if node is None or node in (mesh.root, WHOLE_NODE):
        return mesh
    for i, piece in enumerate(mesh.pieces):
        if piece.name == node:
            selection = mesh.piece_index == i
            if selection.any():
                return mesh if selection.all() else mesh.select_faces(selection)
    raise Unreadable(
        f"{name} has no part named {node!r}",
        "Run `polysense index` on it again: it may have changed.",
    )


def sample_surface(mesh: Mesh, count: int, seed: int = 0) -> tuple[Floats, Ints]:
    """(points, faces): points spread evenly over the surface, and the face on which each lies.

    Stratified: each point lies in its own equal part of the area, which halves the noise of
    independent points.
    """
    rng = np.random.default_rng(seed)
    ends = np.cumsum(mesh.areas)
    positions = (np.arange(count) + rng.random(count)) / count * ends[-1]
    faces = np.minimum(np.searchsorted(ends, positions, "right"), len(ends) - 1)
    u, v = np.sqrt(rng.random(count)), rng.random(count)
    weights = np.stack([1 - u, u * (1 - v), u * v], axis=1)
    return np.asarray(np.einsum("nk,nkd->nd", weights, mesh.triangles[faces])), faces


def colours_at(mesh: Mesh, faces: Ints, weights: Floats) -> Floats:
    """(n, 3) RGB, 0..255, at points of faces, given by their barycentric weights (n, 3)."""
    corners = mesh.corner_colours[faces].astype(np.float32)
    rgb: Floats = np.einsum("nk,nkc->nc", weights, corners).astype(np.float64)
    if mesh.uv is None:
        return rgb
    texture_index = mesh.texture_index[faces]
    uv = np.einsum("nk,nkc->nc", weights, mesh.uv[faces]) % 1.0
    for i in np.unique(texture_index[texture_index >= 0]):
        is_textured = texture_index == i
        texture = mesh.textures[i]
        height, width = texture.shape[:2]
        column = np.minimum((uv[is_textured, 0] * width).astype(np.int64), width - 1)
        row = np.minimum(((1 - uv[is_textured, 1]) * height).astype(np.int64), height - 1)
        rgb[is_textured] *= texture[row, column] / 255.0
    return rgb


def simplify(mesh: Mesh, limit: int = MAX_DRAWN_FACES) -> Mesh:
    """A mesh of at most about `limit` faces.

    Vertices that share a cell of a grid become one (Rossignac and Borrel 1993).
    """
    cells = _GRID_CELLS
    while len(mesh.faces) > limit and cells > 8:
        low, step = mesh.vertices.min(0), np.ptp(mesh.vertices, axis=0).max() / cells
        x, y, z = ((mesh.vertices - low) / step).astype(np.int64).T
        ids, cell = np.unique(x << 42 | y << 21 | z, return_inverse=True)
        cell = cell.reshape(-1)
        count = np.bincount(cell, minlength=len(ids))
        vertices = np.stack(
            [np.bincount(cell, axis, len(ids)) / count for axis in mesh.vertices.T], axis=1
        )
        a, b, c = faces = cell[mesh.faces].T
        is_face = (a != b) & (b != c) & (a != c)
        if not is_face.any():
            break
        mesh = replace(mesh, vertices=vertices, faces=faces.T).select_faces(is_face)
        cells *= _GRID_SHRINK
    return mesh


def render(mesh: Mesh, azimuth: float, elevation: float = ELEVATION, size: int = 224) -> Pixels:
    """A picture (size, size, 3), RGB, on a light background.

    From the front at azimuth 0, from the model's left at 90 (degrees).
    """
    mesh, canvas_size = simplify(mesh), 2 * size
    right, up, towards = _camera_axes(azimuth, elevation)
    camera = np.stack([right, -up, towards], axis=1)
    camera_vertices = mesh.vertices @ camera
    low, high = camera_vertices[:, :2].min(0), camera_vertices[:, :2].max(0)
    scale = _MARGIN * canvas_size / max(float((high - low).max()), 1e-30)
    camera_vertices[:, :2] = (camera_vertices[:, :2] - (low + high) / 2) * scale + canvas_size / 2
    visible = rasterise(camera_vertices[mesh.faces], canvas_size)
    shading = _shade(mesh, visible, np.stack([right, up, towards], axis=1))
    picture = np.full((canvas_size * canvas_size, 3), BACKGROUND, np.float32)
    picture[visible.pixels] = shading
    return np.asarray(picture.reshape(size, 2, size, 2, 3).mean((1, 3)).round().astype(np.uint8))


def render_views(mesh: Mesh, count: int = 4, size: int = 224) -> list[Pixels]:
    """Pictures from all around, VIEW_ELEVATION above the horizon, at `azimuths(count)`.

    The first is the three-quarter view, in which things are recognised best (Palmer, Rosch and
    Chase 1981).
    """
    mesh = simplify(mesh)
    return [render(mesh, azimuth, VIEW_ELEVATION, size) for azimuth in azimuths(count)]


def azimuths(count: int) -> list[float]:
    """Degrees from which `render_views` looks.

    >>> azimuths(4)
    [30.0, 120.0, 210.0, 300.0]
    """
    return [(30.0 + 360.0 * i / count) % 360.0 for i in range(count)]


def _camera_axes(azimuth: float, elevation: float) -> tuple[Floats, Floats, Floats]:
    """The viewer's right, up, and the direction towards the viewer."""
    a, e = np.radians(azimuth), np.radians(elevation)
    towards = np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)])
    right = np.array([np.cos(a), 0.0, -np.sin(a)])
    return right, np.cross(towards, right), towards


def _shade(mesh: Mesh, visible: VisiblePixels, axes: Floats) -> NDArray[np.float32]:
    """Lambert's law under one sun and a bright sky; both sides of a face are its front."""
    faces, weights = visible.faces, visible.weights
    normals = np.einsum("nk,nkd->nd", weights, mesh.normals[faces]) @ axes
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    flat = mesh.cross_products[faces] @ axes[:, 2]
    normals *= np.where(flat < 0, -1.0, 1.0)[:, None]
    sun = np.maximum(normals @ (_SUN_DIRECTION / np.linalg.norm(_SUN_DIRECTION)), 0)
    light = _AMBIENT + _SKY * normals[:, 1] + _SUN * sun
    return np.asarray((colours_at(mesh, faces, weights) * light[:, None]).clip(0, 255), np.float32)
