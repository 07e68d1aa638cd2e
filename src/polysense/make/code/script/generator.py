"""A short Python program that gives the evidence again from its file: rows, seconds, a model, a
part of a graph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from polysense.make.code.script import bodies, primitives, snippets
from polysense.protocols import Generator
from polysense.read.graph import triples
from polysense.read.solid import decode
from polysense.read.table.frame import frame, pick
from polysense.types import Evidence, Modality, Origin, Part, Query

_CHART = re.compile(
    r"\b(?:chart|plot(?:ted|ting)?|graph|diagram|draw|visuali[sz]e|histogram|curve|trend)\b|图|画",
    re.I,
)
_SCAD = re.compile(r"\b(?:open\s?scad|scad)\b", re.I)


class Script(Generator):
    """Table, sound, film, model or graph -> a program that selects, cuts, rebuilds or tells just
    that, and runs as it is.

    DuckDB for tables (with matplotlib where a chart is asked for), PyAV for recordings, trimesh (or
    OpenSCAD where it is asked for) for models, networkx for graphs.
    """

    accepts: frozenset[Modality] = frozenset({"table", "audio", "video", "3d", "graph"})
    emits: Modality = "code"
    cost = 0.2
    origin: Origin = "composed"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """One program for the first piece of evidence. Nothing where its file is needed and gone."""
        if not evidence:
            return
        words = " ".join(str(p.data) for p in query if p.modality == "text")
        e = evidence[0]
        made = {"table": _table, "audio": _cut, "video": _cut, "3d": _model, "graph": _graph}[
            e.hit.modality
        ](e, words)
        if made:
            ending = "scad" if made.startswith("//") else "py"
            mime = "text/x-openscad" if ending == "scad" else "text/x-python"
            yield Part(
                "code",
                made,
                mime=mime,
                name=f"{_stem(e)}.{ending}",
                meta={"language": "openscad" if ending == "scad" else "python"},
            )


def _stem(e: Evidence) -> str:
    said = e.hit.chunk.asset.name.rsplit(".", 1)[0]
    return re.sub(r"[^\w-]+", "-", said).strip("-")[:60] or "evidence"


def _named(e: Evidence, place: str = "") -> str:
    """What the evidence is called in a comment: one line without quotes or backslashes."""
    said = (
        f"{e.hit.chunk.asset.name}, {place or e.span}"
        if place or e.span
        else e.hit.chunk.asset.name
    )
    return " ".join(re.sub(r"[\\\"\x00-\x1f\x7f{}]", "'", said).split())


def _path(e: Evidence) -> Path | None:
    """The file, where it can be read."""
    chunk = e.hit.chunk
    own = chunk.part.data if chunk.part else e.part.data
    path = chunk.asset.path or (own if isinstance(own, Path) else None)
    return path if path is not None and path.is_file() else None


def _table(e: Evidence, words: str) -> str:
    whole = frame(e.hit.chunk)
    if whole is None or not whole.columns or not whole.rows:
        return ""
    found = pick(whole, words) if words.strip() else whole
    found = found if found.rows else whole
    chart = (
        snippets.plot(found, whole.title or e.hit.chunk.asset.name, _named(e, found.range))
        if _CHART.search(words)
        else ""
    )
    mime = e.hit.chunk.asset.mime or (e.hit.chunk.part.mime if e.hit.chunk.part else "")
    return snippets.table(found, whole, _path(e), mime, _named(e, found.range), chart)


def _cut(e: Evidence, _: str) -> str:
    path, seconds = _path(e), e.span.seconds or e.hit.chunk.span.seconds
    if path is None:
        return ""
    if seconds is None or seconds[1] <= seconds[0]:
        seconds = (0.0, 60.0) if seconds is None else (seconds[0], seconds[0] + 1.0)
    return snippets.cut(e.hit.modality, seconds, path, _named(e), _stem(e))


def _model(e: Evidence, words: str) -> str:
    content = e.part if e.part.modality == "3d" else e.hit.chunk.part
    if content is None:
        return ""
    shown = decode.load(content)
    if not len(shown.faces):
        return ""
    path = _path(e)
    if _SCAD.search(words) and (found := primitives.solids(shown)):
        return bodies.openscad(found, _named(e))
    found = primitives.solids(shown, path)
    if found:
        return bodies.trimesh_script(found, _named(e), path)
    return bodies.loader(shown, str(path), content.span.node, _named(e)) if path else ""


def _graph(e: Evidence, words: str) -> str:
    found = triples.read(e.hit.chunk)
    said = str(e.part.data) if e.part.modality == "text" else ""
    cited = found.cited(e.hit.chunk, e.span, said) or found.about(words) or list(found.all[:40])
    near = found.around(cited, most=40)
    return snippets.graph(found, near, _named(e)) if near else ""
