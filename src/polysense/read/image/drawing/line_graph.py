"""One connected piece of line as a graph of its skeleton: its ends, its paths, and the connectors
that it stands for.

Thinning after Zhang and Suen, "A fast parallel algorithm for thinning digital patterns" (1984).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]
Point = tuple[int, int]

MAX_POINTS, MAX_ENDS = 20_000, 24
"""A piece with more pixels or more ends is a pattern, not lines. Judged, not measured."""

# Judged on drawn charts, not measured; in heights of a line of text.
END_REACH = 0.45
"""As near to a node a line ends at it."""

END_SPACING = 0.8
"""Ends at one node nearer to each other than this (and 4 pixels) are one end."""

HEAD_RADIUS = 0.55
"""How far around an end a head is looked for."""

TURN_STEP = 0.35
"""Length of the steps between which a path's turns are measured."""

HOLLOW_SHARE = 0.05
"""A head is hollow where holes have this share of the squared radius around the end."""

HEAD_WEIGHT_RATIO, HEAD_WEIGHT_STEP = 1.25, 0.5
"""An end has a head where it weighs so many times the other, and so much more than it."""

SOLID_COVERAGE = 0.9
"""A line drawn on less of its path is dashed."""


@dataclass(slots=True)
class Connector:
    """A line from one node to another (indices), its path (x, y), and what is at its end: an arrow,
    a hollow triangle, or nothing.
    """

    source: int
    target: int
    path: list[Point]
    head: str = "arrow"
    dashed: bool = False
    label_lines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class LineEnd:
    """Where a line ends at a node: what is drawn there beyond the line itself."""

    point: Point
    node: int
    weight: float
    hollow: bool


class LineGraph:
    """One connected piece of line, as a graph of its skeleton."""

    def __init__(
        self,
        component: Mask,
        corner: Point,
        foreground: Mask,
        holes: Mask,
        distance: NDArray[np.float32],
        nearest: NDArray[np.int32],
        text_height: float,
    ) -> None:
        self.corner, self.text_height = corner, text_height
        self.foreground, self.holes = foreground, holes
        self.distance, self.nearest = distance, nearest
        self.points = {(int(x), int(y)) for y, x in np.argwhere(thin(component))}

    def connectors(self) -> list[Connector]:
        """The lines from node to node in it."""
        ends = self._ends() if len(self.points) < MAX_POINTS else []
        if not 1 < len(ends) <= MAX_ENDS:
            return []
        if len(ends) == 2:
            path = self._shortest_paths(ends[0].point, [ends[1].point])[ends[1].point]
            return [self._connector(ends[0], ends[1], path)] if path else []
        return self._pair_tails_with_heads(ends)

    def _ends(self) -> list[LineEnd]:
        """Tips of the skeleton at nodes; where they are fewer than two, all points near to nodes.

        A sketched head may have no tip.
        """
        ends = self._ends_near_nodes(sorted(p for p in self.points if self._is_tip(p)))
        return ends if len(ends) > 1 else self._ends_near_nodes(sorted(self.points))

    def _ends_near_nodes(self, points: Sequence[Point]) -> list[LineEnd]:
        """The ends among points: those near to a node, several at one place as one."""
        candidates = []
        for x, y in points:
            pixel = (y + self.corner[1], x + self.corner[0])
            if self.distance[pixel] < max(9.0, END_REACH * self.text_height):
                candidates.append(((x, y), float(self.distance[pixel]), int(self.nearest[pixel])))
        candidates.sort(key=lambda n: (n[1], n[0]))
        tips: list[tuple[Point, float, int]] = []
        for tip in candidates:
            duplicates = [
                k
                for k in tips
                if k[2] == tip[2]
                and np.hypot(k[0][0] - tip[0][0], k[0][1] - tip[0][1])
                < END_SPACING * self.text_height + 4
            ]
            if not duplicates:
                tips.append(tip)
        return [LineEnd(p, node, *self._head_weight(p)) for p, _, node in tips]

    def _is_tip(self, point: Point) -> bool:
        """Whether the skeleton goes on from here one way at most: its neighbours touch."""
        neighbours = self._neighbours(point)
        if len(neighbours) != 2:
            return len(neighbours) < 2
        (ax, ay), (bx, by) = neighbours
        return max(abs(ax - bx), abs(ay - by)) < 2

    def _head_weight(self, point: Point) -> tuple[float, bool]:
        """How much more is drawn at an end than a line would, and whether that is hollow."""
        x, y = point[0] + self.corner[0], point[1] + self.corner[1]
        radius = max(7, round(HEAD_RADIUS * self.text_height))
        rows = slice(max(0, y - radius), y + radius + 1)
        columns = slice(max(0, x - radius), x + radius + 1)
        foreground, holes = self.foreground[rows, columns], self.holes[rows, columns]
        gy, gx = np.ogrid[
            rows.start - y : rows.start - y + foreground.shape[0],
            columns.start - x : columns.start - x + foreground.shape[1],
        ]
        disc = gx * gx + gy * gy <= radius * radius
        weight = float(((foreground | holes) * disc).sum()) / radius
        return weight, int((holes * disc).sum()) > HOLLOW_SHARE * radius * radius

    def _neighbours(self, point: Point) -> list[Point]:
        x, y = point
        around = [(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy]
        return [p for p in around if p in self.points]

    def _shortest_paths(self, start: Point, goals: Sequence[Point]) -> dict[Point, list[Point]]:
        """The shortest paths along the skeleton from a point to others; [] where there is none."""
        previous: dict[Point, Point] = {start: start}
        frontier, remaining = [start], set(goals) - {start}
        while frontier and remaining:
            next_frontier = []
            for p in frontier:
                for q in self._neighbours(p):
                    if q not in previous:
                        previous[q] = p
                        next_frontier.append(q)
            remaining -= set(next_frontier)
            frontier = next_frontier
        paths = {}
        for goal in goals:
            path = [goal] if goal in previous else []
            while path and path[-1] != start:
                path.append(previous[path[-1]])
            paths[goal] = path[::-1]
        return paths

    def _pair_tails_with_heads(self, ends: list[LineEnd]) -> list[Connector]:
        """Lines that cross or join: each tail goes to the head reached with the least turning."""
        threshold = self._head_threshold(ends)
        heads = [e for e in ends if e.weight > threshold]
        tails = [e for e in ends if e.weight <= threshold]
        connectors, reached_heads = [], set()
        goals = [head.point for head in heads]
        paths = {tail.point: self._shortest_paths(tail.point, goals) for tail in tails}
        for tail in tails:
            options = [
                (self._sharpest_turn(path), len(path), h, path)
                for h in heads
                if (path := paths[tail.point][h.point])
            ]
            options = [o for o in options if o[2].node != tail.node] or options
            if options:
                _, _, head, path = min(options, key=lambda o: (o[0], o[1]))
                reached_heads.add(head.point)
                connectors.append(self._connector(tail, head, path, directed=True))
        for head in heads:  # one line that parts in several
            if head.point not in reached_heads and tails:
                options = [
                    (self._sharpest_turn(path), len(path), t, path)
                    for t in tails
                    if (path := paths[t.point][head.point])
                ]
                if options:
                    _, _, tail, path = min(options, key=lambda o: (o[0], o[1]))
                    connectors.append(self._connector(tail, head, path, directed=True))
        return connectors

    def _head_threshold(self, ends: Sequence[LineEnd]) -> float:
        """What parts heads from tails: the widest step between the weights."""
        weights = sorted(e.weight for e in ends)
        steps = [b - a for a, b in pairwise(weights)]
        widest = int(np.argmax(steps))
        return (weights[widest] + weights[widest + 1]) / 2

    def _sharpest_turn(self, path: Sequence[Point]) -> float:
        """The sharpest turn of a path, of four quarters: 0 straight on, 2 back."""
        step = max(4, round(TURN_STEP * self.text_height))
        samples = np.asarray(path[::step], np.float64)
        if len(samples) < 3:
            return 0.0
        directions = np.diff(samples, axis=0)
        directions /= np.maximum(np.hypot(directions[:, 0], directions[:, 1])[:, None], 1e-6)
        return round(float((1 - (directions[1:] * directions[:-1]).sum(axis=1)).max()), 1)

    def _connector(
        self, a: LineEnd, b: LineEnd, path: Sequence[Point], directed: bool = False
    ) -> Connector:
        if not directed and a.weight > b.weight:
            a, b, path = b, a, path[::-1]
        has_head = b.weight > max(HEAD_WEIGHT_RATIO * a.weight, a.weight + HEAD_WEIGHT_STEP)
        picture_path = [(x + self.corner[0], y + self.corner[1]) for x, y in path]
        coverage = np.mean(
            [
                self.foreground[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2].any()
                for x, y in picture_path[len(picture_path) // 6 : -len(picture_path) // 3 or None]
            ]
        )
        head = "" if not has_head else "hollow" if b.hollow else "arrow"
        return Connector(a.node, b.node, picture_path, head, bool(coverage < SOLID_COVERAGE))


def thin(mask: Mask) -> Mask:
    """The one pixel wide skeleton of a mask of 0 and 1."""
    image = np.pad(mask, 1).astype(np.uint8)
    changed = True
    while changed:
        changed = False
        for is_first_pass in (True, False):
            ring = [
                np.roll(image, s, (0, 1))
                for s in ((1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1))
            ]
            neighbour_count = sum(r.astype(np.int8) for r in ring)
            transitions = sum(
                ((ring[i] == 0) & (ring[(i + 1) % 8] == 1)).astype(np.int8) for i in range(8)
            )
            n, e, s, w = ring[0], ring[2], ring[4], ring[6]
            corner = (
                ((n & e & s) == 0) & ((e & s & w) == 0)
                if is_first_pass
                else ((n & e & w) == 0) & ((n & s & w) == 0)
            )
            removable = (image == 1) & (transitions == 1) & corner
            removable &= (neighbour_count >= 2) & (neighbour_count <= 6)
            if removable.any():
                image[removable] = 0
                changed = True
    return image[1:-1, 1:-1]
