"""A bar chart as a thing to hold: the asked rows of a table as solid bars on a base, with raised
labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.make.image.chart.series import Plot, Series, plan
from polysense.make.solid.gltf import Color, Solid, box, glb
from polysense.make.solid.text_mesh import drawable, extruded, outline, plain, width
from polysense.protocols import Generator
from polysense.read.table.frame import frame
from polysense.types import Evidence, Modality, Part, Query, Span

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MM = 0.001
_TALL, _WIDE = 60.0, 150.0
"""Millimetres: the highest bar, and how wide the chart is where the number of bars allows."""
_DEEP, _GAP, _EDGE, _RIM = 14.0, 5.0, 4.0, 12.0
"""Millimetres: a bar's depth, the space before and behind it and at the ends, and how high and deep
the slope in front is.
"""
_PLATE, _SLAB = 12.0, 2.0
"""How thick the base is, and the board from which bars hang."""
_SUNK, _RAISED = 0.4, 0.8
_MOST = 60
_BASE, _PAPER, _LOW = (36, 48, 66), (238, 240, 244), (214, 64, 84)
_COLORS: Sequence[Color] = (
    (76, 139, 245),
    (245, 140, 60),
    (62, 180, 125),
    (168, 110, 220),
    (230, 90, 165),
    (200, 160, 40),
)


class BarChart3d(Generator):
    """Bars as high as the cells' numbers, exactly in proportion; each bar, the base and each label
    is a closed solid of its own name.

    Numbers below zero hang from a board that stands for it. meta["data"] holds the cells,
    meta["mm_per_unit"] the scale.
    """

    accepts: frozenset[Modality] = frozenset({"table"})
    emits: Modality = "3d"
    cost = 0.2

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """One model, of the first piece of evidence whose table has numbers other than zero."""
        words = " ".join(str(p.data) for p in query if p.modality == "text")
        for e in evidence[:3]:
            found = frame(e.hit.chunk)
            plot = (
                plan(found, f"{words} bar chart", e.span.cells or "") if found is not None else None
            )
            plot = _bounded(plot) if plot is not None and plot.labels else None
            if plot is None or not any(v for s in plot.series for v in s.values):
                continue
            chart = _Chart(plot)
            place = str(
                Span(page=e.span.page, cells=plot.range or None) if plot.range else e.hit.chunk.span
            )
            meta = {
                "data": plot.data(),
                "mm_per_unit": chart.scale,
                "title": chart.title,
                "source": place,
                "evidence": [e.n],
            }
            meta |= {"note": plot.note} if plot.note else {}
            name = re.sub(r"[^\w]+", "-", chart.title.lower()).strip("-")[:60] or "bars"
            yield Part(
                "3d",
                glb(list(chart.solids()), chart.title),
                "model/gltf-binary",
                f"{name}.glb",
                meta=meta,
            )
            return


def _bounded(plot: Plot) -> Plot:
    """So many bars that each can be seen and printed: series of one unit, and every n-th of too
    many labels.
    """
    same = [s for s in plot.series if s.unit == plot.series[0].unit]
    same = same[:1] if plot.kind == "scatter" else same
    step = -(-len(plot.labels) // _MOST)
    kept = range(0, len(plot.labels), step)
    series = tuple(_every(s, kept) for s in same[: max(1, _MOST // len(kept))])
    note = f"every {step}th of {len(plot.labels)} rows" if step > 1 else plot.note
    note = "; ".join(
        filter(
            None,
            (
                note,
                f"{len(series)} of {len(plot.series)} series"
                if len(series) < len(plot.series)
                else "",
            ),
        )
    )
    return replace(
        plot,
        labels=tuple(plot.labels[i] for i in kept),
        places=tuple(plot.places[i] for i in kept),
        series=series,
        note=note,
    )


def _every(s: Series, kept: Sequence[int]) -> Series:
    def of(values: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(values[i] for i in kept)

    return replace(s, values=of(s.values), shown=of(s.shown), cells=of(s.cells))


@dataclass(frozen=True)
class _Chart:
    """Where everything of a chart stands, in millimetres: x to the right, y up, z towards the
    reader.
    """

    plot: Plot

    @cached_property
    def values(self) -> list[float]:
        """All numbers that are there."""
        return [v for s in self.plot.series for v in s.values if v is not None and np.isfinite(v)]

    @cached_property
    def scale(self) -> float:
        """Millimetres for one of the table's units."""
        return _TALL / max(abs(v) for v in self.values)

    @cached_property
    def depth(self) -> float:
        """How far bars reach below zero."""
        return max(0.0, -min(self.values)) * self.scale

    @cached_property
    def zero(self) -> float:
        """The height from which bars are measured: the base's top, or the board's above it."""
        return _PLATE + self.depth + 2.0 + _SLAB if self.depth else _PLATE

    @cached_property
    def pitch(self) -> float:
        """From one label to the next."""
        return float(
            np.clip(_WIDE / len(self.plot.labels), 2.6 * len(self.plot.series) + 1.4, 30.0)
        )

    @cached_property
    def wide(self) -> float:
        """The whole chart's width."""
        return self.pitch * len(self.plot.labels) + 2 * _EDGE

    @cached_property
    def title(self) -> str:
        """What is shown."""
        said = (
            ", ".join(dict.fromkeys(s.name for s in self.plot.series if s.name))
            or self.plot.table
            or "Values"
        )
        axis = (
            self.plot.axis if self.plot.axis and self.plot.axis.lower() not in said.lower() else ""
        )
        by = " / " if re.search(r"[\u2e80-\u9fff]", said) else " by "
        return plain(f"{said}{by}{axis}" if axis else said)[:120]

    def solids(self) -> Iterator[Solid]:
        """The base, the bars, the labels."""
        yield from self._base()
        n = len(self.plot.series)
        thick = 0.74 * self.pitch / n
        for i, label in enumerate(self.plot.labels):
            for k, s in enumerate(self.plot.series):
                value = s.values[i]
                if value is None or not np.isfinite(value) or value == 0:
                    continue
                x = self._x(i) + (k - (n - 1) / 2) * thick
                ends = sorted((self.zero - _SUNK * np.sign(value), self.zero + value * self.scale))
                z = -_RIM - _GAP - _DEEP
                block = box((x - 0.46 * thick, ends[0], z), (x + 0.46 * thick, ends[1], z + _DEEP))
                color = _LOW if value < 0 and n == 1 else _COLORS[k % len(_COLORS)]
                told = {
                    "label": label,
                    "series": s.name,
                    "value": value,
                    "shown": s.shown[i],
                    "cell": s.cells[i],
                }
                yield _solid(
                    f"{label}: {s.shown[i]}" if n == 1 else f"{label}, {s.name}: {s.shown[i]}",
                    block,
                    color,
                    told,
                )
        yield from self._labels()
        yield from self._heading()

    def _x(self, i: int) -> float:
        return -self.wide / 2 + _EDGE + (i + 0.5) * self.pitch

    def _base(self) -> Iterator[Solid]:
        """A block whose front slopes towards the reader; where bars hang, a board above it, on two
        walls.
        """
        back, half = -_RIM - 2 * _GAP - _DEEP, self.wide / 2
        side = [(back, 0.0), (0.0, 0.0), (0.0, 1.2), (-_RIM + 1.2, _PLATE), (back, _PLATE)]
        yield _solid("base", _prism(side, -half, half), _BASE)
        if self.depth:
            z, low = (back, -_RIM), self.zero - _SLAB
            yield _solid("zero", box((-half, low, z[0]), (half, self.zero, z[1])), _BASE)
            for name, x in (("left wall", -half), ("right wall", half - _EDGE / 2)):
                yield _solid(
                    name, box((x, _PLATE - _SUNK, z[0]), (x + _EDGE / 2, low + _SUNK, z[1])), _BASE
                )

    def _labels(self) -> Iterator[Solid]:
        """What each bar is, and its number, on the slope; upright where they are too wide for one
        line; none where that fails too.
        """
        alone = len(self.plot.series) == 1
        names = [plain(label) for label in self.plot.labels]
        shown = [plain(v) for v in self.plot.series[0].shown] if alone else [""] * len(names)
        if not all(map(drawable, [*names, *shown])):
            return
        widest = max((width(t, 1.0) for t in [*names, *shown]), default=0.0) or 1.0
        size = min(3.4, 0.94 * self.pitch / widest)
        if size >= 1.9:
            for i, (name, value) in enumerate(zip(names, shown, strict=True)):
                yield from self._written(name, self._x(i), 1.6, size, _PAPER)
                yield from self._written(
                    value, self._x(i), 1.6 + 1.35 * size, 0.85 * size, (150, 162, 180)
                )
            return
        size = min(3.0, 0.8 * self.pitch, 8.2 / max(width(t, 1.0) for t in names))
        if size >= 1.9:
            for i, name in enumerate(names):
                yield from self._written(name, self._x(i), 1.5, size, _PAPER, upright=True)

    def _heading(self) -> Iterator[Solid]:
        """What is shown, below the labels: each series in its colour."""
        names = [(plain(s.name), _COLORS[k % len(_COLORS)]) for k, s in enumerate(self.plot.series)]
        said = [(self.title, _PAPER)] if len(names) == 1 else names
        if not all(t and drawable(t) for t, _ in said):
            return
        total = sum(width(t, 1.0) for t, _ in said) + 2.0 * (len(said) - 1)
        size = min(3.2, (self.wide - 2 * _EDGE) / total)
        if size < 1.6:
            return
        x = -total * size / 2
        for text, color in said:
            wide = width(text, size)
            yield from self._written(text, x + wide / 2, 10.9, size, color)
            x += wide + 2.0 * size

    def _written(
        self, text: str, x: float, down: float, size: float, color: Color, upright: bool = False
    ) -> Iterator[Solid]:
        """Words around x, their capitals' upper edge `down` millimetres below the slope's upper
        edge; upright: read from the left.
        """
        pieces = list(extruded(outline(text, size), -_SUNK, _RAISED))
        if not pieces:
            return
        starts = np.cumsum([0, *(len(v) for v, _ in pieces[:-1])])
        v = np.concatenate([v for v, _ in pieces])
        faces = np.concatenate([f + s for (_, f), s in zip(pieces, starts, strict=True)])
        v = v - (width(text, size) / 2, 0, 0)
        turned = np.stack(
            [v[:, 1] - size / 2, -v[:, 0] - width(text, size) / 2 - down, v[:, 2]], axis=1
        )
        v = turned if upright else v - (0, down + size, 0)
        run, rise = _RIM - 1.2, _PLATE - 1.2
        along, out = (
            np.array([0, rise, -run]) / np.hypot(run, rise),
            np.array([0, run, rise]) / np.hypot(run, rise),
        )
        at = (
            np.array([x, _PLATE, -_RIM + 1.2])
            + v[:, :1] * (1, 0, 0)
            + v[:, 1:2] * along
            + v[:, 2:] * out
        )
        yield _solid(text, (at, faces), color)


def _solid(
    name: str, made: tuple[Floats, Ints], color: Color, told: dict[str, Any] | None = None
) -> Solid:
    return Solid(name, made[0] * _MM, made[1], color, extras=told)


def _prism(side: Sequence[tuple[float, float]], left: float, right: float) -> tuple[Floats, Ints]:
    """A profile (z, y), counter-clockwise seen from the left with z to the left, drawn out from
    left to right.
    """
    from shapely import Polygon

    (flat, faces), = extruded(Polygon(side), left, right)  # fmt: skip
    return np.stack([flat[:, 2], flat[:, 1], flat[:, 0]], axis=1), faces[:, ::-1]
