"""The order in which a page is read: columns, paragraphs, tables and figures out of boxes.

Boxes are x0, y0, x1, y1 in any unit that is alike in both directions, origin top left; sizes are in
that unit too. Works for anything that has lines with boxes: a PDF page, a recognised scan.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import numpy as np

from polysense.read.file.text import count
from polysense.read.table.cells import number
from polysense.types import Box

_END = re.compile(r"[.!?:;…。！？][\"'”’)\]]*$")
_ITEM = re.compile(r"^(?:[•◦▪‣∙●○■□–—*-]\s|\(?(?:\d{1,2}|[a-z])[.)]\s)")
_LEADER = re.compile(r"(?:\.\s?){4,}|…{2,}")
_RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


CAPTION = re.compile(
    r"^(?:(?:fig(?:ure|ura|\.)?|abb(?:ildung|\.)?|tab(?:le|elle|la|leau|\.)?|chart|scheme|plate|listing|рис(?:унок|\.)?|таблица)"
    r"\s*[\dIVX]+|[图圖表図]\s*\d+)",
    re.I,
)
"""How the caption of a figure or a table begins; what it matches is its name."""


@dataclass(frozen=True, slots=True)
class Line:
    """Words on one line. size is the font's; vertical lines run up or down the page."""

    text: str
    box: Box
    size: float = 0.0
    bold: bool = False
    vertical: bool = False


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


def union(boxes: Iterable[Box]) -> Box:
    """The smallest box around all; there must be one."""
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)


def inside(box: Box, outer: Box, slack: float = 0.0) -> bool:
    """Whether the middle of `box` lies in `outer`, or at most `slack` outside it.

    >>> inside((0, 0, 2, 2), (1, 1, 5, 5)), inside((0, 0, 1, 1), (1, 1, 5, 5))
    (True, False)
    """
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return outer[0] - slack <= x <= outer[2] + slack and outer[1] - slack <= y <= outer[3] + slack


def _middle(line: Line) -> float:
    return (line.box[1] + line.box[3]) / 2


def join(lines: Sequence[Line]) -> tuple[str, list[tuple[int, int, Line]]]:
    """The text of lines that follow each other, hyphenated ends joined; and from where to where in
    it each line goes.

    >>> join([Line("a hyphen-", (0, 0, 1, 1)), Line("ated word", (0, 1, 1, 2))])[0]
    'a hyphenated word'
    """
    text, places = "", []
    for n, line in enumerate(lines):
        words = line.text
        following = lines[n + 1].text[:1] if n + 1 < len(lines) else ""
        broken = words.endswith("\xad") or (
            words.endswith("-") and words[-2:-1].isalpha() and following.islower()
        )
        words = words[:-1] if broken and following else words
        words = words.replace("\xad", "" if broken else "-")
        places.append((len(text), len(text) + len(words), line))
        text += words + ("" if (broken and following) or not following else " ")
    return text, places


def rows(lines: Iterable[Line]) -> list[list[Line]]:
    """Lines side by side, top to bottom; within a row left to right."""
    found: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (_middle(line), line.box[0])):
        if found:
            _, y0, _, y1 = found[-1][0].box
            shared = min(y1, line.box[3]) - max(y0, line.box[1])
            if shared > 0.5 * min(y1 - y0, line.box[3] - line.box[1]):
                found[-1].append(line)
                continue
        found.append([line])
    return [sorted(row, key=lambda line: line.box[0]) for row in found]


def blocks(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines in reading order, a list for each column or stretch across columns; what is written
    upwards comes last.
    """
    level = [line for line in lines if not line.vertical]
    upright = [[line] for line in lines if line.vertical]
    return (_columns(level, 0) if level else []) + upright


def _columns(lines: list[Line], depth: int) -> list[list[Line]]:
    gutter = _gutter(lines) if depth < 6 else None
    if gutter is None:
        return [[_merge(row) for row in rows(lines)]]
    across = sorted(
        (line for line in lines if line.box[0] < gutter < line.box[2]), key=lambda line: line.box[1]
    )
    sides = [
        [line for line in lines if line.box[2] <= gutter],
        [line for line in lines if line.box[0] >= gutter],
    ]
    found: list[list[Line]] = []
    edges = [*(_middle(line) for line in across), float("inf")]
    top, spanning = float("-inf"), list[Line]()
    for n, edge in enumerate(edges):
        band = [[line for line in side if top < _middle(line) <= edge] for side in sides]
        if any(band):
            found += [[_merge(row) for row in rows(spanning)]] if spanning else []
            spanning = []
            for side in band:
                found += _columns(side, depth + 1) if side else []
        spanning += across[n : n + 1]
        top = edge
    return found + ([[_merge(row) for row in rows(spanning)]] if spanning else [])


def _gutter(lines: list[Line]) -> float | None:
    """Where white space runs down between two columns of prose; None where there is one column."""
    if len(lines) < 6:
        return None
    height = median(line.box[3] - line.box[1] for line in lines)
    best: tuple[int, float, float] | None = None
    for x0, x1 in _gaps([line.box for line in lines], len(lines) // 5, 0.6 * height):
        x = (x0 + x1) / 2
        left, right = (
            [line for line in lines if line.box[2] <= x],
            [line for line in lines if line.box[0] >= x],
        )
        if min(len(left), len(right)) < 3 or not _beside(left, right):
            continue
        rank = (len(lines) - len(left) - len(right), x0 - x1, x)
        best = min(best or rank, rank)
    return best[2] if best else None


def _beside(left: list[Line], right: list[Line]) -> bool:
    """Whether two sets of lines are columns of prose, not the cells of rows."""
    a, b = union(line.box for line in left), union(line.box for line in right)
    top, bottom = max(a[1], b[1]), min(a[3], b[3])
    if (
        bottom - top < 0.3 * min(a[3] - a[1], b[3] - b[1])
        or len(rows(left)) < 3
        or len(rows(right)) < 3
    ):
        return False
    if all(median(count(line.text) for line in side) >= 3 for side in (left, right)):
        return True
    middles = np.array([_middle(line) for line in right])
    facing = [line for line in left if top <= _middle(line) <= bottom]
    aligned = sum(
        bool((abs(middles - _middle(line)) < 0.25 * (line.box[3] - line.box[1])).any())
        for line in facing
    )
    return aligned < 0.5 * len(facing)


def _gaps(boxes: Sequence[Box], crossing: int, width: float) -> list[tuple[float, float]]:
    """Stretches of x at least `width` wide that at most `crossing` boxes cover, between the first
    and the last box.
    """
    events = sorted([(b[0], 1) for b in boxes] + [(b[2], -1) for b in boxes])
    found, covered, since = [], 0, None
    for x, step in events:
        covered += step
        if covered <= crossing and since is None:
            since = x
        elif covered > crossing and since is not None:
            if x - since >= width and since > events[0][0]:
                found.append((since, x))
            since = None
    return found


def _merge(row: list[Line]) -> Line:
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


def paragraphs(block: Sequence[Line]) -> list[list[Line]]:
    """A block's lines, cut where the space, the font, an item of a list or a short last line says
    so.
    """
    if not block:
        return []
    steps = [b.box[1] - a.box[1] for a, b in pairwise(block) if b.box[1] > a.box[1]]
    leading = (
        median(steps)
        if len(steps) > 2
        else 1.4 * median(line.box[3] - line.box[1] for line in block)
    )
    right = max(line.box[2] for line in block)
    width = right - min(line.box[0] for line in block)
    found = [[block[0]]]
    for a, b in pairwise(block):
        step, em = b.box[1] - a.box[1], max(a.size, b.size, 1.0)
        short = a.box[2] < right - 0.15 * width and bool(_END.search(a.text))
        apart = step > 1.35 * max(leading, a.box[3] - a.box[1]) or step < -em
        restyled = abs(a.size - b.size) > 0.12 * em or (a.bold != b.bold and step > 0.5 * em)
        if apart or restyled or short or _ITEM.match(b.text):
            found.append([b])
        else:
            found[-1].append(b)
    return found


def tables(lines: Sequence[Line], rules: Sequence[Box]) -> list[Table]:
    """Ruled tables, then tables of aligned columns without rules; where in doubt, none."""
    found: list[Table] = []
    left = [line for line in lines if not line.vertical]
    for area, xs, ys in _grids(rules):
        table = _table([line for line in left if inside(line.box, area, 2)], xs, ys, ruled=True)
        if table:
            found.append(replace(table, box=area))
            taken = set(table.lines)
            left = [line for line in left if line not in taken]
    for run in _aligned(left):
        table = _table([line for row in run for line in row], (), (), ruled=False)
        if table:
            found.append(table)
    return found


def _grids(rules: Sequence[Box]) -> list[tuple[Box, tuple[float, ...], tuple[float, ...]]]:
    """Areas that rules mark as tables, with the x of their column rules and the y of their row
    rules.
    """
    flat = _longest([r for r in rules if r[2] - r[0] >= r[3] - r[1]])
    tall = _longest([r for r in rules if r[2] - r[0] < r[3] - r[1]])
    groups: list[list[Box]] = []
    for rule in [*flat, *tall]:
        reach = (rule[0] - 3, rule[1] - 3, rule[2] + 3, rule[3] + 3)
        touching = [g for g in groups if any(_overlap(reach, r) or _stacked(rule, r) for r in g)]
        groups = [g for g in groups if g not in touching] + [
            [r for g in touching for r in g] + [rule]
        ]
    found = []
    for group in groups:
        area = union(group)
        ys = _through(
            [((r[1] + r[3]) / 2, r[2] - r[0]) for r in group if r[2] - r[0] >= r[3] - r[1]],
            area[2] - area[0],
        )
        xs = _through(
            [((r[0] + r[2]) / 2, r[3] - r[1]) for r in group if r[2] - r[0] < r[3] - r[1]],
            area[3] - area[1],
        )
        if len(ys) >= 3 or (len(xs) >= 3 and len(ys) >= 2):
            found.append((area, xs if len(xs) >= 3 else (), ys))
    return sorted(found, key=lambda f: (f[0][1], f[0][0]))


def _longest(rules: list[Box]) -> list[Box]:
    """At most 400 rules, the longest: enough for a page's tables, and a bound for a drawing's
    thousands of strokes.
    """
    distinct = sorted(
        {(round(r[0], 1), round(r[1], 1), round(r[2], 1), round(r[3], 1)) for r in rules}
    )
    return sorted(distinct, key=lambda r: -max(r[2] - r[0], r[3] - r[1]))[:400]


def _overlap(a: Box, b: Box) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _stacked(a: Box, b: Box) -> bool:
    """Two horizontal rules of one width above each other, as a table set without vertical rules has
    them.
    """
    return (
        a[2] - a[0] > 40
        and abs(a[0] - b[0]) < 3
        and abs(a[2] - b[2]) < 3
        and max(a[3] - a[1], b[3] - b[1]) < 3
    )


def _through(rules: list[tuple[float, float]], length: float) -> tuple[float, ...]:
    """Where rules, given by place and length, run through at least half the table; pieces in one
    line add up.
    """
    found: list[list[float]] = []
    for at, piece in sorted(rules):
        if found and at - found[-1][0] <= 3:
            found[-1][1] += piece
        else:
            found.append([at, piece])
    return tuple(at for at, total in found if total >= 0.5 * length)


def _aligned(lines: Sequence[Line]) -> list[list[list[Line]]]:
    """Runs of at least three rows of several short pieces each."""
    found: list[list[list[Line]]] = [[]]
    for row in rows(lines):
        previous = found[-1][-1][0] if found[-1] else None
        height = row[0].box[3] - row[0].box[1]
        if previous is not None and row[0].box[1] - previous.box[3] > 1.5 * height:
            found.append([])
        if len(row) > 1 and not any(_LEADER.search(line.text) for line in row):
            found[-1].append(row)
        elif found[-1]:
            found.append([])
    return [run for run in found if len(run) >= 3]


def _table(
    lines: list[Line], xs: tuple[float, ...], ys: tuple[float, ...], ruled: bool
) -> Table | None:
    if len(lines) < 4:
        return None
    height = median(line.box[3] - line.box[1] for line in lines)
    body = rows(lines)
    open_columns = not xs
    if open_columns:
        gaps = _gaps([line.box for line in lines], len(lines) // 10 if ruled else 0, 0.5 * height)
        xs = (float("-inf"), *((a + b) / 2 for a, b in gaps), float("inf"))
    if len(ys) > 3 and len(ys) - 1 >= 0.4 * len(body):
        bins = [[line for line in lines if a <= _middle(line) < b] for a, b in pairwise(ys)]
        body = [b for b in bins if b]
    width = len(xs) - 1
    if len(body) < 2 or not 2 <= width <= 40:
        return None
    cells = [_cells(row, xs) for row in body]
    side_by_side = sum(len(rows(row)[0]) for row in body)
    if side_by_side > 1.4 * sum(bool(c) for row in cells for c in row) or not _tabular(
        cells, ruled, open_columns
    ):
        return None
    made = tuple(
        Row(c, union(line.box for line in row)) for c, row in zip(cells, body, strict=True)
    )
    return Table(union(r.box for r in made), made, tuple(line for row in body for line in row))


def _cells(row: list[Line], xs: tuple[float, ...]) -> tuple[str, ...]:
    """The words between each two of xs; what spans several columns goes to the first."""
    held: list[list[Line]] = [[] for _ in xs[1:]]
    for line in row:
        x0, _, x1, _ = line.box
        shares = [min(x1, b) - max(x0, a) for a, b in pairwise(xs)]
        whole = next(
            (i for i, s in enumerate(shares) if s > 0.3 * (x1 - x0)), int(np.argmax(shares))
        )
        held[whole].append(line)
    return tuple(join([_merge(r) for r in rows(cell)])[0] if cell else "" for cell in held)


def _tabular(cells: list[tuple[str, ...]], ruled: bool, open_columns: bool) -> bool:
    """Whether this is a table rather than prose, a chart or a form."""
    filled = [c for row in cells for c in row if c]
    share = len(filled) / sum(len(row) for row in cells)
    words = sum(len(c.split()) for c in filled) / max(len(filled), 1)
    several = sum(sum(map(bool, row)) > 1 for row in cells)
    if ruled:
        return several >= 2 and (
            share >= 0.6 and words <= 12 if open_columns else share >= 0.4 and words <= 40
        )
    numbers = sum((number(c) is not None) for c in filled) / max(len(filled), 1)
    wide, pages = len(cells[0]), [c for *_, c in cells if c.isdecimal()]
    if len(pages) == len(cells) > 3 and pages == sorted(pages, key=int):
        return False  # a table of contents
    return (
        share >= 0.6
        and words <= 5
        and (
            (wide >= 3 and (numbers >= 0.2 or words <= 2.5)) or (len(cells) >= 4 and numbers >= 0.4)
        )
    )


def clusters(
    boxes: Sequence[Box], width: float, height: float, cell: float = 6.0
) -> list[list[int]]:
    """Which boxes lie together, a cell's width or less apart: their indices."""
    from scipy.ndimage import label

    if not boxes:
        return []
    across, down = int(width / cell) + 1, int(height / cell) + 1

    def scale(v: float, most: int) -> int:
        return min(max(int(v / cell), 0), most)

    ink = np.zeros((down + 1, across + 1), dtype=bool)
    for x0, y0, x1, y1 in boxes:
        ink[scale(y0, down) : scale(y1, down) + 1, scale(x0, across) : scale(x1, across) + 1] = True
    marks, _ = label(ink, structure=np.ones((3, 3)))
    found: dict[int, list[int]] = {}
    for i, (x0, y0, _, _) in enumerate(boxes):
        found.setdefault(int(marks[scale(y0, down), scale(x0, across)]), []).append(i)
    return list(found.values())
