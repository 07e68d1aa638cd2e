"""Where in an asset something lies: page, box, seconds, lines, cells, node, characters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

Box: TypeAlias = tuple[float, float, float, float]
"""x0, y0, x1, y1 as fractions of a page or picture, origin top left."""

_CELL_RANGE = re.compile(r"(?:(.*)!)?([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?", re.S)
"""Sheet, first column, first row, last column, last row: "Sheet!B2:D9"."""


def _format_clock(time: float) -> str:
    total = int(time)
    hours, minutes, seconds = total // 3600, total // 60 % 60, total % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


def _union_of_cells(a: str, b: str) -> str:
    """The smallest range that covers both; the first where they are on two sheets."""
    one, two = _CELL_RANGE.fullmatch(a), _CELL_RANGE.fullmatch(b)
    if a == b or not one or not two or one[1] != two[1]:
        return a
    columns = sorted(filter(None, (one[2], one[4], two[2], two[4])), key=lambda c: (len(c), c))
    rows = sorted(int(r) for r in (one[3], one[5], two[3], two[5]) if r)
    sheet = "" if one[1] is None else f"{one[1]}!"
    return f"{sheet}{columns[0]}{rows[0]}:{columns[-1]}{rows[-1]}"


def _union_of_intervals(
    a: tuple[Any, Any] | None, b: tuple[Any, Any] | None
) -> tuple[Any, Any] | None:
    """The smallest interval that covers both."""
    return (min(a[0], b[0]), max(a[1], b[1])) if a and b else a or b


@dataclass(frozen=True, slots=True)
class Span:
    """Where in its asset something lies; what does not apply is None.

    page counts from 1 (a slide is a page). box is x0, y0, x1, y1 as fractions of the page or
    picture, origin top left. seconds is (start, end). lines is (first, last), from 1. cells is
    "B2:D9", or "Sheet!B2:D9". node names a part inside the asset: a mesh part, a member of a
    container, a graph node. chars is (start, end) in the asset's text.

    >>> str(Span(page=3, box=(0.1, 0.2, 0.5, 0.4))), str(Span(seconds=(12, 18.4)))
    ('p. 3', '00:12-00:18')
    >>> str(Span(lines=(10, 24))), str(Span())
    ('L10-24', 'whole')
    """

    page: int | None = None
    box: Box | None = None
    seconds: tuple[float, float] | None = None
    lines: tuple[int, int] | None = None
    cells: str | None = None
    node: str | None = None
    chars: tuple[int, int] | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, f.name) is not None for f in fields(self))

    def __str__(self) -> str:
        places = []
        if self.page is not None:
            places.append(f"p. {self.page}")
        if self.seconds is not None:
            start, end = _format_clock(self.seconds[0]), _format_clock(self.seconds[1])
            places.append(start if start == end else f"{start}-{end}")
        if self.lines is not None:
            first, last = self.lines
            places.append(f"L{first}" if first == last else f"L{first}-{last}")
        if self.cells is not None:
            places.append(self.cells)
        if self.node is not None:
            places.append(self.node)
        if not places and self.box is not None and self.box != (0.0, 0.0, 1.0, 1.0):
            x0, y0, x1, y1 = (round(100 * v) for v in self.box)
            places.append(f"x {x0}-{x1} %, y {y0}-{y1} %")
        if not places and self.chars is not None:
            places.append(f"chars {self.chars[0]}-{self.chars[1]}")
        return ", ".join(places) or "whole"

    @property
    def order(self) -> tuple[Any, ...]:
        """What spans of one asset are sorted by, to stand as they are read: by page, time, line,
        sheet, row and column; what tells no place in the text of a page comes after it.

        >>> cells = Span(cells="A100"), Span(cells="A16")
        >>> [s.cells for s in sorted(cells, key=lambda s: s.order)]
        ['A16', 'A100']
        """
        cells = _CELL_RANGE.fullmatch(self.cells or "")
        sheet, column, row = (cells[1] or "", cells[2], int(cells[3])) if cells else ("", "", 0)
        return (
            self.page or 0,
            self.seconds[0] if self.seconds else 0.0,
            self.lines[0] if self.lines else 0,
            sheet,
            row,
            len(column),
            column,
            self.chars[0] if self.chars else float("inf"),
            self.box[1] if self.box else 0.0,
            str(self),
        )

    def within(self, outer: Span) -> Span:
        """This span, told relative to `outer`, as a span of outer's asset.

        Associative; Span() is its unit.

        >>> Span(box=(0.5, 0.5, 1, 1)).within(Span(page=2, box=(0, 0, 0.5, 0.5))).box
        (0.25, 0.25, 0.5, 0.5)
        """
        box, seconds, lines, chars = self.box, self.seconds, self.lines, self.chars
        if box and outer.box:
            (ox0, oy0, ox1, oy1), (x0, y0, x1, y1) = outer.box, box
            w, h = ox1 - ox0, oy1 - oy0
            box = (ox0 + x0 * w, oy0 + y0 * h, ox0 + x1 * w, oy0 + y1 * h)
        if seconds and outer.seconds:
            seconds = (outer.seconds[0] + seconds[0], outer.seconds[0] + seconds[1])
        if lines and outer.lines:
            lines = (outer.lines[0] + lines[0] - 1, outer.lines[0] + lines[1] - 1)
        if chars and outer.chars:
            chars = (outer.chars[0] + chars[0], outer.chars[0] + chars[1])
        return Span(
            page=outer.page if self.page is None else self.page,
            box=box or outer.box,
            seconds=seconds or outer.seconds,
            lines=lines or outer.lines,
            cells=self.cells or outer.cells,
            node=self.node or outer.node,
            chars=chars or outer.chars,
        )

    def union(self, other: Span) -> Span:
        """The smallest span that covers both.

        Of page, sheet and node, this one's where they differ.

        >>> Span(cells="B2:D2").union(Span(cells="B4:D4")).cells
        'B2:D4'
        """
        a, b = self.box, other.box
        return Span(
            page=other.page if self.page is None else self.page,
            box=(min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
            if a and b
            else a or b,
            seconds=_union_of_intervals(self.seconds, other.seconds),
            lines=_union_of_intervals(self.lines, other.lines),
            cells=_union_of_cells(self.cells, other.cells)
            if self.cells and other.cells
            else self.cells or other.cells,
            node=self.node or other.node,
            chars=_union_of_intervals(self.chars, other.chars),
        )

    def to_dict(self) -> dict[str, Any]:
        """Only the fields that apply; tuples become lists, as JSON has them."""
        values = ((f.name, getattr(self, f.name)) for f in fields(self))
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values if v is not None}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Span:
        """The inverse of `to_dict`."""
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()}
        return cls(**values)
