"""What a 3D model is made of, as a table: its parts with their material, colour, counts, size and
place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from polysense.make.table.csv_part import MOST_ROWS, named, table
from polysense.protocols import Generator
from polysense.read.solid import decode as media
from polysense.read.solid.decode import Mesh
from polysense.types import Evidence, Modality, Part, Query, Span

_HEAD = (
    "part",
    "material",
    "colour",
    "vertices",
    "triangles",
    "size x",
    "size y",
    "size z",
    "centre x",
    "centre y",
    "centre z",
)


class ModelParts(Generator):
    """One row a named part, the whole first; lengths in the file's unit, Y up; colours as #rrggbb,
    the mean of what is seen.
    """

    accepts: frozenset[Modality] = frozenset({"3d"})
    emits: Modality = "table"
    cost = 0.1

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        given = evidence[0].hit.chunk.part if evidence else None
        if given is None:
            return
        e = evidence[0]
        mesh = media.load(Part("3d", given.data, given.mime, given.name or e.hit.chunk.asset.name))
        name = e.hit.chunk.asset.name
        rows = [
            [*_told(mesh.root, {p.material for p in mesh.pieces}, mesh), name, _place(mesh.root)]
        ]
        for called, owners in _parts(mesh)[: MOST_ROWS - 1]:
            own = mesh.only(np.isin(mesh.owner, owners))
            rows.append(
                [
                    *_told(called, {mesh.pieces[i].material for i in owners}, own),
                    name,
                    _place(called),
                ]
            )
        unit = f" ({mesh.units})" if mesh.units else ""
        columns = [f"{c}{unit}" if c.startswith(("size", "centre")) else c for c in _HEAD] + [
            "watertight",
            "volume",
        ]
        yield table(columns, rows, named(e, "parts"), {"evidence": [e.n]})


def _parts(mesh: Mesh) -> list[tuple[str, list[int]]]:
    """The names of parts with their pieces, in the file's order; none where there is but one."""
    held: dict[str, list[int]] = {}
    present = set(np.unique(mesh.owner).tolist())
    for i, piece in enumerate(mesh.pieces):
        if i in present:
            held.setdefault(piece.name or "(unnamed)", []).append(i)
    return list(held.items()) if len(held) > 1 else []


def _place(node: str) -> str:
    return str(Span(node=node))


def _told(called: str, materials: set[str], mesh: Mesh) -> list[str]:
    low, high = (
        mesh.vertices[mesh.faces].reshape(-1, 3).min(0),
        mesh.vertices[mesh.faces].reshape(-1, 3).max(0),
    )
    widest = float((high - low).max())
    numbers: list[Any] = [*(high - low), *((low + high) / 2)]
    closed = mesh.watertight and not mesh.points
    volume = f"{mesh.volume:.6g}" if closed else ""
    made = ", ".join(sorted(m for m in materials if m))
    counts = [str(len(mesh.vertices)), str(len(mesh.faces))]
    return [
        called,
        made,
        _colour(mesh),
        *counts,
        *(f"{_near(v, widest):.6g}" for v in numbers),
        "yes" if closed else "no",
        volume,
    ]


def _near(v: float, size: float) -> float:
    """Without what rounding in a file of single precision leaves of zero."""
    return 0.0 if abs(v) < 1e-5 * size else float(v)


def _colour(mesh: Mesh) -> str:
    """The mean colour over the surface; "" where the file has none."""
    if not mesh.painted:
        return ""
    _, faces = media.surface(mesh, 512)
    seen = media.colors(mesh, faces, np.full((len(faces), 3), 1 / 3)).mean(0)
    return "#" + "".join(f"{round(min(max(float(v), 0.0), 255.0)):02x}" for v in seen)
