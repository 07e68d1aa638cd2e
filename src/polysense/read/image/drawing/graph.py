"""Flowcharts, trees and class diagrams: nodes and the connectors between -> Mermaid and Python."""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from polysense.read.image.drawing.connectors import trace_connectors
from polysense.read.image.drawing.labels import TextLine
from polysense.read.image.drawing.line_graph import Connector
from polysense.read.image.drawing.shapes import Shape, contains_box, contains_point

Pixels = NDArray[np.uint8]

MAX_NODES = 300
"""A picture with more is no chart."""

# Judged on drawn charts, not measured.
MIN_TRACED_SHARE = 0.5
"""A picture in which less of all lines joins nodes is no chart."""

MIN_TEXT_SHARE = 0.02
"""Words that fill less of a shape do not make it a node."""

LABEL_REACH = 1.6
"""Words nearer to a line than this, in heights of a line of text, are its label."""

_BRACKETS = {
    "box": '["{}"]',
    "round": '(["{}"])',
    "circle": '(("{}"))',
    "diamond": '{{"{}"}}',
    "slanted": '[/"{}"/]',
    "hexagon": '{{{{"{}"}}}}',
}


@dataclass(slots=True)
class Node:
    """A shape with words in it; rows are the compartments of a class, from the top."""

    shape: Shape
    text: str
    rows: list[list[str]] = field(default_factory=list)


@dataclass(slots=True)
class Chart:
    """Nodes and the lines between them."""

    nodes: list[Node]
    connectors: list[Connector]

    @property
    def is_class_diagram(self) -> bool:
        """Whether it is a class diagram: most nodes are ruled in compartments."""
        return 2 * sum(len(n.rows) > 1 for n in self.nodes) > len(self.nodes)


def find_chart(picture: Pixels, shapes: Sequence[Shape], words: Sequence[TextLine]) -> Chart | None:
    """The chart in a picture; None where there are few nodes or lines, or much else is drawn."""
    nodes = _nodes(shapes, words)
    if (
        len(nodes) < 2
        or len(nodes) > MAX_NODES
        or 2 * sum(_touches_another(n, nodes) for n in nodes) > len(nodes)
    ):
        return None
    text_height = float(np.median([w.height for w in words]))
    connectors, share = trace_connectors(picture, [n.shape for n in nodes], words, text_height)
    connectors = [w for w in connectors if w.source != w.target or len(w.path) > 3 * text_height]
    joined_nodes = {i for w in connectors for i in (w.source, w.target)}
    if share < MIN_TRACED_SHARE or 2 * len(joined_nodes) < len(nodes) or len(connectors) < 1:
        return None
    _assign_labels(
        connectors,
        [w for w in words if not any(contains_point(n.shape.box, w.middle) for n in nodes)],
        text_height,
    )
    return Chart(nodes, connectors)


def _touches_another(node: Node, nodes: Sequence[Node]) -> bool:
    """Whether another node stands right beside or below it: cells of a table do."""
    x0, y0, x1, y1 = node.shape.box
    near = (x0 - 6, y0 - 6, x1 + 6, y1 + 6)
    others = (n.shape.box for n in nodes if n is not node)
    return any(
        b[0] < near[2] and near[0] < b[2] and b[1] < near[3] and near[1] < b[3] for b in others
    )


def _nodes(shapes: Sequence[Shape], words: Sequence[TextLine]) -> list[Node]:
    outer_shapes = [s for s in shapes if not any(contains_box(w.box, s.box, 4) for w in words)]
    stacks = _stacks(outer_shapes)
    stack_shapes = [s for s, rows in stacks]
    words_by_box: dict[tuple[int, int, int, int], list[TextLine]] = {}
    for w in words:
        enclosing = [
            s
            for s in stack_shapes
            if contains_point(s.box, w.middle)
            and s.height > 0.9 * w.height
            and s.width > 0.8 * (w.box[2] - w.box[0])
        ]
        if enclosing:
            words_by_box.setdefault(min(enclosing, key=lambda s: s.area).box, []).append(w)
    nodes = []
    for shape, rows in stacks:
        inside = sorted(
            words_by_box.get(shape.box, ()), key=lambda w: (round(w.middle[1]), w.box[0])
        )
        inner = [s for s in words_by_box if s != shape.box and contains_box(shape.box, s)]
        if (
            not inside
            or inner
            or sum((w.box[2] - w.box[0]) * w.height for w in inside) < MIN_TEXT_SHARE * shape.area
        ):
            continue
        shape = _with_shadow(shape, outer_shapes)
        row_texts = [[w.text for w in inside if contains_point(r.box, w.middle)] for r in rows]
        nodes.append(
            Node(
                shape,
                "<br/>".join(
                    row_texts[0] if len(rows) > 1 and row_texts[0] else [w.text for w in inside]
                ),
                row_texts,
            )
        )
    return nodes


def _with_shadow(shape: Shape, outer_shapes: Sequence[Shape]) -> Shape:
    """The shape with its shadow or second line, so that neither is taken for a line from it."""
    slack = max(12, round(0.12 * shape.height))
    enclosing = [
        s
        for s in outer_shapes
        if contains_box(s.box, shape.box)
        and all(abs(p - q) <= slack for p, q in zip(s.box, shape.box, strict=True))
    ]
    return replace(shape, box=max(enclosing, key=lambda s: s.area).box) if enclosing else shape


def _stacks(shapes: Sequence[Shape]) -> list[tuple[Shape, list[Shape]]]:
    """Shapes with their rows; boxes that stand on each other with the same sides are one shape."""
    ordered = sorted(shapes, key=lambda s: (s.box[1], s.box[0]))
    candidates: list[tuple[Shape, list[Shape]]] = []
    used_rows: set[int] = set()
    for i, s in enumerate(ordered):
        if i in used_rows:
            continue
        rows = [s]
        for j in range(i + 1, len(ordered)):
            o, last = ordered[j], rows[-1]
            same = (
                abs(o.box[0] - s.box[0]) < 5
                and abs(o.box[2] - s.box[2]) < 5
                and -4 <= o.box[1] - last.box[3] < 7
            )
            if same and s.kind == o.kind == "box" and j not in used_rows:
                rows.append(o)
                used_rows.add(j)
        if len(rows) > 1:
            s = Shape("box", (s.box[0], s.box[1], s.box[2], rows[-1].box[3]), 1.0, s.fill)
        candidates.append((s, rows))
    row_boxes = {r.box for s, rows in candidates if len(rows) > 1 for r in rows}
    accepted_boxes: set[tuple[int, int, int, int]] = set()
    stacks = []
    for s, rows in sorted(candidates, key=lambda o: -len(o[1])):
        if len(rows) == 1 and (
            s.box in row_boxes or any(_is_same_box(s.box, b) for b in accepted_boxes)
        ):
            continue
        accepted_boxes.add(s.box)
        stacks.append((s, rows))
    return sorted(stacks, key=lambda o: (o[0].box[1], o[0].box[0]))


def _is_same_box(a: Sequence[int], b: Sequence[int]) -> bool:
    return all(abs(p - q) < 7 for p, q in zip(a, b, strict=True))


def _assign_labels(
    connectors: Sequence[Connector], words: Sequence[TextLine], text_height: float
) -> None:
    """Gives words outside of nodes to the line nearest to them, if it is near."""
    for w in sorted(words, key=lambda w: (w.box[1], w.box[0])):
        best, least = None, LABEL_REACH * text_height
        for connector in connectors:
            path = np.asarray(connector.path[:: max(1, len(connector.path) // 200)])
            dx = np.maximum(np.maximum(w.box[0] - path[:, 0], path[:, 0] - w.box[2]), 0)
            dy = np.maximum(np.maximum(w.box[1] - path[:, 1], path[:, 1] - w.box[3]), 0)
            distance = float(np.hypot(dx, dy).min())
            if distance < least:
                best, least = connector, distance
        if best is not None:
            best.label_lines.append(w.text)


def to_mermaid(chart: Chart) -> str:
    """The chart as Mermaid."""
    if chart.is_class_diagram:
        return _class_diagram(chart)
    nodes, names = chart.nodes, [_node_id(i) for i in range(len(chart.nodes))]
    lines = [f"flowchart {_direction(chart)}"]
    lines += [
        f"    {name}{_BRACKETS[n.shape.kind].format(_escape(n.text))}"
        for name, n in zip(names, nodes, strict=True)
    ]
    for w in sorted(chart.connectors, key=lambda w: (w.source, w.target)):
        arrow = {
            (True, True): "-.->",
            (True, False): "-->",
            (False, True): "-.-",
            (False, False): "---",
        }[bool(w.head), w.dashed]
        label = f'|"{_escape(" ".join(w.label_lines))}"|' if w.label_lines else ""
        lines.append(f"    {names[w.source]} {arrow}{label} {names[w.target]}")
    return "\n".join(lines) + "\n"


def _direction(chart: Chart) -> str:
    """Where most arrows lead, from the middle of one node to that of the next: TD, BT, LR or RL.

    Each counts alike, whatever its length: branches to the left and to the right cancel out, and
    one long way back weighs no more than any other step. Lines without heads tell across or down.
    """
    centres = np.array(
        [((b[0] + b[2]) / 2, (b[1] + b[3]) / 2) for b in (n.shape.box for n in chart.nodes)]
    )
    between_nodes = [w for w in chart.connectors if w.source != w.target]
    arrows = [w for w in between_nodes if w.head] or between_nodes
    steps = np.array([centres[w.target] - centres[w.source] for w in arrows]).reshape(-1, 2)
    steps /= np.maximum(np.linalg.norm(steps, axis=1, keepdims=True), 1.0)
    right, down = steps.sum(0) if any(w.head for w in arrows) else np.abs(steps).sum(0)
    if abs(right) > abs(down):
        return "LR" if right > 0 else "RL"
    return "TD" if down >= 0 else "BT"


def _class_diagram(chart: Chart) -> str:
    """The chart as Mermaid's class diagram."""
    lines = ["classDiagram"]
    names = [f"C{i}" for i in range(1, len(chart.nodes) + 1)]
    for name, node in zip(names, chart.nodes, strict=True):
        title_lines = node.text.split("<br/>")
        title = next((s for s in title_lines if not s.startswith(("«", "<<"))), title_lines[0])
        members = [m for row in node.rows[1:] for m in row]
        lines.append(f'    class {name}["{_escape(title)}"]' + (" {" if members else ""))
        if members:
            lines += [f"        {re.sub(r'[{}]', '', m)}" for m in members] + ["    }"]
    for w in chart.connectors:
        stroke = ".." if w.dashed else "--"
        arrow = {"hollow": f"{stroke}|>", "arrow": f"{stroke}>", "": stroke}[w.head]
        lines.append(
            f"    {names[w.source]} {arrow} {names[w.target]}"
            + (f" : {' '.join(w.label_lines)}" if w.label_lines else "")
        )
    return "\n".join(lines) + "\n"


def _node_id(i: int) -> str:
    return chr(65 + i) if i < 26 else f"N{i}"


def _escape(text: str) -> str:
    """What Mermaid would read as markup, spelt as entities; line breaks stay."""
    text = text.replace("#", "#35;").replace('"', "#quot;")
    return re.sub(r"<(?!br/>)", "#lt;", text)


def to_python(chart: Chart) -> str:
    """A program that walks the chart, a function for each node.

    "" where nothing is decided in it, or it has no beginning.
    """
    outgoing: dict[int, list[Connector]] = {}
    for w in chart.connectors:
        if w.head:
            outgoing.setdefault(w.source, []).append(w)
    targets = {w.target for w in chart.connectors if w.head and w.target != w.source}
    starts = [i for i in outgoing if i not in targets] or ([min(outgoing)] if outgoing else [])
    if (
        not starts
        or not any(len(exits) > 1 for exits in outgoing.values())
        or chart.is_class_diagram
    ):
        return ""
    names = _function_names([n.text for n in chart.nodes])
    body = []
    for i, node in enumerate(chart.nodes):
        text = " ".join(node.text.replace("<br/>", " ").split())
        exits = outgoing.get(i, [])
        if len(exits) > 1:
            options = ", ".join(
                f"{_option_text(w, chart, k)!r}: {names[w.target]}" for k, w in enumerate(exits)
            )
            action = f"return choose({text!r}, {{{options}}})"
        else:
            action = f"print({text!r})\n    return {names[exits[0].target] if exits else None}"
        body.append(f"def {names[i]}():\n    {action}\n")
    start = min(starts, key=lambda i: (chart.nodes[i].shape.box[1], chart.nodes[i].shape.box[0]))
    return _PROGRAM_HEAD + "\n\n".join(body) + _PROGRAM_FOOT.format(start=names[start])


def _option_text(connector: Connector, chart: Chart, position: int) -> str:
    return (
        " ".join(connector.label_lines)
        or chart.nodes[connector.target].text.replace("<br/>", " ")
        or str(position + 1)
    )


def _function_names(texts: Sequence[str]) -> list[str]:
    names: list[str] = []
    for i, text in enumerate(texts, 1):
        name = (
            re.sub(r"\W+", "_", text.replace("<br/>", " ").lower()).strip("_")[:40].rstrip("_")
            or f"step_{i}"
        )
        name = (
            f"step_{name}"
            if name[0].isdigit() or keyword.iskeyword(name) or name in ("choose", "main", "print")
            else name
        )
        names.append(name if name.isidentifier() and name not in names else f"step_{i}")
    return names


_PROGRAM_HEAD = '''"""A flowchart as a program: each node is a function that gives the next one. \
Answers may be given as arguments, else it asks."""

import sys

ANSWERS = sys.argv[1:]


def choose(question, ways):
    """Which way to go: the next argument, or what is typed."""
    while True:
        given = ANSWERS.pop(0) if ANSWERS else input(f"{question} [{' / '.join(ways)}] ")
        for said, way in ways.items():
            if said.lower() == given.strip().lower():
                print(f"{question} {said}")
                return way
        print(f"{given!r} is none of: {', '.join(ways)}")


'''
_PROGRAM_FOOT = """

if __name__ == "__main__":
    step = {start}
    while step:
        step = step()
"""
