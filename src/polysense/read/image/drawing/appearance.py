"""The elements of a page one by one: text with its size and colour, boxes with their style."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from polysense.read.image.drawing.labels import TextLine
from polysense.read.image.drawing.shapes import Shape, commonest_colour, contains_point

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]
Rect = tuple[float, float, float, float]

BOLD_STROKE = 0.155
"""Strokes wider than this share of the letters' size are bold: usual ones measure 0.11 to 0.15,
bold ones 0.18 and more.
"""

PARAGRAPH_GAP = 1.0
"""Lines of one paragraph are nearer than this, in sizes of a letter. Judged, not measured."""

X_HEIGHT, CAPITAL_HEIGHT, DESCENT = 0.54, 0.74, 0.21
"""How far letters reach, as shares of the size of a sans-serif typeface."""

STROKE_CONTRAST, LETTER_CONTRAST = 0.75, 0.4
"""Shares of the largest contrast in a line of text from which a pixel is a stroke's middle, and
part of a letter. Judged, not measured.
"""

MIN_BORDER_CONTRAST = 24
"""By how much of 255 a border differs from what is inside and around it. Judged, not measured."""

_BULLET = re.compile(r"^[•·▪◦‣\-–*]\s+(?=\w)")


@dataclass(slots=True)
class Block:
    """An element of a page: its kind, box in pixels, lines of text, style, and what is within it.

    Kinds: page, box, row, column; text, heading, link; button, input, checkbox, radio, picture.
    """

    kind: str
    box: Rect
    lines: list[str] = field(default_factory=list)
    text_colour: Colour = (0, 0, 0)
    background: Colour | None = None
    border: Colour | None = None
    size: float = 0.0
    align: str = "left"
    radius: float = 0.0
    bold: bool = False
    children: list[Block] = field(default_factory=list)

    @property
    def width(self) -> float:
        """Of the box."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        """Of the box."""
        return self.box[3] - self.box[1]

    @property
    def line_pitch(self) -> float:
        """From one line of text to the next."""
        if len(self.lines) < 2:
            return 1.25 * self.size
        return max(self.size, (self.height - 0.8 * self.size) / (len(self.lines) - 1))

    def descendants(self) -> list[Block]:
        """The block and all within it, each before what it holds."""
        return [self, *(block for child in self.children for block in child.descendants())]


def text_blocks(picture: Pixels, boxes: Sequence[Shape], words: Sequence[TextLine]) -> list[Block]:
    """Lines of text as elements, those of one paragraph together."""
    lines = [_text_block(picture, w) for w in words]
    lines.sort(key=lambda b: (b.box[1], b.box[0]))
    holders = [
        min((s.area for s in boxes if contains_point(s.box, w.middle)), default=0)
        for w in sorted(words, key=lambda w: (w.box[1], w.box[0]))
    ]
    paragraphs: list[tuple[Block, int]] = []
    for line, line_holder in zip(lines, holders, strict=True):
        for block, block_holder in reversed(paragraphs):
            gap, size = line.box[1] - block.box[3], line.size
            is_same_style = (
                block_holder == line_holder
                and abs(size - block.size) < 0.3 * size
                and is_close_colour(line.text_colour, block.text_colour, 60)
            )
            is_aligned = (
                abs(line.box[0] - block.box[0]) < 0.6 * size
                or abs(sum(line.box[::2]) - sum(block.box[::2])) < 0.8 * size
            )
            starts_item = _BULLET.match(line.lines[0]) is not None
            if (
                is_same_style
                and is_aligned
                and -0.4 * size < gap < PARAGRAPH_GAP * size
                and not starts_item
                and (len(block.lines) > 1 or block.width > 6 * size)
            ):
                _append_line(block, line)
                break
        else:
            paragraphs.append((line, line_holder))
    return [b for b, _ in paragraphs]


def _append_line(block: Block, line: Block) -> None:
    """Adds a line to a paragraph, which is centred where their left sides differ."""
    if abs(line.box[0] - block.box[0]) > 0.6 * line.size:
        block.align = "center"
    block.lines += line.lines
    a, b = block.box, line.box
    block.box = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))


def _text_block(picture: Pixels, w: TextLine) -> Block:
    """A line of text as an element: its exact box, colour, size and weight."""
    x0, y0, x1, y1 = (max(0, round(v)) for v in w.box)
    crop = picture[y0 : y1 + 1, x0 : x1 + 1].astype(np.int16)
    background = np.asarray(
        commonest_colour(picture[y0 : y1 + 1, x0 : x1 + 1].reshape(-1, 3)), np.int16
    )
    contrast = np.abs(crop - background).sum(axis=2)
    stroke_pixels = contrast > STROKE_CONTRAST * max(1, int(contrast.max(initial=0)))
    r, g, b = np.median(crop[stroke_pixels], axis=0) if stroke_pixels.any() else np.zeros(3)
    letter_pixels = contrast > LETTER_CONTRAST * max(1, int(contrast.max(initial=0)))
    rows, columns = (
        np.flatnonzero(letter_pixels.any(axis=1)),
        np.flatnonzero(letter_pixels.any(axis=0)),
    )
    if not len(rows):
        return Block("text", w.box, [w.text], size=w.height)
    tight = (
        x0 + float(columns[0]),
        y0 + float(rows[0]),
        x0 + float(columns[-1]) + 1,
        y0 + float(rows[-1]) + 1,
    )
    has_tall = re.search(r"[^acegmnopqrsuvwxyz.,:;·…\s-]", w.text)
    has_deep = re.search(r"[gjpqy,;()Q]", w.text)
    reach = (CAPITAL_HEIGHT if has_tall else X_HEIGHT) + (DESCENT if has_deep else 0.0)
    size = (tight[3] - tight[1]) / reach
    return Block(
        "text",
        tight,
        [w.text],
        (int(r), int(g), int(b)),
        size=size,
        bold=_stroke_width(contrast) > BOLD_STROKE * size,
    )


def _stroke_width(contrast: NDArray[np.int16]) -> float:
    """The average width of strokes in pixels: the area of letters by how often a row enters one."""
    coverage = np.clip(contrast / max(1, int(contrast.max(initial=0))), 0, 1)
    entries = (np.diff(np.pad(coverage > 0.5, ((0, 0), (1, 0))).astype(np.int8), axis=1) == 1).sum()
    return float(coverage.sum()) / max(1, int(entries))


def hex_colour(colour: Colour) -> str:
    """As in CSS.

    >>> hex_colour((31, 41, 55))
    '#1f2937'
    """
    return "#{:02x}{:02x}{:02x}".format(*colour)


def is_close_colour(a: Colour, b: Colour, max_difference: int) -> bool:
    """Whether two colours differ by less than `max_difference` of 255 in every channel."""
    return max(abs(p - q) for p, q in zip(a, b, strict=True)) < max_difference


def shape_block(picture: Pixels, shape: Shape, is_picture: bool, text_height: float) -> Block:
    """A box as an element: its kind by size, its style where it differs from what is around."""
    x0, y0, x1, y1 = shape.box
    around = commonest_colour(
        np.concatenate(
            [
                *(strip.reshape(-1, 3) for strip in _strips_around(picture, shape)),
                np.zeros((0, 3), np.uint8),
            ]
        )
    )
    border = _border_colour(picture, shape, around)
    small = (
        abs(shape.width - shape.height) < 0.3 * shape.height
        and shape.height < 1.9 * text_height + 6
    )
    kind = (
        "picture"
        if is_picture
        else "radio"
        if small and shape.kind == "circle"
        else "checkbox"
        if small
        else "box"
    )
    return Block(
        kind,
        (x0, y0, x1, y1),
        background=None if is_close_colour(shape.fill, around, 6) else shape.fill,
        border=border,
        radius=_corner_radius(picture, shape, around),
    )


def _strips_around(picture: Pixels, shape: Shape, distance: int = 7) -> Iterator[Pixels]:
    """Strips beside a box, on the sides where the picture goes on."""
    x0, y0, x1, y1 = shape.box
    if x0 >= distance:
        yield picture[y0:y1, x0 - distance]
    if x1 + distance <= picture.shape[1]:
        yield picture[y0:y1, x1 + distance - 1]
    if y0 >= distance:
        yield picture[y0 - distance, x0:x1]
    if y1 + distance <= picture.shape[0]:
        yield picture[y1 + distance - 1, x0:x1]


def _corner_radius(picture: Pixels, shape: Shape, around: Colour) -> float:
    """The radius in pixels: how far along the diagonal the surroundings go on, at the least."""
    x0, y0, x1, y1 = shape.box
    least = 1e9
    for x, y, dx, dy in (
        (x0 - 1, y0 - 1, 1, 1),
        (x1, y0 - 1, -1, 1),
        (x0 - 1, y1, 1, -1),
        (x1, y1, -1, -1),
    ):
        steps = 0
        while steps < min(shape.width, shape.height) // 2:
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


def _border_colour(picture: Pixels, shape: Shape, around: Colour) -> Colour | None:
    """The colour of the line around a box; None where it is that of its inside or surroundings."""
    x0, y0, x1, y1 = shape.box
    height, width = picture.shape[:2]
    best: Colour | None = None
    largest = MIN_BORDER_CONTRAST
    for off in range(-3, 3):
        y, x = min(max(0, y0 + off), height - 1), min(max(0, x0 + off), width - 1)
        xs, ys = (
            slice(x0 + (x1 - x0) // 4, x1 - (x1 - x0) // 4),
            slice(y0 + (y1 - y0) // 4, y1 - (y1 - y0) // 4),
        )
        for strip in (picture[y, xs], picture[ys, x]):
            if len(strip):
                c = commonest_colour(strip)
                difference = min(
                    max(abs(p - q) for p, q in zip(c, other, strict=True))
                    for other in (shape.fill, around)
                )
                if difference > largest:
                    best, largest = c, difference
    return best
