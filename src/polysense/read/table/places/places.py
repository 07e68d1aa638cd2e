"""The places of a map's file, in any format that is read here, as rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from polysense.read.table.places import geojson, kml
from polysense.read.table.places.feature import Feature, table_of
from polysense.types import Asset, Span

READERS: Mapping[str, Callable[[Path], tuple[list[Feature], str]]] = {
    geojson.GEOJSON: geojson.read,
    kml.KML: kml.read,
}
"""By mime type."""


def rows(path: Path, asset: Asset) -> tuple[tuple[str, ...], list[tuple[str, ...]], list[Span]]:
    """The names of the columns, the rows, and the place of each in the file. Raises TooLarge,
    Unreadable.
    """
    features, _ = READERS[asset.mime](path)
    names, values = table_of(features)
    return names, values, [f.span for f in features]
