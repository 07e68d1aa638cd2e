"""A part as a file of the kind that its name asks for: a picture as JPEG, a sound as MP3, a model
as STL, a graph as Mermaid.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from polysense.errors import BadQuery, NotFound
from polysense.read.file import mime
from polysense.types import Modality, Part

_USUAL: Mapping[Modality, str] = {
    "text": ".txt", "image": ".png", "audio": ".wav", "video": ".mp4", "3d": ".glb", "code": ".txt", "table": ".csv", "graph": ".graphml",
}  # fmt: skip

KINDS: Mapping[str, Modality] = {
    **dict.fromkeys((".txt", ".md"), "text"),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".webp", ".gif", ".tiff", ".bmp"), "image"),
    **dict.fromkeys((".wav", ".mp3", ".ogg", ".flac", ".m4a"), "audio"),
    **dict.fromkeys((".mp4", ".mkv", ".mov"), "video"),
    **dict.fromkeys((".glb", ".obj", ".stl", ".ply", ".off"), "3d"),
    **dict.fromkeys((".csv", ".tsv", ".xlsx", ".parquet", ".jsonl"), "table"),
    **dict.fromkeys((".graphml", ".jsonld", ".mmd", ".ttl"), "graph"),
}
"""What a file of that ending holds, of those that can be written; any other may be that of a
programming language.
"""


def ending(part: Part) -> str:
    """The usual ending for a part's file: its name's, where that fits what it is.

    >>> ending(Part("3d", b"")), ending(Part("code", "x = 1", name="page.html")), ending(Part("code", "x = 1", mime="text/x-python"))
    ('.glb', '.html', '.py')
    """
    own = Path(part.name).suffix.lower()
    if own and _holds(own, part.modality):
        return own
    usual = _USUAL.get(part.modality, ".bin")
    return next(iter(mime.endings(part.mime)), usual) if part.modality == "code" else usual


def fits(part: Part, suffix: str) -> bool:
    """Whether a part can be written under such an ending: code under those of its own language, or
    any where that is not known.

    >>> code = Part("code", "x = 1", mime="text/x-python", name="sums.py")
    >>> [fits(code, e) for e in (".py", ".pyw", ".html", ".rs", "")]
    [True, True, False, False, True]
    """
    if not suffix:
        return True
    if not _holds(suffix, part.modality):
        return False
    own = Path(part.name).suffix.lower()
    known = mime.endings(part.mime or mime.named(own))
    return part.modality != "code" or suffix == own or suffix in known or not (own or known)


def is_code(suffix: str) -> bool:
    """Whether an ending is one of code, pages and drawings as code among it: words under it would
    be none.
    """
    kind = mime.named(suffix)
    return suffix not in KINDS and (kind in mime.CODE or kind in ("text/html", "image/svg+xml"))


def _holds(suffix: str, modality: Modality) -> bool:
    """Whether files of that ending hold such a thing; a diagram's source is a graph, and code."""
    return KINDS.get(suffix, "code") == modality or (suffix == ".mmd" and modality == "code")


def choose(parts: Sequence[Part], suffix: str) -> Part:
    """The first part that can be written under such an ending. Raises BadQuery, naming what the
    first and its like can be written as.
    """
    found = next((p for p in parts if fits(p, suffix)), None)
    if found is not None:
        return found
    kind = parts[0].modality
    own = dict.fromkeys(ending(p) for p in parts if p.modality == kind)
    can = own if kind == "code" else [s for s, m in KINDS.items() if m == kind] or own
    said = f"code ({', '.join(own)})" if kind == "code" else kind
    raise BadQuery(
        f"{said} cannot be written as {suffix}", f"Name a file that ends in {', '.join(can)}."
    )


def export(part: Part, suffix: str = "") -> bytes:
    """The part as the bytes of a file with that ending (its usual one by default). Raises BadQuery
    where it cannot be one.
    """
    suffix = (suffix or ending(part)).lower()
    data = _bytes(choose([part], suffix))
    if part.modality == "3d" and suffix != _held(part):
        return _model(data, _held(part), suffix)
    if part.modality in _WRITERS and suffix != _held(part):
        return _WRITERS[part.modality](data, suffix)
    return data


def _held(part: Part) -> str:
    """The ending of what the part's data is: made parts are of the usual kind, references of their
    file's.
    """
    return (
        part.data.suffix.lower()
        if isinstance(part.data, Path)
        else _BY_MIME.get(part.mime, ending(part))
    )


_BY_MIME = {
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "model/stl": ".stl",
    "model/obj": ".obj",
}


def _bytes(part: Part) -> bytes:
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


def _image(data: bytes, suffix: str) -> bytes:
    from PIL import Image

    kind = {
        ".jpg": "JPEG",
        ".jpeg": "JPEG",
        ".png": "PNG",
        ".webp": "WEBP",
        ".gif": "GIF",
        ".tiff": "TIFF",
        ".bmp": "BMP",
    }[suffix]
    out = io.BytesIO()
    with Image.open(io.BytesIO(data)) as picture:
        picture.convert("RGB").save(
            out, kind, **({"quality": 92} if kind in ("JPEG", "WEBP") else {})
        )
    return out.getvalue()


def _audio(data: bytes, suffix: str) -> bytes:
    """Encoded anew; the tags go along."""
    import av

    from polysense.read.sound import container

    codec, layout = {".mp3": ("mp3", "mp3"), ".ogg": ("libopus", "ogg"), ".flac": ("flac", "flac"), ".m4a": ("aac", "ipod"),
                     ".wav": ("pcm_s16le", "wav")}[suffix]  # fmt: skip
    out = io.BytesIO()
    with container.opened(data) as old, av.open(out, "w", format=layout) as new:
        new.metadata.update(dict(old.metadata))
        source = old.streams.audio[0]
        target = new.add_stream(
            codec,
            rate=48_000 if codec == "libopus" else source.rate,
            layout="mono" if source.channels == 1 else "stereo",
        )
        target.codec_context.open()  # only then is it known how many samples it takes at a time
        resampler = av.AudioResampler(
            target.format, target.layout, target.rate, target.codec_context.frame_size or None
        )
        for frame in (*old.decode(source), None):
            for block in resampler.resample(frame):
                new.mux(target.encode(block))
        new.mux(target.encode(None))
    return out.getvalue()


def _model(data: bytes, held: str, suffix: str) -> bytes:
    """As one mesh in glTF's axes: formats other than glTF keep no scene."""
    import trimesh

    scene = trimesh.load(io.BytesIO(data), file_type=held[1:], force="scene")
    whole = scene.to_geometry()
    made = whole.export(file_type=suffix[1:])
    return made.encode() if isinstance(made, str) else bytes(made)


def _table(data: bytes, suffix: str) -> bytes:
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig", "replace"))))
    header, body = (rows[0], rows[1:]) if rows else ([], [])
    if suffix == ".xlsx":
        return _workbook(rows)
    if suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as parquet

        out = io.BytesIO()
        parquet.write_table(pa.table({h: _column(body, i) for i, h in enumerate(header)}), out)
        return out.getvalue()
    if suffix == ".jsonl":
        return "".join(
            json.dumps(dict(zip(header, map(_value, r), strict=False)), ensure_ascii=False) + "\n"
            for r in body
        ).encode()
    text = io.StringIO()
    csv.writer(text, delimiter="\t" if suffix == ".tsv" else ",", lineterminator="\n").writerows(
        rows
    )
    return text.getvalue().encode()


def _column(rows: list[list[str]], i: int) -> list[Any]:
    """Of one type: words, where it holds any."""
    cells = [r[i] if i < len(r) else "" for r in rows]
    values = [_value(c) for c in cells]
    return [c or None for c in cells] if any(isinstance(v, str) for v in values) else values


def _workbook(rows: list[list[str]]) -> bytes:
    from openpyxl import Workbook

    book, out = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("Answer")
    for row in rows:
        sheet.append([_value(c) for c in row])
    book.save(out)
    return out.getvalue()


def _value(cell: str) -> str | int | float | None:
    """A number where a cell is nothing but one; what looks like a number with more to it (007, 1e5)
    stays as it is written.
    """
    if not cell:
        return None
    try:
        whole = int(cell)
        return whole if str(whole) == cell else cell
    except ValueError:
        try:
            number = float(cell)
        except ValueError:
            return cell
        return number if cell == repr(number) or cell.rstrip("0") == repr(number) else cell


def _graph(data: bytes, suffix: str) -> bytes:
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
        return json.dumps(_linked(labels, graph), ensure_ascii=False, indent=1).encode()
    from rdflib import RDFS, Graph, Literal, URIRef

    triples = Graph()
    for subject, relation, object in edges:
        triples.add((_name(subject), _name(relation or "related"), _name(object)))
    for label in labels.values():
        triples.add((_name(label), URIRef(RDFS.label), Literal(label)))
    return bytes(triples.serialize(format="turtle", encoding="utf-8"))


def _name(label: str) -> Any:
    from urllib.parse import quote

    from rdflib import URIRef

    return URIRef("urn:polysense:" + quote(label, safe=""))


def _mermaid(labels: Mapping[Any, str], edges: list[Any]) -> str:
    numbers = {n: f"n{i}" for i, n in enumerate(labels)}

    def plain(said: str) -> str:
        return said.replace('"', "#quot;").replace("\n", " ")

    lines = [f'  {numbers[n]}["{plain(label)}"]' for n, label in labels.items()]
    for a, b, d in edges:
        said = plain(str(d.get("label", d.get("relation", ""))))
        arrow = f'-->|"{said}"|' if said else "-->"
        lines.append(f"  {numbers[a]} {arrow} {numbers[b]}")
    return "\n".join(["flowchart LR", *lines, ""])


def _linked(labels: Mapping[Any, str], graph: Any) -> dict[str, Any]:
    """JSON-LD: nodes with their labels, each relation a property of its subject."""
    nodes: dict[Any, dict[str, Any]] = {
        n: {"@id": _name(label).toPython(), "label": label} for n, label in labels.items()
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


def _video(data: bytes, suffix: str) -> bytes:
    """The same packets in another container."""
    import tempfile

    import av

    with tempfile.NamedTemporaryFile(suffix=suffix) as out:
        with av.open(io.BytesIO(data)) as old, av.open(out.name, "w") as new:
            new.metadata.update(dict(old.metadata))
            streams = {
                s.index: new.add_stream_from_template(s)
                for s in old.streams
                if s.type in ("video", "audio")
            }
            for packet in old.demux(list(old.streams.video) + list(old.streams.audio)):
                if packet.dts is not None:
                    packet.stream = streams[packet.stream.index]
                    new.mux(packet)
        return out.read()


_WRITERS: Mapping[Modality, Callable[[bytes, str], bytes]] = {
    "image": _image, "audio": _audio, "video": _video, "table": _table, "graph": _graph,
}  # fmt: skip
