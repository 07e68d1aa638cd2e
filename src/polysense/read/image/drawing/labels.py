"""Words in drawings with their boxes in pixels, for the converters that turn a picture into code.

PP-OCR on ONNX Runtime, or what the file itself says where the drawing is an SVG.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import NotFound
from polysense.read.image import decode, ppocr, svg
from polysense.types import Part

Pixels = NDArray[np.uint8]
Rect = tuple[float, float, float, float]

ENLARGE = 2.0
"""How many times a small drawing is enlarged at most."""

SURE = 0.6
"""Confidence with which a line is read at least."""

_LOCK = Lock()
_ENGINES: list[Any] = []


@dataclass(frozen=True, slots=True)
class Words:
    """One line of print and its box: left, top, right, bottom in pixels."""

    text: str
    box: Rect

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2

    @property
    def height(self) -> float:
        """Of the box."""
        return self.box[3] - self.box[1]


def shown(part: Part, longest: int) -> tuple[Pixels, list[Words] | None]:
    """The pixels of a picture, and its words where the file spells them out: then they are left out
    of the pixels.
    """
    if not part.span and (root := _drawing(part)) is not None:
        words = spelled(root, longest)
        if words:
            from lxml import etree

            for element in list(root.iter("{*}text", "{*}foreignObject")):
                element.getparent().remove(element)
            return decode.pixels(
                Part("image", etree.tostring(root), "image/svg+xml"), longest
            ), words
    return decode.pixels(part, longest), None


def _drawing(part: Part) -> Any:
    """The root of an SVG; None for anything else."""
    if isinstance(part.data, Path):
        if not part.data.is_file():
            raise NotFound(
                f"{part.data.name} is not there any more",
                "Put it back, or run `polysense index` again.",
            )
        with part.data.open("rb") as file:
            head = file.read(4096)
            return (
                svg.tree(head + file.read(svg.MAX_BYTES), part.data.name)
                if svg.looks(head)
                else None
            )
    return (
        svg.tree(part.data)
        if isinstance(part.data, bytes) and svg.looks(part.data[:4096])
        else None
    )


def read(picture: Pixels) -> list[Words]:
    """The lines of print in RGB pixels, from top to bottom; pieces of one line that touch are
    joined.
    """
    if min(picture.shape[:2]) < 8:
        return []
    sized = ppocr.sized(picture, ENLARGE)
    scale = sized.shape[1] / picture.shape[1]
    with _LOCK:
        if not _ENGINES:
            _ENGINES.append(ppocr.engine())
        found = _ENGINES[0](sized, use_cls=False)
    if found.boxes is None or not found.txts:
        return []
    lines = []
    for quad, said, sure in zip(found.boxes, found.txts, found.scores, strict=True):
        (x0, y0), (x1, y1) = quad.min(axis=0) / scale, quad.max(axis=0) / scale
        if sure >= SURE and said.strip():
            lines.append(Words(said.strip(), (float(x0), float(y0), float(x1), float(y1))))
    return joined(lines)


def joined(lines: Sequence[Words]) -> list[Words]:
    """In reading order; pieces on one row nearer than a third of their height are one line."""
    kept: list[Words] = []
    for line in sorted(lines, key=lambda w: (w.box[0], w.box[1])):
        for i, other in enumerate(kept):
            high = min(line.height, other.height)
            level = (
                abs(line.middle[1] - other.middle[1]) < 0.35 * high
                and max(line.height, other.height) < 1.5 * high
            )
            if level and -0.5 * high < line.box[0] - other.box[2] < 0.33 * high:
                box = (
                    other.box[0],
                    min(other.box[1], line.box[1]),
                    line.box[2],
                    max(other.box[3], line.box[3]),
                )
                kept[i] = Words(f"{other.text} {line.text}", box)
                break
        else:
            kept.append(line)
    return sorted(kept, key=lambda w: (w.box[1], w.box[0]))


# --- words that an SVG spells out
# ---------------------------------------------------------------------------------------------

_NUMBER = re.compile(r"[-+]?(?:\d*\.\d+|\d+\.?)(?:[eE][-+]?\d+)?")
_TRANSFORM = re.compile(r"(matrix|translate|scale)\s*\(([^)]*)\)")
Matrix = NDArray[np.float64]


def spelled(root: Any, longest: int) -> list[Words]:
    """The words of a drawing (lxml root) when drawn `longest` pixels long.

    Their boxes are judged by the size of the letters; what other documents embed in it
    (foreignObject) has a box of its own.
    """
    box = [float(v) for v in _NUMBER.findall(root.get("viewBox", ""))]
    if len(box) != 4 or min(box[2:]) <= 0:
        box = [0.0, 0.0, _number(root.get("width"), 0.0), _number(root.get("height"), 0.0)]
    if min(box[2:]) <= 0:
        return []
    scale = longest / max(box[2:])
    base = np.array([[scale, 0, -scale * box[0]], [0, scale, -scale * box[1]], [0, 0, 1.0]])
    return [w for w in _spelled(root, base, {"size": "16", "anchor": "start"}) if w.text]


def _spelled(element: Any, above: Matrix, style: dict[str, str], depth: int = 0) -> Iterator[Words]:
    if not isinstance(element.tag, str) or depth > 200:
        return
    kind = element.tag.rsplit("}", 1)[-1]
    if kind in ("defs", "symbol", "marker", "style", "script", "title", "desc"):
        return
    matrix, style = above @ _matrix(element.get("transform", "")), _styled(element, style)
    if kind == "text":
        yield from _rows(element, matrix, style)
    elif kind == "foreignObject":
        yield from _embedded(element, matrix)
    else:
        for inner in element:
            yield from _spelled(inner, matrix, style, depth + 1)


def _styled(element: Any, style: dict[str, str]) -> dict[str, str]:
    own = dict(
        p.split(":", 1) for p in element.get("style", "").replace(" ", "").split(";") if ":" in p
    )
    size, anchor = (
        own.get("font-size") or element.get("font-size"),
        own.get("text-anchor") or element.get("text-anchor"),
    )
    return {"size": size or style["size"], "anchor": anchor or style["anchor"]}


def _rows(element: Any, matrix: Matrix, style: dict[str, str]) -> Iterator[Words]:
    size, x, y = (
        _number(style["size"], 16.0),
        _number(element.get("x"), 0.0),
        _number(element.get("y"), 0.0),
    )
    spans = [s for s in element if isinstance(s.tag, str) and s.tag.endswith("tspan")]
    central = "central" in (
        element.get("dominant-baseline", "") + element.get("alignment-baseline", "")
    )
    down = 0.0
    rows = [(element, y)] if not spans else []
    for span in spans:
        y = _number(span.get("y"), y)
        dy = span.get("dy", "0")
        down += _number(dy, 0.0) * (size if dy.endswith("em") else 1.0)
        rows.append((span, y + down))
    offset = _number(element.get("dy"), 0.0) * (
        size if str(element.get("dy", "")).endswith("em") else 1.0
    )
    for row, at in rows:
        said = " ".join("".join(row.itertext()).split())
        left = _number(row.get("x"), x)
        wide = 0.52 * size * sum(1.9 if ord(c) > 0x2E80 else 1.0 for c in said)
        left -= (
            wide / 2 if style["anchor"] == "middle" else wide if style["anchor"] == "end" else 0.0
        )
        top = at + offset - (0.5 if central else 0.8) * size
        yield Words(said, _placed(matrix, left, top, wide, size))


def _embedded(element: Any, matrix: Matrix) -> Iterator[Words]:
    parts: list[str] = [""]
    for inner in element.iter():
        if isinstance(inner.tag, str) and inner.tag.rsplit("}", 1)[-1] in ("br", "p", "div", "li"):
            parts.append("")
        parts[-1] += inner.text or "" if isinstance(inner.tag, str) else ""
        if inner is not element:
            parts[-1] += inner.tail or ""
    said = [" ".join(p.split()) for p in parts if p.strip()]
    x, y, wide, high = (_number(element.get(k), 0.0) for k in ("x", "y", "width", "height"))
    for i, line in enumerate(said):
        yield Words(line, _placed(matrix, x, y + i * high / len(said), wide, high / len(said)))


def _placed(matrix: Matrix, x: float, y: float, wide: float, high: float) -> Rect:
    corners = matrix @ np.array([[x, x + wide], [y, y + high], [1, 1]])
    (x0, x1), (y0, y1) = sorted(corners[0]), sorted(corners[1])
    return float(x0), float(y0), float(x1), float(y1)


def _number(said: str | None, otherwise: float) -> float:
    found = _NUMBER.match((said or "").strip())
    return float(found[0]) if found else otherwise


def _matrix(said: str) -> Matrix:
    matrix = np.eye(3)
    for name, inside in _TRANSFORM.findall(said):
        v = [float(n) for n in _NUMBER.findall(inside)]
        if name == "matrix" and len(v) == 6:
            matrix = matrix @ np.array([[v[0], v[2], v[4]], [v[1], v[3], v[5]], [0, 0, 1]])
        elif name == "translate" and v:
            matrix = matrix @ np.array(
                [[1, 0, v[0]], [0, 1, v[1] if len(v) > 1 else 0.0], [0, 0, 1]]
            )
        elif name == "scale" and v:
            matrix = matrix @ np.diag([v[0], v[1] if len(v) > 1 else v[0], 1.0])
    return matrix
