"""The sub-graph around an answer: the cited statements, what is near, where each stands."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pytest

from polysense.errors import NotFound
from polysense.make.file.export import export
from polysense.make.graph.subgraph import Subgraph
from polysense.read.graph.graph import GraphParser
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

ROWS = [
    "Tide Mill\tbuilt in\t1787",
    "Tide Mill\tstands on\tWrenholm",
    "Wrenholm Light\tstands on\tWrenholm",
    "Maren Oake\tkept\tWrenholm Light",
]


def evidence(
    folder: Path, n: int = 1, words: str = "Tide Mill built in 1787.", rows: list[str] = ROWS
) -> Evidence:
    path = folder / "people.tsv"
    path.write_text("subject\trelation\tobject\n" + "\n".join(rows) + "\n")
    asset = Asset("0", str(path), "text/x-triples", "graph", 1, path=path)
    chunk = next(iter(GraphParser().parse(asset)))
    return Evidence(n, Hit(chunk, 1.0), Part("text", words), chunk.span)


def graph_of(*evidence: Evidence, words: str = "when was it built?") -> nx.MultiDiGraph:
    (part,) = Subgraph().generate((Part("text", words),), evidence)
    assert part.mime == "application/graphml+xml"
    return nx.parse_graphml(part.data.decode())


def test_cited_and_near(tmp_path: Path) -> None:
    """The quoted statement is marked with its evidence and its line; two links away is in, three is
    not.
    """
    graph = graph_of(evidence(tmp_path, 3))
    labels = {n: d["label"] for n, d in graph.nodes(data=True)}
    edges = {(labels[a], d["label"], labels[b]): d for a, b, d in graph.edges(data=True)}
    assert set(edges) == {
        ("Tide Mill", "built in", "1787"),
        ("Tide Mill", "stands on", "Wrenholm"),
        ("Wrenholm Light", "stands on", "Wrenholm"),
    }
    edge = edges["Tide Mill", "built in", "1787"]
    assert (edge["cited"], edge["evidence"], edge["place"]) == (1, 3, "L2, Tide Mill")
    assert edges["Tide Mill", "stands on", "Wrenholm"]["cited"] == 0


def test_contract_and_other_formats(tmp_path: Path) -> None:
    (part,) = check_generator(Subgraph(), [evidence(tmp_path)])
    assert part.meta["evidence"] == [1]
    assert '["Tide Mill"]' in export(part, ".mmd").decode()
    assert b"Tide%20Mill" in export(part, ".ttl")
    assert b'"built in"' in export(part, ".jsonld")


def test_a_whole_graph_given_as_the_question(tmp_path: Path) -> None:
    """Its own file has no place in it: what the words name is shown, else as much as there is room
    for, bounded.
    """
    evidence(tmp_path, rows=[f"thing {i}\tlinks\tthing {i + 1}" for i in range(500)])
    path = tmp_path / "people.tsv"
    own = Chunk(
        Asset("1", str(path), "text/x-triples", "graph", 1, path=path),
        Span(),
        "graph",
        Part("graph", path),
    )
    e = Evidence(1, Hit(own, 1.0), Part("graph", path), Span())
    assert {d["label"] for _, d in graph_of(e, words="what about thing 250?").nodes(data=True)} == {
        f"thing {i}" for i in range(247, 254)
    }
    assert len(graph_of(e, words="draw it")) == 60


def test_what_is_gone(tmp_path: Path) -> None:
    chunk = Chunk(
        Asset("1", "/gone.tsv", "text/x-triples", "graph", 1),
        Span(node="a"),
        "graph",
        text="a b c.",
    )
    with pytest.raises(NotFound):
        list(
            Subgraph().generate(
                (), [Evidence(1, Hit(chunk, 1.0), Part("text", "a b c."), chunk.span)]
            )
        )
    assert list(Subgraph().generate((), [])) == []
