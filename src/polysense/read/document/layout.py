"""The order in which a page is read: lines, columns and paragraphs out of boxes.

Boxes are x0, y0, x1, y1 in any unit that is alike in both directions, origin top left; sizes are in
that unit too. Works for anything that has lines with boxes: a PDF page, a recognised scan. Tables
are in `layout_tables`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np

from polysense.read.file.text import count_words
from polysense.types import Box

_SENTENCE_END = re.compile(r"[.!?:;…。！？][\"'”’)\]]*$")
_LIST_ITEM = re.compile(r"^(?:[•◦▪‣∙●○■□–—*-]\s|\(?(?:\d{1,2}|[a-z])[.)]\s)")
_RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


CAPTION = re.compile(
    r"^(?:(?:fig(?:ure|ura|\.)?|abb(?:ildung|\.)?|tab(?:le|elle|la|leau|\.)?|chart|scheme|plate"
    r"|listing|рис(?:унок|\.)?|таблица)\s*[\dIVX]+|[图圖表図]\s*\d+)",
    re.I,
)
"""How the caption of a figure or a table begins; what it matches is its name."""

# The numbers below are judged, not measured.

_SAME_ROW = 0.5
"""Lines are in one row where they share more than this part of the lower one's height."""

_MAX_COLUMN_DEPTH = 6
"""Columns within columns; a bound for hostile pages."""

_MIN_LINES_FOR_COLUMNS = 6
_MIN_ROWS_OF_COLUMN = 3
"""Fewer lines on a page, or rows on one side of a gutter, are no columns of prose."""

_LINES_PER_CROSSING = 5
"""One line in this many may cross a gutter: titles and footnotes run over both columns."""

_MIN_GUTTER = 0.6
"""Width of a gutter, in heights of a line."""

_FACING = 0.3
"""Columns stand side by side over at least this part of the shorter one's height."""

_MIN_PROSE_WORDS = 3
"""Words that lines of prose have at the median; cells of tables have fewer."""

_ON_ONE_BASELINE = 0.25
_MAX_ALIGNED = 0.5
"""Short lines whose middles agree within so much of a height are cells of a row; where half of
those that face each other do, it is a table and not two columns.
"""

_DEFAULT_LEADING = 1.4
"""Step from line to line, in heights, where a block is too short to tell its own."""

_SHORT_LINE = 0.15
"""A last line ends this part of the width before the right edge, or earlier."""

_PARAGRAPH_GAP = 1.35
"""A step to the next line this many times the usual one begins a paragraph."""

_FONT_CHANGE = 0.12
"""Sizes that differ by more than this part of the larger are two fonts, not rounding."""


@dataclass(frozen=True, slots=True)
class Line:
    """Words on one line. size is the font's; vertical lines run up or down the page."""

    text: str
    box: Box
    size: float = 0.0
    bold: bool = False
    vertical: bool = False


def union(boxes: Iterable[Box]) -> Box:
    """The smallest box around all; there must be one."""
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)


def is_inside(box: Box, outer: Box, slack: float = 0.0) -> bool:
    """Whether the middle of `box` lies in `outer`, or at most `slack` outside it.

    >>> is_inside((0, 0, 2, 2), (1, 1, 5, 5)), is_inside((0, 0, 1, 1), (1, 1, 5, 5))
    (True, False)
    """
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return outer[0] - slack <= x <= outer[2] + slack and outer[1] - slack <= y <= outer[3] + slack


def area(box: Box) -> float:
    """Of a box; none of what is turned inside out."""
    return max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)


def distance(a: Box, b: Box) -> float:
    """How far two boxes are apart, across and down together; 0 where they touch."""
    return max(a[0] - b[2], b[0] - a[2], 0.0) + max(a[1] - b[3], b[1] - a[3], 0.0)


def middle_y(line: Line) -> float:
    """The height at which a line stands."""
    return (line.box[1] + line.box[3]) / 2


def group_rows(lines: Iterable[Line]) -> list[list[Line]]:
    """Lines side by side, top to bottom; within a row left to right."""
    row_groups: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (middle_y(line), line.box[0])):
        if row_groups:
            _, y0, _, y1 = row_groups[-1][0].box
            overlap = min(y1, line.box[3]) - max(y0, line.box[1])
            if overlap > _SAME_ROW * min(y1 - y0, line.box[3] - line.box[1]):
                row_groups[-1].append(line)
                continue
        row_groups.append([line])
    return [sorted(row, key=lambda line: line.box[0]) for row in row_groups]


def reading_blocks(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines in reading order, a list for each column or stretch across columns.

    What is written upwards comes last.
    """
    level = [line for line in lines if not line.vertical]
    upright = [[line] for line in lines if line.vertical]
    return (_column_blocks(level, 0) if level else []) + upright


def _column_blocks(lines: list[Line], depth: int) -> list[list[Line]]:
    gutter = _find_gutter(lines) if depth < _MAX_COLUMN_DEPTH else None
    if gutter is None:
        return [[merge_row(row) for row in group_rows(lines)]]
    crossing_lines = sorted(
        (line for line in lines if line.box[0] < gutter < line.box[2]), key=lambda line: line.box[1]
    )
    sides = [
        [line for line in lines if line.box[2] <= gutter],
        [line for line in lines if line.box[0] >= gutter],
    ]
    column_blocks: list[list[Line]] = []
    edges = [*(middle_y(line) for line in crossing_lines), float("inf")]
    top, spanning_lines = float("-inf"), list[Line]()
    for n, edge in enumerate(edges):
        bands = [[line for line in side if top < middle_y(line) <= edge] for side in sides]
        if any(bands):
            column_blocks += (
                [[merge_row(row) for row in group_rows(spanning_lines)]] if spanning_lines else []
            )
            spanning_lines = []
            for side in bands:
                column_blocks += _column_blocks(side, depth + 1) if side else []
        spanning_lines += crossing_lines[n : n + 1]
        top = edge
    return column_blocks + (
        [[merge_row(row) for row in group_rows(spanning_lines)]] if spanning_lines else []
    )


def _find_gutter(lines: list[Line]) -> float | None:
    """Where white space runs down between two columns of prose; None where there is one column."""
    if len(lines) < _MIN_LINES_FOR_COLUMNS:
        return None
    height = median(line.box[3] - line.box[1] for line in lines)
    best_rank: tuple[int, float, float] | None = None
    boxes = [line.box for line in lines]
    crossings = len(lines) // _LINES_PER_CROSSING
    for x0, x1 in white_gaps(boxes, crossings, _MIN_GUTTER * height):
        x = (x0 + x1) / 2
        left, right = (
            [line for line in lines if line.box[2] <= x],
            [line for line in lines if line.box[0] >= x],
        )
        if min(len(left), len(right)) < _MIN_ROWS_OF_COLUMN or not _are_prose_columns(left, right):
            continue
        rank = (len(lines) - len(left) - len(right), x0 - x1, x)
        best_rank = min(best_rank or rank, rank)
    return best_rank[2] if best_rank else None


def _are_prose_columns(left: list[Line], right: list[Line]) -> bool:
    """Whether two sets of lines are columns of prose, not the cells of rows."""
    a, b = union(line.box for line in left), union(line.box for line in right)
    top, bottom = max(a[1], b[1]), min(a[3], b[3])
    if (
        bottom - top < _FACING * min(a[3] - a[1], b[3] - b[1])
        or len(group_rows(left)) < _MIN_ROWS_OF_COLUMN
        or len(group_rows(right)) < _MIN_ROWS_OF_COLUMN
    ):
        return False
    if all(
        median(count_words(line.text) for line in side) >= _MIN_PROSE_WORDS
        for side in (left, right)
    ):
        return True
    middles = np.array([middle_y(line) for line in right])
    facing = [line for line in left if top <= middle_y(line) <= bottom]
    aligned = sum(
        bool((abs(middles - middle_y(line)) < _ON_ONE_BASELINE * (line.box[3] - line.box[1])).any())
        for line in facing
    )
    return aligned < _MAX_ALIGNED * len(facing)


def white_gaps(boxes: Sequence[Box], crossing: int, width: float) -> list[tuple[float, float]]:
    """Stretches of x, at least `width` wide, that at most `crossing` boxes cover.

    Only those between the first and the last box.
    """
    events = sorted([(b[0], 1) for b in boxes] + [(b[2], -1) for b in boxes])
    gaps, coverage, gap_start = [], 0, None
    for x, step in events:
        coverage += step
        if coverage <= crossing and gap_start is None:
            gap_start = x
        elif coverage > crossing and gap_start is not None:
            if x - gap_start >= width and gap_start > events[0][0]:
                gaps.append((gap_start, x))
            gap_start = None
    return gaps


def merge_row(row: list[Line]) -> Line:
    """The lines of a row as one, in the direction of their writing."""
    if len(row) == 1:
        return row[0]
    ordered = row[::-1] if sum(bool(_RTL.search(line.text)) for line in row) * 2 > len(row) else row
    largest = max(row, key=lambda line: len(line.text))
    return Line(
        " ".join(line.text for line in ordered),
        union(line.box for line in row),
        largest.size,
        all(line.bold for line in row),
    )


def split_paragraphs(block: Sequence[Line]) -> list[list[Line]]:
    """A block's lines, cut at wider space, another font, an item of a list or a short last line."""
    if not block:
        return []
    steps = [b.box[1] - a.box[1] for a, b in pairwise(block) if b.box[1] > a.box[1]]
    leading = (
        median(steps)
        if len(steps) > 2
        else _DEFAULT_LEADING * median(line.box[3] - line.box[1] for line in block)
    )
    right = max(line.box[2] for line in block)
    width = right - min(line.box[0] for line in block)
    paragraphs = [[block[0]]]
    for a, b in pairwise(block):
        step, em = b.box[1] - a.box[1], max(a.size, b.size, 1.0)
        ends_short = a.box[2] < right - _SHORT_LINE * width and bool(_SENTENCE_END.search(a.text))
        has_gap = step > _PARAGRAPH_GAP * max(leading, a.box[3] - a.box[1]) or step < -em
        changes_font = abs(a.size - b.size) > _FONT_CHANGE * em or (
            a.bold != b.bold and step > 0.5 * em
        )
        if has_gap or changes_font or ends_short or _LIST_ITEM.match(b.text):
            paragraphs.append([b])
        else:
            paragraphs[-1].append(b)
    return paragraphs
