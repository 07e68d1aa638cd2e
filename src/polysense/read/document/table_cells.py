"""Cells of a printed table: signs that stand apart from their numbers, cells that go on in the next
line, and heads over several columns.

Boxes are as in `layout`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from polysense.read.document.layout import Line, group_rows, middle_y, union
from polysense.types import Box

_SIGN = re.compile(r"(?:[A-Z]{0,3}[$€£¥₹]|[A-Z]{3}|kr)")
_SIGN_BEHIND = re.compile(r"(\S.*?)\s+([$€£¥₹])")
_WORD = re.compile(r"[^\W\d_]{2}")
_NUMBER_START = re.compile(r"[(\-−–+]?\s?[\d.]")

# The numbers below are judged, not measured.

_TIGHT = 0.85
"""A step to the next line that is at most this share of the usual one between rows goes on with the
row."""

_OFF_CENTRE = 0.5
"""A head stands over several columns where its middle is this many widths of a cell away from their
middle, or less, and that much farther from the middle of its own."""

_SLACK = 3.0
"""Points between a rule and the edge of a column."""

_HEAD_ROWS = 3
"""Rows of a table, at most, in which heads stand over several columns."""

_MAX_SPREAD = 6
"""Columns that one head is taken to stand over without rules."""


def attach_signs(lines: Sequence[Line]) -> list[Line]:
    """The lines of a table with each currency's sign that is printed apart, at the left edge of its
    column, before the number on its right.

    >>> row = [Line("Sales", (0, 0, 30, 9)), Line("$", (60, 0, 65, 9)), Line("12", (80, 0, 90, 9))]
    >>> [line.text for line in attach_signs(row)]
    ['Sales', '$ 12']
    """
    attached: list[Line] = []
    for row in group_rows(lines):
        pieces = _part_signs(row)
        n = 0
        while n < len(pieces):
            piece, following = pieces[n], pieces[n + 1] if n + 1 < len(pieces) else None
            if following and _SIGN.fullmatch(piece.text) and _NUMBER_START.match(following.text):
                attached.append(replace(following, text=f"{piece.text} {following.text}"))
                n += 1
            else:
                attached.append(piece)
            n += 1
    return attached


def _part_signs(row: Sequence[Line]) -> list[Line]:
    """A row in which a sign stands before its first number: those at the end of a piece belong to
    the next number too.
    """
    is_before = any(
        _SIGN.fullmatch(a.text) and _NUMBER_START.match(b.text) for a, b in pairwise(row)
    )
    pieces: list[Line] = []
    for n, line in enumerate(row):
        parted = _SIGN_BEHIND.fullmatch(line.text) if is_before and n + 1 < len(row) else None
        if parted is None or not _NUMBER_START.match(row[n + 1].text):
            pieces.append(line)
            continue
        x0, y0, x1, y1 = line.box
        end = x0 + (x1 - x0) * len(parted[1]) / len(line.text)
        pieces.append(replace(line, text=parted[1], box=(x0, y0, end, y1)))
        pieces.append(replace(line, text=parted[2], box=(x1 - (y1 - y0) / 2, y0, x1, y1)))
    return pieces


def join_continued(rows: Sequence[Sequence[Line]], first_column: float) -> list[list[Line]]:
    """The rows of a table without rules between them, what goes on in the next printed line with
    the row that it belongs to. first_column is where the first column ends.

    A line goes on where nothing of it stands in the first column, all of it is words, and it is
    nearer to the line above than rows are, or its words go on.
    """
    starts = [n for n, row in enumerate(rows) if _is_keyed(row, first_column)]
    steps = [_top(rows[b]) - _top(rows[a]) for a, b in pairwise(starts) if b == a + 1]
    usual = median(steps) if steps else float("inf")
    whole_rows: list[list[Line]] = []
    for n, row in enumerate(rows):
        goes_on = (
            whole_rows
            and n - 1 >= (starts[0] if starts else n)
            and not _is_keyed(row, first_column)
            and all(_WORD.search(line.text) for line in row)
            and (
                (_top(row) - _top(rows[n - 1])) <= _TIGHT * usual or _words_go_on(rows[n - 1], row)
            )
        )
        if goes_on:
            whole_rows[-1] += row
        else:
            whole_rows.append(list(row))
    return whole_rows


def _is_keyed(row: Sequence[Line], first_column: float) -> bool:
    return any(line.box[0] < first_column for line in row)


def _top(row: Sequence[Line]) -> float:
    return min(line.box[1] for line in row)


def _words_go_on(above: Sequence[Line], row: Sequence[Line]) -> bool:
    """Whether all of a line stands under unfinished words of the one above."""
    return all(
        any(
            a.box[0] < line.box[2]
            and line.box[0] < a.box[2]
            and (a.text.endswith(("-", "\xad", ",")) or line.text[:1].islower())
            for a in above
        )
        for line in row
    )


def head_reaches(
    rows: Sequence[Sequence[Line]], xs: Sequence[float], rules: Sequence[Box]
) -> list[dict[Line, tuple[int, int]]]:
    """For each row of a table which heads stand over several columns, with the first and the last
    of them.

    Where upright rules part the columns (`rules`), a head reaches over those between which none
    stands at its height. Without rules it reaches over the columns whose middle it is printed at,
    and which have heads of their own below. One over all columns is a title, and reaches over none.
    """
    reaches: list[dict[Line, tuple[int, int]]] = []
    for n, row in enumerate(rows[:_HEAD_ROWS]):
        if rules:
            reach = {line: _reach_by_rules(line, xs, rules) for line in row}
        else:
            below = rows[n + 1] if n + 1 < len(rows) else ()
            reach = {line: _reach_by_centre(line, row, below, xs) for line in row}
        reaches.append(
            {line: (a, b) for line, (a, b) in reach.items() if a < b and b - a < len(xs) - 2}
        )
    return reaches + [{}] * (len(rows) - len(reaches))


def _column(line: Line, xs: Sequence[float]) -> int:
    middle = (line.box[0] + line.box[2]) / 2
    return next((i for i, (a, b) in enumerate(pairwise(xs)) if a <= middle < b), 0)


def _reach_by_rules(line: Line, xs: Sequence[float], rules: Sequence[Box]) -> tuple[int, int]:
    y = middle_y(line)

    def is_open(column: int) -> bool:
        """Whether nothing stands between a column and the next."""
        x = xs[column + 1]
        return not any(abs((r[0] + r[2]) / 2 - x) <= _SLACK and r[1] < y < r[3] for r in rules)

    first = last = _column(line, xs)
    while first > 0 and is_open(first - 1):
        first -= 1
    while last < len(xs) - 2 and is_open(last):
        last += 1
    return first, last


def _reach_by_centre(
    line: Line, row: Sequence[Line], below: Sequence[Line], xs: Sequence[float]
) -> tuple[int, int]:
    """By the boxes of what stands below, for columns are as wide as their widest cell."""
    middle, own = (line.box[0] + line.box[2]) / 2, _column(line, xs)
    occupied_columns = {_column(other, xs) for other in row if other is not line}
    columns: list[list[Box]] = [[] for _ in xs[1:]]
    for cell in below:
        columns[_column(cell, xs)].append(cell.box)
    best, reach = _distance(columns[own], middle) - _OFF_CENTRE, (own, own)
    for first in range(max(0, own - _MAX_SPREAD), own + 1):
        for last in range(max(own, first + 1), min(len(columns), first + _MAX_SPREAD)):
            within = range(first, last + 1)
            if all(columns[i] for i in within) and not occupied_columns & set(within):
                off = _distance([b for i in within for b in columns[i]], middle)
                if off <= _OFF_CENTRE and off < best:
                    best, reach = off, (first, last)
    return reach


def _distance(boxes: Sequence[Box], middle: float) -> float:
    """How far x is from the middle of boxes, in widths of a box."""
    if not boxes:
        return float("inf")
    around = union(boxes)
    width = sum(b[2] - b[0] for b in boxes) / len(boxes)
    return abs((around[0] + around[2]) / 2 - middle) / max(width, 1.0)
