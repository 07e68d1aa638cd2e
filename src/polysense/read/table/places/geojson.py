"""GeoJSON (RFC 7946): features and bare geometries, as a table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from polysense.read.file.text import LineIndex, read_text
from polysense.read.table.places.feature import Feature, Position, corners_of
from polysense.read.table.places.feature_parser import FeatureParser
from polysense.read.table.rows import record_cells
from polysense.types import Span

GEOJSON = "application/geo+json"

_KINDS = {
    "Point": "point",
    "MultiPoint": "points",
    "LineString": "line",
    "MultiLineString": "lines",
    "Polygon": "area",
    "MultiPolygon": "areas",
    "GeometryCollection": "collection",
}
_FEATURES = re.compile(r'"features"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_NAMES = ("name", "title", "label", "id")
"""What a feature may be called by, in any case, the first that it has."""

_DEEPEST = 8
"""Lists within lists of positions, and collections within collections; judged."""

_DECODER = json.JSONDecoder()


class GeoJsonParser(FeatureParser):
    """Reads GeoJSON: a row for each feature, with its name, kind, place and properties.

    Reads at most `cells` cells.
    """

    accepts: ClassVar[frozenset[str]] = frozenset({GEOJSON})

    def read(self, path: Path) -> tuple[list[Feature], str]:
        """As `read`."""
        return read(path)


def read(path: Path) -> tuple[list[Feature], str]:
    """The features of a file, and what is wrong with it; "" where nothing is."""
    text = read_text(path)
    values, error = _values(text)
    lines_of = LineIndex(text).lines_of
    lines = [lines_of(start, end) for _, start, end in values]
    is_shared = len(set(lines)) < len(lines)
    features = []
    for n, ((value, start, end), pair) in enumerate(zip(values, lines, strict=True)):
        node, chars = (f"features[{n}]", (start, end)) if is_shared else (None, None)
        features.append(_feature(value, Span(lines=pair, node=node, chars=chars)))
    return features, error


def _values(text: str) -> tuple[list[tuple[dict[str, Any], int, int]], str]:
    """(value, start, end) of each feature or of the one geometry, and what is wrong."""
    m = _FEATURES.search(text) if '"FeatureCollection"' in text else None
    start = _skip(text, m.end()) if m else len(text) - len(text.lstrip("\ufeff \t\r\n"))
    values: list[tuple[dict[str, Any], int, int]] = []
    try:
        while text[start : start + 1] != "]":
            value, end = _DECODER.raw_decode(text, start)
            if isinstance(value, dict):
                values.append((value, start, end))
            if m is None:
                break
            start = _skip(text, end)
    except (ValueError, RecursionError) as e:
        return values, f"what follows feature {len(values)} cannot be read: {e}"
    return values, ""


def _skip(text: str, at: int) -> int:
    m = _BETWEEN.match(text, at)
    return m.end() if m else at


def _feature(value: dict[str, Any], span: Span) -> Feature:
    is_feature = value.get("type") == "Feature"
    geometry = value.get("geometry") if is_feature else value
    geometry = geometry if isinstance(geometry, dict) else {}
    properties = value.get("properties") if is_feature else {}
    cells = record_cells(properties) if isinstance(properties, dict) else {}
    by_case = {key.casefold(): key for key in reversed(cells)}
    key = next((by_case[n] for n in _NAMES if n in by_case), "")
    name = cells.pop(key, "") or str(value.get("id", ""))
    kind = _KINDS.get(str(geometry.get("type")), "")
    return Feature(span, name, kind, corners_of(_positions(geometry, 0)), cells)


def _positions(value: Any, depth: int) -> Iterator[Position]:
    """All positions of a geometry, or of lists of them."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for inner in (value.get("coordinates"), value.get("geometries")):
            yield from _positions(inner, depth + 1)
    elif isinstance(value, list):
        numbers = [v for v in value[:2] if isinstance(v, (int, float))]
        if len(numbers) == 2:
            yield float(numbers[0]), float(numbers[1])
        else:
            for inner in value:
                yield from _positions(inner, depth + 1)
