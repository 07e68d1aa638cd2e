"""Limits on files of 3D models, checked before anything is allocated for what they claim."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from polysense.errors import TooLarge, Unsupported

MAX_FACES, MAX_NODES, MAX_BYTES = 5_000_000, 50_000, 512 << 20
"""A model with more faces, nodes or bytes is refused: a limit on time and memory."""

_MIN_FACE_BYTES = 8
"""Bytes that a face takes at least in any format: in smaller files none need be counted."""

_FACE_PATTERNS = {"obj": rb"^f[ \t]", "off": rb"^[ \t]*\d+[ \t]", "ply": rb"^[ \t]*[34][ \t]"}
_COMPRESSIONS = ("KHR_draco_mesh_compression", "EXT_meshopt_compression")


def check_limits(raw: bytes, file_format: str, name: str) -> dict[str, Any]:
    """glTF's tree of JSON, {} for other formats.

    Raises TooLarge before anything is allocated for what the file claims to hold, Unsupported.
    """
    if file_format in ("glb", "gltf"):
        tree = json.loads(
            raw if file_format == "gltf" else raw[20 : 20 + int.from_bytes(raw[12:16], "little")]
        )
        _check_gltf(tree, name)
        return dict(tree)
    if file_format == "3mf":
        with zipfile.ZipFile(io.BytesIO(raw)) as z:
            if (total := sum(i.file_size for i in z.infolist())) > MAX_BYTES:
                raise TooLarge(
                    f"{name} unpacks to {total >> 20} MiB; the limit is {MAX_BYTES >> 20} MiB"
                )
    elif len(raw) > _MIN_FACE_BYTES * MAX_FACES:
        face_line = _FACE_PATTERNS.get(file_format)
        check_faces(
            (len(raw) - 84) // 50
            if face_line is None
            else sum(1 for _ in re.finditer(face_line, raw, re.M)),
            name,
        )
    return {}


def _check_gltf(tree: Mapping[str, Any], name: str) -> None:
    """Raises TooLarge for too many nodes or faces, Unsupported for compressed geometry."""
    accessors, meshes, nodes = (tree.get(key, []) for key in ("accessors", "meshes", "nodes"))
    if len(nodes) > MAX_NODES:
        raise TooLarge(f"{name} has {len(nodes):,} nodes; the limit is {MAX_NODES:,}")
    extensions = {e for m in meshes for p in m["primitives"] for e in p.get("extensions", {})}
    compressions = sorted(extensions & set(_COMPRESSIONS))
    if compressions:
        raise Unsupported(
            f"{name} is packed with {', '.join(compressions)}",
            "Export it again without mesh compression.",
        )
    check_faces(max((int(a["count"]) for a in accessors), default=0) // 3, name)
    # zeros that no byte stands for
    check_faces(sum(max(0, int(a["count"])) for a in accessors if "bufferView" not in a) // 3, name)
    corners = [_count_corners(m, accessors) for m in meshes]
    placed_corners = sum(corners[n["mesh"]] for n in nodes if "mesh" in n)
    check_faces(max(sum(corners), placed_corners) // 3, name)


def _count_corners(mesh: Mapping[str, Any], accessors: Sequence[Mapping[str, Any]]) -> int:
    """How many corners of triangles a glTF mesh says it has."""
    accessor_ids = (p.get("indices", p["attributes"].get("POSITION")) for p in mesh["primitives"])
    return sum(int(accessors[i]["count"]) for i in accessor_ids if i is not None)


def check_faces(faces: int, name: str) -> None:
    """Raises TooLarge for too many faces."""
    if faces > MAX_FACES:
        raise TooLarge(
            f"{name} has {faces:,} faces; the limit is {MAX_FACES:,}",
            "Decimate it in the program that made it.",
        )
