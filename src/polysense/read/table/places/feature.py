"""What lies on a map, as a row: its name, its kind, where it is, and what is told of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from polysense.read.table.rows import Table, tidy, title_of
from polysense.types import Asset, Chunk, Link, Span

Position = tuple[float, float]
"""Longitude and latitude in degrees, or x and y in the unit of a map; in this order."""

MAX_COLUMNS = 500
"""Properties that become columns; judged: a bound for files whose every feature has other ones."""

_DIGITS = 6
"""Digits behind the point: a tenth of a metre."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing on a map, at its place in the file. corners are south-west and north-east of all
    its positions; None where it lies nowhere.
    """

    span: Span
    name: str
    kind: str
    corners: tuple[Position, Position] | None
    properties: Mapping[str, str] = field(default_factory=dict)


def corners_of(positions: Iterable[Position]) -> tuple[Position, Position] | None:
    """The corners of the box around positions; None without any.

    >>> corners_of([(5.3, 60.4), (5.1, 60.9)])
    ((5.1, 60.4), (5.3, 60.9))
    """
    pairs = list(positions)
    if not pairs:
        return None
    (west, east), (south, north) = ((min(c), max(c)) for c in zip(*pairs, strict=True))
    return (west, south), (east, north)


def table_of(features: Sequence[Feature]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The names of the columns, and a row for each feature. What is no point lies at the middle of
    its box, whose sides follow. x and y where the numbers are no degrees.
    """
    boxes = [f.corners for f in features if f.corners]
    is_degrees = all(abs(x) <= 360 and abs(y) <= 90 for x, y in chain.from_iterable(boxes))
    middle = ("latitude", "longitude") if is_degrees else ("y", "x")
    sides = ("south", "west", "north", "east")
    has_sides = any(a != b for a, b in boxes)
    own = dict.fromkeys(key for f in features for key in f.properties)
    properties = list(own)[:MAX_COLUMNS]
    names = ("name", "kind", *middle, *(sides if has_sides else ()), *properties)
    rows = []
    for f in features:
        place = _numbers(f.corners)[: 6 if has_sides else 2]
        values = [f.name, f.kind, *place, *(f.properties.get(p, "") for p in properties)]
        rows.append(tuple(tidy(values)))
    return names, rows


def _numbers(corners: tuple[Position, Position] | None) -> list[str]:
    """Latitude and longitude of the middle; south, west, north, east where it is no point."""
    if corners is None:
        return [""] * 6
    (west, south), (east, north) = corners
    middle = [(south + north) / 2, (west + east) / 2]
    sides = [] if corners[0] == corners[1] else [south, west, north, east]
    return [*(f"{round(n, _DIGITS):.15g}" for n in [*middle, *sides]), *[""] * (4 - len(sides))]


class FeatureTable(Table):
    """A table whose rows are features, each at its own place in the file."""

    def read(self, features: Sequence[Feature]) -> Iterator[Chunk | Link]:
        """Blocks of features, then what the columns hold."""
        self.spans = [f.span for f in features]
        names, rows = table_of(features)
        self.names, self.by_line = list(names), True
        yield from self.chunks(enumerate(rows, 1))

    def span(self, first: int, last: int, left: int, right: int) -> Span:
        """The place of features first..last."""
        return self.spans[first - 1].union(self.spans[last - 1])


def feature_chunks(asset: Asset, features: Sequence[Feature], cells: int) -> Iterator[Chunk | Link]:
    """The chunks of a file of features; at most so many cells."""
    if features:
        yield from FeatureTable(asset, title_of(asset), limit=cells).read(features)
