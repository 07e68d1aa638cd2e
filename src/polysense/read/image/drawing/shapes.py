"""Closed shapes in a drawing, ruled or by hand: boxes, diamonds, circles, by their outlines.

Contours after Suzuki and Abe, "Topological structural analysis of digitized binary images by border
following" (1985).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Mask = NDArray[np.uint8]
Rect = tuple[int, int, int, int]
Kind = Literal["box", "round", "circle", "diamond", "slanted", "hexagon"]

MAX_OUTLINES = 4000
"""Outlines looked at, the largest first: a photograph has tens of thousands."""

MIN_CONTRAST, NOISE_FACTOR = 8.0, 5.0
"""An edge differs from its neighbours by so much of 255, or in a noisy picture by so many times the
usual difference. Judged, not measured.
"""

MIN_FILL, BOX_FILL = 0.4, 0.965
"""The shares of its box that an outline encloses: below the first it is no shape, above the second
a box whatever its corners.
"""

MIN_OVERLAP = 0.88
"""Overlap (intersection over union) from which an outline is a template's shape. Judged, not
measured.
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """A closed shape: its box (left, top, right, bottom), fit to its kind (0..1), colour inside."""

    kind: Kind
    box: Rect
    fit: float
    fill: tuple[int, int, int]

    @property
    def width(self) -> int:
        """Of the box."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        """Of the box."""
        return self.box[3] - self.box[1]

    @property
    def area(self) -> int:
        """Of the box."""
        return self.width * self.height

    @property
    def middle(self) -> tuple[float, float]:
        """Centre of the box."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


def edge_mask(picture: Pixels) -> Mask:
    """1 where the picture changes from one pixel to the next by more than its noise, else 0."""
    import cv2

    smooth = (
        cv2.GaussianBlur(picture, (3, 3), 0).astype(np.int16)
        if _noise_level(picture) > 1.5
        else picture.astype(np.int16)
    )
    across, down = (
        np.abs(np.diff(smooth, axis=1)).max(axis=2),
        np.abs(np.diff(smooth, axis=0)).max(axis=2),
    )
    strength = np.zeros(picture.shape[:2], np.int16)
    strength[:, 1:] = across
    strength[1:] = np.maximum(strength[1:], down)
    strength[:, :-1] = np.maximum(strength[:, :-1], across * (across > 0))
    return np.asarray(strength > max(MIN_CONTRAST, NOISE_FACTOR * _noise_level(smooth)), np.uint8)


def _noise_level(picture: NDArray[Any]) -> float:
    """The usual difference between neighbours: nought in what a program drew."""
    sample = picture[:: max(1, len(picture) // 400)].astype(np.int16)
    return (
        float(np.percentile(np.abs(np.diff(sample, axis=1)).max(axis=2), 60))
        if sample.shape[1] > 1
        else 0.0
    )


def find_shapes(
    picture: Pixels, edges: Mask, min_side: int = 10, gap: int = 1, bleed: bool = False
) -> list[Shape]:
    """Closed shapes at least `min_side` pixels each way, largest first.

    gap: breaks in a line that are closed, in pixels. bleed: whether the picture's own border closes
    a shape, as that of a page closes a band across it.
    """
    import cv2

    if gap > 1:
        edges = cv2.morphologyEx(edges, cv2.MORPH_CLOSE, np.ones((gap, gap), np.uint8))
    bordered = cv2.copyMakeBorder(edges, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=int(bleed))
    outlines, _ = cv2.findContours(
        bordered, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE, offset=(-1, -1)
    )
    candidates = [(c, cv2.boundingRect(c)) for c in outlines]
    candidates = [(c, r) for c, r in candidates if min(r[2:]) >= min_side]
    candidates.sort(key=lambda cr: -cr[1][2] * cr[1][3])
    closed_shapes = []
    for outline, (x, y, w, h) in candidates[:MAX_OUTLINES]:
        kind, fit = _classify_outline(outline, x, y, w, h)
        if kind:
            box = max(0, x), max(0, y), min(edges.shape[1], x + w), min(edges.shape[0], y + h)
            closed_shapes.append(Shape(kind, box, fit, _fill_colour(picture, edges, box)))
    return merge_duplicates(closed_shapes)


def merge_duplicates(shapes: Sequence[Shape]) -> list[Shape]:
    """One shape for the two edges of its line, the better fitting; larger ones first."""
    unique: list[Shape] = []
    for shape in sorted(shapes, key=lambda s: (-s.area, s.box)):
        slack = max(6, round(0.04 * min(shape.width, shape.height)))
        twin = next((i for i, k in enumerate(unique) if _is_near(k.box, shape.box, slack)), None)
        if twin is None:
            unique.append(shape)
        elif shape.fit > unique[twin].fit + 0.03 or (
            shape.kind != "box" and unique[twin].kind == "box" and shape.fit > 0.93
        ):
            unique[twin] = shape
    return unique


def _is_near(a: Rect, b: Rect, slack: int) -> bool:
    return all(abs(p - q) <= slack for p, q in zip(a, b, strict=True))


def _classify_outline(outline: Any, x: int, y: int, w: int, h: int) -> tuple[Kind | None, float]:
    """The simple shape that an outline is, or None, and its overlap with that."""
    import cv2

    area = cv2.contourArea(outline)
    share = area / max(1.0, float((w - 1) * (h - 1)))
    if share < MIN_FILL:
        return None, 0.0
    if share > BOX_FILL:
        return "box", share
    scale = 96.0 / max(w, h) if max(w, h) > 96 else 1.0
    size = max(3, round(w * scale)), max(3, round(h * scale))
    mask = np.zeros((size[1], size[0]), np.uint8)
    cv2.fillPoly(mask, [np.asarray((outline.reshape(-1, 2) - (x, y)) * scale, np.int32)], 1)
    best: tuple[Kind | None, float] = (None, 0.0)
    for kind, template in _templates(size):
        overlap = float((mask & template).sum()) / max(1, int((mask | template).sum()))
        if overlap > best[1] + 0.005:
            best = kind, overlap
    return best if best[1] > MIN_OVERLAP else (None, 0.0)


def _templates(size: tuple[int, int]) -> Iterator[tuple[Kind, Mask]]:
    """Each kind of shape, drawn to fill a box of this size."""
    import cv2

    w, h = size[0] - 1, size[1] - 1

    def polygon(*points: tuple[float, float]) -> Mask:
        mask = np.zeros((h + 1, w + 1), np.uint8)
        cv2.fillPoly(
            mask, [np.asarray([(round(px * w), round(py * h)) for px, py in points], np.int32)], 1
        )
        return mask

    yield "box", np.ones((h + 1, w + 1), np.uint8)
    yield "diamond", polygon((0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5))
    oval = np.zeros((h + 1, w + 1), np.uint8)
    cv2.ellipse(oval, ((w / 2, h / 2), (w, h), 0), 1, -1)
    yield "circle", oval
    radius = min(w, h) / 2
    pill = np.zeros((h + 1, w + 1), np.uint8)
    for cx, cy in ((radius, radius), (w - radius, h - radius)):
        cv2.circle(pill, (round(cx), round(cy)), round(radius), 1, -1)
    pill[: h + 1, round(radius) : round(w - radius) + 1] |= w >= h
    pill[round(radius) : round(h - radius) + 1, :] |= w < h
    yield "round", pill
    for lean in (0.12, 0.2, 0.3):
        yield "slanted", polygon((lean, 0), (1, 0), (1 - lean, 1), (0, 1))
        yield "slanted", polygon((0, 0), (1 - lean, 0), (1, 1), (lean, 1))
    yield "hexagon", polygon((0.12, 0), (0.88, 0), (1, 0.5), (0.88, 1), (0.12, 1), (0, 0.5))


def _fill_colour(picture: Pixels, edges: Mask, box: Rect) -> tuple[int, int, int]:
    """The commonest colour inside, away from edges."""
    x0, y0, x1, y1 = box
    step = max(1, (x1 - x0) // 64), max(1, (y1 - y0) // 64)
    inside = picture[y0 + 2 : y1 - 2 : step[1], x0 + 2 : x1 - 2 : step[0]]
    is_plain = edges[y0 + 2 : y1 - 2 : step[1], x0 + 2 : x1 - 2 : step[0]] == 0
    colours = inside[is_plain] if is_plain.any() else inside.reshape(-1, 3)
    return commonest_colour(colours)


def commonest_colour(colours: NDArray[np.uint8]) -> tuple[int, int, int]:
    """The commonest of (n, 3) colours, similar ones counted together; white where there is none."""
    if not len(colours):
        return 255, 255, 255
    coarse = (colours.astype(np.int32) >> 3) @ np.array([1 << 10, 1 << 5, 1])
    values, counts = np.unique(coarse, return_counts=True)
    r, g, b = np.median(colours[coarse == values[counts.argmax()]], axis=0)
    return int(r), int(g), int(b)


def contains_box(outer: Sequence[float], inner: Sequence[float], slack: float = 2.0) -> bool:
    """Whether one box (left, top, right, bottom) lies in another."""
    return bool(
        outer[0] - slack <= inner[0]
        and outer[1] - slack <= inner[1]
        and inner[2] <= outer[2] + slack
        and inner[3] <= outer[3] + slack
    )


def contains_point(box: Sequence[float], point: tuple[float, float]) -> bool:
    """Whether a point lies in a box."""
    return bool(box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3])
