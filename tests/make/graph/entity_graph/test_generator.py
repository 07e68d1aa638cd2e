"""Links between evidence of all kinds: what several pieces name is found, in any language, and
stands in the middle.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx

from polysense.make.graph.entity_graph.generator import MAX_NODES, EntityGraph
from polysense.read.file.mime import modality_of, sniff
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span


def evidence_of(n: int, text: str, modality: str = "text", name: str = "", **more: Any) -> Evidence:
    asset = Asset(str(n), f"/kb/{name or f'{modality}-{n}.x'}", "", modality, 1)
    chunk = Chunk(asset, Span(lines=(n, n)), modality, None, text, **more)
    return Evidence(n, Hit(chunk, 1.0), Part("text", text), chunk.span)


def graph_of(
    *evidence: Evidence, words: str = ""
) -> tuple[dict[str, dict[str, Any]], set[tuple[str, str, str]]]:
    (part,) = EntityGraph().generate((Part("text", words),), evidence)
    graph = nx.parse_graphml(part.data.decode())
    labels = {n: d["label"] for n, d in graph.nodes(data=True)}
    edges = {(labels[a], d["label"], labels[b]) for a, b, d in graph.edges(data=True)}
    return {d["label"]: d for _, d in graph.nodes(data=True)}, edges


def test_what_is_shared_joins_the_evidence() -> None:
    """A name, a date and a quantity in two pieces tie them; a part of a name is the whole name."""
    one = evidence_of(1, "The mill was built in 1787 by Ansel Tarrow. It lifts 35 kg.")
    two = evidence_of(2, "In 1787 the widow of Tarrow sold it. A sack of 35 kg costs more.")
    nodes, edges = graph_of(one, two, words="Who was Tarrow?")
    assert nodes["Ansel Tarrow"]["kind"] == "name"
    assert {k: nodes[k]["evidence"] for k in ("Ansel Tarrow", "1787", "35 kg")} == dict.fromkeys(
        ("Ansel Tarrow", "1787", "35 kg"), "1,2"
    )
    assert {(a, r) for a, r, b in edges if b == "Ansel Tarrow"} >= {
        ("[1] text-1.x, L1", "mentions"),
        ("[2] text-2.x, L2", "mentions"),
        ("Who was Tarrow?", "asks about"),
    }


def test_a_capital_at_the_beginning_is_no_name() -> None:
    nodes, _ = graph_of(
        evidence_of(1, "Water falls. Later Maren Oake came. The gate shuts."),
        evidence_of(2, "Maren Oake left."),
    )
    assert "Maren Oake" in nodes
    assert not {"Water", "Later", "The", "Gate"} & set(nodes)


def test_chinese_without_a_model() -> None:
    """The longest runs of characters that two pieces share, dates, titles in brackets."""
    nodes, edges = graph_of(
        evidence_of(1, "潮汐磨坊建于1787年。"),
        evidence_of(2, "参观潮汐磨坊前请阅读《岛屿指南》。"),
        words="潮汐磨坊是谁建的?",
    )
    assert nodes["潮汐磨坊"]["evidence"] == "1,2"
    assert {"1787年", "岛屿指南"} <= set(nodes)
    assert ("潮汐磨坊是谁建的?", "asks about", "潮汐磨坊") in edges


def test_structure_of_code_tables_graphs_and_headings() -> None:
    code = "import json\n\ndef read_gauge(url):\n    return json.loads(fetch(url))\n"
    caller = "def main():\n    return read_gauge('x')\n"
    nodes, edges = graph_of(
        evidence_of(1, code, "code", "a.py"),
        evidence_of(2, caller, "code", "b.py"),
        evidence_of(3, "Year: 2016", "table", "t.csv", meta={"columns": ["Year", "Visitors"]}),
        evidence_of(
            4, "Ann knows Ben.", "graph", "g.tsv", meta={"triples": [["Ann", "knows", "Ben"]]}
        ),
        evidence_of(5, "It stands. See a.py for more.", "text", "n.md", context="Guide > The mill"),
    )
    assert {
        ("[1] a.py, L1", "defines", "read_gauge()"),
        ("[2] b.py, L2", "calls", "read_gauge()"),
        ("[1] a.py, L1", "imports", "json"),
    } <= edges
    assert {
        ("[3] t.csv, L3", "has column", "Visitors"),
        ("Ann", "knows", "Ben"),
        ("[5] n.md, L5", "under", "The mill"),
    } <= edges
    assert ("[5] n.md, L5", "refers to", "a.py") in edges
    assert nodes["read_gauge()"]["weight"] == 2


def test_a_picture_is_joined_by_what_it_is_called() -> None:
    nodes, edges = graph_of(
        evidence_of(1, "", "image", "tide-mill.jpg"),
        evidence_of(2, "They say the Tide Mill leaks."),
        words="mill",
    )
    assert ("[1] tide-mill.jpg, L1", "is called", "Tide Mill") in edges or (
        "[1] tide-mill.jpg, L1",
        "is called",
        "tide mill",
    ) in edges
    assert next(d["evidence"] for k, d in nodes.items() if k.lower() == "tide mill") == "1,2"


def test_bounded_valid_and_the_same_every_time() -> None:
    """Long hostile text: never more than eighty nodes, valid XML, the same bytes."""
    wild = " ".join(
        f"and Name{chr(65 + i % 26)}{i} Other{i} met \0 <b>&\ud800 {i} kg" for i in range(3000)
    )
    evidence = [evidence_of(i, wild + "中文" * 5000) for i in range(1, 30)]
    one, two = (next(EntityGraph().generate((), evidence)) for _ in range(2))
    assert one.data == two.data
    assert len(nx.parse_graphml(one.data.decode())) <= MAX_NODES


def test_contract_and_nothing() -> None:
    check_generator(EntityGraph())
    assert list(EntityGraph().generate((), [])) == []
    assert (
        list(EntityGraph().generate((Part("text", "?"),), [evidence_of(1, "...", "text", "1.txt")]))
        == []
    )


def test_the_questions_own_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Then Maren Oake kept the light. Later Maren Oake left in 1962.")
    mime = sniff(path)
    chunk = Chunk(
        Asset("0", str(path), mime, modality_of(mime), 1, path=path),
        Span(),
        "text",
        Part("text", path, mime),
    )
    nodes, _ = graph_of(Evidence(1, Hit(chunk, 1.0), chunk.part or Part("text", ""), Span()))
    assert {"Maren Oake", "1962"} <= set(nodes)
