"""Objects of open3d in and out: what is scanned and mended there is searched here, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from polysense.errors import BadQuery, MissingDependency
from polysense.read.solid.decode import colours_at, load
from polysense.read.solid.triangles import Mesh
from polysense.types import Part

INSTALL = "python -m pip install 'polysense[open3d]'"


def is_open3d(source: Any) -> bool:
    """Whether something is a TriangleMesh or a PointCloud of open3d, without importing it."""
    return type(source).__module__.partition(".")[0] == "open3d"


def from_open3d(source: Any) -> bytes:
    """A TriangleMesh or PointCloud as a PLY file, with the colours of its vertices or points; its
    textures are left out. Raises BadQuery for other objects, and for empty ones.
    """
    import trimesh

    kind = type(source).__name__
    is_mesh = kind == "TriangleMesh"
    names = ("vertices", "vertex_colors") if is_mesh else ("points", "colors")
    if kind not in ("TriangleMesh", "PointCloud") or not hasattr(source, names[0]):
        raise BadQuery(
            f"cannot make a model of open3d's {kind}",
            "Give a TriangleMesh or a PointCloud (of tensors: its to_legacy()).",
        )
    points, colours = (np.asarray(getattr(source, name), np.float64) for name in names)
    if not len(points) or (is_mesh and not len(source.triangles)):
        raise BadQuery(f"open3d's {kind} is empty", "Give one that holds something.")
    has_colours = len(colours) == len(points)
    rgb = np.rint(255 * colours.clip(0, 1)).astype(np.uint8) if has_colours else None
    if is_mesh:
        faces = np.asarray(source.triangles, np.int64)
        body = trimesh.Trimesh(points, faces, vertex_colors=rgb, process=False)
    else:
        body = trimesh.PointCloud(points, colors=rgb)
    return bytes(body.export(file_type="ply"))


def to_open3d(part: Part) -> Any:
    """A 3D part, or the piece that its span's node names, as a TriangleMesh of open3d, or as a
    PointCloud where it was one; Y is up. Corners have the colours that they show; a mesh with
    colours has its own three corners for each face.

    Raises as `polysense.read.solid.decode.load` does, and MissingDependency.
    """
    mesh = load(part)
    try:
        import open3d
    except (ImportError, OSError) as e:  # its wheel needs libraries of the system
        raise MissingDependency(f"open3d cannot be imported: {e}", INSTALL) from e
    vectors = open3d.utility.Vector3dVector
    if mesh.is_point_cloud:
        points, rgb = _points(mesh)
        cloud = open3d.geometry.PointCloud(vectors(points))
        if rgb is not None:
            cloud.colors = vectors(rgb)
        return cloud
    places, faces, rgb = mesh.vertices, mesh.faces, None
    if mesh.has_colours:
        places, rgb = mesh.triangles.reshape(-1, 3), _corner_colours(mesh)
        faces = np.arange(len(places)).reshape(-1, 3)
    body = open3d.geometry.TriangleMesh(
        vectors(places), open3d.utility.Vector3iVector(faces.astype(np.int32))
    )
    if rgb is not None:
        body.vertex_colors = vectors(rgb)
    body.compute_vertex_normals()
    return body


def _corner_colours(mesh: Mesh) -> Any:
    """(3 faces, 3): RGB in 0..1 of each corner, its texture included."""
    faces = np.repeat(np.arange(len(mesh.faces)), 3)
    weights = np.tile(np.eye(3), (len(mesh.faces), 1))
    return colours_at(mesh, faces, weights) / 255


def _points(mesh: Mesh) -> tuple[Any, Any]:
    """The points of a cloud and their RGB in 0..1, or None: each is the middle of the small
    triangles that stand for it.
    """
    middles = mesh.triangles.mean(axis=1)
    _, first = np.unique(middles.round(9), axis=0, return_index=True)
    first = np.sort(first)
    rgb = mesh.corner_colours[first, 0] / 255 if mesh.has_colours else None
    return middles[first], rgb
