"""How a printed formula looks, whatever made the picture: where its strokes lie and which way they
run.

The descriptor is a histogram of oriented gradients (Dalal and Triggs 2005) over a grid laid on the
formula's ink, less what the grid's neighbourhood has anyway. A formula set by LaTeX and the same
one drawn by mathtext lie near each other; two different ones are nearly orthogonal, so that the sum
of several still tells each of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polysense.read.formula import mathtext
from polysense.read.image.decode import pixels, size
from polysense.types import Part

Floats = NDArray[np.float32]
Ink = NDArray[np.uint8]
Ints = NDArray[np.int64]

LONGEST = 2400
"""Pixels along the longer side in which a picture is looked at: a scanned page at 200 dots an inch.
"""

ROWS, COLUMNS, TURNS = 8, 40, 4
DIM = ROWS * COLUMNS * TURNS

_FINE = 4  # pixels of a cell's side
_FEW, _MANY = 3, 300  # pieces of ink that a formula has
_LOOK, _SMALL = 320, 1_000_000
_GROUND, _GAP, _ON = 0.6, 0.4, 70


@dataclass(frozen=True, slots=True)
class Pieces:
    """Connected pieces of ink: left, top, right, bottom and area of each, in pixels; unit is the
    size of a letter.
    """

    x0: Ints
    y0: Ints
    x1: Ints
    y1: Ints
    area: Ints
    unit: float

    @property
    def high(self) -> Ints:
        return self.y1 - self.y0

    @property
    def wide(self) -> Ints:
        return self.x1 - self.x0

    def __len__(self) -> int:
        return len(self.area)

    def kept(self, which: NDArray[np.bool_]) -> Pieces:
        """Only these."""
        return Pieces(
            self.x0[which],
            self.y0[which],
            self.x1[which],
            self.y1[which],
            self.area[which],
            self.unit,
        )


def see(part: Part) -> Ink | None:
    """The ink of the formula that a picture shows, cut to it: 0 for ground to 255 for ink. None
    where it shows something else.

    A formula is dark on light or light on dark, a few signs or a few lines of them, with no frames
    and hardly in words. Raises as `media.image.pixels`.
    """
    wide, high = size(part)
    if min(wide, high) < 10 or wide > 200 * high:
        return None
    if wide * high > _SMALL and _ink(pixels(part, _LOOK)) is None:
        return None
    ink = _ink(pixels(part, LONGEST))
    if ink is None:
        return None
    found = pieces(ink)
    return trimmed(ink, found) if found is not None and looks(found, ink) else None


def drawn(said: str) -> Ink | None:
    """As `see`, of LaTeX; None where it cannot be drawn."""
    ink = mathtext.draw(said)
    found = pieces(ink) if ink is not None else None
    return trimmed(ink, found) if ink is not None and found is not None else None


def describe(ink: Ink, soft: float = 1.0) -> Floats:
    """The descriptor of ink, DIM long, of length 1. `soft` blurs it, so that small shifts matter
    less, and different formulas less too.

    The cosine of two formulas is 0.0 +- 0.07 (+- 0.12 where soft is 2); of one by LaTeX and by
    mathtext mostly above 0.7 (0.85).
    """
    import cv2

    wide, high = COLUMNS * _FINE, ROWS * _FINE
    how = cv2.INTER_AREA if ink.shape[1] > wide else cv2.INTER_LINEAR
    fine = cv2.resize(ink.astype(np.float32) / 255, (wide, high), interpolation=how)
    fine = cv2.GaussianBlur(fine, (0, 0), 1.0)
    across, down = cv2.Sobel(fine, cv2.CV_32F, 1, 0), cv2.Sobel(fine, cv2.CV_32F, 0, 1)
    strength, turn = np.hypot(across, down), np.arctan2(down, across)
    planes = []
    for n in range(TURNS):
        plane = strength * np.clip(np.cos(2 * (turn - np.pi * n / TURNS)), 0, 1) ** 2
        plane = cv2.GaussianBlur(plane, (0, 0), sigmaX=2 * soft, sigmaY=1.3 * soft)
        plane = np.sqrt(
            np.maximum(cv2.resize(plane, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA), 0)
        )
        # what all columns near it have tells nothing
        plane -= cv2.GaussianBlur(plane, (0, 0), sigmaX=2 * soft, sigmaY=0.01)
        planes.append(plane - plane.mean())
    flat = np.concatenate([plane.ravel() for plane in planes])
    return np.asarray(flat / max(float(np.linalg.norm(flat)), 1e-9), np.float32)


def _ink(picture: NDArray[np.uint8]) -> Ink | None:
    """How far each pixel is from the ground's colour, the farthest 255; None where there is no
    ground that most of it has.
    """
    grey = picture.max(2).astype(np.int16) if _dark(picture) else picture.min(2).astype(np.int16)
    usual = int(np.bincount(grey.ravel() >> 3, minlength=32).argmax()) * 8 + 4
    away = np.abs(grey - usual)
    if np.mean(away < 28) < _GROUND or away.max() < 60:
        return None
    top = float(np.percentile(away[away > 40], 95)) if (away > 40).any() else 255.0
    return np.asarray(np.clip((away - 12) * (255.0 / max(top - 12, 1.0)), 0, 255), np.uint8)


def _dark(picture: NDArray[np.uint8]) -> bool:
    return bool(np.median(picture) < 110)


def pieces(ink: Ink) -> Pieces | None:
    """The connected pieces of ink without specks; None where there are too few or too many for a
    formula.
    """
    import cv2

    count, _, stats, _ = cv2.connectedComponentsWithStats(
        (ink > _ON).astype(np.uint8), connectivity=8
    )
    if not 1 < count <= 20 * _MANY:
        return None
    x, y, w, h, area = stats[1:].astype(np.int64).T
    sides = np.maximum(w, h)
    letters = sides[(sides < 4 * np.minimum(w, h)) & (sides >= 4)]
    if not len(letters):
        return None
    unit = float(np.median(letters[letters >= 0.35 * np.percentile(letters, 80)]))
    found = Pieces(x, y, x + w, y + h, area, unit)
    found = found.kept(area >= max(2.0, 0.006 * unit * unit))
    return found if _FEW <= len(found) <= _MANY and unit >= 4 else None


def looks(found: Pieces, ink: Ink) -> bool:
    """Whether pieces of ink are a formula's: few and small, no frames, no blots, and more than
    words on a line.
    """
    import cv2

    wide, high, unit = found.wide, found.high, found.unit
    whole = float(found.y1.max() - found.y0.min())
    filled = float(np.median(found.area / (wide * high)))
    if (
        whole > 24 * unit
        or filled < 0.14
        or (high > 14 * unit).any()
        or ((wide > 8 * unit) & (high > 8 * unit)).any()
    ):
        return False
    thick = 2 * float(cv2.distanceTransform((ink > 150).astype(np.uint8), cv2.DIST_L2, 3).max())
    return thick < 0.35 * unit + 3 and not _framed(ink, unit) and not _prose(found)


def _framed(ink: Ink, unit: float) -> bool:
    """Whether strokes enclose more than a letter does: boxes, circles and the areas of a chart. A
    root is open.
    """
    import cv2

    ground = np.pad((ink <= 110).astype(np.uint8), 1, constant_values=1)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ground, connectivity=4)
    inside = np.arange(count) != labels[0, 0]
    inside[0] = False
    return bool((inside & (stats[:, 2] > 1.7 * unit) & (stats[:, 3] > 1.7 * unit)).any())


def _prose(found: Pieces) -> bool:
    """Whether the pieces are letters on lines: nearly all stand on one of them, and there is hardly
    a sign of mathematics.
    """
    unit = found.unit
    letters = found.kept((found.high > 0.4 * unit) & (found.wide < 3 * unit))
    bars = int(((found.wide > 2.5 * found.high) & (found.wide > 0.5 * unit)).sum())
    if len(letters) < 2 or 20 * bars >= len(letters):
        return False
    feet, on = letters.y1, 0
    while len(feet):
        near = np.abs(feet[:, None] - feet) <= 0.12 * unit
        best = int(near.sum(1).argmax())
        on += int(near[best].sum())
        feet = feet[np.abs(feet - feet[best]) > 0.9 * unit]
    return on >= (0.8 if len(letters) < 10 else 0.68) * len(letters)


def trimmed(ink: Ink, found: Pieces) -> Ink:
    """Cut to the formula: without the point or comma behind it, and the number in brackets far off
    at its right.
    """
    unit = found.unit
    order = np.argsort(found.x1)
    while len(order) > _FEW and max(found.wide[order[-1]], found.high[order[-1]]) < 0.45 * unit:
        order = order[:-1]
    order = order[np.argsort(found.x0[order])]
    right = np.maximum.accumulate(found.x1[order])
    gaps = found.x0[order][1:] - right[:-1]
    far = np.flatnonzero(gaps > 4 * unit)
    if (
        len(far)
        and far[-1] >= 5
        and right[-1] - found.x0[order][far[-1] + 1] < 3.5 * unit
        and len(order) - far[-1] <= 8
    ):
        order = order[: far[-1] + 1]
    x0, y0, x1, y1 = (
        found.x0[order].min(),
        found.y0[order].min(),
        found.x1[order].max(),
        found.y1[order].max(),
    )
    return _closed(ink[y0:y1, x0:x1], max(1, round(_GAP * unit)))


def _closed(ink: Ink, gap: int) -> Ink:
    """Without what empty columns are more than `gap` side by side: spaces differ most between two
    ways of setting a formula.
    """
    at = np.arange(ink.shape[1])
    since = at - np.maximum.accumulate(np.where((ink > _ON).any(0), at, 0))
    return ink[:, since <= gap]
