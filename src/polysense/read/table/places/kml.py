"""KML 2.2 (OGC 07-147r2): placemarks with their folders and data, as a table."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from polysense.errors import TooLarge, Unreadable
from polysense.read.table.places.feature import Feature, Position, corners_of
from polysense.read.table.places.feature_parser import FeatureParser
from polysense.types import Span

KML = "application/vnd.google-earth.kml+xml"

MAX_BYTES = 128 << 20
"""Of a file whose elements are all in memory; judged."""

_KINDS = {
    "Point": "point",
    "LineString": "line",
    "LinearRing": "line",
    "Track": "track",
    "Polygon": "area",
    "Model": "model",
    "MultiGeometry": "collection",
    "MultiTrack": "track",
}
_WORDS = {
    "description": "description",
    "address": "address",
    "phoneNumber": "telephone",
    "when": "when",
    "begin": "begin",
    "end": "end",
}
"""Elements of a placemark that say something, and their columns."""

_MARKUP = re.compile(r"<[^<>]{0,2000}>")


class KmlParser(FeatureParser):
    """Reads KML: a row for each placemark, with its name, kind, place, folder and data.

    Reads at most `cells` cells.
    """

    accepts: ClassVar[frozenset[str]] = frozenset({KML})

    def read(self, path: Path) -> tuple[list[Feature], str]:
        """As `read`."""
        return read(path)


def read(path: Path) -> tuple[list[Feature], str]:
    """The placemarks of a file, and what is wrong with it; "" where nothing is. Raises TooLarge,
    Unreadable.
    """
    from lxml import etree

    if path.stat().st_size > MAX_BYTES:
        raise TooLarge(f"{path.name} has more than {MAX_BYTES >> 20} MiB")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(path.read_bytes(), parser)
    except etree.XMLSyntaxError as e:
        raise Unreadable(f"{path.name} is no readable XML: {e}") from e
    if root is None:
        raise Unreadable(f"{path.name} is no readable XML")
    errors = [e for e in parser.error_log if e.level >= etree.ErrorLevels.FATAL]
    error = f"line {errors[0].line}: {errors[0].message}" if errors else ""
    return [_feature(e) for e in root.iter("{*}Placemark")], error


def _feature(placemark: Any) -> Feature:
    last = max(int(e.sourceline or 0) for e in placemark.iter())
    properties = dict(_properties(placemark))
    if folders := _folders(placemark):
        properties["folder"] = folders
    name, kind = "", ""
    for child in placemark:
        tag = _tag(child)
        name = _text(child) if tag == "name" else name
        kind = _KINDS.get(tag, kind)
    corners = corners_of(_positions(placemark))
    first = int(placemark.sourceline or 1)
    return Feature(Span(lines=(first, max(first, last))), name, kind, corners, properties)


def _properties(placemark: Any) -> Iterator[tuple[str, str]]:
    for element in placemark.iter("{*}*"):
        tag, text = _tag(element), _text(element)
        if tag in _WORDS and text:
            yield _WORDS[tag], text
        elif tag == "Data":
            yield element.get("name", ""), _text(element.find("{*}value"))
        elif tag == "SimpleData" and text:
            yield element.get("name", ""), text


def _folders(placemark: Any) -> str:
    """The names of what it lies in, the outermost first; without the document's own."""
    names = [_text(folder.find("{*}name")) for folder in placemark.iterancestors("{*}Folder")]
    return " / ".join(filter(None, reversed(names)))


def _positions(placemark: Any) -> Iterator[Position]:
    """Longitude and latitude of every point of its geometry."""
    for element in placemark.iter("{*}coordinates", "{*}coord", "{*}Location"):
        tag = _tag(element)
        if tag == "Location":
            parts = [_text(element.find(f"{{*}}{t}")) for t in ("longitude", "latitude")]
            triples = [parts]
        elif tag == "coord":
            triples = [_text(element).split()]
        else:
            triples = [t.split(",") for t in (element.text or "").split()]
        for triple in triples:
            try:
                yield float(triple[0]), float(triple[1])
            except (ValueError, IndexError):
                continue


def _tag(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _text(element: Any) -> str:
    """The words of an element, without the HTML that a description may be written in."""
    if element is None or not element.text:
        return ""
    return " ".join(html.unescape(_MARKUP.sub(" ", element.text)).split())
