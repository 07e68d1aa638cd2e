"""The words over a chart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from polysense.make.image.chart.series import ChartKind, Plot, Series
from polysense.make.image.chart.titles import chart_title, subtitle


def plot(kind: ChartKind, axis: str, *names: str, unit: str = "", table: str = "") -> Plot:
    series = tuple(Series(n, (1.0,), ("1",), ("B2",), unit) for n in names)
    return Plot(kind, axis, ("a",), ("A2",), series, table=table)


@pytest.mark.parametrize(
    ("chart", "title"),
    [
        (plot("bars", "Month", "Rain (mm)"), "Rain by month"),
        (plot("bars", "Month", "Rain", "Snow"), "Rain and Snow by month"),
        (plot("bars", "Rain gauge", "rain"), "Rain by rain gauge"),
        (plot("scatter", "Bird", "Span (cm)", "Mass (g)"), "Mass against Span"),
        (plot("bars", "月份", "雨量"), "各月份的雨量"),
        (plot("scatter", "鸟", "长", "重"), "重与长"),
        (plot("bars", "Month", "a", "b", "c", "d", table="Rainfall"), "Rainfall by month"),
        (plot("bars", "", ""), "Values"),
        (replace(plot("bars", "Month", "Dock", "Mart"), measure="Income"), "Income by month"),
    ],
)
def test_a_title_says_what_is_shown(chart: Plot, title: str) -> None:
    """From the names of what is plotted, in the table's language, without its units."""
    assert chart_title(chart) == title


def test_the_line_beneath_says_the_rest() -> None:
    """The unit and the table, where the title has not said it; points have a unit on each axis."""
    assert subtitle(plot("bars", "Month", "Rain", unit="mm", table="Weather")) == "Weather · in mm"
    assert subtitle(plot("bars", "Month", "Rain", table="Rain")) == ""
    assert subtitle(plot("scatter", "Bird", "Span", "Mass", unit="cm")) == ""
    assert "单位" in subtitle(plot("bars", "月份", "雨量", unit="毫米"))
