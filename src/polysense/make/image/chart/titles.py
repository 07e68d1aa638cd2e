"""The words over a chart, from the names of what is in it, in the language of the table."""

from __future__ import annotations

import re

from polysense.make.image import canvas
from polysense.make.image.chart.plot_axes import HAN
from polysense.make.image.chart.series import Plot

_MAX_NAMES = 3
"""Series that a title names; of more it names the table."""

_UNIT_SUFFIX = re.compile(r"\s*[(\[（][^()\[\]（）]{1,14}[)\]）]")


def chart_title(plot: Plot) -> str:
    """What the chart shows, from the names of what is in it.

    >>> from polysense.make.image.chart.series import Series
    >>> income = Series("Income", (1.0,), ("1",), ("",))
    >>> chart_title(Plot("bars", "Month", ("May",), ("",), (income,)))
    'Income by month'
    >>> shops = tuple(Series(n, (1.0,), ("1",), ("",)) for n in ("Harbour", "Market"))
    >>> chart_title(Plot("bars", "Month", ("May",), ("",), shops, measure="Revenue"))
    'Revenue by month'
    """
    names = [plot.measure] if plot.measure else [s.name for s in plot.series if s.name]
    is_han = any(HAN.search(n) for n in names)
    if plot.kind == "scatter" and len(names) > 1:
        text = f"{names[1]}与{names[0]}" if is_han else f"{names[1]} against {names[0]}"
        return _UNIT_SUFFIX.sub("", text)
    names_table = len(names) > _MAX_NAMES and any(c.isalpha() for c in plot.table)
    text = (
        plot.table
        if names_table
        else ("、" if is_han else ", ").join(names[:-1])
        + ("和" if is_han else " and ") * (len(names) > 1)
    )
    text = text if names_table else text + (names[-1] if names else "")
    text = _UNIT_SUFFIX.sub("", text) or plot.table or "Values"
    if not plot.axis or plot.axis.lower() in text.lower():
        return text[:1].upper() + text[1:]
    axis = plot.axis[0].lower() + plot.axis[1:] if plot.axis[1:].islower() else plot.axis
    return f"各{plot.axis}的{text}" if is_han else f"{text[:1].upper()}{text[1:]} by {axis}"


def subtitle(plot: Plot) -> str:
    """The line beneath the title: the table, the unit, what was left out."""
    unit = plot.series[0].unit if plot.kind != "scatter" else ""
    table = plot.table if plot.table and plot.table.lower() not in chart_title(plot).lower() else ""
    is_han = any(HAN.search(s.name) for s in plot.series)
    return canvas.clean(
        " · ".join(
            filter(None, (table, unit and (f"单位：{unit}" if is_han else f"in {unit}"), plot.note))
        )
    )
