"""Pictures and drawings of a PDF page that are worth looking at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polysense.read.document.layout import Line, area, distance, is_inside, union
from polysense.read.document.layout_tables import Table
from polysense.read.document.pdf.graphics import Drawing
from polysense.read.document.pdf.page import Page
from polysense.read.file.text import count_words
from polysense.types import Box

# The numbers below are judged, not measured.

_MIN_PICTURE_SIDE = 24
"""Points: smaller pictures are icons and bullets."""

_MIN_PICTURE_AREA = 0.003
"""Share of the page; pictures with less are lines and ornaments."""

_BACKDROP_AREA = 0.8
_BACKDROP_WORDS = 30
"""A picture over more of the page is a background where there are so many words on it."""

_MAX_DRAWING_AREA = 0.6
"""A path over more of the page is a frame."""

_MAX_PICTURES = 500
"""Pictures of a page looked at."""

_MIN_STROKES = 12
_MIN_THICKNESS = 2.0
"""Fewer strokes, or all thinner than so many points, are lines under words or a frame."""

_MIN_FIGURE_WIDTH = 0.1
_MIN_FIGURE_HEIGHT = 0.03
"""Shares of the page."""

_MAX_LABEL_AREA = 0.35
_MAX_LABEL_WORDS = 80
"""Paths with more words in them frame a text."""


def find_figures(
    page: Page, lines: list[Line], tables: list[Table], known_pictures: set[str]
) -> list[tuple[Box, list[Line]]]:
    """Box of each picture and drawing worth looking at, and the words that are part of it.

    known_pictures are the digests of earlier pages' pictures, which do not come again; those of
    this page are added.
    """
    page_area = page.width * page.height
    words = sum(count_words(line.text) for line in lines)
    figures: list[tuple[Box, list[Line]]] = []
    for box, digest in _merge_strips(page):
        # cut to the page where it is larger
        visible_box = box if area(box) < page_area else (0.0, 0.0, page.width, page.height)
        is_tiny = (
            min(box[2] - box[0], box[3] - box[1]) < _MIN_PICTURE_SIDE
            or area(box) < _MIN_PICTURE_AREA * page_area
        )
        is_backdrop = area(box) > _BACKDROP_AREA * page_area and words >= _BACKDROP_WORDS
        if not is_tiny and not is_backdrop and digest not in known_pictures:
            figures.append((visible_box, []))
        known_pictures.add(digest)
    occupied = [table.box for table in tables] + [box for box, _ in figures]
    drawings = [
        d
        for d in page.drawings
        if area(d.box) < _MAX_DRAWING_AREA * page_area
        and not any(is_inside(d.box, t, 2) for t in occupied)
    ]
    for group in cluster_boxes([d.box for d in drawings], page.width, page.height):
        box = union(drawings[i].box for i in group)
        labels = [line for line in lines if is_inside(line.box, box)]
        if _is_figure([drawings[i] for i in group], box, labels, page):
            figures = [f for f in figures if not is_inside(f[0], box)] + [(box, labels)]
    return sorted(figures, key=lambda f: (f[0][1], f[0][0]))


def _merge_strips(page: Page) -> list[tuple[Box, str]]:
    """Box and digest of each picture; strips that some programs cut one into are put together."""
    pictures: list[tuple[Box, str]] = []
    for picture in sorted(page.pictures[:_MAX_PICTURES], key=lambda p: (p.box[1], p.box[0])):
        if min(picture.pixels) < 2:
            continue
        box, digest = picture.box, picture.digest
        for other in [f for f in pictures if distance(f[0], box) <= 1]:
            pictures.remove(other)
            box, digest = union((box, other[0])), f"{other[1]} {digest}"
        pictures.append((box, digest))
    return pictures


def _is_figure(drawings: list[Drawing], box: Box, labels: list[Line], page: Page) -> bool:
    """Whether paths lying together are a figure, not lines under words or a frame around them."""
    strokes = sum(d.strokes for d in drawings)
    has_thickness = any(
        min(d.box[2] - d.box[0], d.box[3] - d.box[1]) > _MIN_THICKNESS for d in drawings
    )
    is_small = (
        box[2] - box[0] < _MIN_FIGURE_WIDTH * page.width
        or box[3] - box[1] < _MIN_FIGURE_HEIGHT * page.height
    )
    is_wordy = (
        sum(area(line.box) for line in labels) > _MAX_LABEL_AREA * area(box)
        or sum(count_words(line.text) for line in labels) > _MAX_LABEL_WORDS
    )
    return strokes >= _MIN_STROKES and has_thickness and not is_small and not is_wordy


def cluster_boxes(
    boxes: Sequence[Box], width: float, height: float, cell: float = 6.0
) -> list[list[int]]:
    """Which boxes lie together, a cell's width or less apart: their indices."""
    import cv2

    if not boxes:
        return []
    across, down = int(width / cell) + 1, int(height / cell) + 1

    def scale(v: float, most: int) -> int:
        return min(max(int(v / cell), 0), most)

    occupancy = np.zeros((down + 1, across + 1), np.uint8)
    for x0, y0, x1, y1 in boxes:
        occupancy[
            scale(y0, down) : scale(y1, down) + 1, scale(x0, across) : scale(x1, across) + 1
        ] = 1
    _, labels = cv2.connectedComponents(occupancy, connectivity=8)
    members: dict[int, list[int]] = {}
    for i, (x0, y0, _, _) in enumerate(boxes):
        members.setdefault(int(labels[scale(y0, down), scale(x0, across)]), []).append(i)
    return list(members.values())
