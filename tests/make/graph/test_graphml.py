"""Graphs as files that other programs read."""

from __future__ import annotations

import networkx as nx

from polysense.make.graph.graphml import write_graphml


def test_graphml_holds_any_text() -> None:
    """Characters that XML forbids do not break the file; types stay."""
    raw = write_graphml(
        {"a": {"label": "x\0\x0b<&>\ud800 中"}, "b": {"label": "B", "weight": 2}},
        [("a", "b", {"label": "é", "cited": 1})],
    )
    graph = nx.parse_graphml(raw.decode())
    assert graph.nodes["a"]["label"] == "x��<&>� 中"
    assert graph.nodes["b"]["weight"] == 2
    assert [d["label"] for *_, d in graph.edges(data=True)] == ["é"]
