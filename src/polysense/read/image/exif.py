"""What a picture file says about itself: EXIF, IPTC, XMP and PNG text, as plain facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

_JUNK = re.compile(
    r"(?i)\{.*|ImageJ=.*|.*digital camera|sony dsc|dcim.*"
    r"|default|untitled|screenshot|n/?a|none|[\W\d_]*"
    r"|(?:created|optimi[sz]ed|processed|compressed|generated|resized|exported)"
    r" (?:with|by|using|in) .*|(?:creator|software): .*"
    r"|file written by .*|adobe imageready|ipix .*"
    r"|lead technologies.*|handmade software.*|applemark|intel\(r\) jpeg.*"
)
"""What programs and cameras write where a description should be."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MAX_CHARACTERS = 2000
"""Characters of one field that are read."""

_MAX_WORDS = 120
"""Words of the metadata that go with a picture."""

_MAX_XMP_BYTES = 4 << 20
"""A larger block is passed over."""

_XMP_TAGS = {
    "title": "title",
    "description": "description",
    "subject": "keywords",
    "creator": "artist",
    "rights": "copyright",
    "Headline": "title",
    "City": "city",
    "State": "state",
    "Country": "country",
    "Location": "place",
    "PersonInImage": "people",
    "CreateDate": "date",
}
_IPTC_TAGS = {
    5: "title",
    105: "title",
    120: "description",
    25: "keywords",
    80: "artist",
    90: "city",
    95: "state",
    101: "country",
    92: "place",
}
_EXIF_TAGS = {
    0x010E: "description", 0x013B: "artist", 0x8298: "copyright", 0x0132: "date",
    0x9C9B: "title", 0x9C9C: "description", 0x9C9E: "keywords", 0x9C9F: "title",
}  # fmt: skip
_PNG_KEYS = {
    "title": "title",
    "description": "description",
    "comment": "description",
    "author": "artist",
    "keywords": "keywords",
}


def read_metadata(image: Any) -> dict[str, str | list[str] | float]:
    """What the file says about itself, of the fields below those it has.

    title, description, keywords, people, artist, copyright, city, state, country, place, date
    (ISO), camera, latitude, longitude. `image` is an opened PIL image. Never raises for what is
    broken: it is left out.
    """
    metadata: dict[str, Any] = {}
    for extract in (_xmp_fields, _iptc_fields, _exif_fields, _text_fields):
        for key, value in _collect_until_error(extract, image):
            text = " ".join(_CONTROL.sub(" ", str(value)).split())[:_MAX_CHARACTERS]
            if (_JUNK.fullmatch(text) and key != "date") or not text:
                continue
            if key in ("keywords", "people"):
                values = metadata.setdefault(key, [])
                values += [k for k in (p.strip() for p in text.split(";")) if k and k not in values]
            else:
                metadata.setdefault(key, text)
    if date := _iso_date(str(metadata.pop("date", ""))):
        metadata["date"] = date
    return metadata | dict(_collect_until_error(_gps_fields, image))


def metadata_text(metadata: dict[str, Any]) -> str:
    """The words among the metadata that tell what is to be seen.

    >>> metadata_text({"title": "The pier", "keywords": ["sea", "dusk"], "camera": "X100"})
    'The pier. sea, dusk'
    """
    address = ", ".join(
        str(metadata[k]) for k in ("place", "city", "state", "country") if k in metadata
    )
    lists = (", ".join(metadata.get(k, ())) for k in ("keywords", "people"))
    sentences = dict.fromkeys(
        w
        for w in (metadata.get("title", ""), metadata.get("description", ""), *lists, address)
        if w
    )
    return " ".join(". ".join(sentences).split()[:_MAX_WORDS])


def _collect_until_error(
    extract: Callable[[Any], Iterator[tuple[str, Any]]], image: Any
) -> list[tuple[str, Any]]:
    items = []
    # broken blocks of metadata raise anything, and are no reason to lose the picture
    with suppress(Exception):
        for item in extract(image):
            items.append(item)
    return items


def _xmp_fields(image: Any) -> Iterator[tuple[str, Any]]:
    from lxml import etree

    raw = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    raw = raw.encode() if isinstance(raw, str) else bytes(raw)
    if not raw or len(raw) > _MAX_XMP_BYTES:
        return
    root = etree.fromstring(
        raw.strip(b"\0 \n"), etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    )
    for element in root.iter(etree.Element):
        for key, value in element.attrib.items():
            if name := _XMP_TAGS.get(etree.QName(key).localname):
                yield name, value
        if name := _XMP_TAGS.get(etree.QName(element).localname):
            items = [e.text for e in element.iter("{*}li") if e.text] or [element.text or ""]
            yield from (
                (name, item) for item in (items if name in ("keywords", "people") else items[:1])
            )


def _iptc_fields(image: Any) -> Iterator[tuple[str, Any]]:
    from PIL import IptcImagePlugin

    for (record, number), value in (IptcImagePlugin.getiptcinfo(image) or {}).items():
        if record == 2 and number in _IPTC_TAGS:
            for item in value if isinstance(value, list) else [value]:
                yield _IPTC_TAGS[number], _decode_text(item)


def _exif_fields(image: Any) -> Iterator[tuple[str, Any]]:
    exif = image.getexif()
    details = exif.get_ifd(0x8769)
    yield "date", details.get(0x9003) or details.get(0x9004) or ""
    comment = details.get(0x9286)
    if isinstance(comment, bytes) and comment[:8] in (b"ASCII\0\0\0", b"UNICODE\0"):
        yield (
            "description",
            _decode_text(comment[8:])
            if comment[:1] == b"A"
            else comment[8:].decode("utf-16", "replace"),
        )
    make, model = (str(exif.get(tag, "")).strip("\0 ") for tag in (0x010F, 0x0110))
    yield (
        "camera",
        model if model.lower().startswith(make.lower().split(" ")[0]) else f"{make} {model}",
    )
    for tag, name in _EXIF_TAGS.items():
        value = exif.get(tag)
        if isinstance(value, bytes | tuple) and tag >= 0x9C9B:
            value = bytes(value).decode("utf-16-le", "replace")
        yield name, _decode_text(value) if isinstance(value, bytes | str) else ""


def _text_fields(image: Any) -> Iterator[tuple[str, Any]]:
    for key, value in (getattr(image, "text", None) or {}).items():
        if name := _PNG_KEYS.get(str(key).lower()):
            yield name, value
    comment = image.info.get("comment")
    yield "description", _decode_text(comment) if comment else ""


def _gps_fields(image: Any) -> Iterator[tuple[str, Any]]:
    gps = image.getexif().get_ifd(0x8825)
    for name, ref, tag, limit in (("latitude", 1, 2, 90), ("longitude", 3, 4, 180)):
        degrees, minutes, seconds = (float(v) for v in gps[tag])
        value = (degrees + minutes / 60 + seconds / 3600) * (
            -1 if str(gps.get(ref, "")).upper()[:1] in ("S", "W") else 1
        )
        if abs(value) <= limit:
            yield name, round(value, 6)


def _decode_text(value: bytes | str) -> str:
    """Words that are UTF-8, as most programs write them, though the standard says ASCII."""
    if isinstance(value, str):
        if max(value, default="") > "ÿ":
            return value
        value = value.encode("latin-1")  # as Pillow reads it
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")


def _iso_date(date: str) -> str:
    """A camera's date, or an editor's, in ISO 8601 without its zone; "" where there is none.

    >>> _iso_date("2019:07:04 12:30:00"), _iso_date("2019-07-04T12:30:00+02:00")
    ('2019-07-04T12:30:00', '2019-07-04T12:30:00')
    >>> _iso_date("0000:00:00 00:00:00")
    ''
    """
    m = re.match(r"([12]\d{3})[:-](\d\d)[:-](\d\d)(?:[T ](\d\d:\d\d:\d\d))?", date)
    return f"{m[1]}-{m[2]}-{m[3]}" + (f"T{m[4]}" if m[4] else "") if m else ""
