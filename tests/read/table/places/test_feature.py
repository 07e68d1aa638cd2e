"""Features as rows."""

from __future__ import annotations

from polysense.read.table.places.feature import Feature, table_of
from polysense.types import Span

HERE = Span(lines=(1, 1))


def test_columns_are_those_that_some_feature_fills() -> None:
    """Points alone have no sides; what lies nowhere has no place."""
    points = [
        Feature(HERE, "Pier", "point", ((5.5, 60.25), (5.5, 60.25)), {"depth": "4"}),
        Feature(HERE, "Rumour", "", None),
    ]
    names, rows = table_of(points)
    assert names == ("name", "kind", "latitude", "longitude", "depth")
    assert rows == [("Pier", "point", "60.25", "5.5", "4"), ("Rumour", "", "", "", "")]
    names, rows = table_of([*points, Feature(HERE, "Bay", "area", ((5, 60), (6, 61)))])
    assert names[4:8] == ("south", "west", "north", "east")
    assert rows[0][4:8] == ("", "", "", "")
    assert rows[2] == ("Bay", "area", "60.5", "5.5", "60", "5", "61", "6", "")


def test_what_is_no_degrees_is_not_called_so() -> None:
    """Maps in metres: x and y."""
    names, _ = table_of([Feature(HERE, "Pier", "point", ((297_000.5, 6_700_000),) * 2)])
    assert names == ("name", "kind", "y", "x")
