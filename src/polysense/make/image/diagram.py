"""A graph as one draws it: what lies around the answer, with the cited statements in colour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from polysense.make.image import canvas
from polysense.make.image.canvas import Face
from polysense.make.image.graph_layout import Points, place_boxes
from polysense.make.question_text import question_text
from polysense.protocols import Generator
from polysense.read.graph import triples
from polysense.read.graph.triples import Triple, Triples
from polysense.types import Evidence, Modality, Origin, Part, Query

MAX_NODES = 22
"""Things in a diagram; more cannot be read."""

_INSET, _PAD, _MAX_WIDTH = 26, 56, 1600  # pixels
_NODE_FACE, _LABEL_FACE = Face("sans", 23), Face("sans", 19)
_WRAP_WIDTH = 250
"""Pixels at which a box's words are broken."""

_SUPERSAMPLING = 2  # lines are drawn at twice their size
_MIN_DRAWABLE = 0.9
"""Share of the letters that must have a typeface, else others show it. Judged, not measured."""

_STEPS = 2
"""Links away from the cited statements that are drawn."""

_MAX_SEEDS, _MAX_BUSIEST = 6, 8
"""Statements from which a diagram starts where none is cited: about the words, of one thing."""

Node = tuple[str, bool]
"""(a thing's identifier or a literal, whether it is a literal)."""


@dataclass(frozen=True, slots=True)
class _Box:
    """A node's words, broken into lines, and the size of the box around them."""

    lines: tuple[str, ...]
    size: tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Edge:
    """All that links one node to another; whether any link goes back, and whether any is cited."""

    a: Node
    b: Node
    label: str
    is_two_way: bool
    is_cited: bool


class Diagram(Generator):
    """Draws the cited statements of a graph and those up to two links away, labelled.

    most: things drawn at most.
    """

    accepts: frozenset[Modality] = frozenset({"graph"})
    emits: Modality = "image"
    cost = 0.15
    origin: Origin = "composed"

    def __init__(self, *, most: int = MAX_NODES) -> None:
        self.most = most

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        if not evidence:
            return
        e = evidence[0]
        graph = triples.read(e.hit.chunk)
        related = [
            o
            for o in canvas.leading_evidence(evidence)
            if o.hit.chunk.asset.id == e.hit.chunk.asset.id
        ]
        citations = {
            t: o.n
            for o in reversed(related)
            for t in graph.statements_at(o.hit.chunk, o.span, _evidence_text(o))
        }
        words = question_text(query)
        seeds = (
            list(citations) or graph.statements_about(words)[:_MAX_SEEDS] or _busiest_triples(graph)
        )
        statements_near = graph.neighbourhood(seeds, _STEPS, self.most)
        if (
            not _edges(graph, statements_near, set())
            or canvas.drawable_share(" ".join(graph.sentence(t) for t in statements_near))
            < _MIN_DRAWABLE
        ):
            return
        picture, labels = _draw_diagram(e, graph, statements_near, set(citations))
        statements = [
            [graph.label(t.subject), graph.relation(t), _object_label(graph, t)]
            for t in statements_near
            if not t.is_naming
        ]
        cited_statements = [
            x
            for x, t in zip(
                statements, (t for t in statements_near if not t.is_naming), strict=True
            )
            if t in citations
        ]
        numbers = sorted(set(citations.values())) or [e.n]
        meta = {
            "nodes": labels,
            "triples": statements,
            "cited": cited_statements,
            "evidence": numbers,
        }
        yield canvas.picture_part(picture, canvas.asset_title(e), meta)


def _evidence_text(e: Evidence) -> str:
    return str(e.part.data) if e.part.modality == "text" and isinstance(e.part.data, str) else ""


def _object_label(graph: Triples, t: Triple) -> str:
    return t.object if t.literal else graph.label(t.object)


def _busiest_triples(graph: Triples) -> list[Triple]:
    """The statements about the thing that has most of them."""
    links = [t for t in graph.statements if not t.is_naming and t.subject != t.object]
    first = Counter(t.subject for t in links).most_common(1)
    return [t for t in links if t.subject == first[0][0]][:_MAX_BUSIEST]


def _edges(
    graph: Triples, statements_near: Sequence[Triple], cited_triples: set[Triple]
) -> list[_Edge]:
    """One for each pair of things that are linked: both ways of an undirected link are one."""
    links_by_pair: dict[tuple[Node, Node], list[tuple[Triple, bool]]] = {}
    for t in statements_near:
        a, b = (t.subject, False), (t.object, t.literal)
        if t.is_naming or a == b:
            continue
        key = (b, a) if (b, a) in links_by_pair else (a, b)
        links_by_pair.setdefault(key, []).append((t, key == (b, a)))
    edges = []
    for (a, b), links in links_by_pair.items():
        label = " / ".join(dict.fromkeys(graph.relation(t) for t, _ in links))
        is_two_way = {back for _, back in links} == {True, False}
        edges.append(
            _Edge(
                a,
                b,
                canvas.truncate(canvas.clean(label), _LABEL_FACE, 260),
                is_two_way,
                any(t in cited_triples for t, _ in links),
            )
        )
    return edges


def _label_box(text: str) -> _Box:
    text = " ".join(canvas.clean(text).split())[:160] or "?"
    rows = [text[a:b].rstrip() for a, b in canvas.line_spans(text, _NODE_FACE, _WRAP_WIDTH)]
    rows = (
        rows
        if len(rows) <= 3
        else [*rows[:2], canvas.truncate(f"{rows[2]} …", _NODE_FACE, _WRAP_WIDTH)]
    )
    width = max(canvas.text_width(r, _NODE_FACE) for r in rows)
    return _Box(tuple(rows), (max(64.0, width + 40), 26.0 + 31 * len(rows)))


def _draw_diagram(
    e: Evidence, graph: Triples, statements_near: Sequence[Triple], cited_triples: set[Triple]
) -> tuple[Any, list[str]]:
    """The diagram on a card, and the labels of its nodes."""
    edges = _edges(graph, statements_near, cited_triples)
    nodes = list(
        dict.fromkeys(
            n
            for t in statements_near
            for n in (
                ((t.subject, False),)
                if t.is_naming
                else ((t.subject, False), (t.object, t.literal))
            )
        )
    )
    labels = {n: n[0] if n[1] else graph.label(n[0]) for n in nodes}
    boxes = {n: _label_box(labels[n]) for n in nodes}
    centers = _layout(nodes, edges, boxes)
    image = _draw_card(e, centers, boxes)
    large = image.resize((image.width * _SUPERSAMPLING, image.height * _SUPERSAMPLING))
    ends = {n for edge in edges if edge.is_cited for n in (edge.a, edge.b)}
    for edge in sorted(edges, key=lambda x: x.is_cited):
        _draw_arrow(large, edge, centers, boxes)
    from PIL import Image, ImageDraw

    image = large.resize(image.size, Image.Resampling.BOX)
    draw = ImageDraw.Draw(image)
    for edge in edges:
        _draw_edge_label(image, draw, edge, centers, boxes)
    subjects = {n for edge in edges if edge.is_cited for n in (edge.a,)}
    for n in nodes:
        _draw_node(
            image,
            draw,
            centers[n],
            boxes[n],
            is_literal=n[1],
            is_cited=n in ends,
            is_subject=n in subjects,
        )
    canvas.draw_header(
        image,
        (_INSET + _PAD, _INSET + 36, image.width - _INSET - _PAD),
        e.hit.chunk.asset.name,
        _place_label(e),
    )
    if image.width > _MAX_WIDTH:
        image = image.resize(
            (_MAX_WIDTH, round(image.height * _MAX_WIDTH / image.width)), Image.Resampling.LANCZOS
        )
    return image, list(labels.values())


def _place_label(e: Evidence) -> str:
    return "" if str(e.span) == "whole" else str(e.span)


def _layout(
    nodes: Sequence[Node], edges: Sequence[_Edge], boxes: Mapping[Node, _Box]
) -> dict[Node, Points]:
    """Where the middles of the boxes stand."""
    index = {n: i for i, n in enumerate(nodes)}
    links = [(index[x.a], index[x.b]) for x in edges]
    centers = place_boxes(links, np.array([boxes[n].size for n in nodes]))
    return {n: centers[i] for i, n in enumerate(nodes)}


def _draw_card(e: Evidence, centers: dict[Node, Points], boxes: Mapping[Node, _Box]) -> Any:
    """A card that holds all, with what is cited written beneath; moves `centers` to it."""
    from PIL import ImageDraw

    halves = {n: np.array(boxes[n].size) / 2 for n in centers}
    low = np.min([centers[n] - halves[n] for n in centers], axis=0)
    high = np.max([centers[n] + halves[n] for n in centers], axis=0)
    width = max(1000, round(high[0] - low[0]) + 2 * (_INSET + _PAD))
    face = Face("serif", 28)
    text = " ".join(canvas.clean(_evidence_text(e)).split())[:600]
    rows = canvas.line_spans(text, face, width - 2 * (_INSET + _PAD))[:3] if text else []
    top = _INSET + 36 + 58 + 50
    body = round(high[1] - low[1])
    image = canvas.card(
        (width, top + body + (46 * len(rows) + 40 if rows else 0) + 54 + _INSET), _INSET
    )
    shift = np.array([(width - (high[0] - low[0])) / 2, top]) - low
    for n in centers:
        centers[n] = centers[n] + shift
    draw, y = ImageDraw.Draw(image), top + body + 44
    for a, b in rows:
        canvas.write(draw, (_INSET + _PAD, y + 30), text[a:b], face, canvas.INK)
        y += 46
    return image


def _box_exit(box: _Box, center: Points, towards: Points, gap: float = 4) -> Points:
    """Where the line from a box's middle leaves it."""
    direction = towards - center
    half_size = np.array(box.size) / 2 + gap
    scale = min(
        half_size[k] / abs(direction[k]) if abs(direction[k]) > 1e-9 else np.inf for k in (0, 1)
    )
    return np.asarray(center + direction * min(scale, 1.0))


def _draw_arrow(
    large: Any, edge: _Edge, centers: Mapping[Node, Points], boxes: Mapping[Node, _Box]
) -> None:
    from PIL import ImageDraw

    draw = ImageDraw.Draw(large)
    a, b = (
        _box_exit(boxes[edge.a], centers[edge.a], centers[edge.b]),
        _box_exit(boxes[edge.b], centers[edge.b], centers[edge.a]),
    )
    colour, line_width = (canvas.ACCENT, 4) if edge.is_cited else ("#9aa7ba", 2.4)
    direction = b - a
    length = float(np.hypot(*direction))
    if length < 2:
        return
    direction /= length
    side = np.array([-direction[1], direction[0]])
    head_length = 15 if edge.is_cited else 12
    start = a + direction * head_length if edge.is_two_way else a
    draw.line(
        [*(start * _SUPERSAMPLING), *((b - direction * head_length * 0.8) * _SUPERSAMPLING)],
        fill=colour,
        width=round(line_width * _SUPERSAMPLING),
    )
    for tip, back in ((b, -direction), (a, direction)) if edge.is_two_way else ((b, -direction),):
        corners = (
            tip,
            tip + back * head_length + side * head_length * 0.5,
            tip + back * head_length - side * head_length * 0.5,
        )
        draw.polygon([tuple(c * _SUPERSAMPLING) for c in corners], fill=colour)


def _draw_edge_label(
    image: Any, draw: Any, edge: _Edge, centers: Mapping[Node, Points], boxes: Mapping[Node, _Box]
) -> None:
    """The relation's words in the middle of the line, on paper."""
    a, b = (
        _box_exit(boxes[edge.a], centers[edge.a], centers[edge.b]),
        _box_exit(boxes[edge.b], centers[edge.b], centers[edge.a]),
    )
    x, y = (a + b) / 2
    face = Face("sans", 19, bold=edge.is_cited)
    width = canvas.text_width(edge.label, face)
    canvas.draw_rounded_box(
        image, (x - width / 2 - 7, y - 15, x + width / 2 + 7, y + 14), 7, fill=canvas.PAPER
    )
    canvas.write(
        draw,
        (x - width / 2, y + 7),
        edge.label,
        face,
        canvas.ACCENT if edge.is_cited else canvas.MUTED,
    )


def _draw_node(
    image: Any,
    draw: Any,
    center: Points,
    box: _Box,
    is_literal: bool,
    is_cited: bool,
    is_subject: bool,
) -> None:
    x, y = center
    w, h = box.size
    place = (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
    fill = (
        canvas.ACCENT
        if is_subject
        else "#fff4d1"
        if is_cited
        else "#f2f4f8"
        if is_literal
        else "#e8f0fe"
    )
    canvas.draw_rounded_box(image, place, 9 if is_literal else min(22.0, h / 2), fill=fill)
    if not is_subject:
        canvas.draw_rounded_box(
            image,
            place,
            9 if is_literal else min(22.0, h / 2),
            outline=canvas.ACCENT
            if is_cited
            else "#c9d2df"
            if is_literal
            else canvas.SERIES_COLOURS[0],
            line_width=2,
        )
    base = y - 31 * len(box.lines) / 2 + 23
    for line in box.lines:
        canvas.write(
            draw,
            (x - canvas.text_width(line, _NODE_FACE) / 2, base),
            line,
            _NODE_FACE,
            canvas.PAPER if is_subject else canvas.INK,
        )
        base += 31
