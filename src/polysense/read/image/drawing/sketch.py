"""A sketch, wireframe or clean screenshot of a page or interface -> HTML with CSS, and SVG."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from polysense.protocols import Converter
from polysense.read.image.drawing import labels, page_elements, page_html, page_svg, shapes
from polysense.types import Origin, Part

MAX_SIDE = 1600
"""Pixels along the longer side to which a page is reduced, and then its HTML's width."""

HAND_GAP = 0.006
"""Breaks in lines by hand that are closed, as a share of the longer side. Judged, not measured."""

MAX_EDGE_SHARE = 0.15
"""Where more of a picture is edges, it is no drawing by hand. Judged, not measured."""


class Sketch(Converter):
    """Page or interface -> one HTML file, then the same as SVG.

    With nested rows and columns, buttons, fields, headings and menus.
    """

    source = "image"
    targets = frozenset({"code"})
    cost = 0.25
    origin: Origin = "composed"

    def convert(self, part: Part) -> Iterator[Part]:
        """HTML first. Nothing for a picture without boxes and words, or with much else."""
        picture, words = labels.load_drawing(part, MAX_SIDE)
        if min(picture.shape[:2]) < 60:
            return
        edges = shapes.edge_mask(picture)
        closed_shapes = shapes.find_shapes(picture, edges, bleed=True)
        gap = max(5, round(HAND_GAP * max(picture.shape[:2]))) | 1
        if np.mean(edges) < MAX_EDGE_SHARE:
            # by hand, lines do not quite meet
            closed_shapes = shapes.merge_duplicates(
                [*closed_shapes, *shapes.find_shapes(picture, edges, gap=gap)]
            )
        if len(closed_shapes) < 2:
            return
        page = page_elements.find_page(
            picture,
            closed_shapes,
            labels.recognise_text(picture) if words is None else words,
            edges,
        )
        if page is not None:
            yield Part("code", page_html.to_html(page), mime="text/html", name="page.html")
            yield Part("code", page_svg.to_svg(page), mime="image/svg+xml", name="page.svg")
