"""What a chart shows: labels and series, the cells that they are, and the form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

ChartKind = Literal["line", "bars", "across", "scatter"]

MAX_SERIES, MAX_BARS, MAX_POINTS = 6, 30, 2_000
"""Series of a chart, bars in it and points of a line: what is still read. Judged, not measured."""


@dataclass(frozen=True, slots=True)
class Series:
    """One measure: its values beside the labels, the cells' texts, and their addresses.

    A value is None where a cell is empty.
    """

    name: str
    values: tuple[float | None, ...]
    texts: tuple[str, ...]
    cells: tuple[str, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart's content. labels stand along the axis named `axis`.

    measure is what the values are, where the series are things that have it. note says what was
    left out; highlights are the indices of the cited labels.
    """

    kind: ChartKind
    axis: str
    labels: tuple[str, ...]
    places: tuple[str, ...]
    series: tuple[Series, ...]
    temporal: bool = False
    table: str = ""
    range: str = ""
    sheet: str = ""
    measure: str = ""
    note: str = ""
    highlights: frozenset[int] = frozenset()

    def data(self) -> dict[str, Any]:
        """The plotted cells: column names, rows of a label and its values, and their addresses."""
        rows = [[label, *(s.values[i] for s in self.series)] for i, label in enumerate(self.labels)]
        cells = [[place, *(s.cells[i] for s in self.series)] for i, place in enumerate(self.places)]
        units = [s.unit for s in self.series]
        return {
            "columns": [self.axis, *(s.name for s in self.series)],
            "rows": rows,
            "cells": cells,
            "units": units,
            "sheet": self.sheet,
        }


def select_labels(plot: Plot, indices: Sequence[int]) -> Plot:
    """Only these labels, in this order."""

    def select(values: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(values[i] for i in indices)

    series = tuple(
        replace(s, values=select(s.values), texts=select(s.texts), cells=select(s.cells))
        for s in plot.series
    )
    highlights = frozenset(n for n, i in enumerate(indices) if i in plot.highlights)
    return replace(
        plot,
        labels=select(plot.labels),
        places=select(plot.places),
        series=series,
        highlights=highlights,
    )


def note_omissions(plot: Plot, asked_for: int) -> Plot:
    """The plot with a note where it shows fewer numbers than were asked for."""
    value_count = sum(v is not None for s in plot.series for v in s.values)
    if plot.note or value_count >= asked_for:
        return plot
    return replace(plot, note=f"{value_count} of {asked_for} values shown")
