"""Printed words in pictures, read by PP-OCR on ONNX Runtime, and put into reading order."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.protocols import Converter
from polysense.read.image import ppocr, text_tiles
from polysense.read.image.decode import pixels_on_grounds, size
from polysense.types import Box, Part, Span

Pixels = NDArray[np.uint8]
Quad = NDArray[np.float32]

# Sizes and thresholds were tuned on scanned receipts, whose lines are then found word for word in
# 92 % of cases (test_most_lines_of_real_receipts); photos of animals give no words.
MAX_SIDE = 8000
"""Pixels along the longer side to which a picture is reduced before it is read."""

MAX_ENLARGEMENT = 3.0
"""How many times a small picture is enlarged at most."""

RETRY_BELOW = 0.75
"""Lines read with less confidence are tried upside down too."""

SHORT_LINE_LETTERS, SHORT_LINE_CONFIDENCE = 3, 0.85
"""Lines of so few different letters need this confidence: wheels look like O, grass like IIII."""

MIN_LETTERS, MIN_IDEOGRAPHS, FIRST_IDEOGRAPH = 3, 2, "\u2e80"
"""A picture has writing where it has so many letters and digits, or ideographs or digits alone. Of
15 drawn shapes, rings and arcs, three are surely read as one letter, none as more.
"""

GLYPH_CONFIDENCE, MAX_GLYPH_RATIO = 0.95, 4.0
"""A letter or digit alone needs this confidence, and to be no higher than so many other lines: a
drawn arc is read as C with .999.
"""

MAX_SHARED_AREA = 0.5
"""Lines that share more of the smaller one's area are one, read twice. Judged."""

MAX_JOIN_GAP, MAX_JOIN_RATIO = 0.3, 1.6
"""Pieces of a row nearer than so many line heights, and of heights within this ratio, are one."""

SAME_ROW = 0.3
"""Lines whose middles are nearer than so many line heights, the tilt aside, share a row."""

MIN_LEVEL_RATIO, MAX_TILT = 3.0, 0.2
"""Lines so many times as long as they are high tell how far a picture is tilted, in radians; more
is no page's. Judged.
"""

COLUMN_GAP, PARAGRAPH_GAP = 0.8, 1.2
"""Wider empty strips, upright and level, divide a page, in line heights."""

PROSE_LINES, PROSE_CHARACTERS = 3, 20
"""A column of more lines, of more characters in the median, is prose."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: its box in fractions of the picture, and its turn.

    turn: the quarter turns that bring it upright.
    """

    text: str
    confidence: float
    box: Box
    turn: int = 0


class Ocr(Converter):
    """Picture -> one text part a line, in reading order, with its box and `meta["confidence"]`.

    Chinese and Latin script. confidence: lines read with less are dropped. threads: how many ONNX
    Runtime may use.
    """

    source = "image"
    targets = frozenset({"text"})
    cost = 0.1
    is_extractor = True

    def __init__(self, *, threads: int = 1, confidence: float = 0.6) -> None:
        self.threads, self.confidence = threads, confidence
        self._lock = Lock()
        self._engine: Any = None

    def convert(self, part: Part) -> Iterator[Part]:
        """The lines of print. Nothing for a picture without any, or smaller than a letter."""
        for line in self.read(*pixels_on_grounds(part, _longest_side(part))):
            yield Part(
                "text",
                line.text,
                mime="text/plain",
                span=Span(box=line.box),
                meta={"confidence": round(line.confidence, 3)},
            )

    def read(self, picture: Pixels, *others: Pixels) -> list[Line]:
        """The lines of print in RGB pixels, in reading order.

        others: the same picture on other grounds; what is seen on several is told once.
        """
        if min(picture.shape[:2]) < 8:
            return []
        readings = [self._read_lines(p) for p in (picture, *others)]
        lines = _distinct_lines([line for lines, _ in readings for line in lines])
        height, width = picture.shape[:2]
        lines = _without_shapes(lines, width / height)
        # over the length of a panorama, a tilt that is hardly one would mix its rows
        is_long = len(text_tiles.cut(max(width, height), min(width, height))) > 1
        return reading_order(lines, width / height, 0.0 if is_long else readings[0][1])

    def _read_lines(self, picture: Pixels) -> tuple[list[Line], float]:
        """The lines in any order, and by how much they slope."""
        picture, quads = self._detect(picture)
        height, width = picture.shape[:2]
        lines = []
        for quad, (text, confidence, turn) in zip(
            quads, self._recognise(picture, quads), strict=True
        ):
            if self._is_trusted(text, confidence):
                (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
                box = (x0 / width, y0 / height, x1 / width, y1 / height)
                lines.append(Line(text, confidence, tuple(map(float, box)), turn))  # type: ignore[arg-type]
        return lines, _tilt(quads)

    def _detect(self, picture: Pixels) -> tuple[Pixels, Sequence[Quad]]:
        """A picture as BGR, of a size at which text is read, and the corners of its lines there."""
        height, width = picture.shape[:2]
        edges = text_tiles.cut(max(width, height), min(width, height))
        if len(edges) == 1:
            resized = ppocr.resize_for_reading(picture, MAX_ENLARGEMENT)
            return resized, self._detect_quads(resized)
        tiles = []
        for begin, end in edges:
            tile = picture[:, begin:end] if width > height else picture[begin:end]
            resized = ppocr.resize_for_reading(tile, MAX_ENLARGEMENT)
            scale = np.divide(tile.shape[1::-1], resized.shape[1::-1])
            offset = (begin, 0) if width > height else (0, begin)
            quads = self._detect_quads(resized)
            tiles.append([np.asarray(quad * scale + offset, np.float32) for quad in quads])
        return np.ascontiguousarray(picture[:, :, ::-1]), text_tiles.join_lines(tiles)

    def _detect_quads(self, picture: Pixels) -> Sequence[Quad]:
        engine = self._load_engine()
        quads = engine(picture, use_det=True, use_cls=False, use_rec=False).boxes
        return () if quads is None else quads

    def _recognise(self, picture: Pixels, quads: Sequence[Quad]) -> list[tuple[str, float, int]]:
        """(text, confidence, quarter turns) of each quad.

        What is tall or hardly legible is tried upside down too, and if that helps most, all is.
        """
        crops = self._engine.crop_text_regions(picture, quads)
        is_tall = [_is_tall(quad) for quad in quads]
        readings = [
            (text, confidence, int(tall))
            for (text, confidence), tall in zip(self._recognise_crops(crops), is_tall, strict=True)
        ]
        doubtful = [
            i
            for i, (_, confidence, _) in enumerate(readings)
            if is_tall[i] or confidence < RETRY_BELOW
        ]
        flip_count = self._flip(doubtful, crops, is_tall, readings)
        if 2 * flip_count > len(doubtful):
            others = [i for i in range(len(readings)) if i not in doubtful]
            self._flip(others, crops, is_tall, readings)
        return readings

    def _flip(
        self,
        indices: Sequence[int],
        crops: Sequence[Pixels],
        is_tall: Sequence[bool],
        readings: list[tuple[str, float, int]],
    ) -> int:
        """How many crops are more legible upside down; their readings are replaced."""
        flip_count = 0
        upside_down = [np.ascontiguousarray(crops[i][::-1, ::-1]) for i in indices]
        for i, (text, confidence) in zip(indices, self._recognise_crops(upside_down), strict=True):
            if confidence > readings[i][1]:
                readings[i] = (text, confidence, 2 + int(is_tall[i]))
                flip_count += 1
        return flip_count

    def _recognise_crops(self, crops: Sequence[Pixels]) -> list[tuple[str, float]]:
        if not crops:
            return []
        result = self._engine.recognize_txt(list(crops))
        return list(zip(result.txts, result.scores, strict=True))

    def _is_trusted(self, text: str, confidence: float) -> bool:
        letters = len({c for c in text if c.isalpha()}) + sum(c.isdigit() for c in text)
        is_short = letters <= SHORT_LINE_LETTERS
        required = max(self.confidence, SHORT_LINE_CONFIDENCE) if is_short else self.confidence
        return letters > 0 and confidence >= required

    def _load_engine(self) -> Any:
        with self._lock:
            if self._engine is None:
                self._engine = ppocr.load_engine(self.threads)
        return self._engine


def _longest_side(part: Part) -> int:
    """Pixels along the longer side to which a picture is reduced before it is read."""
    longest, shortest = sorted(size(part), reverse=True)
    if longest <= text_tiles.MAX_WHOLE_ASPECT * shortest:
        return MAX_SIDE
    pixel_count = text_tiles.MAX_TILES * text_tiles.MAX_TILE_PIXELS
    return max(MAX_SIDE, int((pixel_count * longest / shortest) ** 0.5))


def _distinct_lines(lines: Sequence[Line]) -> list[Line]:
    """Each place once: of lines that lie on one another, the one with most letters read surely."""
    distinct: list[Line] = []
    for line in sorted(lines, key=lambda li: -li.confidence * len(li.text)):
        if not any(_shared_area(line.box, other.box) > MAX_SHARED_AREA for other in distinct):
            distinct.append(line)
    return distinct


def _shared_area(box: Box, other: Box) -> float:
    """How much of a box lies on another, of the smaller one's area."""
    shared = [max(0.0, min(box[i + 2], other[i + 2]) - max(box[i], other[i])) for i in range(2)]
    areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in (box, other)]
    return shared[0] * shared[1] / max(min(areas), 1e-12)


def _without_shapes(lines: Sequence[Line], aspect: float) -> list[Line]:
    """Without drawn shapes that are read as a letter: a ring alone is read as O, surely."""
    counts = [sum(c.isalnum() for c in line.text) for line in lines]
    letters = [c for line in lines for c in line.text if c.isalnum()]
    ideograph_count = sum(c >= FIRST_IDEOGRAPH for c in letters)
    digit_count = sum(c.isdigit() for c in letters)
    if len(letters) < MIN_LETTERS and max(ideograph_count, digit_count) < MIN_IDEOGRAPHS:
        return []
    heights = [min((x1 - x0) * aspect, y1 - y0) for x0, y0, x1, y1 in (line.box for line in lines)]
    words = [height for height, count in zip(heights, counts, strict=True) if count > 1]
    highest = MAX_GLYPH_RATIO * float(np.median(words)) if words else np.inf
    return [
        line
        for line, height, count in zip(lines, heights, counts, strict=True)
        if count > 1 or (line.confidence >= GLYPH_CONFIDENCE and height <= highest)
    ]


def _is_tall(quad: Quad) -> bool:
    """The rule by which rapidocr turns a crop by 90 degrees."""
    width = max(np.linalg.norm(quad[0] - quad[1]), np.linalg.norm(quad[2] - quad[3]))
    height = max(np.linalg.norm(quad[0] - quad[3]), np.linalg.norm(quad[1] - quad[2]))
    return bool(int(height) >= 1.5 * int(width))


def _tilt(quads: Sequence[Quad]) -> float:
    """The median angle of long lines against the nearest edge, in radians, clockwise.

    0 where no line is long enough.
    """
    tilts = []
    for quad in quads:
        along, across = quad[1] - quad[0], quad[3] - quad[0]
        long, short = sorted((along, across), key=np.linalg.norm, reverse=True)
        if np.linalg.norm(long) >= MIN_LEVEL_RATIO * np.linalg.norm(short):
            angle = float(np.arctan2(long[1], long[0]))
            tilts.append(angle - round(angle / (np.pi / 2)) * np.pi / 2)
    tilt = float(np.median(tilts)) if tilts else 0.0
    return tilt if abs(tilt) <= MAX_TILT else 0.0


def reading_order(lines: Sequence[Line], aspect: float = 1.0, tilt: float = 0.0) -> list[Line]:
    """Lines in reading order: columns of prose one after the other, rows from the left.

    The page is read as most of it is turned. aspect is the picture's width / height, tilt how far
    its lines slope, in radians, clockwise. What touches on a row becomes one line.
    """
    if not lines:
        return []
    weight = np.bincount(
        [line.turn for line in lines], [len(line.text) for line in lines], minlength=4
    )
    turn = int(weight.argmax())
    aspect = 1 / aspect if turn % 2 else aspect
    upright = [replace(line, box=_rotate_box(line.box, turn)) for line in lines]
    ordered = (
        line
        for block in _cut_blocks(upright, aspect)
        for row in _group_rows(block, math.tan(tilt) * aspect)
        for line in _join_row(row, aspect)
    )
    return [replace(line, box=_rotate_box(line.box, -turn)) for line in ordered]


def _rotate_box(box: Box, turns: int) -> Box:
    """The box after quarter turns of the picture, counter-clockwise."""
    for _ in range(turns % 4):
        x0, y0, x1, y1 = box
        box = (y0, 1 - x1, y1, 1 - x0)
    return box


def _cut_blocks(lines: list[Line], aspect: float) -> Iterator[list[Line]]:
    """Recursive XY cut (Nagy and Seth 1984), with gutters only between columns of prose.

    So a bill's prices stay on their rows.
    """
    stack = [lines]
    while stack:
        block = stack.pop()
        height = float(np.median([line.box[3] - line.box[1] for line in block]))
        halves = _split_at_gap(block, 0, COLUMN_GAP * height / aspect) or _split_at_gap(
            block, 1, PARAGRAPH_GAP * height
        )
        if halves:
            stack += halves[::-1]
        else:
            yield block


def _split_at_gap(
    lines: list[Line], axis: int, min_gap: float
) -> tuple[list[Line], list[Line]] | None:
    """The lines before and after the widest empty strip, if it is wider than `min_gap`.

    axis 0: upright strips, 1: level ones.
    """
    ordered = sorted(lines, key=lambda line: line.box[axis])
    reach = np.maximum.accumulate([line.box[axis + 2] for line in ordered])
    gaps = np.asarray([line.box[axis] for line in ordered])[1:] - reach[:-1]
    for index in np.argsort(-gaps, kind="stable"):
        before, after = ordered[: index + 1], ordered[index + 1 :]
        if gaps[index] > min_gap and (axis == 1 or (_is_prose(before) and _is_prose(after))):
            return before, after
    return None


def _is_prose(lines: Sequence[Line]) -> bool:
    median_length = float(np.median([len(line.text) for line in lines]))
    return len(lines) > PROSE_LINES and median_length > PROSE_CHARACTERS


def _group_rows(lines: Sequence[Line], slope: float) -> list[list[Line]]:
    """The rows of lines, each from the left.

    slope: how much a row falls from one side of the picture to the other, in its height.
    """

    def level(line: Line) -> float:
        x0, y0, x1, y1 = line.box
        return (y0 + y1 - slope * (x0 + x1)) / 2

    rows: list[list[Line]] = []
    for line in sorted(lines, key=level):
        first = rows[-1][0] if rows else line
        if rows and level(line) - level(first) < SAME_ROW * (first.box[3] - first.box[1]):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.box[0]) for row in rows]


def _join_row(row: Sequence[Line], aspect: float) -> Iterator[Line]:
    """The lines of a row, near ones of like height and turn as one."""
    current = row[0]
    for line in row[1:]:
        height, other_height = current.box[3] - current.box[1], line.box[3] - line.box[1]
        gap = (line.box[0] - current.box[2]) * aspect
        if (
            gap < MAX_JOIN_GAP * min(height, other_height)
            and max(height, other_height) < MAX_JOIN_RATIO * min(height, other_height)
            and line.turn == current.turn
        ):
            n, m = len(current.text), len(line.text)
            confidence = (current.confidence * n + line.confidence * m) / (n + m)
            box = Span(box=current.box).union(Span(box=line.box)).box or current.box
            current = Line(f"{current.text} {line.text}", confidence, box, current.turn)
        else:
            yield current
            current = line
    yield current
