"""The messages of a sequence diagram: level lines between lifelines, loops, and their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from polysense.read.image.drawing.labels import TextLine
from polysense.read.image.drawing.lifelines import Ridges, find_ridges
from polysense.read.image.drawing.shapes import Shape, commonest_colour, contains_point

Pixels = NDArray[np.uint8]

# Judged on drawn diagrams, not measured.
MIN_MESSAGE_SHARE = 0.35
"""A message is drawn on this share of the way between two lifelines: dashes have gaps."""

MAX_BREAK_SHARE = 0.06
"""Breaks in a message are shorter than this share of the way, or than 14 pixels."""

SOLID_COVERAGE = 0.9
"""A message drawn on less of its way is dashed."""

HEAD_CONTRAST, MIN_HEAD_PIXELS = 90, 12
"""A head has more than so many pixels that differ by so much of 255 from the background."""

FRAME_COVERAGE = 0.8
"""A line drawn on more than this share beyond both of its lifelines is a frame's side."""


@dataclass(slots=True)
class Message:
    """An arrow at height y from one lifeline to another (by index): solid or dashed, with a head or
    a cross or neither.
    """

    y: float
    source: int
    target: int
    dashed: bool = False
    head: bool = True
    label_lines: list[str] = field(default_factory=list)


def find_messages(
    picture: Pixels,
    lifelines: Sequence[int],
    extent: tuple[int, int],
    notes: Sequence[Shape],
    text_height: float,
) -> list[Message]:
    """Level lines that span from one lifeline to another."""
    ridge = find_ridges(picture, axis=0)
    for n in notes:
        ridge[n.box[1] - 3 : n.box[3] + 4, max(0, n.box[0] - 3) : n.box[2] + 4] = False
    pad = round(0.5 * text_height) + 6
    gaps = [(a + pad, b - pad) for a, b in pairwise(lifelines)]
    rows = np.zeros((len(gaps), picture.shape[0]))
    for g, (a, b) in enumerate(gaps):
        if b - a > 8:
            band = ridge[:, a:b]
            rows[g] = np.where(
                _longest_breaks(band) < max(14, MAX_BREAK_SHARE * (b - a)), band.mean(axis=1), 0.0
            )
    strength = rows.max(axis=0)
    messages: list[Message] = []
    while True:
        y = int(strength[extent[0] : extent[1]].argmax()) + extent[0]
        if strength[y] < MIN_MESSAGE_SHARE:
            return [m for m in messages if not _is_frame_side(ridge, lifelines, m)]
        near = rows[:, max(0, y - 2) : y + 3].max(axis=1) > MIN_MESSAGE_SHARE
        for first, last in _runs(near):
            coverage = float(rows[first:last, max(0, y - 2) : y + 3].max(axis=1).mean())
            messages.append(_message_at(picture, lifelines, y, first, last, coverage, text_height))
        strength[max(0, y - 7) : y + 8] = 0.0


def _longest_breaks(band: Ridges) -> NDArray[np.int64]:
    """The length of the longest break in each row of a band."""
    longest, current = np.zeros(band.shape[0], np.int64), np.zeros(band.shape[0], np.int64)
    for column in band.T:
        current = np.where(column, 0, current + 1)
        longest = np.maximum(longest, current)
    return longest


def _runs(near: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """(first, end) of each stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], near.astype(int), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _is_frame_side(ridge: Ridges, lifelines: Sequence[int], m: Message) -> bool:
    """Whether the line goes on past both of its lifelines: the side of a frame, not an arrow."""
    y, (a, b) = round(m.y), sorted((lifelines[m.source], lifelines[m.target]))
    left, right = (
        ridge[y - 2 : y + 3, max(0, a - 22) : max(1, a - 10)],
        ridge[y - 2 : y + 3, b + 10 : b + 22],
    )
    return bool(
        left.size
        and right.size
        and left.any(axis=0).mean() > FRAME_COVERAGE
        and right.any(axis=0).mean() > FRAME_COVERAGE
    )


def _message_at(
    picture: Pixels,
    lifelines: Sequence[int],
    y: int,
    first: int,
    last: int,
    coverage: float,
    text_height: float,
) -> Message:
    """The message on a line at y; its head is where more is drawn above and below the line."""
    a, b, reach = lifelines[first], lifelines[last], round(0.5 * text_height) + 8
    band = picture[max(0, y - 12) : y + 13].astype(np.int16)
    background = np.asarray(
        commonest_colour(picture[max(0, y - 12) : y + 13, a + reach : b - reach].reshape(-1, 3)),
        np.int16,
    )
    foreground = np.abs(band - background).max(axis=2) > HEAD_CONTRAST
    foreground[10:15] = False
    left, right = foreground[:, a + 5 : a + 5 + reach], foreground[:, b - 5 - reach : b - 5]
    at_left, at_right = int(left.sum()), int(right.sum())
    head = max(at_left, at_right) > MIN_HEAD_PIXELS
    source, target = (last, first) if at_left > at_right else (first, last)
    if not head:  # a line without a head points to where it stops short of the lifeline
        row = np.abs(band[10:15] - background).max(axis=2).max(axis=0) > 60
        short = [int((~row[a + 2 : a + 12]).sum()), int((~row[b - 11 : b - 1]).sum())]
        source, target = (last, first) if short[0] > short[1] else (first, last)
    return Message(float(y), source, target, coverage < SOLID_COVERAGE, head)


def find_loops(
    inner_shapes: Sequence[Shape],
    lifelines: Sequence[int],
    words: Sequence[TextLine],
    text_height: float,
) -> list[Message]:
    """Messages to oneself: a loop to the right of a lifeline, with nothing in it."""
    loops = []
    for s in inner_shapes:
        indices = [i for i, x in enumerate(lifelines) if -4 <= s.box[0] - x < text_height + 6]
        size = (
            0.5 * text_height < s.height < 4 * text_height
            and 0.8 * text_height < s.width < 8 * text_height
        )
        if (
            indices
            and size
            and s.kind != "box"
            and not any(contains_point(s.box, w.middle) for w in words)
        ):
            loops.append(Message(float(s.box[3]), indices[0], indices[0]))
    return loops


def assign_labels(
    messages: Sequence[Message], lifelines: Sequence[int], words: Sequence[TextLine]
) -> None:
    """Words belong to the next message below them that passes under them."""
    for w in sorted(words, key=lambda w: (round(w.middle[1]), w.box[0])):
        for m in messages:
            a, b = sorted((lifelines[m.source], lifelines[m.target]))
            is_loop = m.source == m.target
            is_under = (
                abs(w.middle[0] - a) < 0.5 * (w.box[2] - w.box[0]) + 8 * w.height
                if is_loop
                else a - 2 < w.middle[0] < b + 2
            )
            if m.y > w.middle[1] and is_under and (not is_loop or m.y - w.middle[1] < 5 * w.height):
                m.label_lines.append(w.text)
                break
