"""Lines between the shapes of a drawing, traced from one shape to another, with their heads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from polysense.read.image.drawing.labels import TextLine
from polysense.read.image.drawing.line_graph import Connector, LineGraph, Mask
from polysense.read.image.drawing.shapes import Shape

Pixels = NDArray[np.uint8]

LINE_CONTRAST = 26
"""A line differs by so much of 255 from the background around it. Judged, not measured."""

MAX_COMPONENTS = 400
"""Separate pieces of line that are traced, the largest first: a limit on time."""

# Judged on drawn charts, not measured; in heights of a line of text.
DASH_GAP = 0.25
"""Breaks in a line up to this are closed: dashes become one line."""

MAX_HEAD_SIZE = 1.2
"""What a line encloses counts as its head up to this size."""

MIN_LINE_LENGTH = 0.5
"""Shorter pieces are no lines."""

BACKGROUND_WINDOW = 1.1
"""Side of the median window that takes lines away and leaves the background."""

MAX_BORDER = 14
"""Pixels that a shape's own line is wide at most."""


def shape_mask(shape: Shape, size: tuple[int, ...], grow: int = 0) -> Mask:
    """1 inside the shape, grown by some pixels, else 0."""
    import cv2

    mask = np.zeros(size, np.uint8)
    x0, y0, x1, y1 = (
        shape.box[0] - grow,
        shape.box[1] - grow,
        shape.box[2] + grow,
        shape.box[3] + grow,
    )
    mx, my = (x0 + x1) // 2, (y0 + y1) // 2
    if shape.kind == "diamond":
        cv2.fillPoly(
            mask,
            [
                np.asarray(
                    [(mx, y0 - grow), (x1 + grow, my), (mx, y1 + grow), (x0 - grow, my)], np.int32
                )
            ],
            1,
        )
    elif shape.kind == "circle":
        cv2.ellipse(mask, (((x0 + x1) / 2, (y0 + y1) / 2), (x1 - x0, y1 - y0), 0), 1, -1)
    else:
        cv2.rectangle(mask, (x0, y0), (x1, y1), 1, -1)
    return mask


def trace_connectors(
    picture: Pixels, nodes: Sequence[Shape], words: Sequence[TextLine], text_height: float
) -> tuple[list[Connector], float]:
    """The lines that join nodes, and which share of the drawn lines they are (0..1)."""
    import cv2

    size = picture.shape[:2]
    foreground = _line_foreground(picture, text_height)
    node_index = np.full(size, -1, np.int32)
    inside = np.zeros(size, np.uint8)
    for i, node in enumerate(nodes):
        mask = shape_mask(node, size, _border_width(node, foreground) + 3)
        node_index[mask > 0] = i
        inside |= mask
    for word in words:
        x0, y0, x1, y1 = (round(v) for v in word.box)
        foreground[max(0, y0 - 1) : y1 + 2, max(0, x0 - 1) : x1 + 2] = 0
    foreground[inside > 0] = 0
    reach = max(7, round(DASH_GAP * text_height)) | 1
    line_mask = np.zeros_like(foreground)
    for kernel in (
        np.ones((1, reach + 2)),
        np.ones((reach + 2, 1)),
        cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)),
    ):
        line_mask |= cv2.morphologyEx(foreground, cv2.MORPH_CLOSE, kernel.astype(np.uint8))
    line_mask[inside > 0] = 0
    line_mask = _bridge_labels(line_mask, inside, words)
    holes = _find_small_holes(line_mask, MAX_HEAD_SIZE * text_height)
    distance, nearest = _nearest_node(inside, node_index)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(line_mask | holes, connectivity=8)
    largest = np.argsort(-stats[1:, cv2.CC_STAT_AREA])[:MAX_COMPONENTS] + 1 if count > 1 else ()
    connectors: list[Connector] = []
    for i in largest:
        x, y, w, h = (int(v) for v in stats[i, :4])
        if max(w, h) < MIN_LINE_LENGTH * text_height:
            continue
        component = np.asarray(labels[y : y + h, x : x + w] == i, np.uint8)
        line_graph = LineGraph(component, (x, y), foreground, holes, distance, nearest, text_height)
        connectors += line_graph.connectors()
    return connectors, _traced_share(line_mask, connectors, text_height)


def _border_width(node: Shape, foreground: Mask) -> int:
    """How far a shape's own line goes beyond the box of its inside, in pixels."""
    before = shape_mask(node, foreground.shape)
    for grow in range(1, MAX_BORDER):
        after = shape_mask(node, foreground.shape, grow)
        ring = (after == 1) & (before == 0)
        if grow > 2 and ring.any() and foreground[ring].mean() < 0.5:
            return grow - 1
        before = after
    return 3


def _line_foreground(picture: Pixels, text_height: float) -> Mask:
    """Lines and their heads, but no fills: what a wide median takes away."""
    import cv2

    kernel_size = min(99, max(15, round(BACKGROUND_WINDOW * text_height))) | 1
    background = cv2.medianBlur(picture, kernel_size)
    differs = np.abs(picture.astype(np.int16) - background).max(axis=2)
    dark = background.astype(np.int16).mean(axis=2) - picture.mean(axis=2)
    return np.asarray((differs > LINE_CONTRAST) & (np.abs(dark) > LINE_CONTRAST / 2), np.uint8)


def _bridge_labels(line_mask: Mask, inside: Mask, words: Sequence[TextLine]) -> Mask:
    """The mask with lines that go on behind their labels drawn through them."""
    import cv2

    for w in words:
        x0, y0, x1, y1 = (round(v) for v in w.box)
        if inside[
            min(max(0, (y0 + y1) // 2), len(inside) - 1),
            min(max(0, (x0 + x1) // 2), inside.shape[1] - 1),
        ]:
            continue
        pad = max(4, round(0.25 * w.height))
        top, left = max(0, y0 - pad), max(0, x0 - pad)
        ring = line_mask[top : y1 + pad + 1, left : x1 + pad + 1].copy()
        if ring.size == 0:
            continue
        count, labels = cv2.connectedComponents(ring)
        middles = [
            np.argwhere(labels == i).mean(axis=0)
            for i in range(1, count)
            if (labels == i).sum() > 3
        ]
        if len(middles) == 2:
            (ya, xa), (yb, xb) = middles
            across = abs(ya - yb) > 0.7 * w.height or abs(xa - xb) > 0.7 * (w.box[2] - w.box[0])
            if across:
                cv2.line(
                    line_mask,
                    (round(xa) + left, round(ya) + top),
                    (round(xb) + left, round(yb) + top),
                    1,
                    2,
                )
    return line_mask


def _find_small_holes(line_mask: Mask, max_size: float) -> Mask:
    """1 in what a line encloses that is no larger than a head."""
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats(1 - line_mask, connectivity=4)
    is_small = (stats[:, cv2.CC_STAT_WIDTH] < max_size) & (stats[:, cv2.CC_STAT_HEIGHT] < max_size)
    is_small[0] = False
    return np.asarray(is_small[labels] if count > 1 else np.zeros_like(line_mask), np.uint8)


def _nearest_node(
    inside: Mask, node_index: NDArray[np.int32]
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """For each pixel the distance to the nearest node, and which it is."""
    import cv2

    if not inside.any():
        return np.full(inside.shape, 1e6, np.float32), node_index
    distance, label = cv2.distanceTransformWithLabels(
        1 - inside, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    node_of_label = np.zeros(int(label.max()) + 1, np.int32)
    node_of_label[label[inside > 0]] = node_index[inside > 0]
    return np.asarray(distance, np.float32), node_of_label[label]


def _traced_share(line_mask: Mask, connectors: Sequence[Connector], text_height: float) -> float:
    """Which share of the lines lies on the paths of connectors."""
    import cv2

    traced, thickness = np.zeros_like(line_mask), max(5, round(0.9 * text_height))
    for connector in connectors:
        cv2.polylines(traced, [np.asarray(connector.path, np.int32)], False, 1, thickness)
    total = int(line_mask.sum())
    return float((line_mask & traced).sum()) / total if total else 0.0
