"""Closed surfaces with names and colours, as binary glTF 2.0 (Khronos): +Y up, metres."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Color = tuple[int, int, int]

# as the specification numbers component types and buffers
_FLOAT, _UINT, _BYTE = 5126, 5125, 5121
_VERTEX_TARGET, _INDEX_TARGET = 34962, 34963


@dataclass(frozen=True, eq=False)
class Solid:
    """A named closed surface.

    Faces turn counter-clockwise seen from outside; colours are sRGB: one, or one a vertex (n, 3).
    """

    name: str
    vertices: Floats
    faces: Ints
    color: Color | NDArray[np.uint8] = (190, 196, 204)
    normals: Floats | None = None
    """(n, 3); without them a viewer shows flat faces."""
    extras: Mapping[str, Any] | None = None


def glb(solids: Sequence[Solid], title: str) -> bytes:
    """The solids as nodes under one root, each with its name."""
    buffer = _Buffer()
    meshes, nodes, materials = [], [], dict[Color, int]()
    for solid in solids:
        has_vertex_colors = isinstance(solid.color, np.ndarray)
        color: Color = (255, 255, 255) if has_vertex_colors else tuple(int(c) for c in solid.color)  # type: ignore[assignment]
        material = materials.setdefault(color, len(materials))
        attributes = {
            "POSITION": buffer.add(
                solid.vertices.astype("<f4"), _FLOAT, _VERTEX_TARGET, bounds=True
            )
        }
        if solid.normals is not None:
            attributes["NORMAL"] = buffer.add(solid.normals.astype("<f4"), _FLOAT, _VERTEX_TARGET)
        if has_vertex_colors:
            rgba = np.concatenate(
                [srgb_to_linear(np.asarray(solid.color)), np.ones((len(solid.vertices), 1))], axis=1
            )
            attributes["COLOR_0"] = buffer.add(
                np.rint(rgba * 255).astype(np.uint8), _BYTE, _VERTEX_TARGET, normalized=True
            )
        indices = buffer.add(solid.faces.reshape(-1).astype("<u4"), _UINT, _INDEX_TARGET)
        meshes.append(
            {
                "name": solid.name,
                "primitives": [
                    {"attributes": attributes, "indices": indices, "material": material}
                ],
            }
        )
        node = {"name": solid.name, "mesh": len(meshes) - 1}
        nodes.append(node | ({"extras": dict(solid.extras)} if solid.extras else {}))
    tree = {
        "asset": {"version": "2.0", "generator": "polysense"},
        "scene": 0,
        "scenes": [{"nodes": [len(nodes)]}],
        "nodes": [*nodes, {"name": title, "children": list(range(len(nodes)))}],
        "meshes": meshes,
        "materials": [_material(c) for c in materials],
        "buffers": [{"byteLength": len(buffer.raw)}],
        "bufferViews": buffer.views,
        "accessors": buffer.accessors,
    }
    tree_json = json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "replace"
    )
    tree_json += b" " * (-len(tree_json) % 4)
    total = 12 + 8 + len(tree_json) + 8 + len(buffer.raw)
    chunks = (
        struct.pack("<I4s", len(tree_json), b"JSON")
        + tree_json
        + struct.pack("<I4s", len(buffer.raw), b"BIN\0")
        + bytes(buffer.raw)
    )
    return struct.pack("<4sII", b"glTF", 2, total) + chunks


def srgb_to_linear(rgb: NDArray[Any]) -> Floats:
    """sRGB 0..255 as linear light 0..1 (IEC 61966-2-1), as glTF wants its colours."""
    v = np.asarray(rgb, np.float64) / 255
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def _material(color: Color) -> dict[str, Any]:
    factor = [*(round(float(c), 5) for c in srgb_to_linear(np.array(color))), 1.0]
    name = f"#{color[0]:02x}{color[1]:02x}{color[2]:02x}"
    return {
        "name": name,
        "pbrMetallicRoughness": {
            "baseColorFactor": factor,
            "metallicFactor": 0.0,
            "roughnessFactor": 0.75,
        },
    }


class _Buffer:
    """The binary chunk as it grows, and what lies where in it."""

    def __init__(self) -> None:
        self.raw = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []

    def add(
        self,
        values: NDArray[Any],
        component_type: int,
        target: int,
        bounds: bool = False,
        normalized: bool = False,
    ) -> int:
        start, raw = len(self.raw), np.ascontiguousarray(values).tobytes()
        self.raw += raw + b"\0" * (-len(raw) % 4)
        self.views.append(
            {"buffer": 0, "byteOffset": start, "byteLength": len(raw), "target": target}
        )
        shape = (
            {1: "SCALAR", 2: "VEC3"}[values.ndim]
            if values.shape[-1] != 4 or values.ndim == 1
            else "VEC4"
        )
        accessor: dict[str, Any] = {
            "bufferView": len(self.views) - 1,
            "componentType": component_type,
            "count": len(values),
            "type": shape,
        }
        if bounds:
            accessor |= {
                "min": [float(v) for v in values.min(0)],
                "max": [float(v) for v in values.max(0)],
            }
        if normalized:
            accessor["normalized"] = True
        self.accessors.append(accessor)
        return len(self.accessors) - 1


def box(low: Sequence[float], high: Sequence[float]) -> tuple[Floats, Ints]:
    """The block between two corners."""
    ends = np.array([low, high], np.float64)
    corners = np.array(
        [[ends[i, 0], ends[j, 1], ends[k, 2]] for i in (0, 1) for j in (0, 1) for k in (0, 1)]
    )
    sides = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return corners, np.array([f for a, b, c, d in sides for f in ((a, b, c), (a, c, d))], np.int64)


def landscape(
    heights: Floats, width: float, depth: float, base: float
) -> tuple[Floats, Ints, Floats]:
    """(vertices, faces, normals) of a closed block whose top has these heights over `base`.

    Its underside is flat. heights (rows, columns): the first row lies at the back. The top's
    vertices come first, row by row.
    """
    rows, columns = heights.shape
    x, z = np.linspace(-width / 2, width / 2, columns), np.linspace(-depth / 2, depth / 2, rows)
    top = np.stack(
        [
            np.broadcast_to(x, (rows, columns)),
            heights + base,
            np.broadcast_to(z[:, None], (rows, columns)),
        ],
        axis=2,
    )
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    # cut along the flatter diagonal
    cut_ac = np.abs(heights[:-1, :-1] - heights[1:, 1:]) <= np.abs(
        heights[1:, :-1] - heights[:-1, 1:]
    )
    first_triangles = np.where(
        cut_ac[..., None], np.stack([a, b, c], 2), np.stack([a, b, d], 2)
    ).reshape(-1, 3)
    second_triangles = np.where(
        cut_ac[..., None], np.stack([a, c, d], 2), np.stack([b, c, d], 2)
    ).reshape(-1, 3)
    # counter-clockwise from above
    rim = np.concatenate([index[:-1, 0], index[-1, :-1], index[:0:-1, -1], index[0, :0:-1]])
    n, low = len(rim), rows * columns
    rim_foot = top.reshape(-1, 3)[rim] * (1, 0, 1)
    foot_index, next_foot, center_index = low + np.arange(n), low + (np.arange(n) + 1) % n, low + n
    walls = np.concatenate(
        [np.stack([rim, foot_index, next_foot], 1), np.stack([rim, next_foot, np.roll(rim, -1)], 1)]
    )
    floor = np.stack([foot_index, np.full(n, center_index), next_foot], axis=1)
    slope_z, slope_x = np.gradient(heights, z, x)
    up = np.stack([-slope_x, np.ones_like(heights), -slope_z], axis=2).reshape(-1, 3)
    up /= np.linalg.norm(up, axis=1, keepdims=True)
    down = np.broadcast_to((0.0, -1.0, 0.0), (n + 1, 3))
    vertices = np.concatenate([top.reshape(-1, 3), rim_foot, [[0.0, 0.0, 0.0]]])
    return (
        vertices,
        np.concatenate([first_triangles, second_triangles, walls, floor]),
        np.concatenate([up, down]),
    )
