"""Statements drawn as things and links, those that are meant in colour."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nicegui import ui

from polysense.read.graph import triples
from polysense.read.graph.triples import Triple, Triples
from polysense.serve.page.html import tag
from polysense.serve.page.places.place import Place

MOST = 60
_MIMES = {
    "application/graphml+xml",
    "application/ld+json",
    "text/turtle",
    "application/n-triples",
    "application/rdf+xml",
    "text/x-triples",
}


def fits(place: Place) -> bool:
    """Files of statements."""
    return place.mime in _MIMES and (place.chunk is not None or place.path is not None)


def show(place: Place) -> None:
    """What is meant, and what lies around it."""
    if place.chunk is not None:
        held = triples.read(place.chunk)
        meant = held.cited(place.chunk, place.span, place.quote)
    else:
        assert place.path is not None
        read, meant = triples.load(place.path, place.mime), []
        # what is noted of things aside
        held = replace(
            read, all=tuple(t for t in read.all if not t.literal or t.naming) or read.all
        )
    around = held.around(meant or held.all[:MOST], 1 if meant else 0, MOST)
    ui.echart(_chart(held, around, set(meant))).classes("drawn")
    with tag("div", "prose"):
        for t in meant[:20]:
            tag("p", "piece on", held.sentence(t))


def _chart(held: Triples, drawn: list[Triple], meant: set[Triple]) -> dict[str, Any]:
    things: dict[str, dict[str, Any]] = {}
    lit = {name for t in meant for name in (t.subject, t.object)}
    for t in drawn:
        for name, label in (
            (t.subject, held.label(t.subject)),
            (t.object, t.object[:60] if t.literal else held.label(t.object)),
        ):
            on = name in lit
            things.setdefault(
                name,
                {
                    "id": name,
                    "name": label,
                    "symbolSize": 30 if on else 18,
                    "itemStyle": {"color": "#c88a00" if on else "#5f8f94"},
                },
            )
    links = [
        {"source": t.subject, "target": t.object, "label": {"show": len(drawn) < 30, "formatter": held.relation(t)},
         "lineStyle": {"width": 2.5 if t in meant else 1.2, "color": "#c88a00" if t in meant else "#9aa4ab"}}
        for t in {(d.subject, d.object, d.relation): d for d in drawn}.values()
    ]  # fmt: skip
    series = {
        "type": "graph", "layout": "force", "roam": True, "draggable": True, "data": list(things.values()), "links": links,
        "edgeSymbol": ["none", "arrow"], "edgeSymbolSize": 7, "force": {"repulsion": 320, "edgeLength": 110, "gravity": 0.08},
        "label": {"show": True, "position": "bottom", "color": "#59636b", "fontSize": 12},
        "edgeLabel": {"fontSize": 11, "color": "#8b949b"},
    }  # fmt: skip
    return {"series": [series], "animationDurationUpdate": 300}
