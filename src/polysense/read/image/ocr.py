"""Printed words in pictures, read by PP-OCR on ONNX Runtime; the weights lie inside the `rapidocr`
wheel.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.protocols import Converter
from polysense.read.image import ppocr
from polysense.read.image.decode import pixels
from polysense.types import Box, Part, Span

Pixels = NDArray[np.uint8]
Quad = NDArray[np.float32]

ENLARGE = 3.0
"""How many times a small picture is enlarged at most."""

POOR = 0.75
"""Lines read with less confidence are tried upside down too."""

SURE = 0.85
"""Confidence that a line of fewer than four different letters needs: wheels look like O, grass like
IIII.
"""

JOIN = 0.3
"""Pieces of one row nearer than this many line heights are one line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of print: its box as fractions of the picture, and the quarter turns that bring it
    upright.
    """

    text: str
    confidence: float
    box: Box
    turn: int = 0


class Ocr(Converter):
    """Picture -> one text part a line, in reading order, with its box and `meta["confidence"]`.
    Chinese and Latin script.

    confidence: lines read with less are dropped. threads: how many ONNX Runtime may use.
    """

    source = "image"
    targets = frozenset({"text"})
    cost = 0.1
    reads = True

    def __init__(self, *, threads: int = 1, confidence: float = 0.6) -> None:
        self.threads, self.confidence = threads, confidence
        self._lock = Lock()
        self._engine: Any = None

    def convert(self, part: Part) -> Iterator[Part]:
        """The lines of print. Nothing for a picture without any, or smaller than a letter."""
        for line in self.read(pixels(part, longest=8000)):
            yield Part(
                "text",
                line.text,
                mime="text/plain",
                span=Span(box=line.box),
                meta={"confidence": round(line.confidence, 3)},
            )

    def read(self, picture: Pixels) -> list[Line]:
        """The lines of print in RGB pixels, in reading order."""
        if min(picture.shape[:2]) < 8:
            return []
        engine, picture = self._load(), ppocr.sized(picture, ENLARGE)
        quads = engine(picture, use_det=True, use_cls=False, use_rec=False).boxes
        if quads is None or not len(quads):
            return []
        height, width = picture.shape[:2]
        lines = []
        for quad, (text, confidence, turn) in zip(
            quads, self._recognise(picture, quads), strict=True
        ):
            if self._trusted(text, confidence):
                (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
                lines.append(
                    Line(
                        text,
                        confidence,
                        (
                            float(x0 / width),
                            float(y0 / height),
                            float(x1 / width),
                            float(y1 / height),
                        ),
                        turn,
                    )
                )
        return in_order(lines, width / height)

    def _recognise(self, picture: Pixels, quads: Sequence[Quad]) -> list[tuple[str, float, int]]:
        """(words, confidence, turn) of each quad; what is tall or hardly legible is tried upside
        down too, and if that helps, all is.
        """
        crops = self._engine.crop_text_regions(picture, quads)
        tall = [_tall(quad) for quad in quads]
        done = [
            (text, sure, int(up)) for (text, sure), up in zip(self._words(crops), tall, strict=True)
        ]
        doubtful = [i for i, (_, sure, _) in enumerate(done) if tall[i] or sure < POOR]
        flipped = self._flip(doubtful, crops, tall, done)
        if 2 * flipped > len(doubtful):
            self._flip([i for i in range(len(done)) if i not in doubtful], crops, tall, done)
        return done

    def _flip(
        self,
        which: Sequence[int],
        crops: Sequence[Pixels],
        tall: Sequence[bool],
        done: list[tuple[str, float, int]],
    ) -> int:
        """How many of `which` are more legible upside down; `done` is changed."""
        flipped = 0
        for i, (text, sure) in zip(
            which,
            self._words([np.ascontiguousarray(crops[i][::-1, ::-1]) for i in which]),
            strict=True,
        ):
            if sure > done[i][1]:
                done[i] = (text, sure, 2 + int(tall[i]))
                flipped += 1
        return flipped

    def _words(self, crops: Sequence[Pixels]) -> list[tuple[str, float]]:
        if not crops:
            return []
        read = self._engine.recognize_txt(list(crops))
        return list(zip(read.txts, read.scores, strict=True))

    def _trusted(self, text: str, confidence: float) -> bool:
        letters = len({c for c in text if c.isalpha()}) + sum(c.isdigit() for c in text)
        return letters > 0 and confidence >= (
            self.confidence if letters > 3 else max(self.confidence, SURE)
        )

    def _load(self) -> Any:
        with self._lock:
            if self._engine is None:
                self._engine = ppocr.engine(self.threads)
        return self._engine


def _tall(quad: Quad) -> bool:
    """The rule by which rapidocr turns a crop by 90 degrees."""
    wide = max(np.linalg.norm(quad[0] - quad[1]), np.linalg.norm(quad[2] - quad[3]))
    high = max(np.linalg.norm(quad[0] - quad[3]), np.linalg.norm(quad[1] - quad[2]))
    return bool(int(high) >= 1.5 * int(wide))


def in_order(lines: Sequence[Line], aspect: float = 1.0) -> list[Line]:
    """Lines in reading order: the page as most of it is turned, columns of prose one after the
    other, rows from the left.

    aspect is the picture's width / height. What touches on a row becomes one line.
    """
    if not lines:
        return []
    weight = np.bincount(
        [line.turn for line in lines], [len(line.text) for line in lines], minlength=4
    )
    turn = int(weight.argmax())
    aspect = 1 / aspect if turn % 2 else aspect
    upright = [replace(line, box=_turned(line.box, turn)) for line in lines]
    ordered = (
        line
        for block in _blocks(upright, aspect)
        for row in _rows(block)
        for line in _joined(row, aspect)
    )
    return [replace(line, box=_turned(line.box, -turn)) for line in ordered]


def _turned(box: Box, turns: int) -> Box:
    """The box after quarter turns of the picture, counter-clockwise."""
    for _ in range(turns % 4):
        x0, y0, x1, y1 = box
        box = (y0, 1 - x1, y1, 1 - x0)
    return box


def _blocks(lines: list[Line], aspect: float) -> Iterator[list[Line]]:
    """Recursive XY cut (Nagy and Seth 1984), with gutters only between columns of prose: a bill's
    prices stay on their rows.
    """
    waiting = [lines]
    while waiting:
        block = waiting.pop()
        height = float(np.median([line.box[3] - line.box[1] for line in block]))
        halves = _halves(block, 0, 0.8 * height / aspect) or _halves(block, 1, 1.2 * height)
        if halves:
            waiting += halves[::-1]
        else:
            yield block


def _halves(lines: list[Line], axis: int, least: float) -> tuple[list[Line], list[Line]] | None:
    """The lines before and after the widest empty strip across `axis` (0: upright, 1: level) that
    is wider than `least`.
    """
    ordered = sorted(lines, key=lambda line: line.box[axis])
    reach = np.maximum.accumulate([line.box[axis + 2] for line in ordered])
    gaps = np.asarray([line.box[axis] for line in ordered])[1:] - reach[:-1]
    for at in np.argsort(-gaps, kind="stable"):
        before, after = ordered[: at + 1], ordered[at + 1 :]
        if gaps[at] > least and (axis == 1 or (_prose(before) and _prose(after))):
            return before, after
    return None


def _prose(lines: Sequence[Line]) -> bool:
    return len(lines) > 3 and float(np.median([len(line.text) for line in lines])) > 20


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines whose middle lies within the row's first line's height share its row."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.box[1] + line.box[3]):
        middle = (line.box[1] + line.box[3]) / 2
        if rows and middle < rows[-1][0].box[3] - 0.2 * (rows[-1][0].box[3] - rows[-1][0].box[1]):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.box[0]) for row in rows]


def _joined(row: Sequence[Line], aspect: float) -> Iterator[Line]:
    """The row's lines, near ones of like height and turn as one."""
    last = row[0]
    for line in row[1:]:
        high, other = last.box[3] - last.box[1], line.box[3] - line.box[1]
        gap = (line.box[0] - last.box[2]) * aspect
        if (
            gap < JOIN * min(high, other)
            and max(high, other) < 1.6 * min(high, other)
            and line.turn == last.turn
        ):
            n, m = len(last.text), len(line.text)
            sure = (last.confidence * n + line.confidence * m) / (n + m)
            box = Span(box=last.box).union(Span(box=line.box)).box or last.box
            last = Line(f"{last.text} {line.text}", sure, box, last.turn)
        else:
            yield last
            last = line
    yield last
