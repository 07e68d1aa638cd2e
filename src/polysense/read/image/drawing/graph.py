"""Flowcharts, trees and class diagrams: nodes, what joins them, and what is said -> Mermaid and
Python.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from polysense.read.image.drawing.connectors import Wire, wires
from polysense.read.image.drawing.labels import Words
from polysense.read.image.drawing.shapes import Shape, holds, within

Pixels = NDArray[np.uint8]
_BRACKETS = {
    "box": '["{}"]', "round": '(["{}"])', "circle": '(("{}"))', "diamond": '{{"{}"}}', "slanted": '[/"{}"/]', "hexagon": '{{{{"{}"}}}}'
}  # fmt: skip


@dataclass(slots=True)
class Node:
    """A shape with words in it; rows are the compartments of a class, from the top."""

    shape: Shape
    said: str
    rows: list[list[str]] = field(default_factory=list)


@dataclass(slots=True)
class Chart:
    """Nodes and the lines between them."""

    nodes: list[Node]
    wires: list[Wire]

    @property
    def classes(self) -> bool:
        """Whether it is a class diagram: most nodes are ruled in compartments."""
        return 2 * sum(len(n.rows) > 1 for n in self.nodes) > len(self.nodes)


def chart(picture: Pixels, found: Sequence[Shape], words: Sequence[Words]) -> Chart | None:
    """The chart in a picture, or None where it is none: too few nodes or lines, or much else is
    drawn.
    """
    nodes = _nodes(found, words)
    if len(nodes) < 2 or len(nodes) > 300 or 2 * sum(_abuts(n, nodes) for n in nodes) > len(nodes):
        return None
    unit = float(np.median([w.height for w in words]))
    traced, share = wires(picture, [n.shape for n in nodes], words, unit)
    traced = [w for w in traced if w.source != w.target or len(w.path) > 3 * unit]
    joined = {i for w in traced for i in (w.source, w.target)}
    if share < 0.5 or 2 * len(joined) < len(nodes) or len(traced) < 1:
        return None
    _label(
        traced, [w for w in words if not any(within(n.shape.box, w.middle) for n in nodes)], unit
    )
    return Chart(nodes, traced)


def _abuts(node: Node, nodes: Sequence[Node]) -> bool:
    """Whether another node stands right beside or below it: cells of a table do."""
    x0, y0, x1, y1 = node.shape.box
    near = (x0 - 6, y0 - 6, x1 + 6, y1 + 6)
    others = (n.shape.box for n in nodes if n is not node)
    return any(
        b[0] < near[2] and near[0] < b[2] and b[1] < near[3] and near[1] < b[3] for b in others
    )


def _nodes(found: Sequence[Shape], words: Sequence[Words]) -> list[Node]:
    bare = [s for s in found if not any(holds(w.box, s.box, 4) for w in words)]
    stacks = _stacks(bare)
    whole = [s for s, rows in stacks]
    smallest: dict[tuple[int, int, int, int], list[Words]] = {}
    for w in words:
        around = [
            s
            for s in whole
            if within(s.box, w.middle)
            and s.high > 0.9 * w.height
            and s.wide > 0.8 * (w.box[2] - w.box[0])
        ]
        if around:
            smallest.setdefault(min(around, key=lambda s: s.area).box, []).append(w)
    nodes = []
    for shape, rows in stacks:
        inside = sorted(smallest.get(shape.box, ()), key=lambda w: (round(w.middle[1]), w.box[0]))
        inner = [s for s in smallest if s != shape.box and holds(shape.box, s)]
        if (
            not inside
            or inner
            or sum((w.box[2] - w.box[0]) * w.height for w in inside) < 0.02 * shape.area
        ):
            continue
        shape = _shadowed(shape, bare)
        split = [[w.text for w in inside if within(r.box, w.middle)] for r in rows]
        nodes.append(
            Node(
                shape,
                "<br/>".join(split[0] if len(rows) > 1 and split[0] else [w.text for w in inside]),
                split,
            )
        )
    return nodes


def _shadowed(shape: Shape, bare: Sequence[Shape]) -> Shape:
    """The shape with its shadow or its second line, so that neither is taken for a line from it."""
    slack = max(12, round(0.12 * shape.high))
    around = [
        s
        for s in bare
        if holds(s.box, shape.box)
        and all(abs(p - q) <= slack for p, q in zip(s.box, shape.box, strict=True))
    ]
    return replace(shape, box=max(around, key=lambda s: s.area).box) if around else shape


def _stacks(bare: Sequence[Shape]) -> list[tuple[Shape, list[Shape]]]:
    """Shapes, those that stand on each other with the same sides as one, with its rows."""
    left = sorted(bare, key=lambda s: (s.box[1], s.box[0]))
    out: list[tuple[Shape, list[Shape]]] = []
    used: set[int] = set()
    for i, s in enumerate(left):
        if i in used:
            continue
        rows = [s]
        for j in range(i + 1, len(left)):
            o, last = left[j], rows[-1]
            same = (
                abs(o.box[0] - s.box[0]) < 5
                and abs(o.box[2] - s.box[2]) < 5
                and -4 <= o.box[1] - last.box[3] < 7
            )
            if same and s.kind == o.kind == "box" and j not in used:
                rows.append(o)
                used.add(j)
        if len(rows) > 1:
            s = Shape("box", (s.box[0], s.box[1], s.box[2], rows[-1].box[3]), 1.0, s.fill)
        out.append((s, rows))
    stacked = {r.box for s, rows in out if len(rows) > 1 for r in rows}
    seen: set[tuple[int, int, int, int]] = set()
    kept = []
    for s, rows in sorted(out, key=lambda o: -len(o[1])):
        if len(rows) == 1 and (s.box in stacked or any(_same(s.box, b) for b in seen)):
            continue
        seen.add(s.box)
        kept.append((s, rows))
    return sorted(kept, key=lambda o: (o[0].box[1], o[0].box[0]))


def _same(a: Sequence[int], b: Sequence[int]) -> bool:
    return all(abs(p - q) < 7 for p, q in zip(a, b, strict=True))


def _label(traced: Sequence[Wire], words: Sequence[Words], unit: float) -> None:
    """Words outside of nodes belong to the line that is nearest to them, if it is near."""
    for w in sorted(words, key=lambda w: (w.box[1], w.box[0])):
        best, least = None, 1.6 * unit
        for wire in traced:
            path = np.asarray(wire.path[:: max(1, len(wire.path) // 200)])
            dx = np.maximum(np.maximum(w.box[0] - path[:, 0], path[:, 0] - w.box[2]), 0)
            dy = np.maximum(np.maximum(w.box[1] - path[:, 1], path[:, 1] - w.box[3]), 0)
            away = float(np.hypot(dx, dy).min())
            if away < least:
                best, least = wire, away
        if best is not None:
            best.said.append(w.text)


def mermaid(seen: Chart) -> str:
    """The chart in Mermaid's words."""
    if seen.classes:
        return _classes(seen)
    nodes, names = seen.nodes, [_letters(i) for i in range(len(seen.nodes))]
    lines = [f"flowchart {_direction(seen)}"]
    lines += [
        f"    {name}{_BRACKETS[n.shape.kind].format(_quoted(n.said))}"
        for name, n in zip(names, nodes, strict=True)
    ]
    for w in sorted(seen.wires, key=lambda w: (w.source, w.target)):
        arrow = {
            (True, True): "-.->",
            (True, False): "-->",
            (False, True): "-.-",
            (False, False): "---",
        }[bool(w.head), w.dashed]
        said = f'|"{_quoted(" ".join(w.said))}"|' if w.said else ""
        lines.append(f"    {names[w.source]} {arrow}{said} {names[w.target]}")
    return "\n".join(lines) + "\n"


def _direction(seen: Chart) -> str:
    """Where most arrows lead, from the middle of one node to that of the next. Each counts alike,
    whatever its length: branches to the left and to the right cancel out, and one long way back
    weighs no more than any other step. Lines without heads tell across or down.
    """
    centres = np.array(
        [((b[0] + b[2]) / 2, (b[1] + b[3]) / 2) for b in (n.shape.box for n in seen.nodes)]
    )
    joined = [w for w in seen.wires if w.source != w.target]
    arrows = [w for w in joined if w.head] or joined
    steps = np.array([centres[w.target] - centres[w.source] for w in arrows]).reshape(-1, 2)
    steps /= np.maximum(np.linalg.norm(steps, axis=1, keepdims=True), 1.0)
    right, down = steps.sum(0) if any(w.head for w in arrows) else np.abs(steps).sum(0)
    if abs(right) > abs(down):
        return "LR" if right > 0 else "RL"
    return "TD" if down >= 0 else "BT"


def _classes(seen: Chart) -> str:
    lines = ["classDiagram"]
    names = [f"C{i}" for i in range(1, len(seen.nodes) + 1)]
    for name, node in zip(names, seen.nodes, strict=True):
        said = node.said.split("<br/>")
        title = next((s for s in said if not s.startswith(("«", "<<"))), said[0])
        members = [m for row in node.rows[1:] for m in row]
        lines.append(f'    class {name}["{_quoted(title)}"]' + (" {" if members else ""))
        if members:
            lines += [f"        {re.sub(r'[{}]', '', m)}" for m in members] + ["    }"]
    for w in seen.wires:
        stroke = ".." if w.dashed else "--"
        arrow = {"hollow": f"{stroke}|>", "arrow": f"{stroke}>", "": stroke}[w.head]
        lines.append(
            f"    {names[w.source]} {arrow} {names[w.target]}"
            + (f" : {' '.join(w.said)}" if w.said else "")
        )
    return "\n".join(lines) + "\n"


def _letters(i: int) -> str:
    return chr(65 + i) if i < 26 else f"N{i}"


def _quoted(said: str) -> str:
    said = said.replace("#", "#35;").replace('"', "#quot;")
    return re.sub(r"<(?!br/>)", "#lt;", said)


def python(seen: Chart) -> str:
    """A program that walks the chart, a function for each node; "" where nothing is decided in it,
    or it has no beginning.
    """
    leaving: dict[int, list[Wire]] = {}
    for w in seen.wires:
        if w.head:
            leaving.setdefault(w.source, []).append(w)
    entered = {w.target for w in seen.wires if w.head and w.target != w.source}
    starts = [i for i in leaving if i not in entered] or ([min(leaving)] if leaving else [])
    if not starts or not any(len(ws) > 1 for ws in leaving.values()) or seen.classes:
        return ""
    names = _functions([n.said for n in seen.nodes])
    body = []
    for i, node in enumerate(seen.nodes):
        said = " ".join(node.said.replace("<br/>", " ").split())
        ws = leaving.get(i, [])
        if len(ws) > 1:
            options = ", ".join(
                f"{_option(w, seen, k)!r}: {names[w.target]}" for k, w in enumerate(ws)
            )
            act = f"return choose({said!r}, {{{options}}})"
        else:
            act = f"print({said!r})\n    return {names[ws[0].target] if ws else None}"
        body.append(f"def {names[i]}():\n    {act}\n")
    start = min(starts, key=lambda i: (seen.nodes[i].shape.box[1], seen.nodes[i].shape.box[0]))
    return _HEAD + "\n\n".join(body) + _FOOT.format(start=names[start])


def _option(wire: Wire, seen: Chart, k: int) -> str:
    return " ".join(wire.said) or seen.nodes[wire.target].said.replace("<br/>", " ") or str(k + 1)


def _functions(said: Sequence[str]) -> list[str]:
    names: list[str] = []
    for i, s in enumerate(said, 1):
        name = (
            re.sub(r"\W+", "_", s.replace("<br/>", " ").lower()).strip("_")[:40].rstrip("_")
            or f"step_{i}"
        )
        name = (
            f"step_{name}"
            if name[0].isdigit() or keyword.iskeyword(name) or name in ("choose", "main", "print")
            else name
        )
        names.append(name if name.isidentifier() and name not in names else f"step_{i}")
    return names


_HEAD = '''"""A flowchart as a program: each node is a function that gives the next one. Answers may be given as arguments, else it asks."""

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
_FOOT = """

if __name__ == "__main__":
    step = {start}
    while step:
        step = step()
"""
