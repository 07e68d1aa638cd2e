"""KML, by hand from the standard."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.errors import Unreadable
from polysense.read.file.mime import sniff
from polysense.read.table.frame import frame
from polysense.read.table.places.kml import KML, KmlParser
from polysense.types import Asset, Chunk, Span

TEXT = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">
<Document><name>Coast</name>
 <Folder><name>Lights</name>
  <Placemark id="a">
   <name>Gull Head</name>
   <description><![CDATA[A <b>white</b> tower &amp; a horn]]></description>
   <ExtendedData><Data name="height"><value>31</value></Data>
    <SchemaData><SimpleData name="range">19 nm</SimpleData></SchemaData></ExtendedData>
   <TimeSpan><begin>1871</begin></TimeSpan>
   <Point><coordinates>5.25,60.5,31</coordinates></Point>
  </Placemark>
  <Folder><name>Old</name><Placemark><name>Mill Rock</name>
   <Point><coordinates>4.75,60.25</coordinates></Point></Placemark></Folder>
 </Folder>
 <Placemark><name>Sound</name><Polygon><outerBoundaryIs><LinearRing><coordinates>
  4,60 5,60 5,61 4,60</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>
 <Placemark><name>Trip</name><gx:Track><when>2031-05-01T10:00Z</when>
  <gx:coord>4.5 60.5 0</gx:coord><gx:coord>4.75 60.75 0</gx:coord></gx:Track></Placemark>
</Document></kml>
"""


def asset(path: Path) -> Asset:
    return Asset("0" * 32, str(path), sniff(path), "table", path.stat().st_size, path=path)


def test_a_row_for_each_placemark(tmp_path: Path) -> None:
    """With its folders and data; markup in a description is no word of it."""
    path = tmp_path / "coast.xml"
    path.write_text(TEXT)
    rows = next(c for c in KmlParser().parse(asset(path)) if isinstance(c, Chunk))
    lines = rows.text.split("\n")
    assert rows.asset.mime == KML
    assert lines[0] == (
        "name: Gull Head; kind: point; latitude: 60.5; longitude: 5.25; "
        "description: A white tower & a horn; height: 31; range: 19 nm; begin: 1871; "
        "folder: Lights."
    )
    assert "folder: Lights / Old" in lines[1]
    assert "kind: area; latitude: 60.5; longitude: 4.5; south: 60; west: 4" in lines[2]
    assert "kind: track" in lines[3]
    assert "when: 2031-05-01T10:00Z" in lines[3]
    assert rows.marks[0].span.lines == (5, 11)
    table = frame(Chunk(asset(path), Span(), "table"))
    assert table is not None
    assert table.column(0) == ("Gull Head", "Mill Rock", "Sound", "Trip")


def test_a_file_that_breaks_off(tmp_path: Path) -> None:
    """What is there, and where it is broken."""
    path = tmp_path / "coast.kml"
    path.write_text(TEXT[:900])
    items = KmlParser().parse(asset(path))
    assert "Gull Head" in next(c.text for c in items if isinstance(c, Chunk))
    with pytest.raises(Unreadable, match="line"):
        list(items)


def test_entities_are_not_taken_from_elsewhere(tmp_path: Path) -> None:
    """Every file is hostile."""
    (tmp_path / "secret").write_text("hidden words")
    doctype = f'<!DOCTYPE kml [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'
    path = tmp_path / "a.kml"
    path.write_text(f"{doctype}<kml><Placemark><name>a &x;</name></Placemark></kml>")
    assert "hidden" not in "".join(
        c.text for c in KmlParser().parse(asset(path)) if isinstance(c, Chunk)
    )


def test_a_file_of_nothing_that_is_xml(tmp_path: Path) -> None:
    """Is named as such."""
    path = tmp_path / "a.kml"
    path.write_bytes(b"\0\0\0")
    with pytest.raises(Unreadable, match=r"a\.kml is no readable XML"):
        list(KmlParser().parse(asset(path)))
