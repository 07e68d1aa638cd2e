"""A graph as a model of balls and sticks: what lies around the evidence, laid out in space."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.make.question_text import question_text
from polysense.make.solid.gltf import Solid, glb
from polysense.make.solid.text_mesh import extrude, is_drawable, outline, plain_text, text_width
from polysense.protocols import Generator
from polysense.read.graph.triples import Triple, Triples, read
from polysense.types import Evidence, Modality, Part, Query

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MM = 0.001  # metres
_BALL_DISTANCE = 26.0
"""Millimetres between the middles of neighbouring balls, about."""

_BALL_RADIUS, _RADIUS_GROWTH, _MAX_RADIUS, _STICK_RADIUS = 2.6, 1.3, 7.5, 0.8
"""Millimetres: a ball's radius with one link, its growth with the root of the links, its most; a
stick's radius.
"""

_CITED_COLOR, _NODE_COLOR, _LITERAL_COLOR, _LINK_COLOR, _CITED_LINK_COLOR, _NAME_COLOR = (
    (245, 140, 60),
    (76, 139, 245),
    (150, 160, 176),
    (178, 186, 198),
    (224, 120, 44),
    (36, 48, 66),
)
_MAX_NAMES = 24
"""Balls that have their name beside them."""

_MAX_FINE_BALLS = 40
"""Balls that are made of 1280 faces; of more, each has 320."""

_MIN_DISTANCE, _NAME_WEIGHTS = 17.0, (0.6, 1.0, 0.8)
"""Millimetres by which balls are pushed apart, weighted across, upwards and to the reader: names
are wide, so across most. Judged on drawn graphs, not measured.
"""


_ICOSAHEDRON = (
    (0, 11, 5), (0, 5, 1), (0, 1, 7), (0, 7, 10), (0, 10, 11),
    (1, 5, 9), (5, 11, 4), (11, 10, 2), (10, 7, 6), (7, 1, 8),
    (3, 9, 4), (3, 4, 2), (3, 2, 6), (3, 6, 8), (3, 8, 9),
    (4, 9, 5), (2, 4, 11), (6, 2, 10), (8, 6, 7), (9, 8, 1),
)  # fmt: skip
"""The corners of each face, counter-clockwise from outside."""


class Graph3d(Generator):
    """The statements cited and what is around them as balls and sticks, with their names.

    A ball for each thing, larger with more links, a stick for each link.
    Cited things are orange, others blue, values grey. Every ball, stick and name is a closed solid
    and a node of its own name.
    """

    accepts: frozenset[Modality] = frozenset({"graph"})
    emits: Modality = "3d"
    cost = 0.3

    def __init__(self, *, steps: int = 2, most: int = 40) -> None:
        self.steps, self.most = steps, most

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """One model, of the first piece of evidence's graph, with all that is cited of it."""
        if not evidence:
            return
        question = question_text(query)
        graph = read(evidence[0].hit.chunk)
        uri = evidence[0].hit.chunk.asset.uri
        citations: dict[Triple, int] = {}
        for e in (e for e in evidence if e.hit.chunk.asset.uri == uri):
            text = str(e.part.data) if e.part.modality == "text" else ""
            for t in graph.statements_at(e.hit.chunk, e.span, text) or graph.statements_about(
                question
            ):
                citations.setdefault(t, e.n)
        statements_near = graph.neighbourhood(
            list(citations) or graph.statements, self.steps, self.most
        )
        statements_near = [
            t for t in statements_near if (t.subject, False) != (t.object, t.literal)
        ]
        if not statements_near:
            return
        name = evidence[0].hit.chunk.asset.name.rsplit(".", 1)[0]
        stem = re.sub(r"[^\w-]+", "-", name).strip("-") or "graph"
        network = _Network(graph, statements_near, citations)
        meta: dict[str, Any] = {
            "evidence": sorted({citations[t] for t in statements_near if t in citations})
            or [evidence[0].n]
        }
        meta |= {"balls": len(network.nodes), "sticks": len(network.links)}
        yield Part(
            "3d",
            glb(list(network.solids()), name),
            "model/gltf-binary",
            f"{stem}-lattice.glb",
            meta=meta,
        )


class _Network:
    """Nodes, the links between them, and where they are."""

    def __init__(
        self, graph: Triples, statements_near: Sequence[Triple], citations: dict[Triple, int]
    ) -> None:
        self.nodes = list(
            dict.fromkeys(
                x for t in statements_near for x in ((t.subject, False), (t.object, t.literal))
            )
        )
        index = {x: i for i, x in enumerate(self.nodes)}
        self.names = [
            plain_text(x[:60] if literal else graph.label(x))[:60] or "?"
            for x, literal in self.nodes
        ]
        self.links: dict[tuple[int, int], list[str]] = {}
        self.cited_links: set[tuple[int, int]] = set()
        cited_nodes: set[int] = set()
        for t in statements_near:
            ends = index[t.subject, False], index[t.object, t.literal]
            self.links.setdefault(ends, []).append(graph.relation(t))
            if t in citations:
                self.cited_links.add(ends)
                cited_nodes.update(ends)
        self.degree = np.bincount(
            [i for ends in self.links for i in ends], minlength=len(self.nodes)
        )
        self.color = [
            _CITED_COLOR if i in cited_nodes else _LITERAL_COLOR if literal else _NODE_COLOR
            for i, (_, literal) in enumerate(self.nodes)
        ]
        self.radius = np.minimum(
            _BALL_RADIUS + _RADIUS_GROWTH * (np.sqrt(self.degree) - 1), _MAX_RADIUS
        )
        self.centers = _layout(len(self.nodes), list(self.links))

    def solids(self) -> Iterator[Solid]:
        """Balls, sticks, names."""
        for i, name in enumerate(self.names):
            vertices, faces, normals = _ball_mesh(
                self.radius[i], 3 if len(self.names) <= _MAX_FINE_BALLS else 2
            )
            extras = {"links": int(self.degree[i]), "cited": self.color[i] == _CITED_COLOR}
            yield Solid(
                name, (vertices + self.centers[i]) * _MM, faces, self.color[i], normals, extras
            )
        for ends, relations in self.links.items():
            a, b = ends
            link_name = f"{self.names[a]} - {', '.join(dict.fromkeys(relations))} - {self.names[b]}"
            vertices, faces, normals = _stick_mesh(self.centers[a], self.centers[b], _STICK_RADIUS)
            yield Solid(
                link_name[:200],
                vertices * _MM,
                faces,
                _CITED_LINK_COLOR if ends in self.cited_links else _LINK_COLOR,
                normals,
            )
        order = sorted(
            range(len(self.names)),
            key=lambda i: (self.color[i] != _CITED_COLOR, -self.degree[i], i),
        )
        for i in order[:_MAX_NAMES]:
            yield from self._name_solid(i)

    def _name_solid(self, i: int) -> Iterator[Solid]:
        """The name over the ball, facing the reader."""
        text = self.names[i] if len(self.names[i]) <= 28 else self.names[i][:27] + "…"
        if not is_drawable(text):
            return
        size = 3.0 if self.color[i] == _CITED_COLOR else 2.3
        pieces = list(extrude(outline(text, size), -0.5, 0.5))
        if not pieces:
            return
        starts = np.cumsum([0, *(len(vertices) for vertices, _ in pieces[:-1])])
        vertices = (
            np.concatenate([vertices for vertices, _ in pieces])
            + self.centers[i]
            + (-text_width(text, size) / 2, self.radius[i] + 0.45 * size, 0.6 * self.radius[i])
        )
        yield Solid(
            f"name of {self.names[i]}",
            vertices * _MM,
            np.concatenate([f + s for (_, f), s in zip(pieces, starts, strict=True)]),
            _NAME_COLOR,
        )


def _layout(n: int, links: Sequence[tuple[int, int]]) -> Floats:
    """Places in millimetres, the lowest on the ground: components in rows, the largest first."""
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(links)
    groups = sorted((sorted(g) for g in nx.connected_components(graph)), key=lambda g: (-len(g), g))
    layouts = [_spring_layout(graph, g) for g in groups]
    sizes = [np.ptp(p, axis=0) + 2 * _BALL_DISTANCE for p in layouts]
    row_width = max(float(sizes[0][0]), 1.4 * float(np.sqrt(sum(s[0] * s[1] for s in sizes))))
    positions, x, y, row_depth = np.zeros((n, 3)), 0.0, 0.0, 0.0
    for group, layout, size in zip(groups, layouts, sizes, strict=True):
        if x and x + size[0] > row_width:
            x, y, row_depth = 0.0, y - row_depth, 0.0
        low, high = layout.min(0), layout.max(0)
        positions[group] = layout + np.array([x - low[0], y - high[1], -(low[2] + high[2]) / 2])
        x, row_depth = x + float(size[0]), max(row_depth, float(size[1]))
    positions -= (
        (positions[:, 0].min() + positions[:, 0].max()) / 2,
        positions[:, 1].min() - _MAX_RADIUS,
        0,
    )
    return positions


def _spring_layout(graph: Any, group: Sequence[int]) -> Floats:
    """Places of one component: springs (Fruchterman and Reingold, 1991), widest across, then up."""
    import networkx as nx

    subgraph = graph.subgraph(group)
    n = len(group)
    unit_positions = nx.spring_layout(subgraph, dim=3, seed=7, iterations=300, k=1.6 / np.sqrt(n))
    positions: Floats = np.array([unit_positions[i] for i in group])
    positions -= positions.mean(0)
    positions = (
        positions @ np.linalg.svd(positions, full_matrices=False)[2].T if n > 3 else positions
    )
    # one of two mirror images, always the same
    positions *= np.where(np.abs(positions).max(0) == -positions.min(0), -1, 1)
    index = {i: k for k, i in enumerate(group)}
    lengths = [
        float(np.linalg.norm(positions[index[a]] - positions[index[b]]))
        for a, b in subgraph.edges
        if a != b
    ]
    positions *= _BALL_DISTANCE / max(float(np.median(lengths)) if lengths else 1.0, 1e-9)
    for _ in range(60):
        offsets = positions[:, None] - positions[None]
        distances = np.linalg.norm(offsets * _NAME_WEIGHTS, axis=2) + np.eye(n) * 1e9
        overlaps = np.maximum(0, _MIN_DISTANCE - distances)
        if not overlaps.any():
            break
        positions = positions + 0.25 * (
            offsets / np.maximum(distances, 1e-6)[..., None] * overlaps[..., None]
        ).sum(1)
    return positions


def _ball_mesh(radius: float, subdivisions: int) -> tuple[Floats, Ints, Floats]:
    """(vertices, faces, normals) of an icosahedron, each face cut in four `subdivisions` times."""
    golden_ratio = (1 + 5**0.5) / 2
    corner_coordinates = [
        (-1, golden_ratio, 0),
        (1, golden_ratio, 0),
        (-1, -golden_ratio, 0),
        (1, -golden_ratio, 0),
        (0, -1, golden_ratio),
        (0, 1, golden_ratio),
        (0, -1, -golden_ratio),
        (0, 1, -golden_ratio),
        (golden_ratio, 0, -1),
        (golden_ratio, 0, 1),
        (-golden_ratio, 0, -1),
        (-golden_ratio, 0, 1),
    ]
    corners = [np.array(x, float) / np.hypot(1, golden_ratio) for x in corner_coordinates]
    faces = [(a, b, c) for a, b, c in _ICOSAHEDRON]
    for _ in range(subdivisions):
        middle: dict[tuple[int, int], int] = {}

        def between(a: int, b: int, middle: dict[tuple[int, int], int] = middle) -> int:
            key = (min(a, b), max(a, b))
            if key not in middle:
                at = corners[a] + corners[b]
                corners.append(at / np.linalg.norm(at))
                middle[key] = len(corners) - 1
            return middle[key]

        split = [(a, b, c, between(a, b), between(b, c), between(c, a)) for a, b, c in faces]
        faces = [
            t
            for a, b, c, ab, bc, ca in split
            for t in ((a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca))
        ]
    unit = np.array(corners)
    return unit * radius, np.array(faces, np.int64), unit


def _stick_mesh(
    a: Floats, b: Floats, radius: float, sides: int = 16
) -> tuple[Floats, Ints, Floats]:
    """A closed cylinder from one place to another."""
    axis = (b - a) / max(float(np.linalg.norm(b - a)), 1e-9)
    across = np.cross(axis, np.eye(3)[np.argmin(np.abs(axis))])
    across /= np.linalg.norm(across)
    turn = 2 * np.pi * np.arange(sides) / sides
    ring = np.cos(turn)[:, None] * across + np.sin(turn)[:, None] * np.cross(axis, across)
    vertices = np.concatenate([a + ring * radius, b + ring * radius, [a], [b]])
    i, j = np.arange(sides), (np.arange(sides) + 1) % sides
    low, high = np.full(sides, 2 * sides), np.full(sides, 2 * sides + 1)
    sheets = [
        (i, j, j + sides),
        (i, j + sides, i + sides),
        (j, i, low),
        (i + sides, j + sides, high),
    ]
    return (
        vertices,
        np.concatenate([np.stack(s, 1) for s in sheets]),
        np.concatenate([ring, ring, [-axis], [axis]]),
    )
