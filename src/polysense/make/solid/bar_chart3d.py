"""A bar chart to hold: the asked rows of a table as bars on a base, with raised labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.make.image.chart.plan import plan_chart
from polysense.make.image.chart.series import Plot, Series
from polysense.make.question_text import question_text
from polysense.make.solid.gltf import Color, Solid, box, glb
from polysense.make.solid.text_mesh import extrude, is_drawable, outline, plain_text, text_width
from polysense.protocols import Generator
from polysense.read.table.frame import frame
from polysense.types import Evidence, Modality, Part, Query, Span

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MM = 0.001  # metres
_BAR_HEIGHT, _CHART_WIDTH = 60.0, 150.0
"""Millimetres: the highest bar, and how wide the chart is where the number of bars allows."""

_BAR_DEPTH, _GAP, _EDGE, _SLOPE = 14.0, 5.0, 4.0, 12.0
"""Millimetres: a bar's depth, the space before and behind it, at the ends, the slope's depth."""

_BASE_HEIGHT, _ZERO_BOARD = 12.0, 2.0
"""How thick the base is, and the board from which bars hang."""

_LIP = 1.2
"""Millimetres of the base's front edge that stand upright, and by which the slope ends behind."""

_SINK, _LETTER_HEIGHT = 0.4, 0.8
"""Millimetres of a solid that lie in the one below, so that both print as one; of letters."""

_MAX_BARS, _MAX_EVIDENCE = 60, 3
"""Bars, so that each can be seen and printed; pieces of evidence whose table is tried."""

_MIN_LABEL, _MIN_HEADING = 1.9, 1.6
"""Millimetres of a capital below which labels are left out. Judged, not measured by a printer."""

_BASE_COLOR, _TEXT_COLOR, _NEGATIVE_COLOR = (36, 48, 66), (238, 240, 244), (214, 64, 84)
_COLORS: Sequence[Color] = (
    (76, 139, 245),
    (245, 140, 60),
    (62, 180, 125),
    (168, 110, 220),
    (230, 90, 165),
    (200, 160, 40),
)


class BarChart3d(Generator):
    """Bars as high as the cells' numbers, exactly in proportion, each a closed solid.

    So are the base and each label, by their names. Numbers below zero hang from a board that stands
    for it. meta["data"] holds the cells, meta["mm_per_unit"] the scale.
    """

    accepts: frozenset[Modality] = frozenset({"table"})
    emits: Modality = "3d"
    cost = 0.2

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """One model, of the first piece of evidence whose table has numbers other than zero."""
        question = question_text(query)
        for e in evidence[:_MAX_EVIDENCE]:
            table = frame(e.hit.chunk)
            plot = (
                plan_chart(table, f"{question} bar chart", e.span.cells or "")
                if table is not None
                else None
            )
            plot = _limit_bars(plot) if plot is not None and plot.labels else None
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


def _limit_bars(plot: Plot) -> Plot:
    """_MAX_BARS at most: series of one unit, and every n-th of too many labels."""
    comparable = [s for s in plot.series if s.unit == plot.series[0].unit]
    comparable = comparable[:1] if plot.kind == "scatter" else comparable
    step = -(-len(plot.labels) // _MAX_BARS)
    indices = range(0, len(plot.labels), step)
    series = tuple(
        _select_values(s, indices) for s in comparable[: max(1, _MAX_BARS // len(indices))]
    )
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
        labels=tuple(plot.labels[i] for i in indices),
        places=tuple(plot.places[i] for i in indices),
        series=series,
        note=note,
    )


def _select_values(s: Series, indices: Sequence[int]) -> Series:
    def select(values: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(values[i] for i in indices)

    return replace(s, values=select(s.values), texts=select(s.texts), cells=select(s.cells))


@dataclass(frozen=True)
class _Chart:
    """Where everything of a chart stands, in millimetres.

    x to the right, y up, z towards the reader.
    """

    plot: Plot

    @cached_property
    def values(self) -> list[float]:
        """All numbers that are there."""
        return [v for s in self.plot.series for v in s.values if v is not None and np.isfinite(v)]

    @cached_property
    def scale(self) -> float:
        """Millimetres for one of the table's units."""
        return _BAR_HEIGHT / max(abs(v) for v in self.values)

    @cached_property
    def depth(self) -> float:
        """How far bars reach below zero."""
        return max(0.0, -min(self.values)) * self.scale

    @cached_property
    def zero(self) -> float:
        """The height from which bars are measured: the base's top, or the board's above it."""
        return _BASE_HEIGHT + self.depth + 2.0 + _ZERO_BOARD if self.depth else _BASE_HEIGHT

    @cached_property
    def pitch(self) -> float:
        """From one label to the next."""
        return float(
            np.clip(_CHART_WIDTH / len(self.plot.labels), 2.6 * len(self.plot.series) + 1.4, 30.0)
        )

    @cached_property
    def width_mm(self) -> float:
        """The whole chart's width."""
        return self.pitch * len(self.plot.labels) + 2 * _EDGE

    @cached_property
    def title(self) -> str:
        """What is shown."""
        names = (
            ", ".join(dict.fromkeys(s.name for s in self.plot.series if s.name))
            or self.plot.table
            or "Values"
        )
        axis = (
            self.plot.axis if self.plot.axis and self.plot.axis.lower() not in names.lower() else ""
        )
        by = " / " if re.search(r"[\u2e80-\u9fff]", names) else " by "
        return plain_text(f"{names}{by}{axis}" if axis else names)[:120]

    def solids(self) -> Iterator[Solid]:
        """The base, the bars, the labels."""
        yield from self._base()
        n = len(self.plot.series)
        bar_width = 0.74 * self.pitch / n
        for i, label in enumerate(self.plot.labels):
            for k, s in enumerate(self.plot.series):
                value = s.values[i]
                if value is None or not np.isfinite(value) or value == 0:
                    continue
                x = self._x(i) + (k - (n - 1) / 2) * bar_width
                ends = sorted((self.zero - _SINK * np.sign(value), self.zero + value * self.scale))
                z = -_SLOPE - _GAP - _BAR_DEPTH
                block = box(
                    (x - 0.46 * bar_width, ends[0], z),
                    (x + 0.46 * bar_width, ends[1], z + _BAR_DEPTH),
                )
                color = _NEGATIVE_COLOR if value < 0 and n == 1 else _COLORS[k % len(_COLORS)]
                extras = {
                    "label": label,
                    "series": s.name,
                    "value": value,
                    "shown": s.texts[i],
                    "cell": s.cells[i],
                }
                yield _solid(
                    f"{label}: {s.texts[i]}" if n == 1 else f"{label}, {s.name}: {s.texts[i]}",
                    block,
                    color,
                    extras,
                )
        yield from self._labels()
        yield from self._heading()

    def _x(self, i: int) -> float:
        return -self.width_mm / 2 + _EDGE + (i + 0.5) * self.pitch

    def _base(self) -> Iterator[Solid]:
        """A block whose front slopes to the reader; where bars hang, a board on two walls."""
        back, half = -_SLOPE - 2 * _GAP - _BAR_DEPTH, self.width_mm / 2
        side = [
            (back, 0.0),
            (0.0, 0.0),
            (0.0, _LIP),
            (-_SLOPE + _LIP, _BASE_HEIGHT),
            (back, _BASE_HEIGHT),
        ]
        yield _solid("base", _prism(side, -half, half), _BASE_COLOR)
        if self.depth:
            z, low = (back, -_SLOPE), self.zero - _ZERO_BOARD
            yield _solid("zero", box((-half, low, z[0]), (half, self.zero, z[1])), _BASE_COLOR)
            for name, x in (("left wall", -half), ("right wall", half - _EDGE / 2)):
                yield _solid(
                    name,
                    box((x, _BASE_HEIGHT - _SINK, z[0]), (x + _EDGE / 2, low + _SINK, z[1])),
                    _BASE_COLOR,
                )

    def _labels(self) -> Iterator[Solid]:
        """What each bar is, and its number, on the slope.

        Upright where they are too wide for one line; none where that fails too.
        """
        is_single_series = len(self.plot.series) == 1
        names = [plain_text(label) for label in self.plot.labels]
        value_texts = (
            [plain_text(v) for v in self.plot.series[0].texts]
            if is_single_series
            else [""] * len(names)
        )
        if not all(map(is_drawable, [*names, *value_texts])):
            return
        widest = max((text_width(t, 1.0) for t in [*names, *value_texts]), default=0.0) or 1.0
        size = min(3.4, 0.94 * self.pitch / widest)
        if size >= _MIN_LABEL:
            for i, (name, value) in enumerate(zip(names, value_texts, strict=True)):
                yield from self._raised_text(name, self._x(i), 1.6, size, _TEXT_COLOR)
                yield from self._raised_text(
                    value, self._x(i), 1.6 + 1.35 * size, 0.85 * size, (150, 162, 180)
                )
            return
        size = min(3.0, 0.8 * self.pitch, 8.2 / max(text_width(t, 1.0) for t in names))
        if size >= _MIN_LABEL:
            for i, name in enumerate(names):
                yield from self._raised_text(name, self._x(i), 1.5, size, _TEXT_COLOR, upright=True)

    def _heading(self) -> Iterator[Solid]:
        """What is shown, below the labels: each series in its colour."""
        names = [
            (plain_text(s.name), _COLORS[k % len(_COLORS)]) for k, s in enumerate(self.plot.series)
        ]
        words = [(self.title, _TEXT_COLOR)] if len(names) == 1 else names
        if not all(t and is_drawable(t) for t, _ in words):
            return
        total = sum(text_width(t, 1.0) for t, _ in words) + 2.0 * (len(words) - 1)
        size = min(3.2, (self.width_mm - 2 * _EDGE) / total)
        if size < _MIN_HEADING:
            return
        x = -total * size / 2
        for text, color in words:
            word_width = text_width(text, size)
            yield from self._raised_text(text, x + word_width / 2, 10.9, size, color)
            x += word_width + 2.0 * size

    def _raised_text(
        self, text: str, x: float, distance: float, size: float, color: Color, upright: bool = False
    ) -> Iterator[Solid]:
        """Words around x, `distance` millimetres below the slope's upper edge.

        upright: they are read from the left.
        """
        pieces = list(extrude(outline(text, size), -_SINK, _LETTER_HEIGHT))
        if not pieces:
            return
        starts = np.cumsum([0, *(len(vertices) for vertices, _ in pieces[:-1])])
        vertices = np.concatenate([vertices for vertices, _ in pieces])
        faces = np.concatenate([f + s for (_, f), s in zip(pieces, starts, strict=True)])
        vertices = vertices - (text_width(text, size) / 2, 0, 0)
        upright_vertices = np.stack(
            [
                vertices[:, 1] - size / 2,
                -vertices[:, 0] - text_width(text, size) / 2 - distance,
                vertices[:, 2],
            ],
            axis=1,
        )
        vertices = upright_vertices if upright else vertices - (0, distance + size, 0)
        run, rise = _SLOPE - _LIP, _BASE_HEIGHT - _LIP
        slope_direction, slope_normal = (
            np.array([0, rise, -run]) / np.hypot(run, rise),
            np.array([0, run, rise]) / np.hypot(run, rise),
        )
        placed_vertices = (
            np.array([x, _BASE_HEIGHT, -_SLOPE + _LIP])
            + vertices[:, :1] * (1, 0, 0)
            + vertices[:, 1:2] * slope_direction
            + vertices[:, 2:] * slope_normal
        )
        yield _solid(text, (placed_vertices, faces), color)


def _solid(
    name: str, mesh: tuple[Floats, Ints], color: Color, extras: dict[str, Any] | None = None
) -> Solid:
    return Solid(name, mesh[0] * _MM, mesh[1], color, extras=extras)


def _prism(
    profile: Sequence[tuple[float, float]], left: float, right: float
) -> tuple[Floats, Ints]:
    """A profile (z, y) drawn out from left to right.

    It runs counter-clockwise, seen from the left with z to the left.
    """
    from shapely import Polygon

    (flat, faces), = extrude(Polygon(profile), left, right)  # fmt: skip
    return np.stack([flat[:, 2], flat[:, 1], flat[:, 0]], axis=1), faces[:, ::-1]
