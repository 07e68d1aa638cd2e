"""Files of triangles, read safely into one value: no network, no file outside the model's folder,
nothing unbounded.

Conventions: glTF 2.0 is Y up, in metres, with linear colours (Khronos glTF 2.0, 3.4 and 3.9); OBJ
and PLY are mostly Y up by custom; STL, OFF and 3MF come from engineering and printing, mostly Z up.
Whatever the file has, a `Mesh` is Y up and looks along +Z.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import PolysenseError, TooLarge, Unreadable, Unsupported
from polysense.read.solid.colours import Paint, cloud_colors
from polysense.read.solid.triangles import Floats, Ints, Mesh, Piece

MAX_FACES = 5_000_000
MAX_BYTES = 512 << 20
MAX_NODES = 50_000
SIDECAR_BYTES = 64 << 20

_FAR = 1e12  # a coordinate beyond is as broken as NaN: its square no longer adds up with others
_FACE_LINE = {"obj": rb"^f[ \t]", "off": rb"^[ \t]*\d+[ \t]", "ply": rb"^[ \t]*[34][ \t]"}
_NO_NAME = re.compile(
    r"(?:geometry|gltf|default|world|scene|solid|object|mesh|material|model|node)?[\W\d_]*", re.I
)
_PACKED = ("KHR_draco_mesh_compression", "EXT_meshopt_compression")
_UP = {"gltf": "y", "glb": "y", "obj": "y", "ply": "y"}
_UNSAID = ("stl", "off")  # often Y up as well


class _Beside:
    """What trimesh may read beside a model: files of its folder, of bounded size."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder.resolve() if folder else None
        self.missing: list[str] = []

    def get(self, name: str) -> bytes:
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


def read(raw: bytes, kind: str, name: str, folder: Path | None = None) -> Mesh:
    """The model in these bytes; kind is "glb" "gltf" "obj" "stl" "ply" "off" or "3mf". Raises
    Unreadable, TooLarge, Unsupported.
    """
    beside = _Beside(folder)
    try:
        return _read(raw, kind, name, beside)
    except PolysenseError:
        raise
    except MemoryError as e:
        raise TooLarge(f"{name} needs more memory than there is") from e
    except Exception as e:  # whatever a decoder throws at a broken file means one thing
        if isinstance(e, FileNotFoundError) and beside.missing:
            lost = beside.missing[0]
            hint = f"Put {lost} into the same folder, or export the model as one .glb."
            raise Unreadable(f"{name} needs {lost}, which is not beside it", hint) from e
        said = " ".join(str(e).split())[:120]
        raise Unreadable(
            f"{name} is not a readable {kind.upper()} model: {said or type(e).__name__}"
        ) from e


def _read(raw: bytes, kind: str, name: str, beside: _Beside) -> Mesh:
    import trimesh

    tree = _weigh(raw, kind, name)
    options: dict[str, Any] = (
        {"split_objects": True, "split_groups": b"\no " not in b"\n" + raw} if kind == "obj" else {}
    )
    with np.errstate(all="ignore"):
        scene = trimesh.load_scene(
            io.BytesIO(raw), file_type=kind, resolver=beside, process=False, **options
        )
        mesh = _gather(scene, kind, name, _names(raw) if kind == "obj" else frozenset())
        mesh = _upright(
            _sound(mesh, name), "z" if mesh.points else _UP.get(kind, "z"), kind in _UNSAID
        )
    notes = _notes(tree, scene.metadata) if tree else ""
    return replace(mesh, units=str(scene.units or ""), notes=notes)


def _weigh(raw: bytes, kind: str, name: str) -> dict[str, Any]:
    """glTF's tree of JSON. Raises TooLarge before anything is allocated for what the file claims to
    hold.
    """
    if kind in ("glb", "gltf"):
        tree = json.loads(
            raw if kind == "gltf" else raw[20 : 20 + int.from_bytes(raw[12:16], "little")]
        )
        _weigh_tree(tree, name)
        return dict(tree)
    if kind == "3mf":
        with zipfile.ZipFile(io.BytesIO(raw)) as z:
            if (total := sum(i.file_size for i in z.infolist())) > MAX_BYTES:
                raise TooLarge(
                    f"{name} unpacks to {total >> 20} MiB; the limit is {MAX_BYTES >> 20} MiB"
                )
    elif len(raw) > 8 * MAX_FACES:  # a face takes eight bytes or more
        lines = _FACE_LINE.get(kind)
        _bound(
            (len(raw) - 84) // 50
            if lines is None
            else sum(1 for _ in re.finditer(lines, raw, re.M)),
            name,
        )
    return {}


def _weigh_tree(tree: Mapping[str, Any], name: str) -> None:
    accessors, meshes, nodes = (tree.get(key, []) for key in ("accessors", "meshes", "nodes"))
    if len(nodes) > MAX_NODES:
        raise TooLarge(f"{name} has {len(nodes):,} nodes; the limit is {MAX_NODES:,}")
    packed = {e for m in meshes for p in m["primitives"] for e in p.get("extensions", {})} & set(
        _PACKED
    )
    if packed:
        raise Unsupported(
            f"{name} is packed with {', '.join(sorted(packed))}",
            "Export it again without mesh compression.",
        )
    _bound(max((int(a["count"]) for a in accessors), default=0) // 3, name)
    # zeros that no byte stands for
    _bound(sum(max(0, int(a["count"])) for a in accessors if "bufferView" not in a) // 3, name)
    corners = [_corners(m, accessors) for m in meshes]
    _bound(max(sum(corners), sum(corners[n["mesh"]] for n in nodes if "mesh" in n)) // 3, name)


def _corners(mesh: Mapping[str, Any], accessors: Sequence[Mapping[str, Any]]) -> int:
    """How many corners of triangles a glTF mesh says it has."""
    listed = (p.get("indices", p["attributes"].get("POSITION")) for p in mesh["primitives"])
    return sum(int(accessors[i]["count"]) for i in listed if i is not None)


def _bound(faces: int, name: str) -> None:
    if faces > MAX_FACES:
        raise TooLarge(
            f"{name} has {faces:,} faces; the limit is {MAX_FACES:,}",
            "Decimate it in the program that made it.",
        )


def _notes(tree: Mapping[str, Any], extras: Mapping[str, Any]) -> str:
    """What glTF says about itself: the strings of asset and extras that are words, not keys or
    paths.
    """
    asset = tree.get("asset", {})
    said = [asset.get("copyright"), *_strings(asset.get("extras")), *_strings(extras)]
    for thing in [*tree.get("nodes", [])[:50], *tree.get("meshes", [])[:50]]:
        said += _strings(thing.get("extras"))
    said = [
        *dict.fromkeys(s for s in said if isinstance(s, str)),
        f"made with {asset['generator']}" if asset.get("generator") else "",
    ]
    return "; ".join(" ".join(s.split())[:200] for s in said if s)[:600]


def _strings(extras: Any) -> list[str]:
    values = list(extras.values())[:20] if isinstance(extras, dict) else []
    return [
        v
        for v in values
        if isinstance(v, str)
        and re.search(r"[^\W\d_]{3}", v)
        and not re.fullmatch(r"\S{24,}|[\[{/].*", v.strip())
    ]


def _names(raw: bytes) -> frozenset[str]:
    """The objects and groups that an OBJ names."""
    found = (m.group(1).strip() for m in re.finditer(rb"^[og][ \t]+(.+)$", raw, re.M))
    return frozenset(n.decode("utf-8", "replace") for n in found)


def _instances(scene: Any) -> Iterator[tuple[str, str, Floats]]:
    """(node, geometry, its matrix) of everything in the scene, parents first."""
    below: dict[Any, list[Any]] = {}
    for above, node in scene.graph.transforms.edge_data:
        below.setdefault(above, []).append(node)
    data, edges = scene.graph.transforms.node_data, scene.graph.transforms.edge_data
    base = scene.graph.base_frame
    queue, seen = [(base, base, np.eye(4))], {base}
    shown = False
    while queue:
        above, node, matrix = queue.pop()
        geometry = data[node].get("geometry")
        if geometry in scene.geometry:
            several = scene.geometry[geometry].metadata.get("from_gltf_primitive")
            shown = True
            yield str(above if several else node), geometry, matrix
        # trimesh lists glTF and OBJ from the end, and pop takes the last first
        for child in below.get(node, []):
            if child not in seen:
                seen.add(child)
                queue.append((node, child, matrix @ edges[node, child].get("matrix", np.eye(4))))
    if not shown:  # a file that says what there is, but puts none of it into a scene
        yield from ((name, name, np.eye(4)) for name in scene.geometry)


def _gather(scene: Any, kind: str, name: str, known: frozenset[str]) -> Mesh:
    """All pieces of a scene, at their places, in one mesh."""
    paint = Paint(linear=kind in ("glb", "gltf"))
    pieces: dict[str, tuple[int, Piece]] = {}
    vertices: list[Floats] = []
    faces: list[Ints] = []
    owner: list[NDArray[np.int32]] = []
    start, total, points = 0, 0, False
    for node, geometry, matrix in _instances(scene):
        thing = scene.geometry[geometry]
        if type(thing).__name__ == "PointCloud":
            thing, points = _cloud(thing), True
        if not len(getattr(thing, "faces", ())) or not np.isfinite(matrix).all():
            continue
        _bound(total := total + len(thing.faces), name)
        called = _called(node, geometry, name, known)
        order = pieces.setdefault(called, (len(pieces), Piece(called, geometry, _material(thing))))[
            0
        ]
        placed = np.asarray(thing.vertices, np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
        own = np.asarray(thing.faces, np.int64)
        valid = np.asarray(((own >= 0) & (own < len(placed))).all(1))
        paint.add(thing, valid)
        vertices.append(placed)
        faces.append(own[valid] + start)
        owner.append(np.full(int(valid.sum()), order, np.int32))
        start += len(placed)
    if not faces:
        raise Unreadable(f"{name} holds no surface", "Export it again as a mesh of triangles.")
    corners, skin, uv, textures = paint.done()
    mesh = Mesh(
        np.concatenate(vertices),
        np.concatenate(faces),
        np.concatenate(owner),
        corners,
        skin,
        uv,
        textures,
    )
    root = _root(scene, set(pieces), kind)
    return replace(
        mesh,
        pieces=tuple(piece for _, piece in pieces.values()),
        root=root,
        painted=paint.painted,
        points=points,
    )


def _root(scene: Any, names: set[str], kind: str) -> str:
    """What the whole is called: its only piece, or the one node above all pieces; "model" where
    there is no such name.
    """
    roots = [
        str(node)
        for above, node in scene.graph.transforms.edge_data
        if above == scene.graph.base_frame
    ]
    said = (
        next(iter(names))
        if len(names) == 1
        else roots[0]
        if len(roots) == 1 and roots[0] not in names and kind != "obj"
        else ""
    )
    return "model" if _NO_NAME.fullmatch(said) else said[:200]


def _material(thing: Any) -> str:
    said = str(getattr(getattr(thing.visual, "material", None), "name", "") or "")
    return "" if _NO_NAME.fullmatch(said) else said[:200]


def _called(node: str, geometry: str, name: str, known: frozenset[str]) -> str:
    """A piece's name: the node's, else the geometry's; "" where all the file has are numbers and
    its own name.
    """
    for said in (node, geometry):
        cuts = [said[:i] for i in range(len(said), 0, -1) if i == len(said) or said[i] == "_"]
        # trimesh joins an OBJ's object with its material
        plain = next((cut for cut in cuts if cut in known), said)
        if plain != name and not _NO_NAME.fullmatch(plain):
            return plain[:200]
    return ""


def _cloud(cloud: Any) -> Any:
    """A cloud of points as a mesh: three small crossed triangles a point, about as large as points
    are apart.
    """
    import trimesh

    at = np.asarray(cloud.vertices, np.float64)
    keep = np.flatnonzero(np.isfinite(at).all(1))
    keep = keep[:: len(keep) // 60_000 + 1]
    at = at[keep]
    reach = (
        1.2 * float(np.linalg.norm(np.ptp(at, axis=0))) / max(np.sqrt(len(at)), 1.0)
        if len(at)
        else 0.0
    )
    leaf = np.array([[1.0, 0, 0], [-0.5, 0.87, 0], [-0.5, -0.87, 0]])
    leaves = np.concatenate([np.roll(leaf, k, axis=1) for k in range(3)]) * reach
    vertices = (at[:, None] + leaves[None]).reshape(-1, 3)
    faces = np.arange(len(vertices)).reshape(-1, 3)
    colors = cloud_colors(cloud, keep)
    return trimesh.Trimesh(
        vertices,
        faces,
        face_colors=None if colors is None else np.repeat(colors, 3, axis=0),
        process=False,
    )


def _sound(mesh: Mesh, name: str) -> Mesh:
    """Without faces that touch a broken vertex or have no extent."""
    fine = np.asarray((np.abs(mesh.vertices) < _FAR).all(1))  # NaN compares false
    keep = np.asarray(fine[mesh.faces].all(1))
    a, b, c = mesh.faces.T
    keep &= (a != b) & (b != c) & (a != c)
    if not keep.any():
        raise Unreadable(f"{name} holds no surface", "Export it again as a mesh of triangles.")
    if not keep.all():
        mesh = mesh.only(keep)
    if not mesh.areas.sum() > 0:
        raise Unreadable(
            f"{name} holds no surface: its triangles have no area",
            "Export it again as a mesh of triangles.",
        )
    return mesh


def _upright(mesh: Mesh, up: str, guess: bool) -> Mesh:
    """Y up. Of a format that has both (`guess`), a model with a flat base at its low Y and none at
    its low Z is Y up already.
    """
    if guess and (stands := _base(mesh, 1)) > 0.25 and stands > 2 * _base(mesh, 2):
        up = "y"
    if up == "y":
        return replace(mesh, up="y")
    east, north, high = mesh.vertices.T
    return replace(mesh, vertices=np.stack([east, high, -north], axis=1), up="z")


def _base(mesh: Mesh, axis: int) -> float:
    """The share of the footprint along `axis` that lies flat at the low end, less that at the high
    one.
    """
    at = mesh.triangles[:, :, axis]
    low, high = at.min(), at.max()
    slack = 0.02 * (high - low)
    across = np.abs(mesh.crosses[:, axis]) / 2
    sides = np.delete(mesh.extents, axis)
    below, above = (across[(np.abs(at - end) <= slack).all(1)].sum() for end in (low, high))
    return float((below - above) / max(sides.prod(), 1e-30))
