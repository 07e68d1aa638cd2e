"""Where a made file came from, written into the file itself, where its format has a place for that,
and read back.

The words are those of C2PA's claims (actions, ingredients, digital source types:
https://c2pa.org/specifications), as plain JSON: unsigned, so a note and no proof. PNG keeps it in
an iTXt chunk, WAV in LIST INFO, MP4 in its comment, glTF in asset.extras, XML in an element of its
own, programs in a comment on top. CSV has no place for it; its tables name their sources in a
column.
"""

from __future__ import annotations

import io
import json
import re
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from polysense.types import Origin, Part

KEY = "polysense"

_ACTIONS: Mapping[Origin, tuple[str, str]] = {
    "retrieved": ("c2pa.cropped", ""),
    "composed": ("c2pa.created", "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"),
    "generated": (
        "c2pa.created",
        "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
    ),
}


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

    A reference to a file (a Path) is left as it is.
    """
    claim = _claim(origin, route, sources)
    writer = _WRITERS.get(part.mime)
    data = part.data
    if isinstance(data, bytes) and writer is not None:
        data = writer(data, json.dumps(claim, ensure_ascii=True, sort_keys=True))
    elif isinstance(data, str) and part.mime in _COMMENTS:
        data = _commented(data, part.mime, claim)
    return replace(part, data=data, meta={**part.meta, "provenance": claim})


def read(data: bytes, mime: str) -> dict[str, Any] | None:
    """The provenance in a file; None where there is none.

    >>> from polysense.read.image.decode import png
    >>> import numpy as np
    >>> grey = Part("image", png(np.full((2, 2, 3), 128, np.uint8)), "image/png")
    >>> made = stamp(grey, "composed", "table -> image (chart)", [Source("/kb/a.csv", "B2:B9", "0")])
    >>> read(made.data, made.mime)["ingredients"][0]["title"]
    'a.csv'
    """
    reader = _READERS.get(mime, _found)
    raw = reader(data)
    try:
        claim = json.loads(raw) if raw else None
    except ValueError:
        return None
    return claim if isinstance(claim, dict) and "claim_generator" in claim else None


def _claim(origin: Origin, route: str, sources: Sequence[Source]) -> dict[str, Any]:
    action, kind = _ACTIONS[origin]
    # no folders: who passes a made file on need not tell how their disk is laid out; the hash says
    # which file it was
    ingredients = [
        {"title": _name(s.uri), "place": s.place, "hash": s.asset, "relationship": "componentOf"}
        for s in sources
    ]
    made = {"action": action} | ({"digitalSourceType": kind} if kind else {})
    return {
        "claim_generator": f"polysense/{_version()}",
        "origin": origin,
        "route": route,
        "actions": [made],
        "ingredients": ingredients,
    }


def _name(uri: str) -> str:
    return uri.replace("\\", "/").rsplit("/", 1)[-1]


@cache
def _version() -> str:
    from importlib.metadata import version

    return version("polysense")


# -- pictures
# ----------------------------------------------------------------------------------------------------------------------

_PNG_HEAD = 8 + 25  # signature and IHDR


def _png(data: bytes, said: str) -> bytes:
    body = b"iTXt" + KEY.encode() + b"\0\0\0\0\0" + said.encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return data[:_PNG_HEAD] + chunk + data[_PNG_HEAD:]


def _read_png(data: bytes) -> str:
    at, mark = 8, b"iTXt" + KEY.encode() + b"\0\0\0\0\0"
    while at + 8 <= len(data):
        length = struct.unpack(">I", data[at : at + 4])[0]
        if data[at + 4 : at + 4 + len(mark)] == mark:
            return data[at + 4 + len(mark) : at + 8 + length].decode("utf-8", "replace")
        at += length + 12
    return ""


def _jpeg(data: bytes, said: str) -> bytes:
    comment = f"{KEY} {said}".encode()[:65_000]
    return data[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + data[2:]


# -- sounds and clips
# --------------------------------------------------------------------------------------------------------------


def _wav(data: bytes, said: str) -> bytes:
    fields = b"".join(
        _padded(k, v)
        for k, v in (
            (b"ICMT", said.encode() + b"\0"),
            (b"ISFT", f"polysense {_version()}".encode() + b"\0"),
        )
    )
    whole = (
        data[12:]
        + b"\0" * (len(data) % 2)
        + b"LIST"
        + struct.pack("<I", len(fields) + 4)
        + b"INFO"
        + fields
    )
    return b"RIFF" + struct.pack("<I", len(whole) + 4) + b"WAVE" + whole


def _padded(key: bytes, value: bytes) -> bytes:
    return key + struct.pack("<I", len(value)) + value + b"\0" * (len(value) % 2)


def _read_wav(data: bytes) -> str:
    at = data.find(b"ICMT")
    return (
        data[at + 8 : at + 8 + struct.unpack("<I", data[at + 4 : at + 8])[0]]
        .rstrip(b"\0")
        .decode("utf-8", "replace")
        if at > 0
        else ""
    )


def _mp4(data: bytes, said: str) -> bytes:
    """Packets are copied, not encoded again."""
    import tempfile

    import av

    # its index goes to the front afterwards, which only a file allows
    with tempfile.NamedTemporaryFile(suffix=".mp4") as out:
        with (
            av.open(io.BytesIO(data)) as old,
            av.open(out.name, "w", format="mp4", options={"movflags": "+faststart"}) as new,
        ):
            _remux(old, new, said)
        return out.read()


def _remux(old: Any, new: Any, said: str) -> None:
    new.metadata.update(
        dict(old.metadata) | {"comment": said, "encoding_tool": f"polysense {_version()}"}
    )
    streams = {}
    for stream in old.streams:
        streams[stream.index] = new.add_stream_from_template(stream)
        streams[stream.index].metadata.update(stream.metadata)
    for packet in old.demux():
        if packet.dts is not None:
            packet.stream = streams[packet.stream.index]
            new.mux(packet)


def _read_tags(data: bytes) -> str:
    import av

    with av.open(io.BytesIO(data)) as file:
        return next((v for k, v in file.metadata.items() if k.lower() == "comment"), "")


# -- models
# ------------------------------------------------------------------------------------------------------------------------


def _glb(data: bytes, said: str) -> bytes:
    length = struct.unpack("<I", data[12:16])[0]
    tree = json.loads(data[20 : 20 + length])
    tree.setdefault("asset", {"version": "2.0"})["extras"] = {
        **tree["asset"].get("extras", {}),
        KEY: json.loads(said),
    }
    raw = json.dumps(tree, separators=(",", ":")).encode()
    raw += b" " * (-len(raw) % 4)
    rest = data[20 + length :]
    return (
        b"glTF" + struct.pack("<III", 2, 20 + len(raw) + len(rest), len(raw)) + b"JSON" + raw + rest
    )


def _read_glb(data: bytes) -> str:
    length = struct.unpack("<I", data[12:16])[0]
    claim = json.loads(data[20 : 20 + length]).get("asset", {}).get("extras", {}).get(KEY)
    return json.dumps(claim) if claim else ""


# -- text
# ---------------------------------------------------------------------------------------------------------------------------


def _svg(data: bytes, said: str) -> bytes:
    return _inserted(data, rb"<svg\b[^>]*>", f"<metadata>{KEY} {_escaped(said)}</metadata>")


def _graphml(data: bytes, said: str) -> bytes:
    return _inserted(data, rb"<graphml\b[^>]*>", f"<desc>{KEY} {_escaped(said)}</desc>")


def _inserted(data: bytes, after: bytes, what: str) -> bytes:
    found = re.search(after, data)
    return (
        data
        if found is None or found[0].endswith(b"/>")
        else data[: found.end()] + what.encode() + data[found.end() :]
    )


def _escaped(said: str) -> str:
    return said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_COMMENTS: Mapping[str, tuple[str, str]] = {
    "text/x-python": ("# ", ""),
    "text/html": ("<!-- ", " -->"),
    "image/svg+xml": ("<!-- ", " -->"),
    "text/x-mermaid": ("%% ", ""),
    "application/x-tex": ("% ", ""),
    "text/x-sql": ("-- ", ""),
    "application/x-openscad": ("// ", ""),
    "text/css": ("/* ", " */"),
    "text/javascript": ("// ", ""),
}
"""How a line of comment begins and ends."""

_FIRST = re.compile(
    r"\A(?:#![^\n]*\n|<\?xml[^\n]*\?>\s*|<!DOCTYPE[^>]*>\s*|---\n.*?\n---\n)?", re.I | re.S
)
"""What must stay first in a file: a shebang, a declaration, front matter."""


def _commented(code: str, mime: str, claim: Mapping[str, Any]) -> str:
    begin, end = _COMMENTS[mime]
    said = json.dumps(claim, sort_keys=True).replace("--", "-\\u002d")
    found = _FIRST.match(code)
    at = found.end() if found else 0
    return f"{code[:at]}{begin}{KEY} {said}{end}\n{code[at:]}"


def _found(data: bytes) -> str:
    """The note in a file of text: after the key, to the end of its line, comment or element."""
    import html

    text = data[:200_000].decode("utf-8", "replace")
    found = re.search(rf"{KEY} (\{{.*?\}})(?= -->|</|\n|\Z)", text)
    return html.unescape(found[1]) if found else ""


_WRITERS: Mapping[str, Callable[[bytes, str], bytes]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/svg+xml": _svg,
    "audio/wav": _wav,
    "audio/x-wav": _wav,
    "video/mp4": _mp4,
    "model/gltf-binary": _glb,
    "application/graphml+xml": _graphml,
}
_READERS: Mapping[str, Callable[[bytes], str]] = {
    "image/png": _read_png,
    "image/jpeg": lambda data: _found(data[:70_000].replace(b"\xff", b"\n")),
    "audio/wav": _read_wav,
    "audio/x-wav": _read_wav,
    "audio/mpeg": _read_tags,
    "audio/ogg": _read_tags,
    "audio/flac": _read_tags,
    "audio/mp4": _read_tags,
    "video/mp4": _read_tags,
    "model/gltf-binary": _read_glb,
}
