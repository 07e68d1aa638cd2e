"""What a file is, by its content; the name decides only between kinds of text, which look alike."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from polysense.read.file.encoding import bom_encoding, wide_encoding
from polysense.read.file.iwork import IWORK_PROGRAMS
from polysense.read.file.magic import DICOM, MSG, TNEF, XLS, XLSX, sniff_binary
from polysense.read.file.mail import is_mailbox
from polysense.read.file.openapi import OPENAPI, is_openapi
from polysense.read.file.text_types import CODE_TYPES as CODE_TYPES
from polysense.read.file.text_types import MIME_BY_ENDING as MIME_BY_ENDING
from polysense.read.file.text_types import endings as endings
from polysense.read.file.text_types import mime_of_ending as mime_of_ending
from polysense.read.file.triple_header import has_triple_columns
from polysense.types import Modality

UNKNOWN = "application/octet-stream"
HEAD_BYTES = 1 << 16
"""Bytes of a file that are looked at; the pieces of containers are found by seeking."""

# Text has at most one such character in this many: control characters in UTF-8 and in encodings of
# one byte (where they are the only sign of binary files), zeros, and what a marked encoding cannot
# decode. Judged, not measured.
_BYTES_PER_CONTROL = 10
_BYTES_PER_CONTROL_LATIN = 200
_BYTES_PER_ZERO = 1000
_STRAY_ZEROS = 2  # that a short text without other control characters may have all the same
_CHARS_PER_UNDECODED = 20

# The JSON-LD context stands within this many characters; a file's last bytes say how it ends.
_CONTEXT_CHARS = 4096
_TAIL_BYTES = 4096

_TABLE_TYPES = {
    *("text/csv", "text/tab-separated-values", "application/x-ndjson"),
    *(
        "application/vnd.apache.parquet",
        "application/vnd.oasis.opendocument.spreadsheet",
        XLSX,
        XLS,
    ),
    *("application/geo+json", "application/vnd.google-earth.kml+xml"),
}
_GRAPH_TYPES = {
    *("application/graphml+xml", "application/ld+json", "application/rdf+xml"),
    *("application/n-triples", "text/turtle", "text/x-triples"),
}
MAILBOX = "application/mbox"
WARC = "application/warc"
ARCHIVE_TYPES = frozenset(
    f"application/{subtype}"
    for subtype in ("zip", "x-tar", "gzip", "x-bzip2", "x-xz", "mbox", "warc")
)
"""What `polysense.read.file.archive` opens like a folder."""

CONTAINER_TYPES = frozenset({"message/rfc822", MSG, TNEF, "application/pdf", *IWORK_PROGRAMS})
"""What says something itself, and may hold files that are read like those in an archive."""


def sniff(source: Path | bytes, name: str = "") -> str:
    """The mime type of a file or its bytes, by the content.

    `name` (else the path's) decides between kinds of text only.
    "application/octet-stream" for what is empty or unknown. Raises OSError where the file cannot be
    read.
    """
    if isinstance(source, bytes):
        return _sniff_stream(io.BytesIO(source), len(source), name)
    with source.open("rb") as f:
        return _sniff_stream(f, source.stat().st_size, name or source.name)


def _sniff_stream(f: BinaryIO, size: int, name: str) -> str:
    name = PurePosixPath(name.replace("\\", "/")).name.lower()
    ending = name.rsplit(".", 1)[-1]
    head = f.read(HEAD_BYTES)
    if not head:
        return UNKNOWN
    if mime := sniff_binary(f, head, size, ending):
        return mime
    text = _decode_head(head)
    if text is None:
        # these need no magic bytes
        return {"stl": "model/stl", "mp3": "audio/mpeg"}.get(ending, UNKNOWN)
    f.seek(max(0, size - _TAIL_BYTES))
    return _sniff_text(text, f.read().decode("utf-8", "replace"), name, ending)


def modality_of(mime: str) -> Modality:
    """The modality of a file of this type; "" for archives and what is unknown.

    >>> modality_of("text/x-python"), modality_of("application/pdf"), modality_of("text/csv")
    ('code', 'text', 'table')
    """
    if mime in _TABLE_TYPES:
        return "table"
    if mime in _GRAPH_TYPES:
        return "graph"
    if mime in CODE_TYPES or mime == OPENAPI:
        return "code"
    family = "image" if mime == DICOM else mime.split("/", 1)[0]
    if family in ("image", "audio", "video"):
        return family
    return "3d" if family == "model" else "" if mime == UNKNOWN or mime in ARCHIVE_TYPES else "text"


def _decode_head(head: bytes) -> str | None:
    """The beginning of a file as text; None where the bytes are no text."""
    if encoding := bom_encoding(head) or wide_encoding(head):
        decoded = head.decode(encoding, "replace")
        return decoded if decoded.count("�") <= len(decoded) / _CHARS_PER_UNDECODED + 1 else None
    control = len(re.findall(rb"[\x00-\x07\x0e-\x1a\x1c-\x1f\x7f]", head))
    zeros = head.count(0)
    if zeros > max(len(head) / _BYTES_PER_ZERO, _STRAY_ZEROS * (zeros == control)):
        return None
    try:
        head[:-4].decode("utf-8")
        return (
            head.decode("utf-8", "replace") if control <= len(head) / _BYTES_PER_CONTROL else None
        )
    except UnicodeDecodeError as e:
        is_cut_character = e.reason == "unexpected end of data"
    return (
        head.decode("utf-8" if is_cut_character else "latin-1", "replace")
        if control <= len(head) / _BYTES_PER_CONTROL_LATIN
        else None
    )


_ROOT_ELEMENT = re.compile(
    r"(?>\s+|<\?(?!php).*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*+<([A-Za-z_][\w.:-]*)",
    re.S | re.I,
)
_TTML = "application/ttml+xml"
_TTML_NAMESPACE = re.compile(r"""=\s*["']http://www\.w3\.org/[^"']{0,20}tt(?:ml|af1)""")
_GEOJSON = re.compile(r'\{[^{}\[\]]*"type"\s*:\s*"FeatureCollection"')
_GEOMETRY = re.compile(
    r'"type"\s*:\s*"(?:Feature(?:Collection)?|(?:Multi)?(?:Point|LineString|Polygon)'
    r'|GeometryCollection)"'
)
_SUBRIP_CUE = re.compile(r"\s*\d+[ \t\r]*\n\s*\d+:\d\d:\d\d[,.]\d+\s*-->")
_MAIL_HEADER = re.compile(r"^([A-Za-z][A-Za-z-]*):[ \t]", re.M)
_MAIL_FIELDS = {"to", "subject", "date", "message-id", "received", "mime-version"}
_N_TRIPLE = re.compile(
    r"(?:<[^<>\s]*>|_:\S+)\s+<[^<>\s]+>\s+(?:<[^<>\s]*>|_:\S+|\".*\"\S*)\s*\.\s*(?:#.*)?"
)
_SHEBANG_TYPES = {
    "python": "text/x-python",
    "node": "text/javascript",
    "deno": "text/x-typescript",
    "perl": "text/x-perl",
    "ruby": "text/x-ruby",
    "php": "text/x-php",
    "lua": "text/x-lua",
    "Rscript": "text/x-r",
    "julia": "text/x-julia",
    "sh": "text/x-shellscript",
}


def _sniff_text(text: str, tail: str, name: str, ending: str) -> str:
    name_mime = "text/x-cmake" if name == "cmakelists.txt" else MIME_BY_ENDING.get(ending, "")
    if not name_mime and name.startswith(("dockerfile", "makefile")):
        name_mime = MIME_BY_ENDING[name.split(".")[0]]
    if name_mime in CODE_TYPES:
        return _refine_code(name_mime, text, ending)
    if is_openapi(text, name_mime):
        return OPENAPI
    return (
        _sniff_markup(text, name_mime)
        or _sniff_json(text, tail, name_mime)
        or _sniff_mesh(text, name_mime)
        or _sniff_lines(text, name_mime)
        or name_mime
        or "text/plain"
    )


def _refine_code(name_mime: str, text: str, ending: str) -> str:
    if ending == "h" and re.search(
        r"^[ \t]*(?:class|namespace|template|using)\b|\bstd::", text, re.M
    ):
        return "text/x-c++"
    if ending in ("m", "h") and re.search(
        r"^[ \t]*(?:#import|@interface|@implementation|@protocol)\b", text, re.M
    ):
        return "text/x-source"
    return name_mime


def _sniff_markup(text: str, name_mime: str) -> str:
    if text.startswith("<?php"):
        return "text/x-php"
    if text.startswith("#!") and name_mime in ("", "text/plain"):
        first_line = text.split("\n", 1)[0]
        return next(
            (mime for program, mime in _SHEBANG_TYPES.items() if program in first_line),
            "text/x-source",
        )
    beginning = text.lstrip()[:15].lower()
    if not beginning.startswith("<") or name_mime in (
        "text/markdown",
        "text/x-rst",
        "application/x-tex",
    ):
        return ""
    root_match = _ROOT_ELEMENT.match(text)
    root = root_match[1].rsplit(":", 1)[-1].lower() if root_match else ""
    is_xml = beginning.startswith("<?xml")
    if root == "html" or beginning.startswith("<!doctype html"):
        return (
            "application/xhtml+xml"
            if is_xml or name_mime == "application/xhtml+xml"
            else "text/html"
        )
    mime_by_root = {
        "svg": "image/svg+xml",
        "graphml": "application/graphml+xml",
        "rdf": "application/rdf+xml",
        "collada": "model/vnd.collada+xml",
        "kml": "application/vnd.google-earth.kml+xml",
    }
    if root == "tt" and (
        name_mime == _TTML or (name_mime != "text/html" and _TTML_NAMESPACE.search(text))
    ):
        return _TTML
    if root in mime_by_root:
        return mime_by_root[root]
    return (
        "application/xml"
        if is_xml and name_mime not in ("text/html", "application/xhtml+xml")
        else ""
    )


def _sniff_json(text: str, tail: str, name_mime: str) -> str:
    text = text.lstrip()
    if text[:1] not in ("{", "[") or not re.match(
        r"\{\s*(?:\"|\}|$)|\[\s*(?:[\[{\"\d\]tfn-]|$)", text
    ):
        return ""
    if re.search(r'"cell_type"\s*:|"cells"\s*:', text) and re.search(
        r'"nbformat"\s*:\s*\d', text + tail
    ):
        return "application/x-ipynb+json"
    if re.search(r'"asset"\s*:\s*\{[^{}]*"version"', text + tail) and re.search(
        r'"(?:meshes|scenes|buffers|nodes)"\s*:\s*\[', text + tail
    ):
        return "model/gltf+json"
    if _GEOJSON.match(text) or (
        name_mime == "application/geo+json" and _GEOMETRY.search(text[:_CONTEXT_CHARS])
    ):
        return "application/geo+json"
    if re.search(r'"@(?:context|graph)"\s*:', text[:_CONTEXT_CHARS]):
        return "application/ld+json"
    first, _, rest = text.partition("\n")
    if first.rstrip().endswith(("}", "]")) and rest.lstrip()[:1] == first[:1]:
        try:
            json.loads(first)
        except (ValueError, RecursionError):
            return name_mime
        return "application/x-ndjson"
    if name_mime == "application/geo+json":
        return "application/json"
    return name_mime or ("application/json" if tail.rstrip()[-1:] in ("}", "]") else "")


def _sniff_mesh(text: str, name_mime: str) -> str:
    if re.match(r"ply\s*\nformat ", text):
        return "model/ply"
    if re.match(r"\s*(?:#.*\n\s*)*(?:ST)?C?N?4?n?OFF\s+(?:#.*\n\s*)*\d+\s+\d+", text):
        return "model/off"
    if re.match(r"\s*solid\b.*\n\s*facet\s+normal", text, re.I):
        return "model/stl"
    vertices = len(re.findall(r"^v(?:\s+-?[\d.eE+-]+){3}", text, re.M))
    return "model/obj" if vertices >= 3 and name_mime in ("", "text/plain", "model/obj") else ""


def _sniff_lines(text: str, name_mime: str) -> str:
    if text.startswith("WEBVTT"):
        return "text/vtt"
    if re.match(r"\ufeff?\s*\[Script Info\]", text, re.I):
        return "text/x-ssa"
    if m := re.match(r"\ufeff?\s*BEGIN:V(CALENDAR|CARD)\s", text, re.I):
        return "text/calendar" if len(m[1]) > len("card") else "text/vcard"
    if _SUBRIP_CUE.match(text):
        return "application/x-subrip"
    if name_mime in (
        "text/csv",
        "text/tab-separated-values",
        "",
        "text/plain",
    ) and has_triple_columns(text.split("\n", 1)[0]):
        return "text/x-triples"
    if is_mailbox(text):
        return MAILBOX
    if name_mime in ("", "text/plain"):
        headers = {
            h.lower() for h in _MAIL_HEADER.findall(re.split(r"\r?\n\r?\n", text, maxsplit=1)[0])
        }
        if _MAIL_HEADER.match(text) and "from" in headers and len(headers & _MAIL_FIELDS) >= 2:
            return "message/rfc822"
        if re.match(r"\s*(?:%.*\n\s*)*\\documentclass\b", text):
            return "application/x-tex"
        first_lines = [
            line for line in text.split("\n")[:20] if line.strip() and not line.startswith("#")
        ][:5]
        if first_lines and all(_N_TRIPLE.fullmatch(line.strip()[:2000]) for line in first_lines):
            return "application/n-triples"
        if first_lines and re.match(r"@(?:prefix|base)\s+\S*\s*<", first_lines[0]):
            return "text/turtle"
    return ""
