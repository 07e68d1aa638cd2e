"""Whether a made file is what it says it is, by readers that had no part in making it."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import struct
from collections.abc import Mapping

import numpy as np

from polysense.modalities import describe, function
from polysense.types import Part

MIN_SIDE, MIN_CONTRAST = 16, 1.0
"""Pixels, and standard deviation of grey (0..255), below which a picture shows nothing; judged."""

MIN_SECONDS, MIN_AMPLITUDE = 0.1, 1e-3
"""Length, and peak of -1..1, below which a sound is none; judged."""


class InvalidPart(Exception):
    """What is wrong with a file."""


def check(part: Part) -> None:
    """Raises InvalidPart where a part is no sound file of its modality, or is empty in effect."""
    if isinstance(part.data, str | bytes) and not part.data:
        raise InvalidPart("it is empty")
    checker = describe(part.modality).checker
    if not checker:
        raise InvalidPart(f"nothing here can check {part.modality}")
    try:
        function(checker)(part)
    except InvalidPart:
        raise
    except Exception as e:
        raise InvalidPart(f"{type(e).__name__}: {e}") from e


def raw(part: Part) -> bytes:
    """The bytes of the file that a part is."""
    return (
        part.data.encode()
        if isinstance(part.data, str)
        else part.data
        if isinstance(part.data, bytes)
        else part.data.read_bytes()
    )


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise InvalidPart(message)


def check_text(part: Part) -> None:
    """It says something."""
    _require(len(str(part.data).split()) > 1, "it says nothing")


def check_image(part: Part) -> None:
    """A picture of a size to see, and not blank."""
    from PIL import Image

    with Image.open(io.BytesIO(raw(part))) as picture:
        picture.load()
        grey = np.asarray(picture.convert("L"), np.float32)
    _require(min(grey.shape) >= MIN_SIDE, f"it is {grey.shape[1]} x {grey.shape[0]} pixels")
    _require(float(grey.std()) > MIN_CONTRAST, "it is blank")


def check_audio(part: Part) -> None:
    """A sound that lasts and is heard."""
    import av

    with av.open(io.BytesIO(raw(part))) as file:
        _require(bool(file.streams.audio), "it has no sound")
        frames = [
            f.to_ndarray().astype(np.float64) / (32768 if f.format.name.startswith("s16") else 1)
            for f in file.decode(audio=0)
        ]
        rate = file.streams.audio[0].rate
    samples = np.concatenate([h.ravel() for h in frames]) if frames else np.empty(0)
    _require(len(samples) / rate >= MIN_SECONDS, "it is shorter than a tenth of a second")
    _require(float(np.abs(samples).max()) > MIN_AMPLITUDE, "it is silent")


def check_video(part: Part) -> None:
    """Frames that move on, in a codec that players show."""
    import av

    with av.open(io.BytesIO(raw(part))) as file:
        stream = file.streams.video[0]
        name, shape, pixels = (
            stream.codec_context.name,
            (stream.width, stream.height),
            stream.codec_context.pix_fmt,
        )
        times = [f.time for f in file.decode(video=0)]
    _require(name == "h264" and pixels == "yuv420p", f"players may not show {name} in {pixels}")
    _require(shape[0] % 2 == 0 and shape[1] % 2 == 0, f"its size is odd: {shape}")
    _require(len(times) > 1 and times[-1] > times[0], "it does not move on")


def check_model(part: Part) -> None:
    """By its own words: header, JSON, accessors within the buffer, indices within the vertices."""
    data = raw(part)
    magic, version, length = struct.unpack("<4sII", data[:12])
    _require(magic == b"glTF" and version == 2 and length == len(data), "it is no GLB")
    size = struct.unpack("<I", data[12:16])[0]
    tree = json.loads(data[20 : 20 + size])
    buffer = data[20 + size + 8 :]
    faces = 0
    for primitive in (p for m in tree["meshes"] for p in m["primitives"]):
        vertices = tree["accessors"][primitive["attributes"]["POSITION"]]["count"]
        _require(vertices >= 3, "a part has no triangle")
        if "indices" in primitive:
            indices = _indices(tree, primitive["indices"], buffer)
            _require(
                int(indices.max(initial=0)) < vertices,
                "a triangle names a vertex that is not there",
            )
            faces += len(indices) // 3
        else:
            faces += vertices // 3
    _require(faces > 0, "it has no triangle")


def _indices(tree: Mapping[str, list[dict[str, int]]], number: int, buffer: bytes) -> np.ndarray:
    accessor = tree["accessors"][number]
    view = tree["bufferViews"][accessor["bufferView"]]
    kind = {5121: np.uint8, 5123: np.uint16, 5125: np.uint32}[accessor["componentType"]]
    return np.frombuffer(
        buffer, kind, accessor["count"], view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
    )


def check_code(part: Part) -> None:
    """It parses, where its language can be told."""
    source = str(part.data)
    if part.mime == "text/x-python" or part.name.endswith(".py"):
        ast.parse(source)
    elif part.mime in ("text/html", "image/svg+xml"):
        from lxml import etree

        parser = etree.HTMLParser(recover=False) if part.mime == "text/html" else etree.XMLParser()
        root = etree.fromstring(source.encode(), parser)
        _require(root is not None and len(root) > 0, "it has no element")
    elif part.mime == "text/x-mermaid":
        _require(
            re.search(
                r"^(?:flowchart|graph|sequenceDiagram|classDiagram|stateDiagram)", source, re.M
            )
            is not None,
            "it is no diagram",
        )
    _require(len(source.split()) > 2, "it says nothing")


def check_table(part: Part) -> None:
    """Rows under a header, all as long."""
    rows = list(csv.reader(io.StringIO(raw(part).decode("utf-8"))))
    _require(len(rows) > 1, "it has no row")
    _require(len({len(r) for r in rows}) == 1, "its rows are of different lengths")


def check_graph(part: Part) -> None:
    """Nodes, and edges between them."""
    from lxml import etree

    root = etree.fromstring(raw(part))
    space = "{http://graphml.graphdrawing.org/xmlns}"
    nodes = {n.get("id") for n in root.iter(f"{space}node")}
    edges = [(e.get("source"), e.get("target")) for e in root.iter(f"{space}edge")]
    _require(len(nodes) > 1 and bool(edges), "it links nothing")
    _require(
        all(a in nodes and b in nodes for a, b in edges), "an edge names a node that is not there"
    )
