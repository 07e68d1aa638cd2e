"""3D models: the whole, and each of its named parts, described in words and numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np

from polysense.errors import Unreadable
from polysense.protocols import Parser
from polysense.read.language.colour_name import colour_name, lab
from polysense.read.solid import decode
from polysense.read.solid.decode import Mesh, Piece
from polysense.types import Asset, Chunk, Link, Part, Span, unique

MAX_WORDS = 120
"""Words of names that a description may have."""

_COLOUR_SAMPLES, _MIN_COLOUR_SHARE = 1024, 0.08
"""Points of the surface whose colours are counted, and the share from which one is named."""

# Proportions: judged by eye, not measured.
_EVEN, _LONG, _FLAT = 0.8, 0.35, 0.15
"""A model is even, long or flat by the ratios of its least to its longest side, its middle to its
longest, its least to its middle.
"""

_TALL, _LOW = 1.4, 0.6
"""Heights in widths from which a model is tall, and below which it is low."""

_DATABLOCK_NAME = re.compile(
    r"[_ ]?(?:cube|cylinder|plane|sphere|icosphere|torus|circle|cone|grid|mesh)[._]\d+$", re.I
)
"""The end of Blender's own names."""


class MeshParser(Parser):
    """Reads models; of one with named parts also the `parts` largest, each shape once."""

    accepts: ClassVar[frozenset[str]] = frozenset(decode.FORMATS)

    def __init__(self, *, parts: int = 64) -> None:
        self._parts = parts

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """The whole model, then its parts in their order in the file."""
        if asset.path is None:
            raise Unreadable(f"{asset.name} is not at hand")
        part = Part("3d", asset.path, asset.mime, asset.name)
        mesh = decode.load(part)
        title = name_words(_stem(asset.name))
        context = "\n".join(line for line in (title, mesh.notes) if line)
        yield Chunk(asset, Span(), "3d", part, _model_text(mesh), context, meta=_measures(mesh))
        if len({p.name for p in mesh.pieces}) < 2:
            return
        whole = name_words(mesh.root) if mesh.root != decode.WHOLE_NODE else title
        for i, count in self._largest_parts(mesh):
            piece, subset = mesh.pieces[i], mesh.select_faces(mesh.piece_index == i)
            span = Span(node=piece.name)
            names = _names_text([piece.name, piece.shape_name])
            text = ". ".join([names, *_appearance(subset, [piece])])
            meta = _measures(subset) | ({"instances": count} if count > 1 else {})
            yield Chunk(
                asset,
                span,
                "3d",
                Part("3d", asset.path, asset.mime, asset.name, span),
                text,
                f"part of {whole}",
                meta=meta,
            )

    def _largest_parts(self, mesh: Mesh) -> list[tuple[int, int]]:
        """(piece, how many there are of its shape) of the largest named pieces, in order."""
        surface = np.bincount(mesh.piece_index, mesh.areas, len(mesh.pieces))
        count = Counter(p.shape_name for p in mesh.pieces)
        first: dict[str, int] = {}
        for i, piece in enumerate(mesh.pieces):
            if piece.name not in ("", mesh.root, decode.WHOLE_NODE) and surface[i] > 0:
                first.setdefault(piece.shape_name, i)
        largest = sorted(sorted(first.values(), key=lambda i: -surface[i])[: self._parts])
        return [(i, count[mesh.pieces[i].shape_name]) for i in largest]


def name_words(name: str) -> str:
    """The words of a name made for machines.

    >>> [name_words(name) for name in ("tableSmall_decorated-A2.001", "HTMLView_Cube.012")]
    ['table small decorated A2', 'HTML view']
    >>> name_words("Räder")
    'Räder'
    """
    name = _DATABLOCK_NAME.sub("", name)
    name = re.sub(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    parts = [w for w in re.split(r"[\W_]+", name) if w and not w.isdigit()]
    return " ".join(w.lower() if i and w[1:].islower() else w for i, w in enumerate(parts))


def _stem(name: str) -> str:
    while "." in name and name.rsplit(".", 1)[1].lower() in decode.FORMATS.values():
        name = name.rsplit(".", 1)[0]
    return name


def _names_text(names: Sequence[str]) -> str:
    """Names as words, each once, not too many."""
    phrases, remaining = [], MAX_WORDS
    for name in unique(name_words(n) for n in names[:2000]):
        remaining -= name.count(" ") + 1
        if remaining < 0:
            break
        if name:
            phrases.append(name)
    return ", ".join(phrases)


def _model_text(mesh: Mesh) -> str:
    """Names and appearance of the whole."""
    names = [] if mesh.root == decode.WHOLE_NODE else [mesh.root]
    names_text = _names_text([*names, *(p.name for p in mesh.pieces)])
    kind = "Cloud of points" if mesh.is_point_cloud else "3D model"
    return ". ".join(
        [f"{kind}: {names_text}" if names_text else kind, *_appearance(mesh, mesh.pieces)]
    )


def _appearance(mesh: Mesh, pieces: Sequence[Piece]) -> list[str]:
    """Sentences on material, colour, proportions and size."""
    materials = _names_text([p.material for p in pieces])
    width, height, depth = mesh.extents
    unit = f" {mesh.units}" if mesh.units else ""
    size = f"{width:.3g} x {height:.3g} x {depth:.3g}{unit} (width, height, depth)"
    count = f"{len(mesh.faces) // 3} points" if mesh.is_point_cloud else _surface_text(mesh)
    sentences = [
        f"Material: {materials}" if materials else "",
        f"Color: {_colour_text(mesh)}" if mesh.has_colours else "",
        f"{_proportions(mesh)}: {size}",
        count,
        _content_text(mesh),
    ]
    return [s for s in [*sentences, f"{mesh.up.upper()} is up in the file"] if s]


def _surface_text(mesh: Mesh) -> str:
    """What it is made of; corners in one place are one vertex."""
    vertices = len(np.unique(mesh.welded_faces))
    closed = "closed surface (watertight)" if mesh.watertight else "open surface (not watertight)"
    return f"{len(mesh.faces)} faces (triangles), {vertices} vertices, {closed}"


def _content_text(mesh: Mesh) -> str:
    """What it encloses and how much surface it has; "" where it encloses nothing."""
    if mesh.is_point_cloud or not mesh.watertight:
        return ""
    square, cubic = (
        f" {power} {mesh.units}" if mesh.units else "" for power in ("square", "cubic")
    )
    return f"Volume {mesh.volume:.4g}{cubic}, surface area {mesh.areas.sum():.4g}{square}"


def _colour_text(mesh: Mesh) -> str:
    """The colours that cover the most, in words."""
    _, faces = decode.sample_surface(mesh, _COLOUR_SAMPLES)
    lab_colours = lab(decode.colours_at(mesh, faces, np.full((len(faces), 3), 1 / 3)))
    shares = Counter(colour_name(*row) for row in lab_colours.tolist())
    return (
        ", ".join(name for name, n in shares.most_common(4) if n >= _MIN_COLOUR_SHARE * len(faces))
        or "many colors"
    )


def _proportions(mesh: Mesh) -> str:
    """How long its sides are to each other, in words."""
    width, height, depth = mesh.extents
    least, middle, most = sorted((width, height, depth))
    if least > _EVEN * most:
        return "As wide as high and deep"
    if middle < _LONG * most:
        return "Long and thin, upright" if height == most else "Long and thin, lying"
    if least < _FLAT * middle:
        return "Flat, lying" if height == least else "Flat, upright"
    return (
        "Tall"
        if height > _TALL * max(width, depth)
        else "Low"
        if height < _LOW * max(width, depth)
        else "Compact"
    )


def _measures(mesh: Mesh) -> dict[str, Any]:
    sides = [float(f"{s:.6g}") for s in mesh.extents]
    area = float(f"{mesh.areas.sum():.6g}")
    measures: dict[str, Any] = {
        "faces": len(mesh.faces),
        "vertices": len(mesh.vertices),
        "extents": sides,
        "area": area,
    }
    if mesh.watertight:
        measures["volume"] = float(f"{mesh.volume:.6g}")
    return measures | {"watertight": mesh.watertight, "units": mesh.units, "up": mesh.up}
