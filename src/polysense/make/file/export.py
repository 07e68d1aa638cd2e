"""A part as a file of the kind that its name asks for: a picture as JPEG, a sound as MP3, a model
as STL, a graph as Mermaid.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from polysense.errors import BadQuery, NotFound
from polysense.make.file.output_endings import ending_fits
from polysense.modalities import describe, function
from polysense.read.file import mime
from polysense.types import Part

_ENDINGS_BY_MIME = {
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "model/stl": ".stl",
    "model/obj": ".obj",
}
"""Of what generators make, where it is not the usual ending."""

_IMAGE_FORMATS = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".png": "PNG",
    ".webp": "WEBP",
    ".gif": "GIF",
    ".tiff": "TIFF",
    ".bmp": "BMP",
}
_AUDIO_FORMATS = {
    ".mp3": ("mp3", "mp3"),
    ".ogg": ("libopus", "ogg"),
    ".flac": ("flac", "flac"),
    ".m4a": ("aac", "ipod"),
    ".wav": ("pcm_s16le", "wav"),
}
"""The codec, and FFmpeg's name of the container."""

PICTURE_QUALITY = 92
"""Of JPEG and WebP, from 0 to 100: no blocks are seen. Judged, not measured."""


def ending(part: Part) -> str:
    """The usual ending for a part's file: its name's, where that fits what it is.

    >>> ending(Part("3d", b"")), ending(Part("code", "x = 1", name="page.html"))
    ('.glb', '.html')
    >>> ending(Part("code", "x = 1", mime="text/x-python"))
    '.py'
    """
    name_ending = Path(part.name).suffix.lower()
    if name_ending and ending_fits(name_ending, part.modality):
        return name_ending
    usual_ending = describe(part.modality).usual_ending
    if part.modality != "code":
        return usual_ending
    return next(iter(mime.endings(part.mime)), usual_ending)


def fits(part: Part, suffix: str) -> bool:
    """Whether a part can be written under such an ending: code under those of its own language, or
    any where that is not known.

    >>> code = Part("code", "x = 1", mime="text/x-python", name="sums.py")
    >>> [fits(code, e) for e in (".py", ".pyw", ".html", ".rs", "")]
    [True, True, False, False, True]
    """
    if not suffix:
        return True
    if not ending_fits(suffix, part.modality):
        return False
    name_ending = Path(part.name).suffix.lower()
    language_endings = mime.endings(part.mime or mime.mime_of_ending(name_ending))
    return (
        part.modality != "code"
        or suffix == name_ending
        or suffix in language_endings
        or not (name_ending or language_endings)
    )


def choose_part(parts: Sequence[Part], suffix: str) -> Part:
    """The first part that can be written under such an ending. Raises BadQuery, naming what the
    first and its like can be written as.
    """
    part = next((p for p in parts if fits(p, suffix)), None)
    if part is not None:
        return part
    modality = parts[0].modality
    own_endings = dict.fromkeys(ending(p) for p in parts if p.modality == modality)
    what, endings = f"code ({', '.join(own_endings)})", list(own_endings)
    if modality != "code":
        what = modality
        endings = list(describe(modality).endings) or endings
    raise BadQuery(
        f"{what} cannot be written as {suffix}", f"Name a file that ends in {', '.join(endings)}."
    )


def export(part: Part, suffix: str = "") -> bytes:
    """The part as the bytes of a file with that ending (its usual one by default). Raises BadQuery
    where it cannot be one.
    """
    suffix = (suffix or ending(part)).lower()
    data = _data_bytes(choose_part([part], suffix))
    writer = describe(part.modality).writer
    if not writer or suffix == _data_ending(part):
        return data
    return bytes(function(writer)(data, _data_ending(part), suffix))


def _data_ending(part: Part) -> str:
    """The ending of what the part's data is: made parts are of the usual kind, references of their
    file's.
    """
    return (
        part.data.suffix.lower()
        if isinstance(part.data, Path)
        else _ENDINGS_BY_MIME.get(part.mime, ending(part))
    )


def _data_bytes(part: Part) -> bytes:
    if isinstance(part.data, str):
        return (part.data if part.data.endswith("\n") else part.data + "\n").encode(
            "utf-8", "replace"
        )
    if isinstance(part.data, bytes):
        return part.data
    if isinstance(part.data, Path):
        if not part.data.is_file():
            raise NotFound(f"{part.data} is gone", "Put the file back, or index its folder again.")
        return part.data.read_bytes()
    raise BadQuery(f"{part!r} is no file", "Save the part that was made of it.")


def write_image(data: bytes, data_ending: str, suffix: str) -> bytes:  # noqa: ARG001 - a writer
    """As JPEG, PNG, WebP, GIF, TIFF or BMP."""
    from PIL import Image

    image_format = _IMAGE_FORMATS[suffix]
    options = {"quality": PICTURE_QUALITY} if image_format in ("JPEG", "WEBP") else {}
    out = io.BytesIO()
    with Image.open(io.BytesIO(data)) as picture:
        picture.convert("RGB").save(out, image_format, **options)
    return out.getvalue()


def write_audio(data: bytes, data_ending: str, suffix: str) -> bytes:  # noqa: ARG001 - a writer
    """Encoded anew; the tags go along."""
    import av

    from polysense.read.sound import container

    codec, layout = _AUDIO_FORMATS[suffix]
    out = io.BytesIO()
    with (
        container.open_container(data) as source_file,
        av.open(out, "w", format=layout) as target_file,
    ):
        target_file.metadata.update(dict(source_file.metadata))
        source = source_file.streams.audio[0]
        target = target_file.add_stream(
            codec,
            rate=48_000 if codec == "libopus" else source.rate,
            layout="mono" if source.channels == 1 else "stereo",
        )
        target.codec_context.open()  # only then is it known how many samples it takes at a time
        resampler = av.AudioResampler(
            target.format, target.layout, target.rate, target.codec_context.frame_size or None
        )
        for frame in (*source_file.decode(source), None):
            for block in resampler.resample(frame):
                target_file.mux(target.encode(block))
        target_file.mux(target.encode(None))
    return out.getvalue()


def write_model(data: bytes, data_ending: str, suffix: str) -> bytes:
    """As one mesh in glTF's axes: formats other than glTF keep no scene."""
    import trimesh

    scene = trimesh.load(io.BytesIO(data), file_type=data_ending[1:], force="scene")
    mesh = scene.to_geometry()
    result = mesh.export(file_type=suffix[1:])
    return result.encode() if isinstance(result, str) else bytes(result)


def write_table(data: bytes, data_ending: str, suffix: str) -> bytes:  # noqa: ARG001 - a writer
    """As the rows that the ending asks for; numbers as numbers."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig", "replace"))))
    header, body = (rows[0], rows[1:]) if rows else ([], [])
    if suffix == ".xlsx":
        return _workbook(rows)
    if suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as parquet

        out = io.BytesIO()
        parquet.write_table(
            pa.table({h: _typed_column(body, i) for i, h in enumerate(header)}), out
        )
        return out.getvalue()
    if suffix == ".jsonl":
        return "".join(
            json.dumps(dict(zip(header, map(_typed_value, r), strict=False)), ensure_ascii=False)
            + "\n"
            for r in body
        ).encode()
    text = io.StringIO()
    csv.writer(text, delimiter="\t" if suffix == ".tsv" else ",", lineterminator="\n").writerows(
        rows
    )
    return text.getvalue().encode()


def _typed_column(rows: list[list[str]], i: int) -> list[Any]:
    """Of one type: words, where it holds any."""
    cells = [r[i] if i < len(r) else "" for r in rows]
    values = [_typed_value(c) for c in cells]
    return [c or None for c in cells] if any(isinstance(v, str) for v in values) else values


def _workbook(rows: list[list[str]]) -> bytes:
    from openpyxl import Workbook

    book, out = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("Answer")
    for row in rows:
        sheet.append([_typed_value(c) for c in row])
    book.save(out)
    return out.getvalue()


def _typed_value(cell: str) -> str | int | float | None:
    """A number where a cell is nothing but one; what looks like a number with more to it (007, 1e5)
    stays as it is written.
    """
    if not cell:
        return None
    try:
        integer = int(cell)
        return integer if str(integer) == cell else cell
    except ValueError:
        try:
            number = float(cell)
        except ValueError:
            return cell
        return number if cell == repr(number) or cell.rstrip("0") == repr(number) else cell


def write_graph(data: bytes, data_ending: str, suffix: str) -> bytes:  # noqa: ARG001 - a writer
    """As Turtle, JSON-LD or Mermaid."""
    import networkx

    graph = networkx.parse_graphml(data.decode("utf-8", "replace"))
    labels = {n: str(d.get("label", n)) for n, d in graph.nodes(data=True)}
    edges = [
        (labels[a], str(d.get("label", d.get("relation", ""))), labels[b])
        for a, b, d in graph.edges(data=True)
    ]
    if suffix == ".mmd":
        return _mermaid(labels, list(graph.edges(data=True))).encode()
    if suffix == ".jsonld":
        return json.dumps(_json_ld(labels, graph), ensure_ascii=False, indent=1).encode()
    from rdflib import RDFS, Graph, Literal, URIRef

    triples = Graph()
    for subject, relation, object in edges:
        triples.add(
            (_uri_of_label(subject), _uri_of_label(relation or "related"), _uri_of_label(object))
        )
    for label in labels.values():
        triples.add((_uri_of_label(label), URIRef(RDFS.label), Literal(label)))
    return bytes(triples.serialize(format="turtle", encoding="utf-8"))


def _uri_of_label(label: str) -> Any:
    from urllib.parse import quote

    from rdflib import URIRef

    return URIRef("urn:polysense:" + quote(label, safe=""))


def _mermaid(labels: Mapping[Any, str], edges: list[Any]) -> str:
    numbers = {n: f"n{i}" for i, n in enumerate(labels)}

    def escape(label: str) -> str:
        return label.replace('"', "#quot;").replace("\n", " ")

    lines = [f'  {numbers[n]}["{escape(label)}"]' for n, label in labels.items()]
    for a, b, d in edges:
        relation = escape(str(d.get("label", d.get("relation", ""))))
        arrow = f'-->|"{relation}"|' if relation else "-->"
        lines.append(f"  {numbers[a]} {arrow} {numbers[b]}")
    return "\n".join(["flowchart LR", *lines, ""])


def _json_ld(labels: Mapping[Any, str], graph: Any) -> dict[str, Any]:
    """JSON-LD: nodes with their labels, each relation a property of its subject."""
    nodes: dict[Any, dict[str, Any]] = {
        n: {"@id": _uri_of_label(label).toPython(), "label": label} for n, label in labels.items()
    }
    for a, b, d in graph.edges(data=True):
        relation = str(d.get("label", d.get("relation", ""))) or "related"
        nodes[a].setdefault(relation, []).append({"@id": nodes[b]["@id"]})
    return {
        "@context": {
            "@vocab": "urn:polysense:",
            "label": "http://www.w3.org/2000/01/rdf-schema#label",
        },
        "@graph": list(nodes.values()),
    }


def write_video(data: bytes, data_ending: str, suffix: str) -> bytes:  # noqa: ARG001 - a writer
    """The same packets in another container."""
    import tempfile

    import av

    with tempfile.NamedTemporaryFile(suffix=suffix) as out:
        with av.open(io.BytesIO(data)) as source_file, av.open(out.name, "w") as target_file:
            target_file.metadata.update(dict(source_file.metadata))
            streams = {
                s.index: target_file.add_stream_from_template(s)
                for s in source_file.streams
                if s.type in ("video", "audio")
            }
            for packet in source_file.demux(
                list(source_file.streams.video) + list(source_file.streams.audio)
            ):
                if packet.dts is not None:
                    packet.stream = streams[packet.stream.index]
                    target_file.mux(packet)
        return out.read()
