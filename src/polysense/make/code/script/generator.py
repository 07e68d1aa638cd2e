"""A short Python program that gives the evidence again from its file: rows, seconds, a model, a
part of a graph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from polysense.make.code.script import bodies, graphs, primitives, recordings, tables
from polysense.make.question_text import question_text
from polysense.protocols import Generator
from polysense.read.graph import triples
from polysense.read.solid import decode
from polysense.read.table.frame import frame
from polysense.read.table.pick import pick
from polysense.types import Evidence, Modality, Origin, Part, Query

_CHART_REQUEST = re.compile(
    r"\b(?:chart|plot(?:ted|ting)?|graph|diagram|draw|visuali[sz]e|histogram|curve|trend)\b|图|画",
    re.I,
)
_OPENSCAD_REQUEST = re.compile(r"\b(?:open\s?scad|scad)\b", re.I)

SECONDS_OF_A_WHOLE = 60.0
"""How much is cut from a recording that is given as a whole. Judged, not measured."""

MAX_GRAPH_NODES = 40
"""Things in the graph of a program: as many as are read at a glance. Judged, not measured."""


class Script(Generator):
    """Table, sound, film, model or graph -> a program that selects, cuts, rebuilds or tells just
    that, and runs as it is.

    DuckDB for tables (with matplotlib where a chart is asked for), PyAV for recordings, trimesh (or
    OpenSCAD where it is asked for) for models, networkx for graphs.
    """

    accepts: frozenset[Modality] = frozenset({"table", "audio", "video", "3d", "graph"})
    emits: Modality = "code"
    endings = (".py", ".scad")
    cost = 0.2
    origin: Origin = "composed"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """One program for the first piece of evidence; none where its file is needed and gone."""
        if not evidence:
            return
        words = question_text(query)
        e = evidence[0]
        program = {
            "table": _table_program,
            "audio": _cut_program,
            "video": _cut_program,
            "3d": _model_program,
            "graph": _graph_program,
        }[e.hit.modality](e, words)
        if program:
            is_scad = program.startswith("//")
            yield Part(
                "code",
                program,
                mime="text/x-openscad" if is_scad else "text/x-python",
                name=f"{_stem(e)}.{'scad' if is_scad else 'py'}",
                meta={"language": "openscad" if is_scad else "python"},
            )


def _stem(e: Evidence) -> str:
    name = e.hit.chunk.asset.name.rsplit(".", 1)[0]
    return re.sub(r"[^\w-]+", "-", name).strip("-")[:60] or "evidence"


def _source_label(e: Evidence, place: str = "") -> str:
    """What the evidence is called in a comment: one line without quotes or backslashes."""
    name = e.hit.chunk.asset.name
    label = f"{name}, {place or e.span}" if place or e.span else name
    return " ".join(re.sub(r"[\\\"\x00-\x1f\x7f{}]", "'", label).split())


def _file_path(e: Evidence) -> Path | None:
    """The file, where it can be read."""
    chunk = e.hit.chunk
    own = chunk.part.data if chunk.part else e.part.data
    path = chunk.asset.path or (own if isinstance(own, Path) else None)
    return path if path is not None and path.is_file() else None


def _table_program(e: Evidence, words: str) -> str:
    whole = frame(e.hit.chunk)
    if whole is None or not whole.columns or not whole.rows:
        return ""
    selection = pick(whole, words) if words.strip() else whole
    selection = selection if selection.rows else whole
    label, title = _source_label(e, selection.range), whole.title or e.hit.chunk.asset.name
    chart = tables.plot_code(selection, title, label) if _CHART_REQUEST.search(words) else ""
    mime = e.hit.chunk.asset.mime or (e.hit.chunk.part.mime if e.hit.chunk.part else "")
    return tables.table_program(selection, whole, _file_path(e), mime, label, chart)


def _cut_program(e: Evidence, _: str) -> str:
    path, seconds = _file_path(e), e.span.seconds or e.hit.chunk.span.seconds
    if path is None:
        return ""
    if seconds is None:
        seconds = (0.0, SECONDS_OF_A_WHOLE)
    elif seconds[1] <= seconds[0]:
        seconds = (seconds[0], seconds[0] + 1.0)
    return recordings.cut_program(e.hit.modality, seconds, path, _source_label(e), _stem(e))


def _model_program(e: Evidence, words: str) -> str:
    content = e.part if e.part.modality == "3d" else e.hit.chunk.part
    if content is None:
        return ""
    mesh = decode.load(content)
    if not len(mesh.faces):
        return ""
    path = _file_path(e)
    if _OPENSCAD_REQUEST.search(words) and (solids := primitives.solids(mesh)):
        return bodies.openscad_script(solids, _source_label(e))
    solids = primitives.solids(mesh, path)
    if solids:
        return bodies.trimesh_script(solids, _source_label(e), path)
    return (
        bodies.loader_script(mesh, str(path), content.span.node, _source_label(e)) if path else ""
    )


def _graph_program(e: Evidence, words: str) -> str:
    graph = triples.read(e.hit.chunk)
    quotation = str(e.part.data) if e.part.modality == "text" else ""
    statements = (
        graph.statements_at(e.hit.chunk, e.span, quotation)
        or graph.statements_about(words)
        or list(graph.statements[:MAX_GRAPH_NODES])
    )
    neighbourhood = graph.neighbourhood(statements, max_nodes=MAX_GRAPH_NODES)
    return graphs.graph_program(graph, neighbourhood, _source_label(e)) if neighbourhood else ""
