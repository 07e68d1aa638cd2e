"""Lines between the shapes of a drawing: traced along their skeletons from one shape to another,
with their heads.

Thinning after Zhang and Suen, "A fast parallel algorithm for thinning digital patterns" (1984).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.read.image.drawing.labels import Words
from polysense.read.image.drawing.shapes import Shape

Pixels = NDArray[np.uint8]
Mask = NDArray[np.uint8]
Point = tuple[int, int]

INK = 26
"""A line differs by so much of 255 from the ground around it."""

MOST = 400
"""Separate pieces of line that are traced, the largest first."""

MOST_POINTS, MOST_ENDS = 20_000, 24
"""A piece with more pixels or more ends is a pattern, not lines."""


@dataclass(slots=True)
class Wire:
    """A line from one node to another (indices), its path (x, y), and what is at its end: an arrow,
    a hollow triangle, or nothing.
    """

    source: int
    target: int
    path: list[Point]
    head: str = "arrow"
    dashed: bool = False
    said: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _End:
    """Where a line ends at a node: what is drawn there beyond the line itself."""

    at: Point
    node: int
    weight: float
    hollow: bool


def outline(shape: Shape, size: tuple[int, ...], grow: int = 0) -> Mask:
    """1 inside the shape, grown by some pixels."""
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


def wires(
    picture: Pixels, nodes: Sequence[Shape], words: Sequence[Words], unit: float
) -> tuple[list[Wire], float]:
    """The lines that join nodes, and which share of the drawn lines they are (0..1)."""
    import cv2

    size = picture.shape[:2]
    ink = _ink(picture, unit)
    owner = np.full(size, -1, np.int32)
    inside = np.zeros(size, np.uint8)
    for i, node in enumerate(nodes):
        mask = outline(node, size, _border(node, ink) + 3)
        owner[mask > 0] = i
        inside |= mask
    for said in words:
        x0, y0, x1, y1 = (round(v) for v in said.box)
        ink[max(0, y0 - 1) : y1 + 2, max(0, x0 - 1) : x1 + 2] = 0
    ink[inside > 0] = 0
    reach = max(7, round(0.25 * unit)) | 1
    closed = np.zeros_like(ink)
    for kernel in (
        np.ones((1, reach + 2)),
        np.ones((reach + 2, 1)),
        cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)),
    ):
        closed |= cv2.morphologyEx(ink, cv2.MORPH_CLOSE, kernel.astype(np.uint8))
    closed[inside > 0] = 0
    closed = _bridged(closed, inside, words)
    holes = _small_holes(closed, 1.2 * unit)
    distance, nearest = _nearest(inside, owner)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed | holes, connectivity=8)
    order = (
        [int(i) for i in np.argsort(-stats[1:, cv2.CC_STAT_AREA])[:MOST] + 1] if count > 1 else []
    )
    found: list[Wire] = []
    for i in order:
        x, y, w, h = (int(v) for v in stats[i, :4])
        if max(w, h) < 0.5 * unit:
            continue
        piece = np.asarray(labels[y : y + h, x : x + w] == i, np.uint8)
        part = _Piece(piece, (x, y), ink, holes, distance, nearest, unit)
        found += part.wires()
    return found, _share(closed, found, unit)


def _border(node: Shape, ink: Mask) -> int:
    """How far a shape's own line goes beyond the box of its inside, in pixels."""
    before = outline(node, ink.shape)
    for grow in range(1, 14):
        after = outline(node, ink.shape, grow)
        ring = (after == 1) & (before == 0)
        if grow > 2 and ring.any() and ink[ring].mean() < 0.5:
            return grow - 1
        before = after
    return 3


def _ink(picture: Pixels, unit: float) -> Mask:
    """Lines and their heads, but no grounds: what a wide median takes away."""
    import cv2

    wide = min(99, max(15, round(1.1 * unit))) | 1
    ground = cv2.medianBlur(picture, wide)
    differs = np.abs(picture.astype(np.int16) - ground).max(axis=2)
    dark = ground.astype(np.int16).mean(axis=2) - picture.mean(axis=2)
    return np.asarray((differs > INK) & (np.abs(dark) > INK / 2), np.uint8)


def _bridged(closed: Mask, inside: Mask, words: Sequence[Words]) -> Mask:
    """A line that goes on behind its label is drawn through it."""
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
        ring = closed[top : y1 + pad + 1, left : x1 + pad + 1].copy()
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
                    closed,
                    (round(xa) + left, round(ya) + top),
                    (round(xb) + left, round(yb) + top),
                    1,
                    2,
                )
    return closed


def _small_holes(closed: Mask, most: float) -> Mask:
    """1 in what a line encloses that is no larger than a head."""
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats(1 - closed, connectivity=4)
    small = (stats[:, cv2.CC_STAT_WIDTH] < most) & (stats[:, cv2.CC_STAT_HEIGHT] < most)
    small[0] = False
    return np.asarray(small[labels] if count > 1 else np.zeros_like(closed), np.uint8)


def _nearest(
    inside: Mask, owner: NDArray[np.int32]
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """For each pixel the distance to the nearest node, and which it is."""
    import cv2

    if not inside.any():
        return np.full(inside.shape, 1e6, np.float32), owner
    distance, label = cv2.distanceTransformWithLabels(
        1 - inside, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    which = np.zeros(int(label.max()) + 1, np.int32)
    which[label[inside > 0]] = owner[inside > 0]
    return np.asarray(distance, np.float32), which[label]


def _share(closed: Mask, found: Sequence[Wire], unit: float) -> float:
    import cv2

    drawn = np.zeros_like(closed)
    for wire in found:
        cv2.polylines(drawn, [np.asarray(wire.path, np.int32)], False, 1, max(5, round(0.9 * unit)))
    total = int(closed.sum())
    return float((closed & drawn).sum()) / total if total else 0.0


class _Piece:
    """One connected piece of line, as a graph of its skeleton."""

    def __init__(
        self,
        piece: Mask,
        corner: Point,
        ink: Mask,
        holes: Mask,
        distance: Any,
        nearest: Any,
        unit: float,
    ) -> None:
        self.corner, self.unit, self.ink, self.holes = corner, unit, ink, holes
        self.distance, self.nearest = distance, nearest
        self.skeleton = thin(piece)
        self.points = {(int(x), int(y)) for y, x in np.argwhere(self.skeleton)}
        self.thick = float(piece.sum()) / max(1, len(self.points))

    def wires(self) -> list[Wire]:
        """The lines from node to node in it."""
        ends = self._ends() if len(self.points) < MOST_POINTS else []
        if not 1 < len(ends) <= MOST_ENDS:
            return []
        if len(ends) == 2:
            path = self._paths(ends[0].at, [ends[1].at])[ends[1].at]
            return [self._wire(ends[0], ends[1], path)] if path else []
        return self._crossing(ends)

    def _ends(self) -> list[_End]:
        """Tips of the skeleton at nodes, or where those are fewer than two (a sketched head) what
        comes near to them.
        """
        ends = self._ends_among(sorted(p for p in self.points if self._tip(p)))
        return ends if len(ends) > 1 else self._ends_among(sorted(self.points))

    def _ends_among(self, points: Sequence[Point]) -> list[_End]:
        """Several at one place are one."""
        near = []
        for x, y in points:
            at = (y + self.corner[1], x + self.corner[0])
            if self.distance[at] < max(9.0, 0.45 * self.unit):
                near.append(((x, y), float(self.distance[at]), int(self.nearest[at])))
        near.sort(key=lambda n: (n[1], n[0]))
        kept: list[tuple[Point, float, int]] = []
        for tip in near:
            close = [
                k
                for k in kept
                if k[2] == tip[2]
                and np.hypot(k[0][0] - tip[0][0], k[0][1] - tip[0][1]) < 0.8 * self.unit + 4
            ]
            if not close:
                kept.append(tip)
        return [_End(p, node, *self._head(p)) for p, _, node in kept]

    def _tip(self, p: Point) -> bool:
        """Whether the skeleton goes on from here one way at most: what is beside it is beside each
        other.
        """
        near = self._beside(p)
        return len(near) < 2 or (
            len(near) == 2 and max(abs(near[0][0] - near[1][0]), abs(near[0][1] - near[1][1])) < 2
        )

    def _head(self, p: Point) -> tuple[float, bool]:
        """How much more is drawn at an end than a line would, and whether that is hollow."""
        x, y = p[0] + self.corner[0], p[1] + self.corner[1]
        r = max(7, round(0.55 * self.unit))
        rows, columns = slice(max(0, y - r), y + r + 1), slice(max(0, x - r), x + r + 1)
        ink, holes = self.ink[rows, columns], self.holes[rows, columns]
        gy, gx = np.ogrid[
            rows.start - y : rows.start - y + ink.shape[0],
            columns.start - x : columns.start - x + ink.shape[1],
        ]
        disc = gx * gx + gy * gy <= r * r
        return float(((ink | holes) * disc).sum()) / r, int((holes * disc).sum()) > 0.05 * r * r

    def _beside(self, p: Point) -> list[Point]:
        x, y = p
        return [
            q for dx in (-1, 0, 1) for dy in (-1, 0, 1) if (dx or dy) and (q := (x + dx, y + dy)) in self.points
        ]  # fmt: skip

    def _paths(self, start: Point, goals: Sequence[Point]) -> dict[Point, list[Point]]:
        """The shortest ways along the skeleton from a point to others, as far as they can be
        reached.
        """
        before: dict[Point, Point] = {start: start}
        wave, left = [start], set(goals) - {start}
        while wave and left:
            onward = []
            for p in wave:
                for q in self._beside(p):
                    if q not in before:
                        before[q] = p
                        onward.append(q)
            left -= set(onward)
            wave = onward
        found = {}
        for goal in goals:
            path = [goal] if goal in before else []
            while path and path[-1] != start:
                path.append(before[path[-1]])
            found[goal] = path[::-1]
        return found

    def _crossing(self, ends: list[_End]) -> list[Wire]:
        """Lines that cross or join: each tail goes to the head that it reaches with the least
        turning.
        """
        level = self._level(ends)
        heads, tails = [e for e in ends if e.weight > level], [e for e in ends if e.weight <= level]
        found, reached = [], set()
        ways = {tail.at: self._paths(tail.at, [h.at for h in heads]) for tail in tails}
        for tail in tails:
            options = [
                (self._turning(path), len(path), h, path)
                for h in heads
                if (path := ways[tail.at][h.at])
            ]
            options = [o for o in options if o[2].node != tail.node] or options
            if options:
                _, _, head, path = min(options, key=lambda o: (o[0], o[1]))
                reached.add(head.at)
                found.append(self._wire(tail, head, path, directed=True))
        for head in heads:  # one line that parts in several
            if head.at not in reached and tails:
                options = [
                    (self._turning(path), len(path), t, path)
                    for t in tails
                    if (path := ways[t.at][head.at])
                ]
                if options:
                    _, _, tail, path = min(options, key=lambda o: (o[0], o[1]))
                    found.append(self._wire(tail, head, path, directed=True))
        return found

    def _level(self, ends: Sequence[_End]) -> float:
        """What parts heads from tails: the widest step between the weights."""
        weights = sorted(e.weight for e in ends)
        steps = [b - a for a, b in pairwise(weights)]
        at = int(np.argmax(steps))
        return (weights[at] + weights[at + 1]) / 2

    def _turning(self, path: Sequence[Point]) -> float:
        """The sharpest turn of a path, of four quarters: 0 straight on, 2 back."""
        step = max(4, round(0.35 * self.unit))
        thinned = np.asarray(path[::step], np.float64)
        if len(thinned) < 3:
            return 0.0
        ways = np.diff(thinned, axis=0)
        ways /= np.maximum(np.hypot(ways[:, 0], ways[:, 1])[:, None], 1e-6)
        return round(float((1 - (ways[1:] * ways[:-1]).sum(axis=1)).max()), 1)

    def _wire(self, a: _End, b: _End, path: Sequence[Point], directed: bool = False) -> Wire:
        if not directed and a.weight > b.weight:
            a, b, path = b, a, path[::-1]
        heavy = b.weight > max(1.25 * a.weight, a.weight + 0.5)
        placed = [(x + self.corner[0], y + self.corner[1]) for x, y in path]
        drawn = np.mean(
            [
                self.ink[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2].any()
                for x, y in placed[len(placed) // 6 : -len(placed) // 3 or None]
            ]
        )
        head = "" if not heavy else "hollow" if b.hollow else "arrow"
        return Wire(a.node, b.node, placed, head, bool(drawn < 0.9))


def thin(mask: Mask) -> Mask:
    """The one pixel wide skeleton of a mask of 0 and 1."""
    image = np.pad(mask, 1).astype(np.uint8)
    changed = True
    while changed:
        changed = False
        for first in (True, False):
            ring = [
                np.roll(image, s, (0, 1))
                for s in ((1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1))
            ]
            many = sum(r.astype(np.int8) for r in ring)
            turns = sum(
                ((ring[i] == 0) & (ring[(i + 1) % 8] == 1)).astype(np.int8) for i in range(8)
            )
            n, e, s, w = ring[0], ring[2], ring[4], ring[6]
            corner = (
                ((n & e & s) == 0) & ((e & s & w) == 0)
                if first
                else ((n & e & w) == 0) & ((n & s & w) == 0)
            )
            gone = (image == 1) & (many >= 2) & (many <= 6) & (turns == 1) & corner
            if gone.any():
                image[gone] = 0
                changed = True
    return image[1:-1, 1:-1]
