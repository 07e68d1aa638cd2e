"""Graphs written as GraphML."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from typing import Any


def write_graphml(
    nodes: Mapping[str, Mapping[str, Any]], edges: Iterable[tuple[str, str, Mapping[str, Any]]]
) -> bytes:
    """A directed graph as GraphML. Values are str, int, float or bool; characters that XML cannot
    hold become U+FFFD.
    """
    import networkx as nx

    graph = nx.MultiDiGraph()
    for node, values in nodes.items():
        graph.add_node(node, **{k: _xml_safe(v) for k, v in values.items()})
    for a, b, values in edges:
        graph.add_edge(a, b, **{k: _xml_safe(v) for k, v in values.items()})
    out = io.BytesIO()
    nx.GraphMLWriter(graph, encoding="utf-8", prettyprint=True, infer_numeric_types=True).dump(out)
    return out.getvalue()


def _xml_safe(value: Any) -> Any:
    """XML 1.0, 2.2."""
    return (
        re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "�", value)
        if isinstance(value, str)
        else value
    )
