"""Edges: statements of a graph as rows, the cited ones first; compared with the file, and with
rdflib's reading of it.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
import rdflib

from polysense.errors import NotFound
from polysense.make.table.graph_edges import GraphEdges
from polysense.read.graph.graph import GraphParser
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part

TRIPLES = (
    "subject,relation,object\nAnn,works for,Mill\nMill,located in,Leeds\nBen,works for,Mill\n"
    "Leeds,part of,Yorkshire\nZoe,knows,Max\n"
)
TURTLE = """@prefix e: <http://ex.org/> . @prefix r: <http://www.w3.org/2000/01/rdf-schema#> .
e:a r:label "Ann Lee" ; e:worksFor e:m . e:m r:label "The Mill" ; e:since "1923" .
"""


def evidence(
    path: Path, text: str, entity: str, passage: str = "", mime: str = "text/x-triples"
) -> Evidence:
    path.write_text(text, "utf-8")
    asset = Asset(path.name, str(path), mime, "graph", 1, path=path)
    chunk = next(
        c
        for c in GraphParser().parse(asset)
        if isinstance(c, Chunk) and c.meta.get("entity") == entity
    )
    return Evidence(2, Hit(chunk, 1.0), Part("text", passage or chunk.text), chunk.span)


def rows(*evidence_list: Evidence, words: str = "") -> list[dict[str, str]]:
    (part,) = GraphEdges().generate((Part("text", words),), evidence_list)
    return list(csv.DictReader(io.StringIO(part.data.decode())))


def test_the_cited_statement_comes_first(tmp_path: Path) -> None:
    """Then its neighbours; what is not linked to it is left out. Each row names its line."""
    edges = rows(evidence(tmp_path / "g.csv", TRIPLES, "Ben"))
    lines = TRIPLES.split("\n")
    assert (edges[0]["subject"], edges[0]["cited"]) == ("Ben", "[2]")
    for r in edges:
        number = int(r["place"].split(",")[0].removeprefix("L"))
        assert [r["subject"], r["relation"], r["object"]] == lines[number - 1].split(",")
    assert {r["subject"] for r in edges} == {"Ann", "Ben", "Mill"}
    assert [r["cited"] for r in edges[1:]] == ["", ""]


def test_things_are_called_as_people_call_them(tmp_path: Path) -> None:
    """Names from the graph, identifiers beside them; the statements are rdflib's."""
    edges = rows(evidence(tmp_path / "g.ttl", TURTLE, "Ann Lee", mime="text/turtle"))
    assert (edges[0]["subject"], edges[0]["relation"], edges[0]["object"]) == (
        "Ann Lee",
        "works for",
        "The Mill",
    )
    statements = {
        (str(s), str(o)) for s, _, o in rdflib.Graph().parse(data=TURTLE, format="turtle")
    }
    assert {(r["subject id"], r["object id"]) for r in edges} <= statements


def test_a_graph_whose_file_is_gone(tmp_path: Path) -> None:
    """The chunk keeps its own statements; where it has none, the error names the file."""
    e = evidence(tmp_path / "g.csv", TRIPLES, "Ann")
    (tmp_path / "g.csv").unlink()
    assert [r["object"] for r in rows(e)] == ["Mill"]
    bare = e.hit.chunk.with_(meta={})
    with pytest.raises(NotFound, match=r"g\.csv"):
        rows(Evidence(1, Hit(bare, 1.0), Part("text", ""), bare.span))


def test_a_large_graph_is_bounded(tmp_path: Path) -> None:
    """Twenty thousand statements about one thing: some of them, the cited first."""
    text = "subject,relation,object\n" + "".join(f"Hub,links to,n{n}\n" for n in range(20_000))
    edges = rows(evidence(tmp_path / "g.csv", text, "Hub", passage="Hub links to n7."))
    assert edges[0]["object"] == "n7"
    assert len(edges) < 200


def test_contract(tmp_path: Path) -> None:
    """The public check."""
    check_generator(GraphEdges(), [evidence(tmp_path / "g.csv", TRIPLES, "Ann")])
