"""A graph as balls and sticks: each a closed solid of its name, cited ones in their colour."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import trimesh

from polysense.make.solid.graph3d import Graph3d
from polysense.read.graph.graph import GraphParser
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span


def evidence(folder: Path, rows: list[str], words: str = "") -> Evidence:
    path = folder / "g.tsv"
    path.write_text("subject\trelation\tobject\n" + "\n".join(rows) + "\n")
    asset = Asset("0", str(path), "text/x-triples", "graph", 1, path=path)
    chunk = next(iter(GraphParser().parse(asset)))
    return Evidence(1, Hit(chunk, 1.0), Part("text", words), chunk.span)


def load_scene(e: Evidence) -> trimesh.Scene:
    (part,) = check_generator(Graph3d(), [e])
    return trimesh.load(io.BytesIO(part.data), file_type="glb", force="scene")


def test_every_solid_is_closed_and_named(tmp_path: Path) -> None:
    """Things and links are nodes with their names; the more links, the larger the ball; nothing
    overlaps.
    """
    scene = load_scene(
        evidence(
            tmp_path,
            [
                "Mill\tbuilt in\t1787",
                "Mill\ton\tWrenholm",
                "Light\ton\tWrenholm",
                "Oake\tkept\tLight",
            ],
            "Mill built in 1787.",
        )
    )
    assert {"Mill", "1787", "Wrenholm", "Light", "Mill - built in - 1787"} <= set(scene.geometry)
    assert all(g.is_watertight and g.volume > 0 for g in scene.geometry.values())
    balls = {n: scene.geometry[n] for n in ("Mill", "1787", "Wrenholm", "Light")}
    assert balls["Mill"].volume > 1.2 * balls["1787"].volume
    color = {n: tuple(g.visual.material.baseColorFactor[:3]) for n, g in balls.items()}
    assert color["Mill"] == color["1787"] != color["Wrenholm"] == color["Light"]
    middles = np.array([g.centroid for g in balls.values()])
    apart = np.linalg.norm(middles[:, None] - middles[None], axis=2) + np.eye(4)
    assert apart.min() > 0.012
    assert scene.bounds[0][1] > -0.001


def test_sticks_join_what_they_name(tmp_path: Path) -> None:
    scene = load_scene(evidence(tmp_path, ["A\tto\tB", "B\tto\tC"], "A to B."))
    stick = scene.geometry["A - to - B"]
    for end in ("A", "B"):
        assert np.linalg.norm(stick.vertices - scene.geometry[end].centroid, axis=1).min() < 1e-6


def test_hostile_graphs(tmp_path: Path) -> None:
    """Two islands, doubled links, odd names and hundreds of statements are drawn, bounded; a loop
    alone is nothing.
    """
    rows = [f"n{i}\tx\tn{(i * 7 + 3) % 300}" for i in range(600)] + [
        "甲\t认识\tمرحبا",
        "甲\tx\t甲",
        "甲\ty\tمرحبا",
    ]
    path = tmp_path / "g.tsv"
    evidence(tmp_path, rows)
    own = Chunk(
        Asset("1", str(path), "text/x-triples", "graph", 1, path=path),
        Span(),
        "graph",
        Part("graph", path),
    )
    scene = load_scene(Evidence(1, Hit(own, 1.0), Part("graph", path), Span()))
    assert sum(len(g.faces) for g in scene.geometry.values()) < 200_000
    assert list(Graph3d().generate((), [evidence(tmp_path, ["A\tis\tA"])])) == []
    assert list(Graph3d().generate((), [])) == []
