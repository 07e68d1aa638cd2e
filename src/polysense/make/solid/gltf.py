"""Closed surfaces with names and colours, as binary glTF (Khronos glTF 2.0): +Y up, metres, nothing
but numpy.
"""

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

_FLOAT, _UINT, _BYTE = 5126, 5125, 5121
_VERTICES, _INDICES = 34962, 34963


@dataclass(frozen=True, eq=False)
class Solid:
    """A named closed surface. Faces turn counter-clockwise seen from outside; colours are sRGB:
    one, or one a vertex (n, 3).
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
    held = _Buffer()
    meshes, nodes, materials = [], [], dict[Color, int]()
    for solid in solids:
        painted = isinstance(solid.color, np.ndarray)
        color: Color = (255, 255, 255) if painted else tuple(int(c) for c in solid.color)  # type: ignore[assignment]
        material = materials.setdefault(color, len(materials))
        attributes = {
            "POSITION": held.add(solid.vertices.astype("<f4"), _FLOAT, _VERTICES, bounds=True)
        }
        if solid.normals is not None:
            attributes["NORMAL"] = held.add(solid.normals.astype("<f4"), _FLOAT, _VERTICES)
        if painted:
            full = np.concatenate(
                [linear(np.asarray(solid.color)), np.ones((len(solid.vertices), 1))], axis=1
            )
            attributes["COLOR_0"] = held.add(
                np.rint(full * 255).astype(np.uint8), _BYTE, _VERTICES, normalized=True
            )
        indices = held.add(solid.faces.reshape(-1).astype("<u4"), _UINT, _INDICES)
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
        "buffers": [{"byteLength": len(held.raw)}],
        "bufferViews": held.views,
        "accessors": held.accessors,
    }
    said = json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    said += b" " * (-len(said) % 4)
    total = 12 + 8 + len(said) + 8 + len(held.raw)
    chunks = (
        struct.pack("<I4s", len(said), b"JSON")
        + said
        + struct.pack("<I4s", len(held.raw), b"BIN\0")
        + bytes(held.raw)
    )
    return struct.pack("<4sII", b"glTF", 2, total) + chunks


def linear(rgb: NDArray[Any]) -> Floats:
    """sRGB 0..255 as linear light 0..1 (IEC 61966-2-1), as glTF wants its colours."""
    v = np.asarray(rgb, np.float64) / 255
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def _material(color: Color) -> dict[str, Any]:
    factor = [*(round(float(c), 5) for c in linear(np.array(color))), 1.0]
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
        kind: int,
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
        told: dict[str, Any] = {
            "bufferView": len(self.views) - 1,
            "componentType": kind,
            "count": len(values),
            "type": shape,
        }
        if bounds:
            told |= {
                "min": [float(v) for v in values.min(0)],
                "max": [float(v) for v in values.max(0)],
            }
        if normalized:
            told["normalized"] = True
        self.accessors.append(told)
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
    """(vertices, faces, normals) of a closed block with a flat underside whose top has these
    heights over `base`.

    heights (rows, columns): the first row lies at the back. The top's vertices come first, row by
    row.
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
    at = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = at[:-1, :-1], at[1:, :-1], at[1:, 1:], at[:-1, 1:]
    # cut along the flatter diagonal
    ridge = np.abs(heights[:-1, :-1] - heights[1:, 1:]) <= np.abs(
        heights[1:, :-1] - heights[:-1, 1:]
    )
    one = np.where(ridge[..., None], np.stack([a, b, c], 2), np.stack([a, b, d], 2)).reshape(-1, 3)
    two = np.where(ridge[..., None], np.stack([a, c, d], 2), np.stack([b, c, d], 2)).reshape(-1, 3)
    # counter-clockwise from above
    rim = np.concatenate([at[:-1, 0], at[-1, :-1], at[:0:-1, -1], at[0, :0:-1]])
    n, low = len(rim), rows * columns
    under = top.reshape(-1, 3)[rim] * (1, 0, 1)
    foot, after, middle = low + np.arange(n), low + (np.arange(n) + 1) % n, low + n
    walls = np.concatenate(
        [np.stack([rim, foot, after], 1), np.stack([rim, after, np.roll(rim, -1)], 1)]
    )
    floor = np.stack([foot, np.full(n, middle), after], axis=1)
    slope_z, slope_x = np.gradient(heights, z, x)
    up = np.stack([-slope_x, np.ones_like(heights), -slope_z], axis=2).reshape(-1, 3)
    up /= np.linalg.norm(up, axis=1, keepdims=True)
    down = np.broadcast_to((0.0, -1.0, 0.0), (n + 1, 3))
    vertices = np.concatenate([top.reshape(-1, 3), under, [[0.0, 0.0, 0.0]]])
    return vertices, np.concatenate([one, two, walls, floor]), np.concatenate([up, down])
