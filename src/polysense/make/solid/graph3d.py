"""A graph as a model of balls and sticks: what lies around the evidence, laid out in space."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.make.solid.gltf import Solid, glb
from polysense.make.solid.text_mesh import drawable, extruded, outline, plain, width
from polysense.protocols import Generator
from polysense.read.graph.triples import Triple, Triples, read
from polysense.types import Evidence, Modality, Part, Query

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MM = 0.001
_APART = 26.0
"""Millimetres between the middles of neighbouring balls, about."""
_BALL, _GROWTH, _LARGEST, _STICK = 2.6, 1.3, 7.5, 0.8
"""Millimetres: a ball's radius with one link, more for the root of the links, at most; a stick's
radius.
"""
_CITED, _NEAR, _VALUE, _LINK, _LINK_CITED, _WRITTEN = (
    (245, 140, 60),
    (76, 139, 245),
    (150, 160, 176),
    (178, 186, 198),
    (224, 120, 44),
    (36, 48, 66),
)
_NAMED = 24
"""Balls that have their name beside them."""


class Graph3d(Generator):
    """The statements cited and what is around them: a ball for each thing, larger with more links,
    a stick for each link, names beside.

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
        words = " ".join(str(p.data) for p in query if p.modality == "text")
        graph = read(evidence[0].hit.chunk)
        own = evidence[0].hit.chunk.asset.uri
        cited: dict[Triple, int] = {}
        for e in (e for e in evidence if e.hit.chunk.asset.uri == own):
            said = str(e.part.data) if e.part.modality == "text" else ""
            for t in graph.cited(e.hit.chunk, e.span, said) or graph.about(words):
                cited.setdefault(t, e.n)
        near = graph.around(list(cited) or graph.all, self.steps, self.most)
        near = [t for t in near if (t.subject, False) != (t.object, t.literal)]
        if not near:
            return
        name = evidence[0].hit.chunk.asset.name.rsplit(".", 1)[0]
        stem = re.sub(r"[^\w-]+", "-", name).strip("-") or "graph"
        net = _Net(graph, near, cited)
        meta: dict[str, Any] = {
            "evidence": sorted({cited[t] for t in near if t in cited}) or [evidence[0].n]
        }
        meta |= {"balls": len(net.things), "sticks": len(net.links)}
        yield Part(
            "3d",
            glb(list(net.solids()), name),
            "model/gltf-binary",
            f"{stem}-lattice.glb",
            meta=meta,
        )


class _Net:
    """Things, the links between them, and where they are."""

    def __init__(self, graph: Triples, near: Sequence[Triple], cited: dict[Triple, int]) -> None:
        self.things = list(
            dict.fromkeys(x for t in near for x in ((t.subject, False), (t.object, t.literal)))
        )
        number = {x: i for i, x in enumerate(self.things)}
        self.names = [
            plain(x[:60] if literal else graph.label(x))[:60] or "?" for x, literal in self.things
        ]
        self.links: dict[tuple[int, int], list[str]] = {}
        self.cited_links: set[tuple[int, int]] = set()
        cited_things: set[int] = set()
        for t in near:
            ends = number[t.subject, False], number[t.object, t.literal]
            self.links.setdefault(ends, []).append(graph.relation(t))
            if t in cited:
                self.cited_links.add(ends)
                cited_things.update(ends)
        self.degree = np.bincount(
            [i for ends in self.links for i in ends], minlength=len(self.things)
        )
        self.color = [
            _CITED if i in cited_things else _VALUE if literal else _NEAR
            for i, (_, literal) in enumerate(self.things)
        ]
        self.radius = np.minimum(_BALL + _GROWTH * (np.sqrt(self.degree) - 1), _LARGEST)
        self.at = _layout(len(self.things), list(self.links))

    def solids(self) -> Iterator[Solid]:
        """Balls, sticks, names."""
        for i, name in enumerate(self.names):
            vertices, faces, normals = _ball(self.radius[i], 3 if len(self.names) <= 40 else 2)
            told = {"links": int(self.degree[i]), "cited": self.color[i] == _CITED}
            yield Solid(name, (vertices + self.at[i]) * _MM, faces, self.color[i], normals, told)
        for ends, relations in self.links.items():
            a, b = ends
            said = f"{self.names[a]} - {', '.join(dict.fromkeys(relations))} - {self.names[b]}"
            vertices, faces, normals = _stick(self.at[a], self.at[b], _STICK)
            yield Solid(
                said[:200],
                vertices * _MM,
                faces,
                _LINK_CITED if ends in self.cited_links else _LINK,
                normals,
            )
        order = sorted(
            range(len(self.names)), key=lambda i: (self.color[i] != _CITED, -self.degree[i], i)
        )
        for i in order[:_NAMED]:
            yield from self._written(i)

    def _written(self, i: int) -> Iterator[Solid]:
        """The name over the ball, facing the reader."""
        said = self.names[i] if len(self.names[i]) <= 28 else self.names[i][:27] + "…"
        if not drawable(said):
            return
        size = 3.0 if self.color[i] == _CITED else 2.3
        pieces = list(extruded(outline(said, size), -0.5, 0.5))
        if not pieces:
            return
        starts = np.cumsum([0, *(len(v) for v, _ in pieces[:-1])])
        v = (
            np.concatenate([v for v, _ in pieces])
            + self.at[i]
            + (-width(said, size) / 2, self.radius[i] + 0.45 * size, 0.6 * self.radius[i])
        )
        yield Solid(
            f"name of {self.names[i]}",
            v * _MM,
            np.concatenate([f + s for (_, f), s in zip(pieces, starts, strict=True)]),
            _WRITTEN,
        )


def _layout(n: int, links: Sequence[tuple[int, int]]) -> Floats:
    """Places in millimetres, the lowest on the ground: what hangs together by springs, such groups
    in rows, the largest first.
    """
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(links)
    groups = sorted((sorted(g) for g in nx.connected_components(graph)), key=lambda g: (-len(g), g))
    placed = [_sprung(graph, g) for g in groups]
    sizes = [np.ptp(p, axis=0) + 2 * _APART for p in placed]
    room = max(float(sizes[0][0]), 1.4 * float(np.sqrt(sum(s[0] * s[1] for s in sizes))))
    at, x, y, row = np.zeros((n, 3)), 0.0, 0.0, 0.0
    for group, own, size in zip(groups, placed, sizes, strict=True):
        if x and x + size[0] > room:
            x, y, row = 0.0, y - row, 0.0
        low, high = own.min(0), own.max(0)
        at[group] = own + np.array([x - low[0], y - high[1], -(low[2] + high[2]) / 2])
        x, row = x + float(size[0]), max(row, float(size[1]))
    at -= ((at[:, 0].min() + at[:, 0].max()) / 2, at[:, 1].min() - _LARGEST, 0)
    return at


def _sprung(graph: Any, group: Sequence[int]) -> Floats:
    """Places of things that hang together: springs (Fruchterman and Reingold, 1991), widest across,
    then upwards.
    """
    import networkx as nx

    own = graph.subgraph(group)
    n = len(group)
    placed = nx.spring_layout(own, dim=3, seed=7, iterations=300, k=1.6 / np.sqrt(n))
    at: Floats = np.array([placed[i] for i in group])
    at -= at.mean(0)
    at = at @ np.linalg.svd(at, full_matrices=False)[2].T if n > 3 else at
    # one of two mirror images, always the same
    at *= np.where(np.abs(at).max(0) == -at.min(0), -1, 1)
    number = {i: k for k, i in enumerate(group)}
    lengths = [float(np.linalg.norm(at[number[a]] - at[number[b]])) for a, b in own.edges if a != b]
    at *= _APART / max(float(np.median(lengths)) if lengths else 1.0, 1e-9)
    for _ in range(60):
        apart = at[:, None] - at[None]
        # names are wide: apart across before all
        far = np.linalg.norm(apart * (0.6, 1.0, 0.8), axis=2) + np.eye(n) * 1e9
        short = np.maximum(0, 17.0 - far)
        if not short.any():
            break
        at = at + 0.25 * (apart / np.maximum(far, 1e-6)[..., None] * short[..., None]).sum(1)
    return at


def _ball(radius: float, fine: int) -> tuple[Floats, Ints, Floats]:
    """An icosahedron, its faces cut into four `fine` times."""
    g = (1 + 5**0.5) / 2
    v = [
        (-1, g, 0),
        (1, g, 0),
        (-1, -g, 0),
        (1, -g, 0),
        (0, -1, g),
        (0, 1, g),
        (0, -1, -g),
        (0, 1, -g),
        (g, 0, -1),
        (g, 0, 1),
        (-g, 0, -1),
        (-g, 0, 1),
    ]
    corners = [np.array(x, float) / np.hypot(1, g) for x in v]
    f = "0b5 051 017 07a 0ab 159 5b4 ba2 a76 718 394 342 326 368 389 495 24b 62a 867 981".split()  # noqa: SIM905 - as it is read
    faces = [tuple(int(c, 16) for c in t) for t in f]
    for _ in range(fine):
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


def _stick(a: Floats, b: Floats, radius: float, sides: int = 16) -> tuple[Floats, Ints, Floats]:
    """A closed cylinder from one place to another."""
    along = (b - a) / max(float(np.linalg.norm(b - a)), 1e-9)
    across = np.cross(along, np.eye(3)[np.argmin(np.abs(along))])
    across /= np.linalg.norm(across)
    turn = 2 * np.pi * np.arange(sides) / sides
    ring = np.cos(turn)[:, None] * across + np.sin(turn)[:, None] * np.cross(along, across)
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
        np.concatenate([ring, ring, [-along], [along]]),
    )
