"""A sketch, wireframe or clean screenshot of a page or interface -> HTML with CSS, and SVG."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from polysense.protocols import Converter
from polysense.read.image.drawing import labels, markup, page_elements, shapes
from polysense.types import Origin, Part

LONGEST = 1600
"""Pixels along the longer side in which a page is looked at; a longer one is reduced, and its HTML
says so in its width.
"""


class Sketch(Converter):
    """Page or interface -> one HTML file (nested rows and columns, buttons, fields, headings,
    menus), then the same as SVG.
    """

    source = "image"
    targets = frozenset({"code"})
    cost = 0.25
    origin: Origin = "composed"

    def convert(self, part: Part) -> Iterator[Part]:
        """HTML first. Nothing for a picture without boxes and words, or with much that is neither."""
        picture, words = labels.shown(part, LONGEST)
        if min(picture.shape[:2]) < 60:
            return
        edge = shapes.edges(picture)
        found = shapes.shapes(picture, edge, bleed=True)
        gap = max(5, round(0.006 * max(picture.shape[:2]))) | 1
        if np.mean(edge) < 0.15:
            # by hand, lines do not quite meet
            found = shapes.distinct([*found, *shapes.shapes(picture, edge, gap=gap)])
        if len(found) < 2:
            return
        page = page_elements.page(
            picture, found, labels.read(picture) if words is None else words, edge
        )
        if page is not None:
            yield Part("code", markup.html(page), mime="text/html", name="page.html")
            yield Part("code", markup.svg(page), mime="image/svg+xml", name="page.svg")
