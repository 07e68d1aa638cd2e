"""The part of a graph that answers: the statements cited, and what lies around them, as GraphML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from polysense.errors import NotFound
from polysense.make.graph.graphml import write_graphml
from polysense.make.question_text import question_text
from polysense.protocols import Generator
from polysense.read.graph.triples import Triple, Triples, read
from polysense.types import Evidence, Modality, Origin, Part, Query

MAX_LABEL_CHARS = 500
"""A literal is quoted in a graph only so far. Judged, not measured."""


class Subgraph(Generator):
    """Gives the cited statements of a graph and those up to `steps` links away, at most `most`
    things, each with its place.

    >>> from polysense.types import Asset, Chunk, Hit, Span
    >>> asset = Asset("0", "/a.tsv", "text/x-triples", "graph", 1)
    >>> meta = {"triples": [["Ann", "knows", "Ben"]]}
    >>> chunk = Chunk(asset, Span(node="Ann"), "graph", text="Ann knows Ben.", meta=meta)
    >>> e = Evidence(1, Hit(chunk, 1.0), Part("text", "Ann knows Ben."), chunk.span)
    >>> [p.mime for p in Subgraph().generate((Part("text", "whom does Ann know?"),), [e])]
    ['application/graphml+xml']
    """

    accepts: frozenset[Modality] = frozenset({"graph"})
    emits: Modality = "graph"
    cost = 0.05
    origin: Origin = "retrieved"

    def __init__(self, *, steps: int = 2, most: int = 60) -> None:
        self.steps, self.most = steps, most

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """One graph; of evidence that is a whole graph, what the words name, else as much as there
        is room for.
        """
        if not evidence:
            return
        words = question_text(query)
        graphs: dict[str, Triples] = {}
        evidence_numbers: dict[Triple, int] = {}
        for e in evidence:
            chunk = e.hit.chunk
            try:
                graph = graphs.setdefault(
                    chunk.asset.uri, graphs.get(chunk.asset.uri) or read(chunk)
                )
            except NotFound:
                if e is evidence[0]:
                    raise
                continue
            quotation = str(e.part.data) if e.part.modality == "text" else ""
            for t in graph.statements_at(chunk, e.span, quotation) or graph.statements_about(words):
                evidence_numbers.setdefault(t, e.n)
        whole = _merge_graphs(list(graphs.values()))
        seeds = list(evidence_numbers) or whole.statements
        neighbourhood = whole.neighbourhood(seeds, self.steps, self.most)
        if neighbourhood:
            yield _part(whole, neighbourhood, evidence_numbers, evidence[0])


def _merge_graphs(graphs: Sequence[Triples]) -> Triples:
    """The statements of all of them, each once."""
    if len(graphs) == 1:
        return graphs[0]
    return Triples(tuple(dict.fromkeys(t for graph in graphs for t in graph.statements)))


def _part(
    graph: Triples,
    statements: Sequence[Triple],
    evidence_numbers: dict[Triple, int],
    first: Evidence,
) -> Part:
    nodes: dict[str, dict[str, Any]] = {}
    edges: list[tuple[str, str, dict[str, Any]]] = []
    ids: dict[tuple[str, bool], str] = {}

    def node(value: str, literal: bool, is_cited: bool) -> str:
        node_id = ids.setdefault((value, literal), f"n{len(ids)}")
        label = value[:MAX_LABEL_CHARS] if literal else graph.label(value)
        values = nodes.setdefault(node_id, {"label": label})
        values["kind"] = "value" if literal else "thing"
        if not literal and value != values["label"]:
            values["identifier"] = value
        values["cited"] = max(values.get("cited", 0), int(is_cited))
        return node_id

    for t in statements:
        is_cited = t in evidence_numbers
        a, b = node(t.subject, False, is_cited), node(t.object, t.literal, is_cited)
        values: dict[str, Any] = {"label": graph.relation(t), "cited": int(is_cited)}
        values |= {"place": str(t.span)} if t.line else {}
        values |= {"evidence": evidence_numbers[t]} if is_cited else {}
        edges.append((a, b, values))
    numbers = sorted({evidence_numbers[t] for t in statements if t in evidence_numbers}) or [
        first.n
    ]
    meta = {
        "evidence": numbers,
        "nodes": len(nodes),
        "edges": len(edges),
        "statements": len(graph.statements),
    }
    name = first.hit.chunk.asset.name.rsplit(".", 1)[0]
    stem = re.sub(r"[^\w-]+", "-", name).strip("-") or "graph"
    data = write_graphml(nodes, edges)
    return Part("graph", data, "application/graphml+xml", f"{stem}-part.graphml", meta=meta)
