"""Every kind of graph file becomes the same statements, with their places; what lies around some of
them is found.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.errors import NotFound, Unreadable
from polysense.read.file.mime import sniff
from polysense.read.graph import triples
from polysense.read.graph.graph import GraphParser
from polysense.types import Asset, Chunk, Part, Span

TURTLE = """@prefix e: <http://e/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
e:mill a e:Mill ; rdfs:label "Tide Mill" ; e:builtBy e:ansel ; e:built "1787" . e:ansel rdfs:label "Ansel Tarrow" ."""
JSONLD = '{"@context": "http://e/", "@id": "http://e/mill", "http://e/builtBy": {"@id": "http://e/ansel"}}'
NT = '<http://e/mill> <http://e/builtBy> <http://e/ansel> .\nbroken\n<http://e/mill> <http://e/name> "Zo\\u00EB" .\n'
TSV = "object\tsubject\trelation\n1787\tTide Mill\tbuilt in\nWrenholm\tTide Mill\tstands on\n"


def asset(path: Path) -> Asset:
    return Asset("0", str(path), sniff(path), "graph", path.stat().st_size, path=path)


@pytest.mark.parametrize(
    ("name", "text"), [("a.ttl", TURTLE), ("a.jsonld", JSONLD), ("a.nt", NT), ("a.tsv", TSV)]
)
def test_it_reads_what_the_parser_reads(tmp_path: Path, name: str, text: str) -> None:
    """The indexed triples of every chunk are among those read, so that evidence can be found again
    in its graph.
    """
    (tmp_path / name).write_text(text)
    statements = {
        (t.subject, t.relation, t.object) for t in triples.load(tmp_path / name).statements
    }
    indexed = set()
    try:
        for chunk in GraphParser().parse(asset(tmp_path / name)):
            indexed |= {tuple(t) for t in chunk.meta.get("triples", [])}
    except Unreadable:
        pass  # of the broken line, after all chunks
    assert indexed
    assert indexed <= statements


def test_places_and_names(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(TSV)
    first = triples.load(tmp_path / "a.tsv").statements[0]
    assert (first.subject, first.object, first.span) == (
        "Tide Mill",
        "1787",
        Span(lines=(2, 2), node="Tide Mill"),
    )
    (tmp_path / "a.ttl").write_text(TURTLE)
    graph = triples.load(tmp_path / "a.ttl")
    built = next(t for t in graph.statements if t.relation.endswith("builtBy"))
    assert graph.sentence(built) == "Tide Mill built by Ansel Tarrow."


def test_a_sentence_is_the_indexed_one(tmp_path: Path) -> None:
    """Without a second stop after a literal's own, and cut where the literal is very long: so a
    quotation of it is found again.
    """
    (tmp_path / "a.tsv").write_text(
        f"subject\trelation\tobject\nAnn\tsaid\tStop!\nAnn\twrote\t{'long ' * 900}\n"
    )
    graph = triples.load(tmp_path / "a.tsv", "text/x-triples")
    text = "\n".join(c.text for c in GraphParser().parse(asset(tmp_path / "a.tsv")))
    literal = [triples.Triple(t.subject, t.relation, t.object, True) for t in graph.statements]
    assert [graph.sentence(t) for t in literal][0] == "Ann said Stop!"
    assert len(graph.sentence(literal[1])) < 2100
    assert graph.sentence(graph.statements[0]) in text


def test_the_cited_statement_is_the_quoted_one(tmp_path: Path) -> None:
    """Of an entity's statements only the quoted one is cited; without a quotation, those at the
    place.
    """
    (tmp_path / "a.tsv").write_text(TSV)
    chunk = next(
        c for c in GraphParser().parse(asset(tmp_path / "a.tsv")) if c.span.node == "Tide Mill"
    )
    graph = triples.read(chunk)
    assert [t.object for t in graph.statements_at(chunk, Span(), "Tide Mill built in 1787.")] == [
        "1787"
    ]
    assert [t.object for t in graph.statements_at(chunk, Span(lines=(3, 3), node="Tide Mill"))] == [
        "Wrenholm"
    ]
    assert len(graph.statements_at(chunk)) == 2
    assert [t.object for t in graph.statements_about("Where is Wrenholm?")] == ["Wrenholm"]


def test_around_stops_at_steps_room_and_hubs() -> None:
    """Two links away and no further; a thing with very many links leads nowhere; never more things
    than there is room for.
    """
    chain = [triples.Triple(f"n{i}", "next", f"n{i + 1}") for i in range(9)]
    near = triples.Triples(tuple(chain)).neighbourhood([chain[0]])
    assert [t.object for t in near] == ["n1", "n2", "n3"]
    star = [triples.Triple(f"leaf {i}", "is a", "leaf") for i in range(100)]
    graph = triples.Triples((triples.Triple("tree", "has", "leaf 0"), *star))
    assert len(graph.neighbourhood([graph.statements[0]])) == 2
    things = {x for t in graph.neighbourhood(list(star)) for x in (t.subject, t.object)}
    assert len(things) == 60


def test_a_graph_that_is_gone(tmp_path: Path) -> None:
    """The statements that a chunk keeps do, where its file is gone; without them the error names
    it.
    """
    meta = {"triples": [["Ann", "knows", "Ben"]]}
    asset = Asset("0", "/x/gone.tsv", "text/x-triples", "graph", 1, path=tmp_path / "gone.tsv")
    assert triples.read(Chunk(asset, Span(node="Ann"), "graph", meta=meta)).statements == (
        triples.Triple("Ann", "knows", "Ben"),
    )
    with pytest.raises(NotFound, match=r"gone\.tsv"):
        triples.read(Chunk(asset, Span(node="Ann"), "graph"))


def test_bytes_and_broken_files(tmp_path: Path) -> None:
    own = Asset("0", "g.tsv", "text/x-triples", "graph", 1)
    chunk = Chunk(own, Span(), "graph", Part("graph", TSV.encode(), "text/x-triples"))
    assert len(triples.read(chunk).statements) == 2
    (tmp_path / "a.graphml").write_text("<graphml")
    with pytest.raises(Unreadable):
        triples.load(tmp_path / "a.graphml", "application/graphml+xml")
    (tmp_path / "b.graphml").write_text(
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><graphml/>'
    )
    with pytest.raises(Unreadable, match="external"):
        triples.load(tmp_path / "b.graphml", "application/graphml+xml")
