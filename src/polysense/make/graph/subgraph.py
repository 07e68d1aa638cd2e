"""The part of a graph that answers: the statements cited, and what lies around them, as GraphML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from polysense.errors import NotFound
from polysense.protocols import Generator
from polysense.read.graph.triples import Triple, Triples, graphml, read
from polysense.types import Evidence, Modality, Origin, Part, Query


class Subgraph(Generator):
    """Gives the cited statements of a graph and those up to `steps` links away, at most `most`
    things, each with its place.

    >>> from polysense.types import Asset, Chunk, Hit, Span
    >>> told = {"triples": [["Ann", "knows", "Ben"]]}
    >>> chunk = Chunk(Asset("0", "/a.tsv", "text/x-triples", "graph", 1), Span(node="Ann"), "graph", text="Ann knows Ben.", meta=told)
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
        words = " ".join(str(p.data) for p in query if p.modality == "text")
        graphs: dict[str, Triples] = {}
        cited: dict[Triple, int] = {}
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
            said = str(e.part.data) if e.part.modality == "text" else ""
            for t in graph.cited(chunk, e.span, said) or graph.about(words):
                cited.setdefault(t, e.n)
        held = list(graphs.values())
        whole = (
            held[0]
            if len(held) == 1
            else Triples(tuple(dict.fromkeys(t for g in held for t in g.all)))
        )
        near = whole.around(list(cited) or whole.all, self.steps, self.most)
        if near:
            yield _part(whole, near, cited, evidence[0])


def _part(
    graph: Triples, near: Sequence[Triple], cited: dict[Triple, int], first: Evidence
) -> Part:
    nodes: dict[str, dict[str, Any]] = {}
    edges: list[tuple[str, str, dict[str, Any]]] = []
    ids: dict[tuple[str, bool], str] = {}

    def node(value: str, literal: bool, bold: bool) -> str:
        at = ids.setdefault((value, literal), f"n{len(ids)}")
        known = nodes.setdefault(at, {"label": value[:500] if literal else graph.label(value)})
        known |= (
            {"kind": "value"}
            if literal
            else {"kind": "thing"} | ({"identifier": value} if value != known["label"] else {})
        )
        known["cited"] = max(known.get("cited", 0), int(bold))
        return at

    for t in near:
        a, b = node(t.subject, False, t in cited), node(t.object, t.literal, t in cited)
        values: dict[str, Any] = {"label": graph.relation(t), "cited": int(t in cited)}
        values |= {"place": str(t.span)} if t.line else {}
        values |= {"evidence": cited[t]} if t in cited else {}
        edges.append((a, b, values))
    used = sorted({cited[t] for t in near if t in cited}) or [first.n]
    meta = {
        "evidence": used,
        "nodes": len(nodes),
        "edges": len(edges),
        "statements": len(graph.all),
    }
    stem = (
        re.sub(r"[^\w-]+", "-", first.hit.chunk.asset.name.rsplit(".", 1)[0]).strip("-") or "graph"
    )
    return Part(
        "graph", graphml(nodes, edges), "application/graphml+xml", f"{stem}-part.graphml", meta=meta
    )
