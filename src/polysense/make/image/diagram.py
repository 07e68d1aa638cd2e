"""A graph as one draws it: the things around the answer, what links them, the cited statements in
colour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.make.image import canvas as ink
from polysense.make.image.canvas import Face
from polysense.protocols import Generator
from polysense.read.graph import triples
from polysense.read.graph.triples import Triple, Triples
from polysense.types import Evidence, Modality, Origin, Part, Query

MOST = 22
"""Things in a diagram; more cannot be read."""

_INSET, _PAD, _WIDEST = 26, 56, 1600
_NODE, _LABEL = Face("sans", 23), Face("sans", 19)
_WRAP, _AIR = 250, (74, 58)  # pixels: a box's words are broken at, and boxes stay apart by
_FINE = 2  # lines are drawn at twice their size
_DRAWN = 0.9

Points = NDArray[np.float64]
Node = tuple[str, bool]
"""A thing's identifier, or a literal; whether it is one."""


@dataclass(frozen=True, slots=True)
class _Box:
    """A node's words, broken into lines, and the size of the box around them."""

    lines: tuple[str, ...]
    size: tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Edge:
    """All that links one node to another: the relations' words, whether any goes back, whether any
    is cited.
    """

    a: Node
    b: Node
    words: str
    back: bool
    cited: bool


class Diagram(Generator):
    """Draws the cited statements of a graph and those up to two links away, labelled; at most
    `most` things.
    """

    accepts: frozenset[Modality] = frozenset({"graph"})
    emits: Modality = "image"
    cost = 0.15
    origin: Origin = "composed"

    def __init__(self, *, most: int = MOST) -> None:
        self.most = most

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        if not evidence:
            return
        e = evidence[0]
        graph = triples.read(e.hit.chunk)
        same = [o for o in ink.beside(evidence) if o.hit.chunk.asset.id == e.hit.chunk.asset.id]
        cited = {t: o.n for o in reversed(same) for t in graph.cited(o.hit.chunk, o.span, _said(o))}
        words = " ".join(str(p.data) for p in query if p.modality == "text")
        begin = list(cited) or graph.about(words)[:6] or _busiest(graph)
        near = graph.around(begin, 2, self.most)
        if (
            not _edges(graph, near, set())
            or ink.drawable(" ".join(graph.sentence(t) for t in near)) < _DRAWN
        ):
            return
        picture, drawn = _drawn(e, graph, near, set(cited))
        told = [
            [graph.label(t.subject), graph.relation(t), _object(graph, t)]
            for t in near
            if not t.naming
        ]
        marked = [
            x for x, t in zip(told, (t for t in near if not t.naming), strict=True) if t in cited
        ]
        numbers = sorted(set(cited.values())) or [e.n]
        meta = {"nodes": drawn, "triples": told, "cited": marked, "evidence": numbers}
        yield Part(
            "image",
            ink.png(picture),
            "image/png",
            ink.filename(e.hit.chunk.asset.name.rsplit(".", 1)[0], ".png"),
            meta=meta,
        )


def _said(e: Evidence) -> str:
    return str(e.part.data) if e.part.modality == "text" and isinstance(e.part.data, str) else ""


def _object(graph: Triples, t: Triple) -> str:
    return t.object if t.literal else graph.label(t.object)


def _busiest(graph: Triples) -> list[Triple]:
    """The statements about the thing that has most of them."""
    links = [t for t in graph.all if not t.naming and t.subject != t.object]
    first = Counter(t.subject for t in links).most_common(1)
    return [t for t in links if t.subject == first[0][0]][:8]


def _edges(graph: Triples, near: Sequence[Triple], cited: set[Triple]) -> list[_Edge]:
    """One for each pair of things that are linked: both ways of an undirected link are one."""
    held: dict[tuple[Node, Node], list[tuple[Triple, bool]]] = {}
    for t in near:
        a, b = (t.subject, False), (t.object, t.literal)
        if t.naming or a == b:
            continue
        key = (b, a) if (b, a) in held else (a, b)
        held.setdefault(key, []).append((t, key == (b, a)))
    found = []
    for (a, b), links in held.items():
        words = " / ".join(dict.fromkeys(graph.relation(t) for t, _ in links))
        both = {back for _, back in links} == {True, False}
        found.append(
            _Edge(
                a,
                b,
                ink.cut(ink.clean(words), _LABEL, 260),
                both,
                any(t in cited for t, _ in links),
            )
        )
    return found


def _box(words: str) -> _Box:
    words = " ".join(ink.clean(words).split())[:160] or "?"
    rows = [words[a:b].rstrip() for a, b in ink.lines(words, _NODE, _WRAP)]
    rows = rows if len(rows) <= 3 else [*rows[:2], ink.cut(f"{rows[2]} …", _NODE, _WRAP)]
    wide = max(ink.width(r, _NODE) for r in rows)
    return _Box(tuple(rows), (max(64.0, wide + 40), 26.0 + 31 * len(rows)))


def _drawn(
    e: Evidence, graph: Triples, near: Sequence[Triple], cited: set[Triple]
) -> tuple[Any, list[str]]:
    """The diagram on a card, and the labels of its nodes."""
    edges = _edges(graph, near, cited)
    nodes = list(
        dict.fromkeys(
            n
            for t in near
            for n in (
                ((t.subject, False),) if t.naming else ((t.subject, False), (t.object, t.literal))
            )
        )
    )
    labels = {n: n[0] if n[1] else graph.label(n[0]) for n in nodes}
    boxes = {n: _box(labels[n]) for n in nodes}
    at = _laid(nodes, edges, boxes)
    image = _canvas(e, at, boxes)
    fine = image.resize((image.width * _FINE, image.height * _FINE))
    ends = {n for edge in edges if edge.cited for n in (edge.a, edge.b)}
    for edge in sorted(edges, key=lambda x: x.cited):
        _arrow(fine, edge, at, boxes)
    from PIL import Image, ImageDraw

    image = fine.resize(image.size, Image.Resampling.BOX)
    draw = ImageDraw.Draw(image)
    for edge in edges:
        _named(image, draw, edge, at, boxes)
    subjects = {n for edge in edges if edge.cited for n in (edge.a,)}
    for n in nodes:
        _node(image, draw, at[n], boxes[n], literal=n[1], cited=n in ends, main=n in subjects)
    ink.head(
        image,
        (_INSET + _PAD, _INSET + 36, image.width - _INSET - _PAD),
        e.hit.chunk.asset.name,
        _place(e),
    )
    if image.width > _WIDEST:
        image = image.resize(
            (_WIDEST, round(image.height * _WIDEST / image.width)), Image.Resampling.LANCZOS
        )
    return image, list(labels.values())


def _place(e: Evidence) -> str:
    return "" if str(e.span) == "whole" else str(e.span)


def _laid(
    nodes: Sequence[Node], edges: Sequence[_Edge], boxes: Mapping[Node, _Box]
) -> dict[Node, Points]:
    """Where the middles of the boxes stand: by springs (Kamada and Kawai 1989), each component for
    itself, then pushed apart.
    """
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(range(len(nodes)))
    index = {n: i for i, n in enumerate(nodes)}
    graph.add_edges_from((index[x.a], index[x.b]) for x in edges)
    at = np.zeros((len(nodes), 2))
    left = 0.0
    for part in sorted(
        (sorted(c) for c in nx.connected_components(graph)), key=lambda c: (-len(c), c[0])
    ):
        own = graph.subgraph(part)
        placed = (
            nx.kamada_kawai_layout(own, pos=nx.circular_layout(own))
            if len(part) > 2
            else {n: (i, 0.0) for i, n in enumerate(part)}
        )
        xy = np.array([placed[n] for n in part], np.float64)
        xy = _wide(xy - xy.mean(0))
        lengths = [float(np.hypot(*(xy[part.index(a)] - xy[part.index(b)]))) for a, b in own.edges]
        xy *= 270 / max(float(np.median(lengths)) if lengths else 1.0, 1e-6)
        xy = _apart(xy, np.array([boxes[nodes[n]].size for n in part]))
        sizes = np.array([boxes[nodes[n]].size for n in part])
        xy -= (xy - sizes / 2).min(0) - [left, 0]
        left = float((xy + sizes / 2).max(0)[0]) + 120
        at[part] = xy
    return {n: at[i] for i, n in enumerate(nodes)}


def _wide(xy: Points) -> Points:
    """Turned so that it is wider than high, as pictures are."""
    if len(xy) < 3:
        return xy
    _, _, axes = np.linalg.svd(xy, full_matrices=False)
    axes = axes * np.sign(axes[np.arange(2), np.abs(axes).argmax(1)])[:, None]
    turned: Points = xy @ axes.T
    return turned * [1.15, 0.95]


def _apart(xy: Points, sizes: Points) -> Points:
    """Moved as little as it takes that no two boxes touch, with room for the words between them."""
    for _ in range(400):
        moved = False
        for i, j in combinations(range(len(xy)), 2):
            gap = xy[j] - xy[i]
            over = (sizes[i] + sizes[j]) / 2 + _AIR - np.abs(gap)
            if (over > 0.5).all():
                axis = int(over[1] < over[0])
                push = over[axis] / 2 * (1 if gap[axis] >= 0 else -1)
                xy[i, axis] -= push
                xy[j, axis] += push
                moved = True
        if not moved:
            break
    return xy


def _canvas(e: Evidence, at: dict[Node, Points], boxes: Mapping[Node, _Box]) -> Any:
    """A card that holds all, with what is cited written beneath; moves the boxes to their places on
    it.
    """
    from PIL import ImageDraw

    halves = {n: np.array(boxes[n].size) / 2 for n in at}
    low = np.min([at[n] - halves[n] for n in at], axis=0)
    high = np.max([at[n] + halves[n] for n in at], axis=0)
    wide = max(1000, round(high[0] - low[0]) + 2 * (_INSET + _PAD))
    letters = Face("serif", 28)
    said = " ".join(ink.clean(_said(e)).split())[:600]
    rows = ink.lines(said, letters, wide - 2 * (_INSET + _PAD))[:3] if said else []
    top = _INSET + 36 + 58 + 50
    body = round(high[1] - low[1])
    image = ink.card(
        (wide, top + body + (46 * len(rows) + 40 if rows else 0) + 54 + _INSET), _INSET
    )
    shift = np.array([(wide - (high[0] - low[0])) / 2, top]) - low
    for n in at:
        at[n] = at[n] + shift
    draw, y = ImageDraw.Draw(image), top + body + 44
    for a, b in rows:
        ink.write(draw, (_INSET + _PAD, y + 30), said[a:b], letters, ink.INK)
        y += 46
    return image


def _edge_of(box: _Box, middle: Points, towards: Points, air: float = 4) -> Points:
    """Where the line from a box's middle leaves it."""
    way = towards - middle
    half = np.array(box.size) / 2 + air
    scale = min(half[k] / abs(way[k]) if abs(way[k]) > 1e-9 else np.inf for k in (0, 1))
    return np.asarray(middle + way * min(scale, 1.0))


def _arrow(fine: Any, edge: _Edge, at: Mapping[Node, Points], boxes: Mapping[Node, _Box]) -> None:
    from PIL import ImageDraw

    draw = ImageDraw.Draw(fine)
    a, b = (
        _edge_of(boxes[edge.a], at[edge.a], at[edge.b]),
        _edge_of(boxes[edge.b], at[edge.b], at[edge.a]),
    )
    colour, wide = (ink.ACCENT, 4) if edge.cited else ("#9aa7ba", 2.4)
    way = b - a
    length = float(np.hypot(*way))
    if length < 2:
        return
    way /= length
    side = np.array([-way[1], way[0]])
    head = 15 if edge.cited else 12
    start = a + way * head if edge.back else a
    draw.line(
        [*(start * _FINE), *((b - way * head * 0.8) * _FINE)],
        fill=colour,
        width=round(wide * _FINE),
    )
    for tip, back in ((b, -way), (a, way)) if edge.back else ((b, -way),):
        corners = (
            tip,
            tip + back * head + side * head * 0.5,
            tip + back * head - side * head * 0.5,
        )
        draw.polygon([tuple(c * _FINE) for c in corners], fill=colour)


def _named(
    image: Any, draw: Any, edge: _Edge, at: Mapping[Node, Points], boxes: Mapping[Node, _Box]
) -> None:
    """The relation's words in the middle of the line, on paper."""
    a, b = (
        _edge_of(boxes[edge.a], at[edge.a], at[edge.b]),
        _edge_of(boxes[edge.b], at[edge.b], at[edge.a]),
    )
    x, y = (a + b) / 2
    face = Face("sans", 19, bold=edge.cited)
    wide = ink.width(edge.words, face)
    ink.rounded(image, (x - wide / 2 - 7, y - 15, x + wide / 2 + 7, y + 14), 7, fill=ink.PAPER)
    ink.write(
        draw, (x - wide / 2, y + 7), edge.words, face, ink.ACCENT if edge.cited else ink.MUTED
    )


def _node(
    image: Any, draw: Any, middle: Points, box: _Box, literal: bool, cited: bool, main: bool
) -> None:
    x, y = middle
    w, h = box.size
    place = (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
    fill = ink.ACCENT if main else "#fff4d1" if cited else "#f2f4f8" if literal else "#e8f0fe"
    ink.rounded(image, place, 9 if literal else min(22.0, h / 2), fill=fill)
    if not main:
        ink.rounded(
            image,
            place,
            9 if literal else min(22.0, h / 2),
            outline=ink.ACCENT if cited else "#c9d2df" if literal else ink.SERIES[0],
            wide=2,
        )
    base = y - 31 * len(box.lines) / 2 + 23
    for line in box.lines:
        ink.write(
            draw,
            (x - ink.width(line, _NODE) / 2, base),
            line,
            _NODE,
            ink.PAPER if main else ink.INK,
        )
        base += 31
