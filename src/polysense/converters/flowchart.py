"""Pictures of flowcharts, trees, class diagrams and sequence diagrams -> Mermaid, and a program where something is decided."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from polysense.converters import _flow, _sequence, _shapes, _words
from polysense.protocols import Converter
from polysense.types import Origin, Part

LONGEST = 1600
"""Pixels along the longer side in which a drawing is looked at."""

SMALL = 900
"""A picture smaller than this is doubled: its lines are hardly a pixel apart."""

Pixels = NDArray[np.uint8]


class Flowchart(Converter):
    """Diagram -> Mermaid (flowchart, class or sequence diagram), and where a flowchart decides something, Python that walks it."""

    source = "image"
    targets = frozenset({"code"})
    cost = 0.15
    origin: Origin = "composed"

    def convert(self, part: Part) -> Iterator[Part]:
        """Mermaid first. Nothing for a picture that is no diagram: no shapes with words, or no lines from one to another."""
        picture, words = _words.shown(part, LONGEST)
        if words is None:
            picture = _enlarged(picture)
        edge = _shapes.edges(picture)
        found = _shapes.shapes(picture, edge)
        if sum(min(s.wide, s.high) > 14 for s in found) < 2:
            return
        words = _words.read(picture) if words is None else words
        said = _sequence.sequence(picture, found, words)
        if said:
            yield Part("code", _sequence.mermaid(said), mime="text/vnd.mermaid", name="diagram.mmd")
            return
        chart = _flow.chart(picture, edge, found, words)
        if chart:
            yield Part("code", _flow.mermaid(chart), mime="text/vnd.mermaid", name="diagram.mmd")
            program = _flow.python(chart)
            if program:
                yield Part("code", program, mime="text/x-python", name="diagram.py")


def _enlarged(picture: Pixels) -> Pixels:
    import cv2

    high, wide = picture.shape[:2]
    if max(high, wide) >= SMALL or min(high, wide) < 40:
        return picture
    return np.asarray(cv2.resize(picture, (2 * wide, 2 * high), interpolation=cv2.INTER_CUBIC), np.uint8)
