"""Where a made file came from, written into the file itself, where its format has a place for that,
and read back.

The words are those of C2PA's claims (actions, ingredients, digital source types:
https://c2pa.org/specifications), as plain JSON: unsigned, so a note and no proof. PNG keeps it in
an iTXt chunk, WAV in LIST INFO, MP4 in its comment, glTF in asset.extras, XML in an element of its
own, programs in two lines of comment on top (`make.file.provenance_comment`). CSV has no place for
it; its tables name their sources in a column.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from polysense.make.file.provenance_comment import COMMENTS, add_comment, read_comment
from polysense.modalities import all_modalities, describe, function
from polysense.types import Origin, Part

_HEAD_BYTES = 200_000
"""Bytes of a text in which the note is looked for; it stands in front."""

KEY = "polysense"
"""What the note is found by in a file."""

_ACTIONS: Mapping[Origin, tuple[str, str]] = {
    "retrieved": ("c2pa.cropped", ""),
    "composed": ("c2pa.created", "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"),
    "generated": (
        "c2pa.created",
        "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
    ),
}


_DAMAGE_ERRORS = (ValueError, struct.error, EOFError, OSError)
"""What readers and writers raise over bytes that are not of their kind; PyAV's errors are of these.
"""


@dataclass(frozen=True, slots=True)
class Source:
    """A piece of evidence that went into a file: its address, the place in it, the hash of its
    content.
    """

    uri: str
    place: str
    asset: str


def stamp(part: Part, origin: Origin, route: str, sources: Sequence[Source]) -> Part:
    """The part with its provenance in the file's own metadata, and in `meta["provenance"]`; the
    content is not changed.

    A reference to a file (a Path) is left as it is, and so are bytes that are not of their kind.
    """
    claim = _claim(origin, route, sources, part.meta)
    writer = next((w for m, w, _ in describe(part.modality).provenance if m == part.mime), "")
    data = part.data
    if isinstance(data, bytes) and writer:
        with contextlib.suppress(*_DAMAGE_ERRORS):
            data = function(writer)(data, json.dumps(claim, ensure_ascii=True, sort_keys=True))
    elif isinstance(data, str) and part.mime in COMMENTS:
        data = add_comment(data, part.mime, claim)
    return replace(part, data=data, meta={**part.meta, "provenance": claim})


def read(data: bytes, mime: str) -> dict[str, Any] | None:
    """The provenance in a file; None where there is none, or the bytes are not of their kind.

    >>> from polysense.read.image.decode import png
    >>> import numpy as np
    >>> grey = Part("image", png(np.full((2, 2, 3), 128, np.uint8)), "image/png")
    >>> source = Source("/kb/a.csv", "B2:B9", "0")
    >>> chart = stamp(grey, "composed", "table -> image (chart)", [source])
    >>> read(chart.data, chart.mime)["ingredients"][0]["title"]
    'a.csv'
    """
    reader = next(
        (r for d in all_modalities().values() for m, _, r in d.provenance if m == mime and r), ""
    )
    try:
        if mime in COMMENTS and (
            lines := read_comment(data[:_HEAD_BYTES].decode("utf-8", "replace"))
        ):
            return _claim_of_comment(lines)
        raw = function(reader)(data) if reader else _read_text(data)
        claim = json.loads(raw) if raw else None
    except _DAMAGE_ERRORS:
        return None
    return claim if isinstance(claim, dict) and "claim_generator" in claim else None


def _claim(
    origin: Origin, route: str, sources: Sequence[Source], meta: Mapping[str, Any]
) -> dict[str, Any]:
    action, source_type = _ACTIONS[origin]
    # no folders: who passes a made file on need not tell how their disk is laid out; the hash says
    # which file it was
    ingredients = [
        {
            "title": _file_name(s.uri),
            "place": s.place,
            "hash": s.asset,
            "relationship": "inputTo" if origin == "generated" else "componentOf",
        }
        for s in sources
    ]
    action_entry: dict[str, Any] = {"action": action}
    if source_type:
        action_entry["digitalSourceType"] = source_type
    if origin == "generated" and "model" in meta:
        action_entry["softwareAgent"] = {"name": str(meta["model"])}
        parameters = {k: meta[k] for k in ("seed", "steps", "conditions") if k in meta}
        action_entry |= {"parameters": parameters} if parameters else {}
    return {
        "claim_generator": f"polysense/{_version()}",
        "origin": origin,
        "route": route,
        "actions": [action_entry],
        "ingredients": ingredients,
    }


def _claim_of_comment(lines: Mapping[str, Any]) -> dict[str, Any]:
    sources = [Source(*file) for file in lines["files"]]
    model = {"model": lines["model"]} if lines["model"] else {}
    claim = _claim(lines["origin"], lines["route"], sources, model)
    return {**claim, "claim_generator": f"polysense/{lines['version']}"}


def _file_name(uri: str) -> str:
    return uri.replace("\\", "/").rsplit("/", 1)[-1]


@cache
def _version() -> str:
    from importlib.metadata import version

    return version("polysense")


# Pictures

_PNG_HEAD_BYTES = 8 + 25  # signature and IHDR


def write_png(data: bytes, note: str) -> bytes:
    """An iTXt chunk."""
    body = b"iTXt" + KEY.encode() + b"\0\0\0\0\0" + note.encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return data[:_PNG_HEAD_BYTES] + chunk + data[_PNG_HEAD_BYTES:]


def read_png(data: bytes) -> str:
    """The note in a PNG."""
    offset, chunk_start = 8, b"iTXt" + KEY.encode() + b"\0\0\0\0\0"
    while offset + 8 <= len(data):
        length = struct.unpack(">I", data[offset : offset + 4])[0]
        start, end = offset + 4, offset + 8 + length
        if data[start:end].startswith(chunk_start):
            return data[start + len(chunk_start) : end].decode("utf-8", "replace")
        offset += length + 12
    return ""


_MAX_JPEG_COMMENT, _JPEG_HEAD_BYTES = 65_000, 70_000
"""A segment counts its bytes in 16 bits; a note that is cut is read as none. It stands in front."""


def read_jpeg(data: bytes) -> str:
    """The note in a JPEG."""
    return _read_text(data[:_JPEG_HEAD_BYTES].replace(b"\xff", b"\n"))


def write_jpeg(data: bytes, note: str) -> bytes:
    """A comment segment."""
    comment = f"{KEY} {note}".encode()[:_MAX_JPEG_COMMENT]
    return data[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + data[2:]


# Sounds and clips


def write_wav(data: bytes, note: str) -> bytes:
    """LIST INFO: ICMT and ISFT."""
    fields = b"".join(
        _riff_field(k, v)
        for k, v in (
            (b"ICMT", note.encode() + b"\0"),
            (b"ISFT", f"polysense {_version()}".encode() + b"\0"),
        )
    )
    content = (
        data[12:]
        + b"\0" * (len(data) % 2)
        + b"LIST"
        + struct.pack("<I", len(fields) + 4)
        + b"INFO"
        + fields
    )
    return b"RIFF" + struct.pack("<I", len(content) + 4) + b"WAVE" + content


def _riff_field(key: bytes, value: bytes) -> bytes:
    return key + struct.pack("<I", len(value)) + value + b"\0" * (len(value) % 2)


def read_wav(data: bytes) -> str:
    """The note in a WAV."""
    offset = data.find(b"ICMT")
    return (
        data[offset + 8 : offset + 8 + struct.unpack("<I", data[offset + 4 : offset + 8])[0]]
        .rstrip(b"\0")
        .decode("utf-8", "replace")
        if offset > 0
        else ""
    )


def write_mp4(data: bytes, note: str) -> bytes:
    """Packets are copied, not encoded again."""
    import tempfile

    import av

    # its index goes to the front afterwards, which only a file allows
    with tempfile.NamedTemporaryFile(suffix=".mp4") as out:
        with (
            av.open(io.BytesIO(data)) as source_file,
            av.open(out.name, "w", format="mp4", options={"movflags": "+faststart"}) as target_file,
        ):
            _remux_with_note(source_file, target_file, note)
        return out.read()


def _remux_with_note(source_file: Any, target_file: Any, note: str) -> None:
    target_file.metadata.update(
        dict(source_file.metadata) | {"comment": note, "encoding_tool": f"polysense {_version()}"}
    )
    streams = {}
    for stream in source_file.streams:
        streams[stream.index] = target_file.add_stream_from_template(stream)
        streams[stream.index].metadata.update(stream.metadata)
    for packet in source_file.demux():
        if packet.dts is not None:
            packet.stream = streams[packet.stream.index]
            target_file.mux(packet)


def read_tags(data: bytes) -> str:
    """The comment in a container that FFmpeg reads."""
    import av

    with av.open(io.BytesIO(data)) as file:
        return next((v for k, v in file.metadata.items() if k.lower() == "comment"), "")


# Models


def write_glb(data: bytes, note: str) -> bytes:
    """The note in asset.extras."""
    tree, end = _gltf_tree(data)
    asset = tree.get("asset")
    asset = asset if isinstance(asset, dict) else {"version": "2.0"}
    extras = asset.get("extras")  # any JSON, by the specification
    extras = extras if isinstance(extras, dict) else {} if extras is None else {"extras": extras}
    tree["asset"] = {**asset, "extras": {**extras, KEY: json.loads(note)}}
    raw = json.dumps(tree, separators=(",", ":")).encode()
    raw += b" " * (-len(raw) % 4)
    rest = data[end:]
    return (
        b"glTF" + struct.pack("<III", 2, 20 + len(raw) + len(rest), len(raw)) + b"JSON" + raw + rest
    )


def read_glb(data: bytes) -> str:
    """The note in a GLB."""
    asset = _gltf_tree(data)[0].get("asset")
    extras = asset.get("extras") if isinstance(asset, dict) else None
    claim = extras.get(KEY) if isinstance(extras, dict) else None
    return json.dumps(claim) if claim else ""


def _gltf_tree(data: bytes) -> tuple[dict[str, Any], int]:
    """The JSON of a binary glTF, and where it ends. Raises ValueError."""
    if data[:4] != b"glTF" or data[16:20] != b"JSON":
        raise ValueError("no binary glTF")
    end = 20 + struct.unpack("<I", data[12:16])[0]
    tree = json.loads(data[20:end])
    if not isinstance(tree, dict):
        raise ValueError("a glTF without content")
    return tree, end


# Text


def write_svg(data: bytes, note: str) -> bytes:
    """A metadata element."""
    return _insert_after(data, rb"<svg\b[^>]*>", f"<metadata>{KEY} {_escape_xml(note)}</metadata>")


def write_graphml(data: bytes, note: str) -> bytes:
    """A desc element."""
    return _insert_after(data, rb"<graphml\b[^>]*>", f"<desc>{KEY} {_escape_xml(note)}</desc>")


def _insert_after(data: bytes, pattern: bytes, element: str) -> bytes:
    """The file with an element put first in the one that the pattern opens."""
    match = re.search(pattern, data)
    if match is None or match[0].endswith(b"/>"):
        return data
    return data[: match.end()] + element.encode() + data[match.end() :]


def _escape_xml(note: str) -> str:
    return note.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _read_text(data: bytes) -> str:
    """The note in a file of text: after the key, to the end of its line, comment or element."""
    import html

    text = data[:_HEAD_BYTES].decode("utf-8", "replace")
    match = re.search(rf"{KEY} (\{{.*?\}})(?= -->|</|\n|\Z)", text)
    return html.unescape(match[1]) if match else ""
