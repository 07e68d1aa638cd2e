"""3D models: the whole, and each of its named parts, told in words and numbers."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np

from polysense.errors import Unreadable
from polysense.protocols import Parser
from polysense.read.solid import decode as media
from polysense.read.solid.colours import lab
from polysense.read.solid.decode import Mesh, Piece
from polysense.types import Asset, Chunk, Link, Part, Span, unique

MAX_WORDS = 120
"""Words of names that a description may have."""

_SHARE = 0.08  # of the surface: a colour that covers less is not told
_GREYS = (22, "black"), (45, "dark grey"), (72, "grey"), (90, "light grey"), (101, "white")
"""Up to this lightness L*, what has no hue is called this."""
_HUES = (
    (20, "red", 50, "pink"),
    (45, "red", 66, "pink"),
    (78, "brown", 60, "orange"),
    (108, "brown", 50, "yellow"),
    (172, "green", 101, ""),
    (225, "turquoise", 101, ""),
    (300, "blue", 101, ""),
    (335, "purple", 101, ""),
    (361, "purple", 45, "pink"),
)
"""Up to this hue angle (degrees, L*a*b*), a colour is called this up to that lightness, and that
above.
"""
# Blender's own names
_DATABLOCK = re.compile(
    r"[_ ]?(?:cube|cylinder|plane|sphere|icosphere|torus|circle|cone|grid|mesh)[._]\d+$", re.I
)


class MeshParser(Parser):
    """Reads models; of one with many named parts, the `parts` with the largest surface as well,
    each shape once.
    """

    accepts: ClassVar[frozenset[str]] = frozenset(media.KINDS)

    def __init__(self, *, parts: int = 64) -> None:
        self._parts = parts

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """The whole model, then its parts in their order in the file."""
        if asset.path is None:
            raise Unreadable(f"{asset.name} is not at hand")
        part = Part("3d", asset.path, asset.mime, asset.name)
        mesh = media.load(part)
        title = words(_stem(asset.name))
        context = "\n".join(said for said in (title, mesh.notes) if said)
        yield Chunk(
            asset, Span(node=mesh.root), "3d", part, _whole(mesh), context, meta=_numbers(mesh)
        )
        if len({p.name for p in mesh.pieces}) < 2:
            return
        whole = words(mesh.root) if mesh.root != media.WHOLE else title
        for i, count in self._chosen(mesh):
            piece, own = mesh.pieces[i], mesh.only(mesh.owner == i)
            span = Span(node=piece.name)
            text = ". ".join([_names([piece.name, piece.shape]), *_looks(own, [piece])])
            meta = _numbers(own) | ({"instances": count} if count > 1 else {})
            yield Chunk(
                asset,
                span,
                "3d",
                Part("3d", asset.path, asset.mime, asset.name, span),
                text,
                f"part of {whole}",
                meta=meta,
            )

    def _chosen(self, mesh: Mesh) -> list[tuple[int, int]]:
        """(piece, how many there are of its shape), in order: named, not the whole again, the
        largest where there are too many.
        """
        surface = np.bincount(mesh.owner, mesh.areas, len(mesh.pieces))
        count = Counter(p.shape for p in mesh.pieces)
        first: dict[str, int] = {}
        for i, piece in enumerate(mesh.pieces):
            if piece.name not in ("", mesh.root, media.WHOLE) and surface[i] > 0:
                first.setdefault(piece.shape, i)
        kept = sorted(sorted(first.values(), key=lambda i: -surface[i])[: self._parts])
        return [(i, count[mesh.pieces[i].shape]) for i in kept]


def words(name: str) -> str:
    """The words of a name made for machines.

    >>> words("tableSmall_decorated-A2.001"), words("HTMLView_Cube.012"), words("Räder")
    ('table small decorated A2', 'HTML view', 'Räder')
    """
    name = _DATABLOCK.sub("", name)
    name = re.sub(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    said = [w for w in re.split(r"[\W_]+", name) if w and not w.isdigit()]
    return " ".join(w.lower() if i and w[1:].islower() else w for i, w in enumerate(said))


def _stem(name: str) -> str:
    while "." in name and name.rsplit(".", 1)[1].lower() in media.KINDS.values():
        name = name.rsplit(".", 1)[0]
    return name


def _names(names: Sequence[str]) -> str:
    """Names as words, each once, not too many."""
    said, left = [], MAX_WORDS
    for name in unique(words(n) for n in names[:2000]):
        left -= name.count(" ") + 1
        if left < 0:
            break
        if name:
            said.append(name)
    return ", ".join(said)


def _whole(mesh: Mesh) -> str:
    names = [] if mesh.root == media.WHOLE else [mesh.root]
    named = _names([*names, *(p.name for p in mesh.pieces)])
    kind = "Cloud of points" if mesh.points else "3D model"
    return ". ".join([f"{kind}: {named}" if named else kind, *_looks(mesh, mesh.pieces)])


def _looks(mesh: Mesh, pieces: Sequence[Piece]) -> list[str]:
    """Sentences on material, colour, proportions and size."""
    made = _names([p.material for p in pieces])
    width, height, depth = mesh.extents
    unit = f" {mesh.units}" if mesh.units else ""
    size = f"{width:.3g} x {height:.3g} x {depth:.3g}{unit} (width, height, depth)"
    closed = "closed surface" if mesh.watertight else "open surface"
    count = (
        f"{len(mesh.faces) // 3} points" if mesh.points else f"{len(mesh.faces)} faces, {closed}"
    )
    said = [
        f"Material: {made}" if made else "",
        f"Color: {_colors(mesh)}" if mesh.painted else "",
        f"{_proportions(mesh)}: {size}",
        count,
    ]
    return [s for s in [*said, f"{mesh.up.upper()} is up in the file"] if s]


def _colors(mesh: Mesh) -> str:
    """The colours that cover the most, in words."""
    _, faces = media.surface(mesh, 1024)
    seen = lab(media.colors(mesh, faces, np.full((len(faces), 3), 1 / 3)))
    shares = Counter(color_name(*row) for row in seen.tolist())
    return (
        ", ".join(name for name, n in shares.most_common(4) if n >= _SHARE * len(faces))
        or "many colors"
    )


def color_name(lightness: float, a: float, b: float) -> str:
    """The everyday name of a CIE L*a*b* colour.

    >>> color_name(40, 15, 20), color_name(30, 20, -50), color_name(97, 0, 0)
    ('brown', 'blue', 'white')
    """
    chroma, hue = math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360
    if chroma < 9 or lightness < 12:
        return next(name for limit, name in _GREYS if lightness < limit)
    if 45 <= hue < 108 and chroma < 32 and lightness > 65:
        return "beige"
    if 20 <= hue < 78 and chroma < 46 and lightness < 62:
        return "brown"
    return next(
        dark if lightness < limit else light for angle, dark, limit, light in _HUES if hue < angle
    )


def _proportions(mesh: Mesh) -> str:
    """How long its sides are to each other, in words."""
    width, height, depth = mesh.extents
    least, middle, most = sorted((width, height, depth))
    if least > 0.8 * most:
        return "As wide as high and deep"
    if middle < 0.35 * most:
        return "Long and thin, upright" if height == most else "Long and thin, lying"
    if least < 0.15 * middle:
        return "Flat, lying" if height == least else "Flat, upright"
    return (
        "Tall"
        if height > 1.4 * max(width, depth)
        else "Low"
        if height < 0.6 * max(width, depth)
        else "Compact"
    )


def _numbers(mesh: Mesh) -> dict[str, Any]:
    sides = [float(f"{s:.6g}") for s in mesh.extents]
    area = float(f"{mesh.areas.sum():.6g}")
    found: dict[str, Any] = {
        "faces": len(mesh.faces),
        "vertices": len(mesh.vertices),
        "extents": sides,
        "area": area,
    }
    if mesh.watertight:
        found["volume"] = float(f"{mesh.volume:.6g}")
    return found | {"watertight": mesh.watertight, "units": mesh.units, "up": mesh.up}
