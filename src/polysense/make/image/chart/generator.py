"""A chart of what a table says about the question: the asked rows and columns, exactly as the cells
have them.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from polysense.make.image import axes as plots
from polysense.make.image import canvas as ink
from polysense.make.image.canvas import Face
from polysense.make.image.chart.series import Plot, moment, plan
from polysense.protocols import Generator
from polysense.read.table.frame import frame
from polysense.types import Evidence, Modality, Origin, Part, Query, Span

_WIDTH, _INSET, _PAD = 1280, 26, 56
_SAID = 26  # values written on bars and points, no more
_UNIT = re.compile(r"\s*[(\[（][^()\[\]（）]{1,14}[)\]）]")
_WIDE = re.compile(r"[\u3400-\u9fff]")


class Chart(Generator):
    """Lines for time, bars for categories, points for two measures; meta["data"] holds the plotted
    cells exactly.
    """

    accepts: frozenset[Modality] = frozenset({"table"})
    emits: Modality = "image"
    cost = 0.15
    origin: Origin = "composed"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """One chart, of the first piece of evidence whose table has numbers."""
        words = " ".join(str(p.data) for p in query if p.modality == "text")
        for e in evidence[:3]:
            found = frame(e.hit.chunk)
            if (
                found is None
                or (plot := plan(found, words, e.span.cells or "")) is None
                or not plot.labels
            ):
                continue
            asset = e.hit.chunk.asset
            place = str(
                Span(page=e.span.page, cells=plot.range or None) if plot.range else e.hit.chunk.span
            )
            picture = drawn(
                plot, ", ".join(filter(None, (asset.name, "" if place == "whole" else place)))
            )
            meta = {
                "data": plot.data(),
                "chart": plot.kind,
                "title": title(plot),
                "source": place,
                "evidence": [e.n],
            }
            yield Part(
                "image", ink.png(picture), "image/png", ink.filename(title(plot), ".png"), meta=meta
            )
            return


def title(plot: Plot) -> str:
    """What the chart shows, from the names of what is in it.

    >>> from polysense.make.image.chart.series import Series
    >>> title(Plot("bars", "Month", ("May",), ("",), (Series("Income", (1.0,), ("1",), ("",)),)))
    'Income by month'
    """
    names = [s.name for s in plot.series if s.name]
    wide = any(_WIDE.search(n) for n in names)
    if plot.kind == "scatter":
        said = f"{names[1]}与{names[0]}" if wide else f"{names[1]} against {names[0]}"
        return _UNIT.sub("", said)
    many = len(names) > 3
    many = many and any(c.isalpha() for c in plot.table)
    said = (
        plot.table
        if many
        else ("、" if wide else ", ").join(names[:-1])
        + ("和" if wide else " and ") * (len(names) > 1)
    )
    said = said if many else said + (names[-1] if names else "")
    said = _UNIT.sub("", said) or plot.table or "Values"
    if not plot.axis or plot.axis.lower() in said.lower():
        return said[:1].upper() + said[1:]
    axis = plot.axis[0].lower() + plot.axis[1:] if plot.axis[1:].islower() else plot.axis
    return f"各{plot.axis}的{said}" if wide else f"{said[:1].upper()}{said[1:]} by {axis}"


def drawn(plot: Plot, source: str) -> Any:
    """The chart on a card: title, what the colours mean, axes, source."""
    from PIL import ImageDraw

    inner = _WIDTH - 2 * (_INSET + _PAD)
    big, small = Face("sans", 37, bold=True), Face("sans", 21)
    said = ink.clean(title(plot))
    heads = [said[a:b] for a, b in ink.lines(said, big, inner)][:2]
    bars = len(plot.labels) * (len(plot.series) * 22 + 16) + 90 if plot.kind == "across" else 0
    high = max(360, min(1000, bars)) if plot.kind == "across" else 520
    legend = _legend(plot, inner) if len(plot.series) > 1 and plot.kind != "scatter" else []
    under = _under(plot)
    top = _INSET + 44 + 48 * len(heads) + (38 if under else 0) + 40 * len(legend) + 12
    image = ink.card((_WIDTH, top + high + 84 + _INSET), _INSET)
    draw, left = ImageDraw.Draw(image), _INSET + _PAD
    y = _INSET + 44
    for line in heads:
        ink.write(draw, (left, y + 36), ink.cut(line, big, inner), big, ink.INK)
        y += 48
    if under:
        ink.write(draw, (left, y + 24), ink.cut(under, small, inner), small, ink.MUTED)
        y += 38
    for row in legend:
        x = float(left)
        for i, name in row:
            ink.rounded(image, (x, y + 12, x + 22, y + 34), 6, fill=ink.SERIES[i])
            x = ink.write(draw, (x + 32, y + 31), name, small, ink.INK) + 32
        y += 40
    with warnings.catch_warnings():
        # about characters without a glyph, and axes too small for their labels
        warnings.simplefilter("ignore")
        image.paste(_axes(plot, (inner + 40, high)), (left - 20, top))
    foot = top + high + 22
    draw.line((left, foot, _WIDTH - left, foot), fill=ink.FAINT, width=2)
    note = Face("sans", 19)
    ink.write(
        draw,
        (left, foot + 34),
        ink.cut(f"{'来源：' if _WIDE.search(said) else 'Source: '}{source}", note, inner),
        note,
        ink.MUTED,
    )
    return image


def _under(plot: Plot) -> str:
    """The line beneath the title: the table, the unit, what was left out."""
    unit = plot.series[0].unit if plot.kind != "scatter" else ""
    table = plot.table if plot.table and plot.table.lower() not in title(plot).lower() else ""
    wide = any(_WIDE.search(s.name) for s in plot.series)
    return ink.clean(
        " · ".join(
            filter(None, (table, unit and (f"单位：{unit}" if wide else f"in {unit}"), plot.note))
        )
    )


def _legend(plot: Plot, inner: int) -> list[list[tuple[int, str]]]:
    small, rows, x = Face("sans", 21), list[list[tuple[int, str]]]([[]]), 0.0
    for i, s in enumerate(plot.series):
        name = ink.cut(ink.clean(s.name) or f"column {i + 1}", small, inner / 2)
        wide = ink.width(name, small) + 64
        if x + wide > inner and rows[-1]:
            rows, x = [*rows, []], 0.0
        rows[-1].append((i, name))
        x += wide
    return rows


def _axes(plot: Plot, size: tuple[int, int]) -> Any:
    made = plots.figure(size)
    axes = made.add_subplot()
    {"line": _line, "bars": _bars, "across": _across, "scatter": _points}[plot.kind](axes, plot)
    made.subplots_adjust(**_margins(plot, size))
    return plots.pixels(made)


def _margins(plot: Plot, size: tuple[int, int]) -> dict[str, float]:
    """Room for the labels beside the axes, by their widths."""
    letters = Face("sans", 19)
    shown = [s for series in plot.series for s in series.shown if s]
    numbers = min(170.0, max((ink.width(f"{_top(plot):,.0f}00", letters), 60.0)))
    if plot.kind == "across":
        names = max(ink.width(_short(x, 34), letters) for x in plot.labels)
        right = min(200.0, max((ink.width(s, letters) for s in shown), default=0) + 40)
        return {
            "left": min(0.5, (names + 40) / size[0]),
            "right": 1 - right / size[0],
            "top": 0.985,
            "bottom": 92 / size[1],
        }
    named = 40 if plot.kind == "scatter" or _measure(plot) else 0
    below = 100 if plot.axis else 62
    return {
        "left": (numbers + 36 + named) / size[0],
        "right": 1 - 36 / size[0],
        "top": 1 - 34 / size[1],
        "bottom": below / size[1],
    }


def _top(plot: Plot) -> float:
    return max((abs(v) for s in plot.series for v in s.values if v is not None), default=0.0)


def _line(axes: Any, plot: Plot) -> None:
    n = len(plot.labels)
    at = _moments(plot)
    for i, s in enumerate(plot.series):
        points = [(x, v) for x, v in zip(at, s.values, strict=True) if v is not None]
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        dots = (
            {"marker": "o", "markersize": 8, "markeredgecolor": ink.PAPER, "markeredgewidth": 1.5}
            if n <= 40
            else {}
        )
        axes.plot(
            xs,
            ys,
            color=ink.SERIES[i],
            linewidth=3 if n < 300 else 1.6,
            solid_capstyle="round",
            **dots,
        )
        if len(plot.series) == 1 and min(ys) < 0.8 * max(ys):
            axes.fill_between(xs, ys, min(0, min(ys)), color=ink.SERIES[0], alpha=0.08, linewidth=0)
        for j in plot.marked:
            if s.values[j] is not None:
                axes.plot(
                    [at[j]],
                    [s.values[j]],
                    marker="o",
                    markersize=14,
                    color=ink.ACCENT,
                    markeredgecolor=ink.PAPER,
                    markeredgewidth=2,
                )
    _ground(axes, plot)
    _written(axes, plot, at)
    _named(axes, plot, at)
    axes.margins(x=0.04)


def _bars(axes: Any, plot: Plot) -> None:
    n = len(plot.series)
    wide = 0.76 / n
    for i, s in enumerate(plot.series):
        xs = [j + (i - (n - 1) / 2) * wide for j in range(len(plot.labels))]
        axes.bar(xs, [v or 0.0 for v in s.values], wide * 0.92, color=_colours(plot, i))
        for j, x in enumerate(xs):
            if (
                n * len(plot.labels) <= _SAID
                and s.values[j] is not None
                and len(s.shown[j]) * 11 * n * len(plot.labels) < 1000
            ):
                _said(
                    axes,
                    (x, s.values[j] or 0.0),
                    s.shown[j],
                    (0, 8 if (s.values[j] or 0) >= 0 else -8),
                )
    axes.axhline(0, color="#b6bfcc", linewidth=1.2)
    _ground(axes, plot)
    _named(axes, plot, list(range(len(plot.labels))))


def _across(axes: Any, plot: Plot) -> None:
    n = len(plot.series)
    high = 0.76 / n
    for i, s in enumerate(plot.series):
        ys = [j + (i - (n - 1) / 2) * high for j in range(len(plot.labels))]
        axes.barh(ys, [v or 0.0 for v in s.values], high * 0.9, color=_colours(plot, i))
        for j, y in enumerate(ys):
            if s.values[j] is not None and n * len(plot.labels) <= 2 * _SAID:
                _said(
                    axes,
                    (s.values[j] or 0.0, y),
                    s.shown[j],
                    (8 if (s.values[j] or 0) >= 0 else -8, 0),
                )
    axes.invert_yaxis()
    axes.axvline(0, color="#b6bfcc", linewidth=1.2)
    axes.set_yticks(range(len(plot.labels)), [_short(x, 34) for x in plot.labels])
    axes.xaxis.set_major_formatter(_thousands())
    axes.margins(x=0.02, y=0.01)
    axes.set_xlabel(_measure(plot) if len(plot.series) == 1 else plot.series[0].unit, labelpad=8)
    plots.quiet(axes, "x")
    for label in axes.get_yticklabels():
        label.set_color(ink.INK)


def _points(axes: Any, plot: Plot) -> None:
    x, y = plot.series
    colours = [ink.ACCENT if i in plot.marked else ink.SERIES[0] for i in range(len(plot.labels))]
    axes.scatter(
        x.values, y.values, s=110, c=colours, alpha=0.85, edgecolors=ink.PAPER, linewidths=1.2
    )
    for i, said in enumerate(plot.labels if len(plot.labels) <= 16 and plot.axis else ()):
        _said(axes, (x.values[i] or 0.0, y.values[i] or 0.0), _short(said, 18), (0, 10))
    for set_name, s in ((axes.set_xlabel, x), (axes.set_ylabel, y)):
        set_name(s.name if not s.unit or s.unit in s.name else f"{s.name} ({s.unit})", labelpad=10)
    axes.xaxis.set_major_formatter(_thousands())
    axes.yaxis.set_major_formatter(_thousands())
    axes.margins(0.08)
    plots.quiet(axes, "both")


def _colours(plot: Plot, i: int) -> list[str]:
    """The colour of each bar: of one series, the cited ones stand out."""
    if len(plot.series) == 1 and plot.marked:
        return [ink.ACCENT if j in plot.marked else ink.SERIES[0] for j in range(len(plot.labels))]
    return [ink.SERIES[i]] * len(plot.labels)


def _ground(axes: Any, plot: Plot) -> None:
    """A scale that begins at nought where that tells the truth: for bars, and for lines unless they
    are far above it.
    """
    values = [v for s in plot.series for v in s.values if v is not None]
    low, high = min(values), max(values)
    room = 0.12 * ((high - min(low, 0)) or 1.0)
    if plot.kind == "bars" or low < (0.8 if len(plot.series) == 1 else 0.5) * high:
        axes.set_ylim(min(0.0, low - room) if low < 0 else 0.0, high + room if high > 0 else room)
    else:
        axes.margins(y=0.15)


def _named(axes: Any, plot: Plot, at: Sequence[float]) -> None:
    """The labels along the axis, as many as fit, and the names of both axes."""
    room = max(
        1,
        int(
            1050
            / max(40.0, max(ink.width(_short(x, 16), Face("sans", 19)) for x in plot.labels) + 22)
        ),
    )
    step = max(1, -(-len(plot.labels) // room))
    axes.set_xticks(list(at)[::step], [_short(x, 16) for x in plot.labels[::step]])
    axes.set_xlabel(ink.clean(plot.axis), labelpad=10)
    axes.set_ylabel(_measure(plot), labelpad=10)
    axes.yaxis.set_major_formatter(_thousands())
    plots.quiet(axes)


def _measure(plot: Plot) -> str:
    """What the values are: the measure's name, or what several have in common."""
    one = plot.series[0]
    said = (
        one.name if len(plot.series) == 1 else "" if plot.table == plot.sheet == "" else plot.table
    )
    said = said if len(said) <= 40 else ""
    return ink.clean(
        said if not one.unit or one.unit in said else f"{said} ({one.unit})" if said else one.unit
    )


def _written(axes: Any, plot: Plot, at: Sequence[float]) -> None:
    """Values beside the points of a short line; of several lines, those that are cited."""
    for s in plot.series:
        which = (
            range(len(plot.labels))
            if len(plot.series) == 1 and len(plot.labels) <= 12
            else sorted(plot.marked)
        )
        for j in which:
            if s.values[j] is not None:
                around = [
                    v
                    for v in (*s.values[max(0, j - 1) : j], *s.values[j + 1 : j + 2])
                    if v is not None
                ]
                valley = (
                    len(around) == 2
                    and (s.values[j] or 0.0) < min(around)
                    and (s.values[j] or 0.0) > 0.15 * _top(plot)
                )
                _said(axes, (at[j], s.values[j] or 0.0), s.shown[j], (0, -14 if valley else 13))


def _said(axes: Any, at: tuple[float, float], text: str, away: tuple[int, int]) -> None:
    from matplotlib.patheffects import withStroke

    x, y = away
    side = {
        "ha": "left" if x > 0 else "right" if x < 0 else "center",
        "va": "bottom" if y > 0 else "top" if y < 0 else "center",
    }
    note = axes.annotate(
        ink.clean(text),
        at,
        xytext=(x * 0.72, y * 0.72),
        textcoords="offset points",
        annotation_clip=False,
        **side,
    )
    note.set_fontproperties(plots.letters(18))
    note.set_parse_math(False)
    note.set_color(ink.INK)
    note.set_path_effects([withStroke(linewidth=4, foreground=ink.PAPER)])


def _moments(plot: Plot) -> list[float]:
    """Where each label stands along an axis of time; side by side where that would crowd them, or
    they say no time.
    """
    at = [moment(x) for x in plot.labels]
    if any(t is None for t in at) or len(set(at)) < len(at):
        return [float(i) for i in range(len(at))]
    known = [t for t in at if t is not None]
    gaps = [b - a for a, b in pairwise(known)]
    crowded = not gaps or min(gaps) <= 0 or (len(known) <= 40 and max(gaps) > 12 * min(gaps))
    return [float(i) for i in range(len(at))] if crowded else known


def _thousands() -> Any:
    from matplotlib.ticker import FuncFormatter

    return FuncFormatter(
        lambda v, _: f"{v:,.0f}" if abs(v) >= 100 or float(v).is_integer() else f"{v:.4g}"
    )


def _short(said: str, most: int) -> str:
    said = " ".join(ink.clean(said).split())
    most = most // 2 + 1 if _WIDE.search(said) else most
    return said if len(said) <= most else said[: most - 1].rstrip() + "…"
