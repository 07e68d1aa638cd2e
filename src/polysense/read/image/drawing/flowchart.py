"""Pictures of flowcharts, trees, class diagrams and sequence diagrams -> Mermaid, and a program
where something is decided.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from polysense.protocols import Converter
from polysense.read.image.drawing import graph, labels, sequence, shapes
from polysense.types import Origin, Part

LONGEST = 1600
"""Pixels along the longer side in which a drawing is looked at."""

SMALL = 900
"""A picture smaller than this is doubled: its lines are hardly a pixel apart."""

Pixels = NDArray[np.uint8]


class Flowchart(Converter):
    """Diagram -> Mermaid (flowchart, class or sequence diagram), and where a flowchart decides
    something, Python that walks it.
    """

    source = "image"
    targets = frozenset({"code"})
    cost = 0.15
    origin: Origin = "composed"

    def convert(self, part: Part) -> Iterator[Part]:
        """Mermaid first. Nothing for a picture that is no diagram: no shapes with words, or no
        lines from one to another.
        """
        picture, words = labels.shown(part, LONGEST)
        if words is None:
            picture = _enlarged(picture)
        edge = shapes.edges(picture)
        found = shapes.shapes(picture, edge)
        if sum(min(s.wide, s.high) > 14 for s in found) < 2:
            return
        if words is None:
            words = [w for w in labels.read(picture) if len(w.text) > 1 or not _drawn_on(edge, w)]
        said = sequence.sequence(picture, found, words)
        if said:
            yield Part("code", sequence.mermaid(said), mime="text/x-mermaid", name="diagram.mmd")
            return
        chart = graph.chart(picture, found, words)
        if chart:
            yield Part("code", graph.mermaid(chart), mime="text/x-mermaid", name="diagram.mmd")
            program = graph.python(chart)
            if program:
                yield Part("code", program, mime="text/x-python", name="diagram.py")


def _enlarged(picture: Pixels) -> Pixels:
    import cv2

    high, wide = picture.shape[:2]
    if max(high, wide) >= SMALL or min(high, wide) < 40:
        return picture
    return np.asarray(
        cv2.resize(picture, (2 * wide, 2 * high), interpolation=cv2.INTER_CUBIC), np.uint8
    )


def _drawn_on(edge: Pixels, w: labels.Words) -> bool:
    """Whether lines go on outside the box of a letter: it is an arrow's head, misread."""
    x0, y0, x1, y1 = (round(v) for v in w.box)
    outer, inner = (
        edge[max(0, y0 - 3) : y1 + 4, max(0, x0 - 3) : x1 + 4],
        edge[y0 : y1 + 1, x0 : x1 + 1],
    )
    return int(outer.sum()) > int(inner.sum())
