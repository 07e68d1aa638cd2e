"""Lines of text in drawings with their boxes in pixels.

Read by PP-OCR, or from the file itself where the drawing is an SVG.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.read.file.parts import missing_file
from polysense.read.image import decode, ppocr, svg
from polysense.types import Part

Pixels = NDArray[np.uint8]
Rect = tuple[float, float, float, float]

MAX_ENLARGEMENT = 2.0
"""How many times a small drawing is enlarged at most. Judged, not measured."""

MIN_CONFIDENCE = 0.6
"""Lines read with less confidence are dropped. Judged, not measured."""

MAX_JOIN_GAP = 0.33
"""Pieces of one row nearer than this share of their height are one line."""

CHARACTER_WIDTH, WIDE_CHARACTER_WIDTH = 0.52, 1.9
"""The usual width of a character as a share of its size; a Chinese one is so many times wider."""

_LOCK = Lock()
_ENGINES: list[Any] = []


@dataclass(frozen=True, slots=True)
class TextLine:
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


def load_drawing(part: Part, longest: int) -> tuple[Pixels, list[TextLine] | None]:
    """The pixels of a picture, and its lines of text where the file itself has them, else None.

    Text that the file has is left out of the pixels.
    """
    if not part.span and (root := _svg_root(part)) is not None:
        words = svg_text_lines(root, longest)
        if words:
            from lxml import etree

            for element in list(root.iter("{*}text", "{*}foreignObject")):
                element.getparent().remove(element)
            return decode.pixels(
                Part("image", etree.tostring(root), "image/svg+xml"), longest
            ), words
    return decode.pixels(part, longest), None


def _svg_root(part: Part) -> Any:
    """The root of an SVG; None for anything else."""
    if isinstance(part.data, Path):
        if not part.data.is_file():
            raise missing_file(part.data.name)
        with part.data.open("rb") as file:
            head = file.read(4096)
            return (
                svg.tree(head + file.read(svg.MAX_BYTES), part.data.name)
                if svg.is_drawing(head)
                else None
            )
    return (
        svg.tree(part.data)
        if isinstance(part.data, bytes) and svg.is_drawing(part.data[:4096])
        else None
    )


def recognise_text(picture: Pixels) -> list[TextLine]:
    """The lines of text in RGB pixels, from top to bottom."""
    if min(picture.shape[:2]) < 8:
        return []
    resized = ppocr.resize_for_reading(picture, MAX_ENLARGEMENT)
    scale = resized.shape[1] / picture.shape[1]
    with _LOCK:
        if not _ENGINES:
            _ENGINES.append(ppocr.load_engine())
        result = _ENGINES[0](resized, use_cls=False)
    if result.boxes is None or not result.txts:
        return []
    lines = []
    for quad, text, confidence in zip(result.boxes, result.txts, result.scores, strict=True):
        (x0, y0), (x1, y1) = quad.min(axis=0) / scale, quad.max(axis=0) / scale
        if confidence >= MIN_CONFIDENCE and text.strip():
            lines.append(TextLine(text.strip(), (float(x0), float(y0), float(x1), float(y1))))
    return join_touching(lines)


def join_touching(lines: Sequence[TextLine]) -> list[TextLine]:
    """Lines in reading order; pieces of one row that nearly touch are one."""
    merged: list[TextLine] = []
    for line in sorted(lines, key=lambda w: (w.box[0], w.box[1])):
        for i, other in enumerate(merged):
            height = min(line.height, other.height)
            is_same_row = (
                abs(line.middle[1] - other.middle[1]) < 0.35 * height
                and max(line.height, other.height) < 1.5 * height
            )
            if is_same_row and -0.5 * height < line.box[0] - other.box[2] < MAX_JOIN_GAP * height:
                box = (
                    other.box[0],
                    min(other.box[1], line.box[1]),
                    line.box[2],
                    max(other.box[3], line.box[3]),
                )
                merged[i] = TextLine(f"{other.text} {line.text}", box)
                break
        else:
            merged.append(line)
    return sorted(merged, key=lambda w: (w.box[1], w.box[0]))


# --- text in an SVG

_NUMBER = re.compile(r"[-+]?(?:\d*\.\d+|\d+\.?)(?:[eE][-+]?\d+)?")
_TRANSFORM = re.compile(r"(matrix|translate|scale|rotate|skew[XY])\s*\(([^)]*)\)")
Matrix = NDArray[np.float64]


def svg_text_lines(root: Any, longest: int) -> list[TextLine]:
    """The lines of text of an SVG (lxml root) when drawn `longest` pixels long.

    Their boxes are estimated from the size of the letters; embedded documents (foreignObject) have
    boxes of their own.
    """
    box = [float(v) for v in _NUMBER.findall(root.get("viewBox", ""))]
    if len(box) != 4 or min(box[2:]) <= 0:
        box = [
            0.0,
            0.0,
            _parse_number(root.get("width"), 0.0),
            _parse_number(root.get("height"), 0.0),
        ]
    if min(box[2:]) <= 0:
        return []
    scale = longest / max(box[2:])
    base = np.array([[scale, 0, -scale * box[0]], [0, scale, -scale * box[1]], [0, 0, 1.0]])
    return [w for w in _element_text_lines(root, base, {"size": "16", "anchor": "start"}) if w.text]


def _element_text_lines(
    element: Any, parent_matrix: Matrix, style: dict[str, str], depth: int = 0
) -> Iterator[TextLine]:
    if not isinstance(element.tag, str) or depth > 200:
        return
    kind = element.tag.rsplit("}", 1)[-1]
    if kind in ("defs", "symbol", "marker", "style", "script", "title", "desc"):
        return
    matrix, style = (
        parent_matrix @ _parse_transform(element.get("transform", "")),
        _text_style(element, style),
    )
    if kind == "text":
        yield from _text_element_lines(element, matrix, style)
    elif kind == "foreignObject":
        yield from _foreign_object_lines(element, matrix)
    else:
        for child in element:
            yield from _element_text_lines(child, matrix, style, depth + 1)


def _text_style(element: Any, style: dict[str, str]) -> dict[str, str]:
    declarations = dict(
        p.split(":", 1) for p in element.get("style", "").replace(" ", "").split(";") if ":" in p
    )
    size, anchor = (
        declarations.get("font-size") or element.get("font-size"),
        declarations.get("text-anchor") or element.get("text-anchor"),
    )
    return {"size": size or style["size"], "anchor": anchor or style["anchor"]}


def _text_element_lines(element: Any, matrix: Matrix, style: dict[str, str]) -> Iterator[TextLine]:
    size, x, y = (
        _parse_number(style["size"], 16.0),
        _parse_number(element.get("x"), 0.0),
        _parse_number(element.get("y"), 0.0),
    )
    spans = [s for s in element if isinstance(s.tag, str) and s.tag.endswith("tspan")]
    central = "central" in (
        element.get("dominant-baseline", "") + element.get("alignment-baseline", "")
    )
    down = 0.0
    rows = [(element, y)] if not spans else []
    for span in spans:
        y = _parse_number(span.get("y"), y)
        dy = span.get("dy", "0")
        down += _parse_number(dy, 0.0) * (size if dy.endswith("em") else 1.0)
        rows.append((span, y + down))
    offset = _parse_number(element.get("dy"), 0.0) * (
        size if str(element.get("dy", "")).endswith("em") else 1.0
    )
    for row, baseline in rows:
        text = " ".join("".join(row.itertext()).split())
        left = _parse_number(row.get("x"), x)
        width = (
            CHARACTER_WIDTH
            * size
            * sum(WIDE_CHARACTER_WIDTH if ord(c) > 0x2E80 else 1.0 for c in text)
        )
        left -= (
            width / 2 if style["anchor"] == "middle" else width if style["anchor"] == "end" else 0.0
        )
        top = baseline + offset - (0.5 if central else 0.8) * size
        yield TextLine(text, _transform_box(matrix, left, top, width, size))


def _foreign_object_lines(element: Any, matrix: Matrix) -> Iterator[TextLine]:
    parts: list[str] = [""]
    for inner in element.iter():
        if isinstance(inner.tag, str) and inner.tag.rsplit("}", 1)[-1] in ("br", "p", "div", "li"):
            parts.append("")
        parts[-1] += inner.text or "" if isinstance(inner.tag, str) else ""
        if inner is not element:
            parts[-1] += inner.tail or ""
    texts = [" ".join(p.split()) for p in parts if p.strip()]
    x, y, width, height = (
        _parse_number(element.get(k), 0.0) for k in ("x", "y", "width", "height")
    )
    for i, line in enumerate(texts):
        yield TextLine(
            line, _transform_box(matrix, x, y + i * height / len(texts), width, height / len(texts))
        )


def _transform_box(matrix: Matrix, x: float, y: float, width: float, height: float) -> Rect:
    """The upright box around a box that may be turned."""
    right, bottom = x + width, y + height
    xs, ys, _ = matrix @ np.array([[x, right, right, x], [y, y, bottom, bottom], [1, 1, 1, 1]])
    return float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max())


def _parse_number(text: str | None, default: float) -> float:
    match = _NUMBER.match((text or "").strip())
    return float(match[0]) if match else default


def _parse_transform(text: str) -> Matrix:
    """The matrix of an SVG transform (SVG 1.1, 7.6).

    >>> np.round(_parse_transform("rotate(90 10 0)") @ (12, 0, 1))
    array([10.,  2.,  1.])
    """
    matrix = np.eye(3)
    for name, arguments in _TRANSFORM.findall(text):
        v = [float(n) for n in _NUMBER.findall(arguments)]
        if v and name == "rotate":
            centre = v[1:3] if len(v) == 3 else [0.0, 0.0]
            matrix = matrix @ _shift(*centre) @ _turn(v[0]) @ _shift(-centre[0], -centre[1])
        elif v:
            matrix = matrix @ _plain_transform(name, v)
    return matrix


def _shift(dx: float, dy: float) -> Matrix:
    return np.array([[1, 0, dx], [0, 1, dy], [0, 0, 1]])


def _turn(degrees: float) -> Matrix:
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    return np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])


def _plain_transform(name: str, v: Sequence[float]) -> Matrix:
    match name, len(v):
        case "matrix", 6:
            return np.array([[v[0], v[2], v[4]], [v[1], v[3], v[5]], [0, 0, 1]])
        case "translate", _:
            return _shift(v[0], v[1] if len(v) > 1 else 0.0)
        case "scale", _:
            return np.diag([v[0], v[1] if len(v) > 1 else v[0], 1.0])
        case "skewX", _:
            return np.array([[1, math.tan(math.radians(v[0])), 0], [0, 1, 0], [0, 0, 1]])
        case "skewY", _:
            return np.array([[1, 0, 0], [math.tan(math.radians(v[0])), 1, 0], [0, 0, 1]])
    return np.eye(3)
