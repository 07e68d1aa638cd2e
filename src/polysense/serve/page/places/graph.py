"""Statements drawn as a graph, the cited ones in colour."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nicegui import ui

from polysense.read.graph import triples
from polysense.read.graph.triples import Triple, Triples
from polysense.serve.page.html import tag
from polysense.serve.page.places.place import Place

MOST_STATEMENTS = 60
"""Drawn at once, beyond which names cover each other; judged, not measured."""
MOST_SENTENCES = 20
"""Cited statements that are also written out; judged, not measured."""
_GRAPH_TYPES = {
    "application/graphml+xml",
    "application/ld+json",
    "text/turtle",
    "application/n-triples",
    "application/rdf+xml",
    "text/x-triples",
}


def fits(place: Place) -> bool:
    """Files of statements."""
    return place.mime in _GRAPH_TYPES and (place.chunk is not None or place.path is not None)


def show(place: Place) -> None:
    """The cited statements, and their neighbourhood."""
    if place.chunk is not None:
        statements = triples.read(place.chunk)
        highlights = statements.statements_at(place.chunk, place.span, place.quote)
    else:
        assert place.path is not None
        loaded, highlights = triples.load(place.path, place.mime), []
        # without properties, which are no links between things
        links = tuple(t for t in loaded.statements if not t.literal or t.is_naming)
        statements = replace(loaded, statements=links or loaded.statements)
    neighbours = statements.neighbourhood(
        highlights or statements.statements[:MOST_STATEMENTS],
        1 if highlights else 0,
        MOST_STATEMENTS,
    )
    ui.echart(_chart(statements, neighbours, set(highlights))).classes("drawn")
    with tag("div", "prose"):
        for t in highlights[:MOST_SENTENCES]:
            tag("p", "piece on", statements.sentence(t))


def _chart(statements: Triples, edges: list[Triple], highlights: set[Triple]) -> dict[str, Any]:
    nodes: dict[str, dict[str, Any]] = {}
    highlighted_names = {name for t in highlights for name in (t.subject, t.object)}
    for t in edges:
        for name, label in (
            (t.subject, statements.label(t.subject)),
            (t.object, t.object[:60] if t.literal else statements.label(t.object)),
        ):
            is_highlighted = name in highlighted_names
            nodes.setdefault(
                name,
                {
                    "id": name,
                    "name": label,
                    "symbolSize": 30 if is_highlighted else 18,
                    "itemStyle": {"color": "#c88a00" if is_highlighted else "#5f8f94"},
                },
            )
    links = [
        {
            "source": t.subject,
            "target": t.object,
            "label": {"show": len(edges) < 30, "formatter": statements.relation(t)},
            "lineStyle": {
                "width": 2.5 if t in highlights else 1.2,
                "color": "#c88a00" if t in highlights else "#9aa4ab",
            },
        }
        for t in {(d.subject, d.object, d.relation): d for d in edges}.values()
    ]
    series = {
        "type": "graph",
        "layout": "force",
        "roam": True,
        "draggable": True,
        "data": list(nodes.values()),
        "links": links,
        "edgeSymbol": ["none", "arrow"],
        "edgeSymbolSize": 7,
        "force": {"repulsion": 320, "edgeLength": 110, "gravity": 0.08},
        "label": {"show": True, "position": "bottom", "color": "#59636b", "fontSize": 12},
        "edgeLabel": {"fontSize": 11, "color": "#8b949b"},
    }
    return {"series": [series], "animationDurationUpdate": 300}
