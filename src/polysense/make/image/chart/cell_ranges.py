"""Which cells a chart shows, as ranges, and which of its labels a cited range is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from polysense.make.image.chart.series import Plot
from polysense.read.table.frame import Frame

_MAX_HIGHLIGHT_SHARE = 0.4
"""More cited labels than this share stand out no more. Judged, not measured."""

_MAX_RANGES = 4
"""More ranges than this are given as the one around them."""


def highlight_cited(plot: Plot, cited_cells: str) -> Plot:
    """The plot with the labels whose cells answer highlighted, where these are few of them."""
    m = re.fullmatch(r"(?:.*!)?[A-Z]+(\d+)(?::[A-Z]+(\d+))?", cited_cells, re.S)
    if not m:
        return plot
    first, last = int(m[1]), int(m[2] or m[1])
    indices = set()
    for i in range(len(plot.labels)):
        rows = [int(n[0]) for s in plot.series if (n := re.findall(r"\d+", s.cells[i]))]
        if rows and all(first <= r <= last for r in rows):
            indices.add(i)
    return (
        replace(plot, highlights=frozenset(indices))
        if 0 < len(indices) <= _MAX_HIGHLIGHT_SHARE * len(plot.labels)
        else plot
    )


def with_cell_range(plot: Plot) -> Plot:
    """The plot with the ranges of its cells: columns side by side together."""
    columns = [plot.places, *(s.cells for s in plot.series)] if plot.places else []
    columns = sorted(
        (c for c in columns if any(c)), key=lambda c: (len(_column_letters(c)), _column_letters(c))
    )
    groups: list[list[tuple[str, ...]]] = []
    for column in columns:
        if (
            groups
            and _column_index(_column_letters(column))
            - _column_index(_column_letters(groups[-1][-1]))
            <= 1
        ):
            groups[-1].append(column)
        else:
            groups.append([column])
    ranges = [Frame((), (), tuple(zip(*g, strict=True)), "").range for g in groups]
    cells = (
        ", ".join(dict.fromkeys(ranges))
        if len(ranges) <= _MAX_RANGES
        else Frame((), (), tuple(zip(*columns, strict=True)), "").range
    )
    return replace(plot, range=f"{plot.sheet}!{cells}" if plot.sheet and cells else cells)


def _column_letters(cells: Sequence[str]) -> str:
    return next((re.sub(r"\d", "", c) for c in cells if c), "")


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index
