"""The actors of a sequence diagram, and where their lifelines stand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from polysense.read.image.drawing.labels import TextLine
from polysense.read.image.drawing.shapes import Shape, contains_box, contains_point

Pixels = NDArray[np.uint8]
Ridges = NDArray[np.bool_]

MAX_ACTOR_BOXES = 200
"""Boxes with words that may be actors: a limit on time."""

LIFELINE_CONTRAST = 10
"""By how much of 255 a lifeline at least differs from both sides of it. Judged, not measured."""

MIN_LIFELINE_SHARE = 0.5
"""A lifeline is drawn on more than this share of its way, boxes on it aside. Judged; with it the
names of the actors in real diagrams reach F1 1.0 (test_real_diagrams).
"""


def find_actors(
    picture: Pixels, shapes: Sequence[Shape], words: Sequence[TextLine]
) -> tuple[list[Shape], list[int]]:
    """The uppermost row of boxes with lifelines below their middles, and the lifelines' columns.

    Both from the left; empty where there are fewer than two.
    """
    ridges = find_ridges(picture, axis=1)
    candidates = [
        s
        for s in shapes
        if s.width > 12
        and s.height < 0.5 * len(picture)
        and any(contains_point(s.box, w.middle) for w in words)
    ][:MAX_ACTOR_BOXES]
    for lead in sorted(candidates, key=lambda s: s.box[1]):
        row = [
            s
            for s in candidates
            if abs(s.box[1] - lead.box[1]) < 6 and abs(s.box[3] - lead.box[3]) < 6
        ]
        row = [
            s
            for i, s in enumerate(row)
            if not any(o is not s and contains_box(o.box, s.box) for o in row)
        ]
        actors = [(s, x) for s in row if (x := _line_below(ridges, s, shapes)) is not None]
        if len(actors) > 1:
            actors.sort(key=lambda sx: sx[1])
            return [s for s, _ in actors], [x for _, x in actors]
    return [], []


def _line_below(ridges: Ridges, head: Shape, shapes: Sequence[Shape]) -> int | None:
    """The column of the lifeline that goes down from an actor's box; None where there is none."""
    x, y = round(head.middle[0]), head.box[3] + 2
    ends = [
        s.box[1]
        for s in shapes
        if s.box[1] > y
        and abs(s.middle[0] - x) < 6
        and abs(s.width - head.width) < 8
        and abs(s.height - head.height) < 8
    ]
    end = max(ends, default=ridges.shape[0])
    columns = ridges[y:end, max(0, x - 4) : x + 5]
    if columns.shape[0] < 20 or columns.shape[1] < 3:
        return None
    is_covered = np.zeros(ridges.shape[0], bool)
    for s in shapes:
        if s.box[0] < x - 4 and x + 4 < s.box[2] and s.height < 0.8 * (end - y):
            is_covered[s.box[1] : s.box[3]] = True
    visible = ~is_covered[y:end]
    share = columns[visible].mean(axis=0) if visible.any() else np.zeros(columns.shape[1])
    best = int(share.argmax())
    near: Ridges = np.asarray(columns[visible][:, max(0, best - 1) : best + 2].any(axis=1))
    return max(0, x - 4) + best if len(near) > 12 and near.mean() > MIN_LIFELINE_SHARE else None


def find_ridges(picture: Pixels, axis: int, reach: int = 5) -> Ridges:
    """Where a thin line runs across `axis`.

    There a pixel is darker (or lighter) than both those `reach` before and after it, and these are
    alike.
    """
    grey = np.moveaxis(picture.astype(np.int16).mean(axis=2), axis, 0)
    before, after = np.roll(grey, reach, 0), np.roll(grey, -reach, 0)
    ridge = (np.abs(before - after) < 12) & (
        np.maximum(before, after) - np.minimum(before, after) < LIFELINE_CONTRAST + 2
    )
    ridge &= (np.minimum(before, after) - grey > LIFELINE_CONTRAST) | (
        grey - np.maximum(before, after) > LIFELINE_CONTRAST
    )
    ridge[:reach] = ridge[-reach:] = False
    return np.moveaxis(ridge, 0, axis)


def mirrors_actor(shape: Shape, heads: Sequence[Shape]) -> bool:
    """Whether a shape is an actor's box once more, at the foot of its lifeline."""
    return any(
        abs(shape.middle[0] - h.middle[0]) < 5
        and abs(shape.width - h.width) < 8
        and abs(shape.height - h.height) < 8
        and shape.box[1] > h.box[3]
        for h in heads
    )
