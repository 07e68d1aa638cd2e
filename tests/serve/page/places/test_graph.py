"""Graphs: the cited statements in colour, among their neighbours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from polysense.serve.page.places import graph
from polysense.types import Asset, Chunk, Span

from .conftest import Draw, PlaceOf, text

TURTLE = """@prefix : <http://example.org/> .
:Ada :mended :wheel . :wheel :belongs_to :mill . :Ben :painted :door .
"""


def test_a_graph_is_drawn(draw: Draw, place_of: PlaceOf, tmp_path: Path) -> None:
    """Without a cited statement all of it, and nothing in colour."""
    (tmp_path / "a.ttl").write_text(TURTLE)
    place = replace(
        place_of("moon.txt"), path=tmp_path / "a.ttl", mime="text/turtle", asset=None, chunk=None
    )
    assert graph.fits(place)
    drawing = draw(graph, place)
    (chart,) = drawing.classed("drawn")
    options: Any = chart.props["options"]
    (series,) = options["series"]
    assert len(series["links"]) == 3
    assert {n["name"].lower() for n in series["data"]} >= {"ada", "ben", "wheel", "mill", "door"}
    assert len({n["itemStyle"]["color"] for n in series["data"]}) == 1
    assert drawing.classed("piece") == []


def test_cited_statements_are_written_out(draw: Draw, place_of: PlaceOf, tmp_path: Path) -> None:
    """And in colour, with what they are linked to; what lies apart is left out."""
    path = tmp_path / "a.ttl"
    path.write_text(TURTLE)
    asset = Asset("b" * 32, str(path), "text/turtle", "graph", path.stat().st_size, {}, path)
    span = Span(node="http://example.org/Ada")
    chunk = Chunk(asset, span, "graph", text="Ada mended wheel.")
    place = replace(
        place_of("moon.txt"),
        path=path,
        mime="text/turtle",
        asset=asset,
        chunk=chunk,
        span=span,
    )
    drawing = draw(graph, place)
    assert "mended" in " ".join(text(e) for e in drawing.classed("on"))
    options: Any = drawing.classed("drawn")[0].props["options"]
    names = {n["name"].lower() for n in options["series"][0]["data"]}
    assert "ada" in names
    assert "ben" not in names
