"""Words as outlines and as closed solids, in typefaces that come with packages.

These are DejaVu Sans Bold, and Noto Sans SC for Chinese. Outlines are filled by their winding,
triangulated without new vertices (constrained Delaunay, after Chew 1989), so walls meet caps
exactly.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.read.image import typefaces

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_EMBOLDEN = {typefaces.BOLD: 0.0, typefaces.NOTO: 0.016}
"""By how much of their size the strokes of either typeface are made bolder on either side, so that
all are of one weight.
"""

_CAPITAL_HEIGHT = 0.73
"""How tall a capital is, of the size of either typeface."""

_CURVE_STEPS = 5
"""Straight pieces of a curve."""

_NO_GLYPH_ADVANCE = 0.35  # of a space, or what no typeface has
_LOCK = Lock()


def plain_text(text: str) -> str:
    """Words on one line, without control and format characters."""
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))


def is_drawable(text: str) -> bool:
    """Whether all of it can be drawn as it should.

    The typefaces have every character, and no script needs joining or runs leftwards.
    """
    with _LOCK:
        return all(
            c.isspace()
            or (
                unicodedata.bidirectional(c) not in ("R", "AL", "AN", "NSM")
                and _glyph(c) is not None
            )
            for c in text
        )


def text_width(text: str, size: float) -> float:
    """How wide a line is whose capitals are `size` high."""
    with _LOCK:
        return sum(_advance(c) for c in text) * size / _CAPITAL_HEIGHT


def outline(text: str, size: float) -> Any:
    """The shape (shapely) of a line whose capitals are `size` high.

    It begins at x 0, and stands on y 0. Leaves out what has no glyph.
    """
    from shapely import affinity, union_all

    shapes, x = [], 0.0
    with _LOCK:
        for c in text:
            if (glyph := None if c.isspace() else _glyph(c)) is not None:
                shapes.append(affinity.translate(glyph[0], x))
            x += _advance(c)
    whole = union_all(shapes)
    return affinity.scale(whole, size / _CAPITAL_HEIGHT, size / _CAPITAL_HEIGHT, origin=(0, 0))


def extrude(shape: Any, low: float, high: float) -> Iterator[tuple[Floats, Ints]]:
    """(vertices, faces) of each separate piece of a shape, from z = low to z = high."""
    from shapely import constrained_delaunay_triangles
    from shapely.geometry.polygon import orient

    for polygon in sorted(_polygons(shape), key=lambda p: p.bounds):
        polygon = orient(polygon)
        rings = [np.asarray(r.coords)[:-1, :2] for r in (polygon.exterior, *polygon.interiors)]
        flat = np.concatenate(rings)
        vertex_index = {tuple(p): i for i, p in enumerate(flat.tolist())}
        faces = []
        for t in constrained_delaunay_triangles(polygon).geoms:
            a, b, c = (vertex_index[p[0], p[1]] for p in t.exterior.coords[:3])
            u, v = flat[b] - flat[a], flat[c] - flat[a]
            faces.append((a, b, c) if u[0] * v[1] > u[1] * v[0] else (a, c, b))
        n, start, walls = len(flat), 0, []
        for ring in rings:
            i = np.arange(start, start + len(ring))
            j = np.roll(i, -1)
            walls += [np.stack([i, j, j + n], 1), np.stack([i, j + n, i + n], 1)]
            start += len(ring)
        caps = np.array(faces, np.int64)
        vertices = np.concatenate([np.column_stack([flat, np.full(n, z)]) for z in (low, high)])
        yield vertices, np.concatenate([caps[:, ::-1], caps + n, *walls])


def _polygons(shape: Any) -> list[Any]:
    parts = getattr(shape, "geoms", [shape])
    return [p for p in parts if p.geom_type == "Polygon" and p.area > 0]


@lru_cache(maxsize=4096)
def _glyph(char: str) -> tuple[Any, float] | None:
    """Its shape and advance, of size 1, in the first typeface that has it."""
    path = typefaces.covering_typeface(char, tuple(_EMBOLDEN))
    if path is None:
        return None
    unit, glyphs = _face(path)
    name, embolden = typefaces.glyph_names(path)[ord(char)], _EMBOLDEN[path.name]
    shape = _fill_contours(_contours(glyphs, name, unit))
    return shape.buffer(embolden, join_style="mitre") if embolden else shape, glyphs[
        name
    ].width / unit


def _advance(char: str) -> float:
    glyph = _glyph(char)
    return glyph[1] if glyph else _NO_GLYPH_ADVANCE


@lru_cache(maxsize=2)
def _face(path: Path) -> tuple[int, Any]:
    """Units of its size, and its glyphs by name."""
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(path.read_bytes()), lazy=True)  # nothing stays open
    return font["head"].unitsPerEm, font.getGlyphSet()


def _contours(glyphs: Any, name: str, unit: float) -> list[Floats]:
    from fontTools.pens.basePen import BasePen

    class Flat(BasePen):  # type: ignore[misc]
        """Notes each contour as points; curves in straight pieces."""

        def __init__(self) -> None:
            super().__init__(glyphs)
            self.contours: list[list[tuple[float, float]]] = []

        def _moveTo(self, p: tuple[float, float]) -> None:
            self.contours.append([p])

        def _lineTo(self, p: tuple[float, float]) -> None:
            self.contours[-1].append(p)

        def _curve(self, *points: tuple[float, float]) -> None:
            at = np.array([self.contours[-1][-1], *points])
            for t in np.linspace(0, 1, _CURVE_STEPS + 1)[1:]:
                bent = at
                while len(bent) > 1:  # de Casteljau
                    bent = bent[:-1] * (1 - t) + bent[1:] * t
                self.contours[-1].append((float(bent[0, 0]), float(bent[0, 1])))

        def _curveToOne(self, a: Any, b: Any, c: Any) -> None:
            self._curve(a, b, c)

        def _qCurveToOne(self, a: Any, b: Any) -> None:
            self._curve(a, b)

    pen = Flat()
    glyphs[name].draw(pen)
    return [np.array(c) / unit for c in pen.contours if len(c) > 2]


def _fill_contours(contours: list[Floats]) -> Any:
    """Those that turn as the largest does are letter, the others holes (nonzero winding)."""
    from shapely import MultiPolygon, Polygon, make_valid, set_precision

    def turn(c: Floats) -> float:
        x, y = c.T
        return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2

    shape: Any = MultiPolygon()
    order = sorted(contours, key=lambda c: -abs(turn(c)))
    for c in order:
        ring = make_valid(Polygon(c))
        shape = shape.union(ring) if turn(c) * turn(order[0]) > 0 else shape.difference(ring)
    return set_precision(shape, 1e-4)
