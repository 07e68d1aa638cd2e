"""What a 3D model is made of, as a table: its parts with material, colour, counts, size, place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from polysense.make.table.csv_part import MOST_ROWS, file_name, table
from polysense.protocols import Generator
from polysense.read.solid import decode
from polysense.read.solid.decode import Mesh
from polysense.types import Evidence, Modality, Part, Query, Span

_COLOUR_SAMPLES = 512  # points of a surface whose mean is its colour; judged, not measured
_ROUNDING = 1e-5  # of a part's size: less is what single precision leaves of zero

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
    """One row a named part, the whole first; lengths in the file's unit, Y up.

    Colours are #rrggbb, the mean over the surface.
    """

    accepts: frozenset[Modality] = frozenset({"3d"})
    emits: Modality = "table"
    cost = 0.1

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        part = evidence[0].hit.chunk.part if evidence else None
        if part is None:
            return
        e = evidence[0]
        mesh = decode.load(Part("3d", part.data, part.mime, part.name or e.hit.chunk.asset.name))
        name = e.hit.chunk.asset.name
        materials = {p.material for p in mesh.pieces}
        rows = [[*_part_row(mesh.root, materials, mesh), name, str(Span(node=mesh.root))]]
        for part_name, pieces in _parts(mesh)[: MOST_ROWS - 1]:
            part_mesh = mesh.select_faces(np.isin(mesh.piece_index, pieces))
            materials = {mesh.pieces[i].material for i in pieces}
            part_row = _part_row(part_name, materials, part_mesh)
            rows.append([*part_row, name, str(Span(node=part_name))])
        unit = f" ({mesh.units})" if mesh.units else ""
        columns = [f"{c}{unit}" if c.startswith(("size", "centre")) else c for c in _HEAD] + [
            "watertight",
            "volume",
        ]
        yield table(columns, rows, file_name(e, "parts"), {"evidence": [e.n]})


def _parts(mesh: Mesh) -> list[tuple[str, list[int]]]:
    """The names of parts with their pieces, in the file's order; none where there is but one."""
    pieces_of: dict[str, list[int]] = {}
    present = set(np.unique(mesh.piece_index).tolist())
    for i, piece in enumerate(mesh.pieces):
        if i in present:
            pieces_of.setdefault(piece.name or "(unnamed)", []).append(i)
    return list(pieces_of.items()) if len(pieces_of) > 1 else []


def _part_row(part_name: str, materials: set[str], mesh: Mesh) -> list[str]:
    corners = mesh.vertices[mesh.faces].reshape(-1, 3)
    low, high = corners.min(0), corners.max(0)
    widest = float((high - low).max())
    numbers: list[Any] = [*(high - low), *((low + high) / 2)]
    is_closed = mesh.watertight and not mesh.is_point_cloud
    volume = f"{mesh.volume:.6g}" if is_closed else ""
    material_names = ", ".join(sorted(m for m in materials if m))
    counts = [str(len(mesh.vertices)), str(len(mesh.faces))]
    return [
        part_name,
        material_names,
        _colour(mesh),
        *counts,
        *(f"{_rounded(v, widest):.6g}" for v in numbers),
        "yes" if is_closed else "no",
        volume,
    ]


def _rounded(v: float, size: float) -> float:
    """Without what rounding in a file of single precision leaves of zero."""
    return 0.0 if abs(v) < _ROUNDING * size else float(v)


def _colour(mesh: Mesh) -> str:
    """The mean colour over the surface; "" where the file has none."""
    if not mesh.has_colours:
        return ""
    _, faces = decode.sample_surface(mesh, _COLOUR_SAMPLES)
    colors = decode.colours_at(mesh, faces, np.full((len(faces), 3), 1 / 3)).mean(0)
    return "#" + "".join(f"{round(min(max(float(v), 0.0), 255.0)):02x}" for v in colors)
