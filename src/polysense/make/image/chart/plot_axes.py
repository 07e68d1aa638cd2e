"""The axes of a chart: lines, bars, lying bars or points, their labels and values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from polysense.make.image import canvas
from polysense.make.image.axes import (
    POINTS,
    font_properties,
    new_figure,
    style_axes,
    to_image,
)
from polysense.make.image.canvas import Face
from polysense.make.image.chart.series import Plot
from polysense.make.image.chart.time_labels import time_value

HAN = re.compile(r"[\u3400-\u9fff]")
_MAX_VALUE_LABELS = 26
"""Values written on bars and points; lying bars have room for twice as many."""

_MAX_POINT_VALUES, _MAX_DOTS = 12, 40
"""Points of a line that have their value beside them, and that have a dot."""

_FAR_ABOVE, _FAR_ABOVE_SEVERAL = 0.8, 0.5
"""Lines whose lowest value is this share of the highest need not begin at nought, nor several."""

_MAX_GAP_RATIO = 12
"""Times stand to scale unless a gap is so many times the least. None of these is measured."""


def draw_plot(plot: Plot, size: tuple[int, int]) -> Any:
    """The axes of a plot in its form, `size` pixels, as a PIL image."""
    figure = new_figure(size)
    axes = figure.add_subplot()
    {"line": _draw_lines, "bars": _draw_bars, "across": _draw_lying_bars, "scatter": _draw_scatter}[
        plot.kind
    ](axes, plot)
    figure.subplots_adjust(**_margins(plot, size))
    return to_image(figure)


def _margins(plot: Plot, size: tuple[int, int]) -> dict[str, float]:
    """Room for the labels beside the axes, by their widths."""
    face = Face("sans", 19)
    value_texts = [s for series in plot.series for s in series.texts if s]
    number_width = min(
        170.0, max((canvas.text_width(f"{_largest_value(plot):,.0f}00", face), 60.0))
    )
    if plot.kind == "across":
        label_width = max(canvas.text_width(_shorten(x, 34), face) for x in plot.labels)
        right = min(200.0, max((canvas.text_width(s, face) for s in value_texts), default=0) + 40)
        return {
            "left": min(0.5, (label_width + 40) / size[0]),
            "right": 1 - right / size[0],
            "top": 0.985,
            "bottom": 92 / size[1],
        }
    name_room = 40 if plot.kind == "scatter" or _measure_name(plot) else 0
    bottom = 100 if plot.axis else 62
    return {
        "left": (number_width + 36 + name_room) / size[0],
        "right": 1 - 36 / size[0],
        "top": 1 - 34 / size[1],
        "bottom": bottom / size[1],
    }


def _largest_value(plot: Plot) -> float:
    return max((abs(v) for s in plot.series for v in s.values if v is not None), default=0.0)


def _draw_lines(axes: Any, plot: Plot) -> None:
    n = len(plot.labels)
    positions = _time_positions(plot)
    for i, s in enumerate(plot.series):
        points = [(x, v) for x, v in zip(positions, s.values, strict=True) if v is not None]
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        dots = (
            {
                "marker": "o",
                "markersize": 8,
                "markeredgecolor": canvas.PAPER,
                "markeredgewidth": 1.5,
            }
            if n <= _MAX_DOTS
            else {}
        )
        axes.plot(
            xs,
            ys,
            color=canvas.SERIES_COLOURS[i],
            linewidth=3 if n < 300 else 1.6,
            solid_capstyle="round",
            **dots,
        )
        if len(plot.series) == 1 and min(ys) < _FAR_ABOVE * max(ys):
            axes.fill_between(
                xs, ys, min(0, min(ys)), color=canvas.SERIES_COLOURS[0], alpha=0.08, linewidth=0
            )
        for j in plot.highlights:
            if s.values[j] is not None:
                axes.plot(
                    [positions[j]],
                    [s.values[j]],
                    marker="o",
                    markersize=14,
                    color=canvas.ACCENT,
                    markeredgecolor=canvas.PAPER,
                    markeredgewidth=2,
                )
    _set_value_limits(axes, plot)
    _annotate_points(axes, plot, positions)
    _label_axes(axes, plot, positions)
    axes.margins(x=0.04)


def _draw_bars(axes: Any, plot: Plot) -> None:
    n = len(plot.series)
    bar_width = 0.76 / n
    for i, s in enumerate(plot.series):
        xs = [j + (i - (n - 1) / 2) * bar_width for j in range(len(plot.labels))]
        axes.bar(xs, [v or 0.0 for v in s.values], bar_width * 0.92, color=_bar_colours(plot, i))
        for j, x in enumerate(xs):
            if (
                n * len(plot.labels) <= _MAX_VALUE_LABELS
                and s.values[j] is not None
                and len(s.texts[j]) * 11 * n * len(plot.labels) < 1000
            ):
                _annotate(
                    axes,
                    (x, s.values[j] or 0.0),
                    s.texts[j],
                    (0, 8 if (s.values[j] or 0) >= 0 else -8),
                )
    axes.axhline(0, color="#b6bfcc", linewidth=1.2)
    _set_value_limits(axes, plot)
    _label_axes(axes, plot, list(range(len(plot.labels))))


def _draw_lying_bars(axes: Any, plot: Plot) -> None:
    n = len(plot.series)
    bar_height = 0.76 / n
    for i, s in enumerate(plot.series):
        ys = [j + (i - (n - 1) / 2) * bar_height for j in range(len(plot.labels))]
        axes.barh(ys, [v or 0.0 for v in s.values], bar_height * 0.9, color=_bar_colours(plot, i))
        for j, y in enumerate(ys):
            if s.values[j] is not None and n * len(plot.labels) <= 2 * _MAX_VALUE_LABELS:
                _annotate(
                    axes,
                    (s.values[j] or 0.0, y),
                    s.texts[j],
                    (8 if (s.values[j] or 0) >= 0 else -8, 0),
                )
    axes.invert_yaxis()
    axes.axvline(0, color="#b6bfcc", linewidth=1.2)
    axes.set_yticks(range(len(plot.labels)), [_shorten(x, 34) for x in plot.labels])
    axes.xaxis.set_major_formatter(_thousands_formatter())
    axes.margins(x=0.02, y=0.01)
    axes.set_xlabel(
        _measure_name(plot) if len(plot.series) == 1 else plot.series[0].unit, labelpad=8
    )
    style_axes(axes, "x")
    for label in axes.get_yticklabels():
        label.set_color(canvas.INK)


def _draw_scatter(axes: Any, plot: Plot) -> None:
    x, y = plot.series
    colours = [
        canvas.ACCENT if i in plot.highlights else canvas.SERIES_COLOURS[0]
        for i in range(len(plot.labels))
    ]
    axes.scatter(
        x.values, y.values, s=110, c=colours, alpha=0.85, edgecolors=canvas.PAPER, linewidths=1.2
    )
    for i, label in enumerate(plot.labels if len(plot.labels) <= 16 and plot.axis else ()):
        _annotate(axes, (x.values[i] or 0.0, y.values[i] or 0.0), _shorten(label, 18), (0, 10))
    for set_name, s in ((axes.set_xlabel, x), (axes.set_ylabel, y)):
        set_name(s.name if not s.unit or s.unit in s.name else f"{s.name} ({s.unit})", labelpad=10)
    axes.xaxis.set_major_formatter(_thousands_formatter())
    axes.yaxis.set_major_formatter(_thousands_formatter())
    axes.margins(0.08)
    style_axes(axes, "both")


def _bar_colours(plot: Plot, i: int) -> list[str]:
    """The colour of each bar: of one series, the cited ones stand out."""
    if len(plot.series) == 1 and plot.highlights:
        return [
            canvas.ACCENT if j in plot.highlights else canvas.SERIES_COLOURS[0]
            for j in range(len(plot.labels))
        ]
    return [canvas.SERIES_COLOURS[i]] * len(plot.labels)


def _set_value_limits(axes: Any, plot: Plot) -> None:
    """Let the scale begin at nought: for bars, and for lines unless they are far above it."""
    values = [v for s in plot.series for v in s.values if v is not None]
    low, high = min(values), max(values)
    headroom = 0.12 * ((high - min(low, 0)) or 1.0)
    if (
        plot.kind == "bars"
        or low < (_FAR_ABOVE if len(plot.series) == 1 else _FAR_ABOVE_SEVERAL) * high
    ):
        axes.set_ylim(
            min(0.0, low - headroom) if low < 0 else 0.0, high + headroom if high > 0 else headroom
        )
    else:
        axes.margins(y=0.15)


def _label_axes(axes: Any, plot: Plot, positions: Sequence[float]) -> None:
    """Write the labels along the axis, as many as fit, and the names of both axes."""
    max_labels = max(
        1,
        int(
            1050
            / max(
                40.0,
                max(canvas.text_width(_shorten(x, 16), Face("sans", 19)) for x in plot.labels) + 22,
            )
        ),
    )
    step = max(1, -(-len(plot.labels) // max_labels))
    axes.set_xticks(list(positions)[::step], [_shorten(x, 16) for x in plot.labels[::step]])
    axes.set_xlabel(canvas.clean(plot.axis), labelpad=10)
    axes.set_ylabel(_measure_name(plot), labelpad=10)
    axes.yaxis.set_major_formatter(_thousands_formatter())
    style_axes(axes)


def _measure_name(plot: Plot) -> str:
    """What the values are: the measure's name, or what several have in common."""
    first = plot.series[0]
    name = plot.measure or (
        first.name
        if len(plot.series) == 1
        else ""
        if plot.table == plot.sheet == ""
        else plot.table
    )
    name = name if len(name) <= 40 else ""
    return canvas.clean(
        name
        if not first.unit or first.unit in name
        else f"{name} ({first.unit})"
        if name
        else first.unit
    )


def _annotate_points(axes: Any, plot: Plot, positions: Sequence[float]) -> None:
    """Write values beside the points of a short line; of several lines, those that are cited."""
    for s in plot.series:
        indices = (
            range(len(plot.labels))
            if len(plot.series) == 1 and len(plot.labels) <= _MAX_POINT_VALUES
            else sorted(plot.highlights)
        )
        for j in indices:
            if s.values[j] is not None:
                neighbours = [
                    v
                    for v in (*s.values[max(0, j - 1) : j], *s.values[j + 1 : j + 2])
                    if v is not None
                ]
                is_valley = (
                    len(neighbours) == 2
                    and (s.values[j] or 0.0) < min(neighbours)
                    and (s.values[j] or 0.0) > 0.15 * _largest_value(plot)
                )
                _annotate(
                    axes,
                    (positions[j], s.values[j] or 0.0),
                    s.texts[j],
                    (0, -14 if is_valley else 13),
                )


def _annotate(axes: Any, at: tuple[float, float], text: str, offset: tuple[int, int]) -> None:
    from matplotlib.patheffects import withStroke

    x, y = offset
    side = {
        "ha": "left" if x > 0 else "right" if x < 0 else "center",
        "va": "bottom" if y > 0 else "top" if y < 0 else "center",
    }
    note = axes.annotate(
        canvas.clean(text),
        at,
        xytext=(x * POINTS, y * POINTS),
        textcoords="offset points",
        annotation_clip=False,
        **side,
    )
    note.set_fontproperties(font_properties(18))
    note.set_parse_math(False)
    note.set_color(canvas.INK)
    note.set_path_effects([withStroke(linewidth=4, foreground=canvas.PAPER)])


def _time_positions(plot: Plot) -> list[float]:
    """Where each label stands along an axis of time.

    Side by side where that would crowd them, or they say no time.
    """
    times = [time_value(x) for x in plot.labels]
    if any(t is None for t in times) or len(set(times)) < len(times):
        return [float(i) for i in range(len(times))]
    complete_times = [t for t in times if t is not None]
    gaps = [b - a for a, b in pairwise(complete_times)]
    is_crowded = (
        not gaps
        or min(gaps) <= 0
        or (len(complete_times) <= _MAX_DOTS and max(gaps) > _MAX_GAP_RATIO * min(gaps))
    )
    return [float(i) for i in range(len(times))] if is_crowded else complete_times


def _thousands_formatter() -> Any:
    from matplotlib.ticker import FuncFormatter

    return FuncFormatter(
        lambda v, _: f"{v:,.0f}" if abs(v) >= 100 or float(v).is_integer() else f"{v:.4g}"
    )


def _shorten(text: str, limit: int) -> str:
    text = " ".join(canvas.clean(text).split())
    limit = limit // 2 + 1 if HAN.search(text) else limit
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
