"""Print on a page: lines with their boxes, fields with their places, what stands beside what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from polysense.types import Span

# Shares of a line's height and width, judged, not measured.
_SAME_ROW = 0.6  # middles that are no further apart are on one row
_OVERLAP = 0.3  # by which boxes that stand side by side may overlap


@dataclass(frozen=True, slots=True)
class Line:
    """Print on one line, and where it is; box as fractions of the page."""

    text: str
    span: Span

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Its box; none is the whole."""
        return self.span.box or (0.0, 0.0, 1.0, 1.0)

    @property
    def middle(self) -> float:
        """How far down it is."""
        return (self.box[1] + self.box[3]) / 2


@dataclass(frozen=True, slots=True)
class Field:
    """A label, its value, and where that stands."""

    name: str
    value: str
    span: Span


def right_of(lines: Sequence[Line], line: Line) -> list[Line]:
    """What stands to the right of a line, on its row, from the left."""
    height, width = line.box[3] - line.box[1], line.box[2] - line.box[0]
    on_row = [
        o
        for o in lines
        if o is not line
        and abs(o.middle - line.middle) < _SAME_ROW * height
        and o.box[0] >= line.box[2] - _OVERLAP * width
    ]
    return sorted(on_row, key=lambda o: o.box[0])
