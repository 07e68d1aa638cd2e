"""Graphs become sentences about entities, each traced to its statement."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from polysense.errors import Unreadable
from polysense.read.file.mime import sniff
from polysense.read.graph.graph import GraphParser
from polysense.types import Asset, Chunk, Span


def parse(path: Path, **settings: Any) -> list[Chunk]:
    asset = Asset(
        id="0" * 32,
        uri=str(path),
        mime=sniff(path),
        modality="graph",
        size=path.stat().st_size,
        path=path,
    )
    chunks = list(GraphParser(**settings).parse(asset))
    assert len({c.id for c in chunks}) == len(chunks)
    assert all(c.modality == "graph" and c.span for c in chunks)
    return chunks


def write(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def test_triples_keep_their_lines(tmp_path: Path) -> None:
    """One chunk an entity, wherever its lines stand; a mark a statement; the columns as the header
    says.
    """
    rows = 'object,subject,relation\nAcme Corp,Ann Lee,worksFor\nRome,Acme Corp,based_in\n"Paris, France",Ann Lee,born_in\n'
    path = write(tmp_path, "people.csv", rows)
    ann, acme, overview = parse(path)
    assert ann.text == "Ann Lee works for Acme Corp.\nAnn Lee born in Paris, France."
    assert ann.span == Span(node="Ann Lee", lines=(2, 4))
    assert ann.place(ann.text.index("Paris"), len(ann.text)).lines == (4, 4)
    assert ann.meta["triples"] == [
        ["Ann Lee", "worksFor", "Acme Corp"],
        ["Ann Lee", "born_in", "Paris, France"],
    ]
    assert acme.context == "people > Acme Corp"
    assert "3 statements about 2 entities" in overview.text


def test_turtle_speaks_in_labels(tmp_path: Path) -> None:
    """Labels replace identifiers, blank nodes get lasting names, and the order is the same every
    time.
    """
    text = """@prefix ex: <http://ex.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    ex:p1 a ex:Person ; rdfs:label "Ann Lee"@en ; ex:worksFor ex:AcmeCorp ; ex:address [ ex:city "Rome" ] ."""
    path = write(tmp_path, "a.ttl", text)
    chunks = parse(path)
    by_node = {c.span.node: c for c in chunks}
    sentences = by_node["http://ex.org/p1"].text.splitlines()
    assert {"Ann Lee is a Person.", "Ann Lee works for Acme Corp."} <= set(sentences)
    assert any("Rome" in c.text for c in chunks)
    assert [c.id for c in chunks] == [c.id for c in parse(path)]


def test_n_triples_line_by_line(tmp_path: Path) -> None:
    """Escapes and literals are read; a broken line costs itself."""
    text = '<http://e/a> <http://e/knows> <http://e/b> .\n# note\nbroken\n<http://e/a> <http://e/name> "Zo\\u00EB \\"Z\\""@en .\n'
    path = write(tmp_path, "a.nt", text)
    asset = Asset(
        id="0" * 32,
        uri=str(path),
        mime="application/n-triples",
        modality="graph",
        size=1,
        path=path,
    )
    source = GraphParser().parse(asset)
    first = next(source)
    assert first.text == 'Zoë "Z" knows b.'
    assert first.marks[0].span.lines == (1, 1)
    with pytest.raises(Unreadable, match="line 3"):
        list(source)


def test_json_ld_never_asks_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named contexts become vocabularies, wherever they stand."""

    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    document = {
        "@context": [
            "https://schema.org",
            {"@import": "http://evil.example/x", "ex": "http://ex.org/"},
        ],
        "@id": "http://ex.org/ann",
        "@type": "Person",
        "name": "Ann",
        "worksFor": {
            "@context": "http://evil.example/context.jsonld",
            "@id": "http://ex.org/acme",
            "name": "Acme",
        },
    }
    chunks = parse(write(tmp_path, "a.jsonld", json.dumps(document)))
    assert "Ann works for Acme." in chunks[0].text or "Ann works for Acme." in chunks[1].text


@pytest.mark.parametrize("kind", ["undirected", "directed"])
def test_graphml(tmp_path: Path, kind: str) -> None:
    """Attributes and edges are told; undirected ones from both ends."""
    import networkx as nx

    graph = nx.Graph() if kind == "undirected" else nx.DiGraph()
    graph.add_node("n1", label="Alice", age=30)
    graph.add_node("n2", label="Bob")
    graph.add_edge("n1", "n2", relation="marriedTo", since=1990)
    nx.write_graphml(graph, tmp_path / "a.graphml")
    by_node = {c.span.node: c.text for c in parse(tmp_path / "a.graphml")}
    assert "Alice age 30." in by_node["n1"]
    assert "Alice married to Bob." in by_node["n1"]
    assert ("Bob married to Alice." in by_node["n2"]) is (kind == "undirected")


def test_hostile_xml_reads_nothing_else(tmp_path: Path) -> None:
    """External entities are refused, entity bombs do not go off."""
    secret = write(tmp_path, "secret.txt", "secret")
    use = "<graphml><graph><node id='&x;'/></graph></graphml>"
    path = write(
        tmp_path, "a.graphml", f'<!DOCTYPE graphml [<!ENTITY x SYSTEM "file://{secret}">]>{use}'
    )
    with pytest.raises(Unreadable, match="other files"):
        parse(path)
    bomb = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    path = write(
        tmp_path,
        "b.graphml",
        f'<!DOCTYPE graphml [<!ENTITY a0 "ha">{bomb}<!ENTITY x "&a11;">]>{use}',
    )
    with pytest.raises(Unreadable, match=r"b\.graphml"):
        parse(path)


def test_long_entities_and_limits(tmp_path: Path) -> None:
    """Much said about one entity makes several chunks; too much is cut and told; broken RDF keeps
    what stood before.
    """
    rows = "subject\trelation\tobject\n" + "".join(
        f"Ann\tknows\tperson number {i}\n" for i in range(200)
    )
    assert len(parse(write(tmp_path, "a.tsv", rows))) > 5
    turtle = "@prefix e: <http://e/> .\n" + "".join(f"e:a e:p{i} e:b{i} .\n" for i in range(200))
    assert len(parse(write(tmp_path, "a.ttl", turtle))) > 3
    with pytest.raises(Unreadable, match="only the first 50"):
        parse(write(tmp_path, "b.tsv", rows), statements=50)
    path = write(tmp_path, "c.ttl", turtle + "e:a e:b")
    asset = Asset(
        id="0" * 32, uri=str(path), mime="text/turtle", modality="graph", size=1, path=path
    )
    source = GraphParser().parse(asset)
    assert next(source).text.startswith("a p0 b0.")
    with pytest.raises(Unreadable):
        list(source)


def test_what_shares_the_name_of_its_subject_is_told(tmp_path: Path) -> None:
    """Only what names an entity is left out of what is said about it."""
    chunks = parse(
        write(
            tmp_path,
            "a.csv",
            "subject,relation,object\nLuxembourg,capital,Luxembourg\nLuxembourg,in,Europe\n",
        )
    )
    assert chunks[0].text == "Luxembourg capital Luxembourg.\nLuxembourg in Europe."
