"""Files of triangles, read safely into one `Mesh`.

No network, no file outside the model's folder, nothing unbounded.

Conventions: glTF 2.0 is Y up, in metres, with linear colours (Khronos glTF 2.0, 3.4 and 3.9); OBJ
and PLY are mostly Y up by custom; STL, OFF and 3MF come from engineering and printing, mostly Z up.
Whatever the file has, a `Mesh` is Y up and looks along +Z.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import PolysenseError, TooLarge, Unreadable
from polysense.read.solid.colours import ColourCollector, cloud_colours
from polysense.read.solid.model_limits import check_faces, check_limits
from polysense.read.solid.triangles import Floats, Ints, Mesh, Piece

SIDECAR_BYTES = 64 << 20
"""A file beside a model with more is not read."""

MAX_CLOUD_POINTS = 60_000
"""Points of a cloud that are kept, evenly chosen: each becomes three triangles."""

_MAX_COORDINATE = 1e12
"""A coordinate beyond is as broken as NaN: its square no longer adds up with others."""

_MAX_NAME, _MAX_NOTE, _MAX_NOTES = 200, 200, 600
"""Characters of a name, of one note of a glTF, and of all its notes."""

_NOTED_ELEMENTS, _NOTED_EXTRAS = 50, 20
"""Nodes and meshes of a glTF, and entries of each, that are searched for notes."""

_GENERIC_NAME = re.compile(
    r"(?:geometry|gltf|default|world|scene|solid|object|mesh|material|model|node)?[\W\d_]*", re.I
)
_UP_AXIS = {"gltf": "y", "glb": "y", "obj": "y", "ply": "y"}
_AMBIGUOUS_UP = ("stl", "off")
"""Formats that are often Y up, though mostly Z up."""

_MIN_BASE_SHARE, _BASE_RATIO, _BASE_SLACK = 0.25, 2, 0.02
"""A model of such a format is Y up where its flat base at low Y has this share of the footprint,
and so many times that at low Z; flat is what rises by less than so much of the height. Judged, not
measured.
"""


class FolderResolver:
    """What trimesh may read beside a model: files of its folder, of bounded size."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder.resolve() if folder else None
        self.missing: list[str] = []

    def get(self, name: str) -> bytes:
        """The file of this name. Raises FileNotFoundError."""
        from urllib.parse import unquote

        for candidate in (name.strip(), unquote(name.strip()), re.split(r"[\\/]", name)[-1]):
            path = (
                (self.folder / candidate).resolve()
                if self.folder and "\0" not in candidate
                else None
            )
            if (
                path
                and self.folder
                and path.is_relative_to(self.folder)
                and path.is_file()
                and path.stat().st_size <= SIDECAR_BYTES
            ):
                return path.read_bytes()
        self.missing.append(name[:80])
        raise FileNotFoundError(name)

    __getitem__ = get


def read_mesh(raw: bytes, file_format: str, name: str, folder: Path | None = None) -> Mesh:
    """The model in these bytes, of the format "glb" "gltf" "obj" "stl" "ply" "off" or "3mf".

    Raises Unreadable, TooLarge, Unsupported.
    """
    resolver = FolderResolver(folder)
    try:
        return _load_scene(raw, file_format, name, resolver)
    except PolysenseError:
        raise
    except MemoryError as e:
        raise TooLarge(f"{name} needs more memory than there is") from e
    except Exception as e:  # whatever a decoder throws at a broken file means one thing
        if isinstance(e, FileNotFoundError) and resolver.missing:
            missing = resolver.missing[0]
            hint = f"Put {missing} into the same folder, or export the model as one .glb."
            raise Unreadable(f"{name} needs {missing}, which is not beside it", hint) from e
        reason = " ".join(str(e).split())[:120]
        raise Unreadable(
            f"{name} is not a readable {file_format.upper()} model: {reason or type(e).__name__}"
        ) from e


def _load_scene(raw: bytes, file_format: str, name: str, resolver: FolderResolver) -> Mesh:
    import trimesh

    tree = check_limits(raw, file_format, name)
    options: dict[str, Any] = {}
    object_names: frozenset[str] = frozenset()
    if file_format == "obj":
        options = {"split_objects": True, "split_groups": b"\no " not in b"\n" + raw}
        object_names = _obj_names(raw)
    with np.errstate(all="ignore"):
        scene = trimesh.load_scene(
            io.BytesIO(raw), file_type=file_format, resolver=resolver, process=False, **options
        )
        mesh = _merge_scene(scene, file_format, name, object_names)
        up = "z" if mesh.is_point_cloud else _UP_AXIS.get(file_format, "z")
        mesh = _drop_broken_faces(mesh, name)
        mesh = _turn_upright(mesh, up, file_format in _AMBIGUOUS_UP)
    notes = _notes(tree, scene.metadata) if tree else ""
    return replace(mesh, units=str(scene.units or ""), notes=notes)


def _notes(tree: Mapping[str, Any], extras: Mapping[str, Any]) -> str:
    """What a glTF says about itself: the strings of asset and extras that are words."""
    asset = tree.get("asset", {})
    notes = [asset.get("copyright")]
    notes += [*_readable_strings(asset.get("extras")), *_readable_strings(extras)]
    for key in ("nodes", "meshes"):
        for element in tree.get(key, [])[:_NOTED_ELEMENTS]:
            notes += _readable_strings(element.get("extras"))
    notes = [
        *dict.fromkeys(s for s in notes if isinstance(s, str)),
        f"made with {asset['generator']}" if asset.get("generator") else "",
    ]
    return "; ".join(" ".join(s.split())[:_MAX_NOTE] for s in notes if s)[:_MAX_NOTES]


def _readable_strings(extras: Any) -> list[str]:
    """The strings among a glTF's extras that are words, not keys or paths."""
    values = list(extras.values())[:_NOTED_EXTRAS] if isinstance(extras, dict) else []
    return [
        v
        for v in values
        if isinstance(v, str)
        and re.search(r"[^\W\d_]{3}", v)
        and not re.fullmatch(r"\S{24,}|[\[{/].*", v.strip())
    ]


def _obj_names(raw: bytes) -> frozenset[str]:
    """The objects and groups that an OBJ names."""
    names = (m.group(1).strip() for m in re.finditer(rb"^[og][ \t]+(.+)$", raw, re.M))
    return frozenset(n.decode("utf-8", "replace") for n in names)


def _instances(scene: Any) -> Iterator[tuple[str, str, Floats]]:
    """(node, geometry, its matrix) of everything in the scene, parents first."""
    children: dict[Any, list[Any]] = {}
    for parent, node in scene.graph.transforms.edge_data:
        children.setdefault(parent, []).append(node)
    data, edges = scene.graph.transforms.node_data, scene.graph.transforms.edge_data
    base = scene.graph.base_frame
    queue, visited = [(base, base, np.eye(4))], {base}
    has_instances = False
    while queue:
        parent, node, matrix = queue.pop()
        geometry = data[node].get("geometry")
        if geometry in scene.geometry:
            is_primitive = scene.geometry[geometry].metadata.get("from_gltf_primitive")
            has_instances = True
            yield str(parent if is_primitive else node), geometry, matrix
        # trimesh lists glTF and OBJ from the end, and pop takes the last first
        for child in children.get(node, []):
            if child not in visited:
                visited.add(child)
                queue.append((node, child, matrix @ edges[node, child].get("matrix", np.eye(4))))
    if not has_instances:  # a file that says what there is, but puts none of it into a scene
        yield from ((name, name, np.eye(4)) for name in scene.geometry)


def _merge_scene(scene: Any, file_format: str, name: str, object_names: frozenset[str]) -> Mesh:
    """All pieces of a scene, at their places, in one mesh."""
    colours = ColourCollector(linear=file_format in ("glb", "gltf"))
    pieces: dict[str, tuple[int, Piece]] = {}
    vertices: list[Floats] = []
    faces: list[Ints] = []
    piece_indices: list[NDArray[np.int32]] = []
    start, total, is_point_cloud = 0, 0, False
    for node, geometry, matrix in _instances(scene):
        geometry_mesh = scene.geometry[geometry]
        if type(geometry_mesh).__name__ == "PointCloud":
            geometry_mesh, is_point_cloud = _cloud_mesh(geometry_mesh), True
        if not len(getattr(geometry_mesh, "faces", ())) or not np.isfinite(matrix).all():
            continue
        check_faces(total := total + len(geometry_mesh.faces), name)
        piece_name = _piece_name(node, geometry, name, object_names)
        piece = Piece(piece_name, geometry, _material_name(geometry_mesh))
        index = pieces.setdefault(piece_name, (len(pieces), piece))[0]
        positions = np.asarray(geometry_mesh.vertices, np.float64) @ matrix[:3, :3].T
        positions += matrix[:3, 3]
        own_faces = np.asarray(geometry_mesh.faces, np.int64)
        is_valid = np.asarray(((own_faces >= 0) & (own_faces < len(positions))).all(1))
        colours.add(geometry_mesh, is_valid)
        vertices.append(positions)
        faces.append(own_faces[is_valid] + start)
        piece_indices.append(np.full(int(is_valid.sum()), index, np.int32))
        start += len(positions)
    if not faces:
        raise Unreadable(f"{name} holds no surface", "Export it again as a mesh of triangles.")
    corner_colours, texture_index, uv, textures = colours.result()
    mesh = Mesh(
        np.concatenate(vertices),
        np.concatenate(faces),
        np.concatenate(piece_indices),
        corner_colours,
        texture_index,
        uv,
        textures,
    )
    root = _root_name(scene, set(pieces), file_format)
    return replace(
        mesh,
        pieces=tuple(piece for _, piece in pieces.values()),
        root=root,
        has_colours=colours.has_colours,
        is_point_cloud=is_point_cloud,
    )


def _root_name(scene: Any, names: set[str], file_format: str) -> str:
    """The name of the whole: of its only piece, or the one node above all pieces; else "model"."""
    roots = [
        str(node)
        for parent, node in scene.graph.transforms.edge_data
        if parent == scene.graph.base_frame
    ]
    name = (
        next(iter(names))
        if len(names) == 1
        else roots[0]
        if len(roots) == 1 and roots[0] not in names and file_format != "obj"
        else ""
    )
    return "model" if _GENERIC_NAME.fullmatch(name) else name[:_MAX_NAME]


def _material_name(mesh: Any) -> str:
    """The material's name; "" where it has none that tells anything."""
    name = str(getattr(getattr(mesh.visual, "material", None), "name", "") or "")
    return "" if _GENERIC_NAME.fullmatch(name) else name[:_MAX_NAME]


def _piece_name(node: str, geometry: str, file_name: str, object_names: frozenset[str]) -> str:
    """A piece's name: the node's, else the geometry's; "" where neither tells anything."""
    for candidate in (node, geometry):
        ends = [i for i in range(len(candidate), 0, -1) if candidate[i : i + 1] in ("", "_")]
        prefixes = (candidate[:end] for end in ends)
        # trimesh joins an OBJ's object with its material
        piece_name = next((prefix for prefix in prefixes if prefix in object_names), candidate)
        if piece_name != file_name and not _GENERIC_NAME.fullmatch(piece_name):
            return piece_name[:_MAX_NAME]
    return ""


def _cloud_mesh(cloud: Any) -> Any:
    """A cloud of points as a mesh: three small crossed triangles a point.

    They are about as large as points are apart.
    """
    import trimesh

    points = np.asarray(cloud.vertices, np.float64)
    indices = np.flatnonzero(np.isfinite(points).all(1))
    indices = indices[:: len(indices) // MAX_CLOUD_POINTS + 1]
    points = points[indices]
    reach = (
        1.2 * float(np.linalg.norm(np.ptp(points, axis=0))) / max(np.sqrt(len(points)), 1.0)
        if len(points)
        else 0.0
    )
    leaf = np.array([[1.0, 0, 0], [-0.5, 0.87, 0], [-0.5, -0.87, 0]])
    leaves = np.concatenate([np.roll(leaf, k, axis=1) for k in range(3)]) * reach
    vertices = (points[:, None] + leaves[None]).reshape(-1, 3)
    faces = np.arange(len(vertices)).reshape(-1, 3)
    colours = cloud_colours(cloud, indices)
    return trimesh.Trimesh(
        vertices,
        faces,
        face_colors=None if colours is None else np.repeat(colours, 3, axis=0),
        process=False,
    )


def _drop_broken_faces(mesh: Mesh, name: str) -> Mesh:
    """Without faces that touch a broken vertex or have no extent."""
    is_finite = np.asarray((np.abs(mesh.vertices) < _MAX_COORDINATE).all(1))  # NaN compares false
    is_face = np.asarray(is_finite[mesh.faces].all(1))
    a, b, c = mesh.faces.T
    is_face &= (a != b) & (b != c) & (a != c)
    if not is_face.any():
        raise Unreadable(f"{name} holds no surface", "Export it again as a mesh of triangles.")
    if not is_face.all():
        mesh = mesh.select_faces(is_face)
    if not mesh.areas.sum() > 0:
        raise Unreadable(
            f"{name} holds no surface: its triangles have no area",
            "Export it again as a mesh of triangles.",
        )
    return mesh


def _turn_upright(mesh: Mesh, up: str, is_ambiguous: bool) -> Mesh:
    """The mesh Y up.

    Of an ambiguous format a model with a flat base at its low Y and none at its low Z is Y up
    already.
    """
    if is_ambiguous:
        base_share = _flat_base_share(mesh, 1)
        if base_share > max(_MIN_BASE_SHARE, _BASE_RATIO * _flat_base_share(mesh, 2)):
            up = "y"
    if up == "y":
        return replace(mesh, up="y")
    east, north, high = mesh.vertices.T
    return replace(mesh, vertices=np.stack([east, high, -north], axis=1), up="z")


def _flat_base_share(mesh: Mesh, axis: int) -> float:
    """The share of the footprint that lies flat at the low end of `axis`, less that at the high."""
    heights = mesh.triangles[:, :, axis]
    low, high = heights.min(), heights.max()
    slack = _BASE_SLACK * (high - low)
    across = np.abs(mesh.cross_products[:, axis]) / 2
    sides = np.delete(mesh.extents, axis)
    low_area, high_area = (
        across[(np.abs(heights - end) <= slack).all(1)].sum() for end in (low, high)
    )
    return float((low_area - high_area) / max(sides.prod(), 1e-30))
