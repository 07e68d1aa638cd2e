"""GeoJSON, with geometries as shapely (GEOS) writes them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import shapely

from polysense.errors import Unreadable
from polysense.read.file.mime import sniff
from polysense.read.table.frame import frame
from polysense.read.table.places.geojson import GEOJSON, GeoJsonParser
from polysense.types import Asset, Chunk, Span


def feature(geometry: shapely.Geometry, **properties: object) -> dict[str, object]:
    shape = json.loads(shapely.to_geojson(geometry))
    return {"type": "Feature", "geometry": shape, "properties": properties}


FEATURES = [
    feature(shapely.Point(5.32, 60.39), Name="Skolten", depth=11, owner={"city": "Bergen"}),
    feature(shapely.LineString([(5, 60), (6, 61)]), Name="Ferry 7"),
    feature(shapely.box(5, 60, 5.5, 60.5), title="Inner bay", protected=True),
]


def asset(path: Path) -> Asset:
    return Asset("0" * 32, str(path), sniff(path), "table", path.stat().st_size, path=path)


def write(path: Path, indent: int | None = 1) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": FEATURES}, indent=indent))
    return path


def test_a_row_for_each_feature(tmp_path: Path) -> None:
    """With its name, its kind, where it is, and what is told of it; each at its lines."""
    path = write(tmp_path / "harbour.json")  # by what it says, not by its ending
    (rows, schema) = (c for c in GeoJsonParser().parse(asset(path)) if isinstance(c, Chunk))
    lines = rows.text.split("\n")
    assert rows.asset.mime == GEOJSON
    assert lines[0] == (
        "name: Skolten; kind: point; latitude: 60.39; longitude: 5.32; depth: 11; "
        "owner.city: Bergen."
    )
    assert lines[1].startswith(
        "name: Ferry 7; kind: line; latitude: 60.5; longitude: 5.5; south: 60"
    )
    assert lines[2].startswith("name: Inner bay; kind: area; latitude: 60.25")
    source = path.read_text().split("\n")
    first, last = rows.marks[1].span.lines or (0, 0)
    assert '"Ferry 7"' in "".join(source[first - 1 : last])
    assert "Skolten" not in "".join(source[first - 1 : last])
    assert "3 rows" in schema.text


def test_on_one_line_each_has_its_characters(tmp_path: Path) -> None:
    """As most programs write it."""
    path = write(tmp_path / "a.geojson", None)
    rows = next(c for c in GeoJsonParser().parse(asset(path)) if isinstance(c, Chunk))
    start, end = rows.marks[2].span.chars or (0, 0)
    assert json.loads(path.read_text()[start:end])["properties"]["title"] == "Inner bay"
    assert rows.marks[2].span.node == "features[2]"


def test_the_table_of_a_file(tmp_path: Path) -> None:
    """For questions that reckon: all rows, each with its place."""
    path = write(tmp_path / "a.geojson")
    table = frame(Chunk(asset(path), Span(), "table"))
    assert table is not None
    assert table.column(0) == ("Skolten", "Ferry 7", "Inner bay")
    assert table.numbers(table.columns.index("depth"))[0] == 11
    assert len(table.spans) == 3


def test_a_bare_geometry_and_a_file_that_breaks_off(tmp_path: Path) -> None:
    """The one is a feature without a name; of the other what is there."""
    path = tmp_path / "a.geojson"
    path.write_text(shapely.to_geojson(shapely.MultiPoint([(1, 2), (3, 4)])))
    rows = next(c for c in GeoJsonParser().parse(asset(path)) if isinstance(c, Chunk))
    assert rows.text.startswith("kind: points; latitude: 3; longitude: 2")
    path.write_text(write(path).read_text()[:-120])
    items = GeoJsonParser().parse(asset(path))
    assert "Skolten" in next(c.text for c in items if isinstance(c, Chunk))
    with pytest.raises(Unreadable, match="cannot be read"):
        list(items)


def test_json_that_is_no_map_is_json(tmp_path: Path) -> None:
    """Whatever its ending."""
    for text in ('{"type": "Invoice", "features": []}', '{"type": "Topology", "objects": {}}'):
        (tmp_path / "a.geojson").write_text(text)
        assert sniff(tmp_path / "a.geojson") == "application/json"
