"""The elements of a page one by one: lines of print with their size, weight and colour, boxes with
their ground, line and corners.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from polysense.read.image.drawing.labels import Words
from polysense.read.image.drawing.shapes import Shape, common, within

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]
Rect = tuple[float, float, float, float]

BOLD = 0.155
"""Strokes wider than this share of the letters' size are bold: usual ones measure 0.11 to 0.15,
bold ones 0.18 and more.
"""

_BULLET = re.compile(r"^[•·▪◦‣\-–*]\s+(?=\w)")

_MORE_TEXT = 1.0  # gap between lines of one paragraph, in heights of a line


@dataclass(slots=True)
class Block:
    """An element: its kind, box in pixels, words and colours; inner are those within it.

    kinds: page, box, row, column; text, heading, link; button, input, checkbox, radio, picture.
    """

    kind: str
    box: Rect
    said: list[str] = field(default_factory=list)
    ink: Colour = (0, 0, 0)
    ground: Colour | None = None
    edge: Colour | None = None
    size: float = 0.0
    align: str = "left"
    radius: float = 0.0
    bold: bool = False
    inner: list[Block] = field(default_factory=list)

    @property
    def wide(self) -> float:
        """Of the box."""
        return self.box[2] - self.box[0]

    @property
    def high(self) -> float:
        """Of the box."""
        return self.box[3] - self.box[1]


def texts(picture: Pixels, boxes: Sequence[Shape], words: Sequence[Words]) -> list[Block]:
    """Lines of print, those of one paragraph together."""
    lines = [_line(picture, w) for w in words]
    lines.sort(key=lambda b: (b.box[1], b.box[0]))
    holder = [
        min((s.area for s in boxes if within(s.box, w.middle)), default=0)
        for w in sorted(words, key=lambda w: (w.box[1], w.box[0]))
    ]
    joined: list[tuple[Block, int]] = []
    for line, where in zip(lines, holder, strict=True):
        for block, held in reversed(joined):
            gap, h = line.box[1] - block.box[3], line.size
            same = (
                held == where and abs(h - block.size) < 0.3 * h and close(line.ink, block.ink, 60)
            )
            beside = (
                abs(line.box[0] - block.box[0]) < 0.6 * h
                or abs(sum(line.box[::2]) - sum(block.box[::2])) < 0.8 * h
            )
            started = _BULLET.match(line.said[0]) is not None
            if (
                same
                and beside
                and -0.4 * h < gap < _MORE_TEXT * h
                and not started
                and (len(block.said) > 1 or block.wide > 6 * h)
            ):
                _extend(block, line)
                break
        else:
            joined.append((line, where))
    return [b for b, _ in joined]


def _extend(block: Block, line: Block) -> None:
    if abs(line.box[0] - block.box[0]) > 0.6 * line.size:
        block.align = "center"
    block.said += line.said
    a, b = block.box, line.box
    block.box = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))


def _line(picture: Pixels, w: Words) -> Block:
    x0, y0, x1, y1 = (max(0, round(v)) for v in w.box)
    crop = picture[y0 : y1 + 1, x0 : x1 + 1].astype(np.int16)
    ground = np.asarray(common(picture[y0 : y1 + 1, x0 : x1 + 1].reshape(-1, 3)), np.int16)
    away = np.abs(crop - ground).sum(axis=2)
    strong = away > 0.75 * max(1, int(away.max(initial=0)))
    ink = np.median(crop[strong], axis=0) if strong.any() else np.zeros(3)
    drawn = away > 0.4 * max(1, int(away.max(initial=0)))
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    if not len(rows):
        return Block("text", w.box, [w.text], size=w.height)
    tight = (
        x0 + float(columns[0]),
        y0 + float(rows[0]),
        x0 + float(columns[-1]) + 1,
        y0 + float(rows[-1]) + 1,
    )
    tall, deep = (
        re.search(r"[^acegmnopqrsuvwxyz.,:;·…\s-]", w.text),
        re.search(r"[gjpqy,;()Q]", w.text),
    )
    size = (tight[3] - tight[1]) / ((0.74 if tall else 0.54) + (0.21 if deep else 0.0))
    return Block(
        "text",
        tight,
        [w.text],
        (int(ink[0]), int(ink[1]), int(ink[2])),
        size=size,
        bold=_stroke(away) > BOLD * size,
    )


def _stroke(away: NDArray[np.int16]) -> float:
    """How wide the strokes of letters are on average, in pixels: ink by the number of times a row
    enters it.
    """
    mass = np.clip(away / max(1, int(away.max(initial=0))), 0, 1)
    entered = (np.diff(np.pad(mass > 0.5, ((0, 0), (1, 0))).astype(np.int8), axis=1) == 1).sum()
    return float(mass.sum()) / max(1, int(entered))


def close(a: Colour, b: Colour, most: int) -> bool:
    """Whether two colours differ by less than `most` of 255 in every channel."""
    return max(abs(p - q) for p, q in zip(a, b, strict=True)) < most


def block(picture: Pixels, s: Shape, drawn: bool, unit: float) -> Block:
    """A box as an element: its kind by size, its ground and line where they differ from what is
    around.
    """
    x0, y0, x1, y1 = s.box
    around = common(
        np.concatenate(
            [*(strip.reshape(-1, 3) for strip in _outside(picture, s)), np.zeros((0, 3), np.uint8)]
        )
    )
    ground: Colour | None = s.fill
    line = _edge_colour(picture, s, around)
    small = abs(s.wide - s.high) < 0.3 * s.high and s.high < 1.9 * unit + 6
    kind = (
        "picture"
        if drawn
        else "radio"
        if small and s.kind == "circle"
        else "checkbox"
        if small
        else "box"
    )
    return Block(
        kind,
        (x0, y0, x1, y1),
        ground=None if close(s.fill, around, 6) else ground,
        edge=line,
        radius=_radius(picture, s, around),
    )


def _outside(picture: Pixels, s: Shape, far: int = 7) -> Iterator[Pixels]:
    """Strips beside a box, on the sides where the picture goes on."""
    x0, y0, x1, y1 = s.box
    if x0 >= far:
        yield picture[y0:y1, x0 - far]
    if x1 + far <= picture.shape[1]:
        yield picture[y0:y1, x1 + far - 1]
    if y0 >= far:
        yield picture[y0 - far, x0:x1]
    if y1 + far <= picture.shape[0]:
        yield picture[y1 + far - 1, x0:x1]


def _radius(picture: Pixels, s: Shape, around: Colour) -> float:
    """Of the corners, in pixels: how far along the diagonal what is around goes on (the least of
    the four).
    """
    x0, y0, x1, y1 = s.box
    least = 1e9
    for x, y, dx, dy in (
        (x0 - 1, y0 - 1, 1, 1),
        (x1, y0 - 1, -1, 1),
        (x0 - 1, y1, 1, -1),
        (x1, y1, -1, -1),
    ):
        steps = 0
        while steps < min(s.wide, s.high) // 2:
            py, px = y + steps * dy, x + steps * dx
            inside = 0 <= py < picture.shape[0] and 0 <= px < picture.shape[1]
            if (
                inside
                and max(abs(int(c) - a) for c, a in zip(picture[py, px], around, strict=True)) > 12
            ):
                break
            steps += 1
        least = min(least, steps)
    return 3.4 * max(0.0, least - 1.0) if least > 1 else 0.0


def _edge_colour(picture: Pixels, s: Shape, around: Colour) -> Colour | None:
    """The colour of the line around a box, where it is neither that of its inside nor of what is
    around.
    """
    x0, y0, x1, y1 = s.box
    high, wide = picture.shape[:2]
    best: Colour | None = None
    most = 24
    for off in range(-3, 3):
        y, x = min(max(0, y0 + off), high - 1), min(max(0, x0 + off), wide - 1)
        xs, ys = (
            slice(x0 + (x1 - x0) // 4, x1 - (x1 - x0) // 4),
            slice(y0 + (y1 - y0) // 4, y1 - (y1 - y0) // 4),
        )
        for strip in (picture[y, xs], picture[ys, x]):
            if len(strip):
                c = common(strip)
                far = min(
                    max(abs(p - q) for p, q in zip(c, other, strict=True))
                    for other in (s.fill, around)
                )
                if far > most:
                    best, most = c, far
    return best
