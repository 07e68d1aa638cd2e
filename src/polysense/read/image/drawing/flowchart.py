"""Pictures of flowcharts, trees, class and sequence diagrams -> Mermaid, and a program."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from polysense.protocols import Converter
from polysense.read.image.drawing import graph, labels, sequence, shapes
from polysense.types import Origin, Part

MAX_SIDE = 1600
"""Pixels along the longer side to which a drawing is reduced."""

ENLARGE_BELOW = 900
"""A picture smaller than this is doubled: its lines are hardly a pixel apart. Judged, not measured.
"""

MIN_SHAPE_SIDE = 14
"""A chart has two shapes at least whose sides are longer, in pixels."""

Pixels = NDArray[np.uint8]


class Flowchart(Converter):
    """Diagram -> Mermaid, and where a flowchart decides something, Python that walks it.

    Flowcharts, trees, class diagrams and sequence diagrams.
    """

    source = "image"
    targets = frozenset({"code"})
    cost = 0.15
    origin: Origin = "composed"

    def convert(self, part: Part) -> Iterator[Part]:
        """Mermaid first. Nothing for a picture without shapes with words and lines between them."""
        picture, words = labels.load_drawing(part, MAX_SIDE)
        if words is None:
            picture = _enlarge(picture)
        edges = shapes.edge_mask(picture)
        closed_shapes = shapes.find_shapes(picture, edges)
        if sum(min(s.width, s.height) > MIN_SHAPE_SIDE for s in closed_shapes) < 2:
            return
        if words is None:
            words = [
                w
                for w in labels.recognise_text(picture)
                if len(w.text) > 1 or not _is_arrowhead(edges, w)
            ]
        diagram = sequence.find_sequence(picture, closed_shapes, words)
        if diagram:
            yield Part(
                "code", sequence.to_mermaid(diagram), mime="text/x-mermaid", name="diagram.mmd"
            )
            return
        chart = graph.find_chart(picture, closed_shapes, words)
        if chart:
            yield Part("code", graph.to_mermaid(chart), mime="text/x-mermaid", name="diagram.mmd")
            program = graph.to_python(chart)
            if program:
                yield Part("code", program, mime="text/x-python", name="diagram.py")


def _enlarge(picture: Pixels) -> Pixels:
    import cv2

    height, width = picture.shape[:2]
    if max(height, width) >= ENLARGE_BELOW or min(height, width) < 40:
        return picture
    return np.asarray(
        cv2.resize(picture, (2 * width, 2 * height), interpolation=cv2.INTER_CUBIC), np.uint8
    )


def _is_arrowhead(edges: Pixels, w: labels.TextLine) -> bool:
    """Whether lines go on outside the box of a letter: then it is an arrow's head, misread."""
    x0, y0, x1, y1 = (round(v) for v in w.box)
    outer, inner = (
        edges[max(0, y0 - 3) : y1 + 4, max(0, x0 - 3) : x1 + 4],
        edges[y0 : y1 + 1, x0 : x1 + 1],
    )
    return int(outer.sum()) > int(inner.sum())
