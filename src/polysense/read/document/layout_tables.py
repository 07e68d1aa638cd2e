"""Tables on a page: ruled ones, and columns that are only aligned.

Boxes are as in `layout`; slacks are in points of a PDF page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import numpy as np

from polysense.read.document.layout import (
    Line,
    group_rows,
    is_inside,
    merge_row,
    middle_y,
    union,
    white_gaps,
)
from polysense.read.document.line_ends import join_lines
from polysense.read.document.table_cells import attach_signs, head_reaches, join_continued
from polysense.read.table.cells import number
from polysense.types import Box

_DOT_LEADER = re.compile(r"(?:\.\s?){4,}|…{2,}")
"""The dots between a heading and its page in a table of contents."""

# The numbers below are judged, not measured.

_SLACK = 3.0
"""Points between rules that meet, or are one, as drawn."""

_MAX_RULES = 400
"""Rules of each direction looked at, the longest: enough for a page's tables, and a bound for the
thousands of strokes of a drawing.
"""

_MIN_STACKED_WIDTH = 40.0
"""Points: shorter rules above each other underline words."""

_FULL_LENGTH = 0.5
"""A rule parts rows or columns where it runs through this share of the table."""

_ROW_GAP = 1.5
"""Heights of a line between rows, above which a table without rules ends."""

_MIN_LINES = 4
_MAX_COLUMNS = 40
_MIN_COLUMN_GAP = 0.5
"""Width of the white space between columns, in heights of a line."""

_LINES_PER_CROSSING = 10
"""In a ruled table one line in this many may cross a column gap: cells that span columns."""

_MIN_RULED_ROWS = 0.4
"""Rules part the rows where there are this many times as many as rows of text; with fewer they
group rows.
"""

_MAX_LINES_PER_CELL = 1.4
"""Lines side by side for each cell with words: with more, the columns are not those of the text."""

_MIN_ROWS_BELOW_HEADS = 4
"""Rows of a table whose first one may be of heads over several columns."""

_LETTER = re.compile(r"[^\W\d_]")

_LONGEST_HEAD = 100
"""Characters of a head that are said of each column that it reaches over."""

_SPANS_COLUMN = 0.3
"""A line belongs to the first column that has this share of its width."""


@dataclass(frozen=True, slots=True)
class Row:
    """A table's row: the words of each cell, and the row's box."""

    cells: tuple[str, ...]
    box: Box


@dataclass(frozen=True, slots=True)
class Table:
    """A table, and the lines of text that it is made of."""

    box: Box
    rows: tuple[Row, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Shape:
    """What tells a table from prose, a chart or a form: its cells in figures."""

    filled_share: float
    mean_words: float
    number_share: float
    rows_with_several: int


def find_tables(lines: Sequence[Line], rules: Sequence[Box]) -> list[Table]:
    """Ruled tables, then tables of aligned columns without rules; where in doubt, none."""
    tables: list[Table] = []
    remaining = [line for line in lines if not line.vertical]
    for area, xs, ys in _ruled_grids(rules):
        upright = [r for r in rules if r[2] - r[0] < r[3] - r[1] and is_inside(r, area, _SLACK)]
        table = _build_table(
            [line for line in remaining if is_inside(line.box, area, 2)], xs, ys, upright
        )
        if table:
            tables.append(replace(table, box=area))
            table_lines = set(table.lines)
            remaining = [line for line in remaining if line not in table_lines]
    for run in _aligned_runs(remaining):
        table = _build_table([line for row in run for line in row], (), (), None)
        if table:
            tables.append(table)
    return tables


def _ruled_grids(rules: Sequence[Box]) -> list[tuple[Box, tuple[float, ...], tuple[float, ...]]]:
    """Areas that rules mark as tables, with the x of column rules and the y of row rules."""
    horizontal = _longest_rules([r for r in rules if r[2] - r[0] >= r[3] - r[1]])
    vertical = _longest_rules([r for r in rules if r[2] - r[0] < r[3] - r[1]])
    groups: list[list[Box]] = []
    for rule in [*horizontal, *vertical]:
        reach = (rule[0] - _SLACK, rule[1] - _SLACK, rule[2] + _SLACK, rule[3] + _SLACK)
        touching = [
            g
            for g in groups
            if any(_boxes_touch(reach, r) or _are_stacked_rules(rule, r) for r in g)
        ]
        groups = [g for g in groups if g not in touching] + [
            [r for g in touching for r in g] + [rule]
        ]
    grids = []
    for group in groups:
        area = union(group)
        ys = _full_rules(
            [((r[1] + r[3]) / 2, r[2] - r[0]) for r in group if r[2] - r[0] >= r[3] - r[1]],
            area[2] - area[0],
        )
        xs = _full_rules(
            [((r[0] + r[2]) / 2, r[3] - r[1]) for r in group if r[2] - r[0] < r[3] - r[1]],
            area[3] - area[1],
        )
        if len(ys) >= 3 or (len(xs) >= 3 and len(ys) >= 2):
            grids.append((area, xs if len(xs) >= 3 else (), ys))
    return sorted(grids, key=lambda f: (f[0][1], f[0][0]))


def _longest_rules(rules: list[Box]) -> list[Box]:
    """The distinct rules, at most `_MAX_RULES`, longest first."""
    distinct = sorted(
        {(round(r[0], 1), round(r[1], 1), round(r[2], 1), round(r[3], 1)) for r in rules}
    )
    return sorted(distinct, key=lambda r: -max(r[2] - r[0], r[3] - r[1]))[:_MAX_RULES]


def _boxes_touch(a: Box, b: Box) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _are_stacked_rules(a: Box, b: Box) -> bool:
    """Whether two horizontal rules of one width lie above each other.

    A table set without vertical rules has such.
    """
    return (
        a[2] - a[0] > _MIN_STACKED_WIDTH
        and abs(a[0] - b[0]) < _SLACK
        and abs(a[2] - b[2]) < _SLACK
        and max(a[3] - a[1], b[3] - b[1]) < _SLACK
    )


def _full_rules(rules: list[tuple[float, float]], length: float) -> tuple[float, ...]:
    """Where rules, given by position and length, run through enough of the table.

    Pieces in one line add up.
    """
    positions: list[list[float]] = []
    for position, extent in sorted(rules):
        if positions and position - positions[-1][0] <= _SLACK:
            positions[-1][1] += extent
        else:
            positions.append([position, extent])
    return tuple(position for position, total in positions if total >= _FULL_LENGTH * length)


def _aligned_runs(lines: Sequence[Line]) -> list[list[list[Line]]]:
    """Runs of at least three rows of several short pieces each."""
    runs: list[list[list[Line]]] = [[]]
    for row in group_rows(lines):
        previous = runs[-1][-1][0] if runs[-1] else None
        height = row[0].box[3] - row[0].box[1]
        if previous is not None and row[0].box[1] - previous.box[3] > _ROW_GAP * height:
            runs.append([])
        if len(row) > 1 and not any(_DOT_LEADER.search(line.text) for line in row):
            runs[-1].append(row)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) >= 3]


def _build_table(
    printed: list[Line], xs: tuple[float, ...], ys: tuple[float, ...], upright: list[Box] | None
) -> Table | None:
    """upright are the rules between its columns; None where it has no rules at all."""
    if len(printed) < _MIN_LINES:
        return None
    ruled = upright is not None
    lines = attach_signs(printed)
    height = median(line.box[3] - line.box[1] for line in lines)
    body = group_rows(lines)
    open_columns = not xs
    if open_columns:
        crossings = len(lines) // _LINES_PER_CROSSING if ruled else 0
        # heads over several columns stand in the way
        heads = body[0] if _are_heads(body) else []
        boxes = [line.box for line in lines if line not in heads]
        gaps = white_gaps(boxes, crossings, _MIN_COLUMN_GAP * height)
        xs = (float("-inf"), *((a + b) / 2 for a, b in gaps), float("inf"))
    if len(ys) > 3 and len(ys) - 1 >= _MIN_RULED_ROWS * len(body):
        bins = [[line for line in lines if a <= middle_y(line) < b] for a, b in pairwise(ys)]
        body = [b for b in bins if b]
    elif len(xs) > 2:
        body = join_continued(body, xs[1])
    width = len(xs) - 1
    if len(body) < 2 or not 2 <= width <= _MAX_COLUMNS:
        return None
    reaches = head_reaches(body, xs, () if open_columns else upright or ())
    cells = [_split_cells(row, xs, reach) for row, reach in zip(body, reaches, strict=True)]
    side_by_side = sum(len(group_rows(row)[0]) for row in body)
    if side_by_side > _MAX_LINES_PER_CELL * sum(
        bool(c) for row in cells for c in row
    ) or not _is_tabular(cells, ruled, open_columns):
        return None
    table_rows = tuple(
        Row(c, union(line.box for line in row)) for c, row in zip(cells, body, strict=True)
    )
    return Table(union(r.box for r in table_rows), table_rows, tuple(printed))


def _are_heads(rows: Sequence[Sequence[Line]]) -> bool:
    """Whether the first row has fewer cells than those below, all of them words."""
    return (
        len(rows) >= _MIN_ROWS_BELOW_HEADS
        and len(rows[0]) < median(map(len, rows))
        and all(len(_LETTER.findall(line.text)) >= 2 for line in rows[0])
    )


def _split_cells(
    row: list[Line], xs: tuple[float, ...], reaches: Mapping[Line, tuple[int, int]]
) -> tuple[str, ...]:
    """The words between each two of xs. What spans several columns goes to the first, a head that
    reaches over several to each.
    """
    cells: list[list[Line]] = [[] for _ in xs[1:]]
    for line in row:
        x0, _, x1, _ = line.box
        shares = [min(x1, b) - max(x0, a) for a, b in pairwise(xs)]
        column = next(
            (i for i, s in enumerate(shares) if s > _SPANS_COLUMN * (x1 - x0)),
            int(np.argmax(shares)),
        )
        first, last = reaches.get(line, (column, column))
        for cell in cells[first : last + 1] if len(line.text) <= _LONGEST_HEAD else [cells[first]]:
            cell.append(line)
    return tuple(
        join_lines([merge_row(r) for r in group_rows(cell)])[0] if cell else "" for cell in cells
    )


def _is_tabular(cells: list[tuple[str, ...]], ruled: bool, open_columns: bool) -> bool:
    """Whether this is a table rather than prose, a chart or a form."""
    shape = _shape(cells)
    if ruled:
        return shape.rows_with_several >= 2 and _is_ruled_table(shape, open_columns)
    return not _is_contents(cells) and _is_aligned_table(shape, len(cells), len(cells[0]))


def _shape(cells: list[tuple[str, ...]]) -> _Shape:
    texts = [c for row in cells for c in row if c]
    return _Shape(
        filled_share=len(texts) / sum(len(row) for row in cells),
        mean_words=sum(len(c.split()) for c in texts) / max(len(texts), 1),
        number_share=sum((number(c) is not None) for c in texts) / max(len(texts), 1),
        rows_with_several=sum(sum(map(bool, row)) > 1 for row in cells),
    )


def _is_contents(cells: list[tuple[str, ...]]) -> bool:
    """Whether the last column holds page numbers that grow: a table of contents."""
    pages = [c for *_, c in cells if c.isdecimal()]
    return len(pages) == len(cells) > 3 and pages == sorted(pages, key=int)


# The numbers below are judged, not measured: where in doubt, no table.


def _is_ruled_table(shape: _Shape, open_columns: bool) -> bool:
    """Rules all around vouch for long and for empty cells; without column rules, less so."""
    if open_columns:
        return shape.filled_share >= 0.6 and shape.mean_words <= 12
    return shape.filled_share >= 0.4 and shape.mean_words <= 40


def _is_aligned_table(shape: _Shape, row_count: int, column_count: int) -> bool:
    """Nothing but alignment speaks for a table: cells must be short, and numbers or many."""
    if shape.filled_share < 0.6 or shape.mean_words > 5:
        return False
    if column_count >= 3 and (shape.number_share >= 0.2 or shape.mean_words <= 2.5):
        return True
    return row_count >= 4 and shape.number_share >= 0.4
