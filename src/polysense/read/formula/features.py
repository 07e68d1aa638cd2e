"""How a printed formula looks, whatever drew it: where its strokes lie and which way they run.

The descriptor is a histogram of oriented gradients (Dalal and Triggs 2005) over a grid laid on the
formula, less what the grid's neighbourhood has anyway. A formula set by LaTeX and the same
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
GlyphImage = NDArray[np.uint8]
Ints = NDArray[np.int64]

MAX_SIDE = 2400
"""Pixels along the longer side to which a picture is reduced: a scanned page at 200 dpi."""

ROWS, COLUMNS, ORIENTATIONS = 8, 40, 4
"""Cells of the descriptor's grid, and directions in each. With them, pictures of 150 formulas find
their LaTeX in 92.7 % (docs/benchmarks.md, a table of LaTeX alone: R@1).
"""
DIM = ROWS * COLUMNS * ORIENTATIONS

_CELL_PIXELS = 4
"""Pixels along a cell's side."""

_PREVIEW_SIDE, _PREVIEW_ABOVE = 320, 1_000_000
"""A picture of more pixels is first judged at this longer side, which refuses photos cheaply."""

# What is a formula: judged on photos, charts and pages of prose, not measured.
_MIN_COMPONENTS, _MAX_COMPONENTS = 3, 300
"""Connected components that a formula has."""

_MIN_BACKGROUND_SHARE = 0.6
"""Share of the picture that has the background's colour."""

_FOREGROUND_LEVEL = 70
"""From so much of 255 a pixel is part of a letter."""

_MIN_FILL_SHARE = 0.14
"""The median share of its box that a component fills at least."""

_MAX_HEIGHT, _MAX_SIGN_HEIGHT, _MAX_SIGN_SIDE = 24, 14, 8
"""Heights of a formula and of one sign in it, and the lesser side of a sign, in letter sizes."""

_MAX_STROKE = 0.35
"""Width of strokes, in letter sizes; blots are thicker."""

_MAX_ENCLOSED = 1.7
"""What strokes enclose is no larger than this, in letter sizes: else they are frames."""

_BASELINE_SHARE, _FEW_LETTERS_BASELINE_SHARE = 0.68, 0.8
"""From this share of letters on common baselines it is prose; the second where letters are few."""

_MAX_GAP = 0.4
"""Empty columns that stay between signs, in letter sizes."""

_NUMBER_GAP, _NUMBER_WIDTH = 4, 3.5
"""A formula's number lies behind such a gap and is no wider, in letter sizes."""


@dataclass(frozen=True, slots=True)
class Components:
    """Connected components: left, top, right, bottom and area of each, and the size of a letter."""

    x0: Ints
    y0: Ints
    x1: Ints
    y1: Ints
    area: Ints
    letter_size: float

    @property
    def heights(self) -> Ints:
        """Of each."""
        return self.y1 - self.y0

    @property
    def widths(self) -> Ints:
        """Of each."""
        return self.x1 - self.x0

    def __len__(self) -> int:
        return len(self.area)

    def select(self, selection: NDArray[np.bool_]) -> Components:
        """Those where `selection`."""
        return Components(
            self.x0[selection],
            self.y0[selection],
            self.x1[selection],
            self.y1[selection],
            self.area[selection],
            self.letter_size,
        )


def formula_image(part: Part) -> GlyphImage | None:
    """The formula that a picture shows, cut to it; None where it shows something else.

    0 for background to 255 for strokes. A formula is dark on light or light on dark, a few signs or
    a few lines of them, with no frames and hardly in words. Raises as `read.image.decode.pixels`.
    """
    width, height = size(part)
    if min(width, height) < 10 or width > 200 * height:
        return None
    if width * height > _PREVIEW_ABOVE and _foreground(pixels(part, _PREVIEW_SIDE)) is None:
        return None
    image = _foreground(pixels(part, MAX_SIDE))
    if image is None:
        return None
    components = find_components(image)
    if components is None or not is_formula(components, image):
        return None
    return trim(image, components)


def latex_image(latex: str) -> GlyphImage | None:
    """As `formula_image`, of LaTeX; None where it cannot be drawn."""
    image = mathtext.draw(latex)
    components = find_components(image) if image is not None else None
    return trim(image, components) if image is not None and components is not None else None


def describe(image: GlyphImage, blur: float = 1.0) -> Floats:
    """The descriptor of a formula's image: DIM numbers, of length 1.

    With more `blur` small shifts matter less, and different formulas are less apart. The cosine of
    two formulas is 0.0 +- 0.07 (+- 0.12 where blur is 2); of one by LaTeX and by mathtext mostly
    above 0.7 (0.85).
    """
    import cv2

    width, height = COLUMNS * _CELL_PIXELS, ROWS * _CELL_PIXELS
    interpolation = cv2.INTER_AREA if image.shape[1] > width else cv2.INTER_LINEAR
    scaled = cv2.resize(
        image.astype(np.float32) / 255, (width, height), interpolation=interpolation
    )
    scaled = cv2.GaussianBlur(scaled, (0, 0), 1.0)
    across, down = cv2.Sobel(scaled, cv2.CV_32F, 1, 0), cv2.Sobel(scaled, cv2.CV_32F, 0, 1)
    strength, turn = np.hypot(across, down), np.arctan2(down, across)
    planes = []
    for n in range(ORIENTATIONS):
        plane = strength * np.clip(np.cos(2 * (turn - np.pi * n / ORIENTATIONS)), 0, 1) ** 2
        plane = cv2.GaussianBlur(plane, (0, 0), sigmaX=2 * blur, sigmaY=1.3 * blur)
        plane = np.sqrt(
            np.maximum(cv2.resize(plane, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA), 0)
        )
        # what all columns near it have tells nothing
        plane -= cv2.GaussianBlur(plane, (0, 0), sigmaX=2 * blur, sigmaY=0.01)
        planes.append(plane - plane.mean())
    flat = np.concatenate([plane.ravel() for plane in planes])
    return np.asarray(flat / max(float(np.linalg.norm(flat)), 1e-9), np.float32)


def _foreground(picture: NDArray[np.uint8]) -> GlyphImage | None:
    """How far each pixel is from the background's colour, the farthest 255.

    None where no colour has most of the picture.
    """
    grey = picture.max(2).astype(np.int16) if _is_dark(picture) else picture.min(2).astype(np.int16)
    background = int(np.bincount(grey.ravel() >> 3, minlength=32).argmax()) * 8 + 4
    distance = np.abs(grey - background)
    if np.mean(distance < 28) < _MIN_BACKGROUND_SHARE or distance.max() < 60:
        return None
    top = float(np.percentile(distance[distance > 40], 95)) if (distance > 40).any() else 255.0
    return np.asarray(np.clip((distance - 12) * (255.0 / max(top - 12, 1.0)), 0, 255), np.uint8)


def _is_dark(picture: NDArray[np.uint8]) -> bool:
    """Whether it is light on dark."""
    return bool(np.median(picture) < 110)


def find_components(image: GlyphImage) -> Components | None:
    """The connected components without specks; None where they are too few or many."""
    import cv2

    count, _, stats, _ = cv2.connectedComponentsWithStats(
        (image > _FOREGROUND_LEVEL).astype(np.uint8), connectivity=8
    )
    if not 1 < count <= 20 * _MAX_COMPONENTS:
        return None
    x, y, w, h, area = stats[1:].astype(np.int64).T
    sides = np.maximum(w, h)
    letters = sides[(sides < 4 * np.minimum(w, h)) & (sides >= 4)]
    if not len(letters):
        return None
    size = float(np.median(letters[letters >= 0.35 * np.percentile(letters, 80)]))
    components = Components(x, y, x + w, y + h, area, size)
    components = components.select(area >= max(2.0, 0.006 * size * size))
    has_count = _MIN_COMPONENTS <= len(components) <= _MAX_COMPONENTS
    return components if has_count and size >= 4 else None


def is_formula(components: Components, image: GlyphImage) -> bool:
    """Whether components are a formula's: small, no frames, no blots, and more than words."""
    import cv2

    widths, heights, letter_size = components.widths, components.heights, components.letter_size
    total_height = float(components.y1.max() - components.y0.min())
    fill_share = float(np.median(components.area / (widths * heights)))
    if (
        total_height > _MAX_HEIGHT * letter_size
        or fill_share < _MIN_FILL_SHARE
        or (heights > _MAX_SIGN_HEIGHT * letter_size).any()
        or (np.minimum(widths, heights) > _MAX_SIGN_SIDE * letter_size).any()
    ):
        return False
    strokes = (image > 150).astype(np.uint8)
    thickness = 2 * float(cv2.distanceTransform(strokes, cv2.DIST_L2, 3).max())
    if thickness >= _MAX_STROKE * letter_size + 3:
        return False
    return not _has_frames(image, letter_size) and not _is_prose(components)


def _has_frames(image: GlyphImage, letter_size: float) -> bool:
    """Whether strokes enclose more than a letter does: boxes, circles and areas of a chart.

    A root is open.
    """
    import cv2

    background = np.pad((image <= 110).astype(np.uint8), 1, constant_values=1)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(background, connectivity=4)
    inside = np.arange(count) != labels[0, 0]
    inside[0] = False
    is_large = (stats[:, 2:4] > _MAX_ENCLOSED * letter_size).all(1)
    return bool((inside & is_large).any())


def _is_prose(components: Components) -> bool:
    """Whether components are letters on lines, with hardly a sign of mathematics."""
    letter_size, widths, heights = components.letter_size, components.widths, components.heights
    letters = components.select((heights > 0.4 * letter_size) & (widths < 3 * letter_size))
    bars = int(((widths > 2.5 * heights) & (widths > 0.5 * letter_size)).sum())
    if len(letters) < 2 or 20 * bars >= len(letters):
        return False
    baselines, on_lines = letters.y1, 0
    while len(baselines):
        near = np.abs(baselines[:, None] - baselines) <= 0.12 * letter_size
        best = int(near.sum(1).argmax())
        on_lines += int(near[best].sum())
        baselines = baselines[np.abs(baselines - baselines[best]) > 0.9 * letter_size]
    share = _FEW_LETTERS_BASELINE_SHARE if len(letters) < 10 else _BASELINE_SHARE
    return on_lines >= share * len(letters)


def trim(image: GlyphImage, components: Components) -> GlyphImage:
    """Cut to the formula, without the point or comma behind it, and its number at the right."""
    letter_size = components.letter_size
    sides = np.maximum(components.widths, components.heights)
    order = np.argsort(components.x1)
    while len(order) > _MIN_COMPONENTS and sides[order[-1]] < 0.45 * letter_size:
        order = order[:-1]
    order = order[np.argsort(components.x0[order])]
    right = np.maximum.accumulate(components.x1[order])
    gaps = components.x0[order][1:] - right[:-1]
    wide_gaps = np.flatnonzero(gaps > _NUMBER_GAP * letter_size)
    if (
        len(wide_gaps)
        and wide_gaps[-1] >= 5
        and right[-1] - components.x0[order][wide_gaps[-1] + 1] < _NUMBER_WIDTH * letter_size
        and len(order) - wide_gaps[-1] <= 8
    ):
        order = order[: wide_gaps[-1] + 1]
    x0, y0, x1, y1 = (
        components.x0[order].min(),
        components.y0[order].min(),
        components.x1[order].max(),
        components.y1[order].max(),
    )
    return _close_gaps(image[y0:y1, x0:x1], max(1, round(_MAX_GAP * letter_size)))


def _close_gaps(image: GlyphImage, gap: int) -> GlyphImage:
    """Without the empty columns that are more than `gap` side by side.

    Spaces differ most between two typesetters of one formula.
    """
    columns = np.arange(image.shape[1])
    is_drawn = (image > _FOREGROUND_LEVEL).any(0)
    empty_run = columns - np.maximum.accumulate(np.where(is_drawn, columns, 0))
    return image[:, empty_run <= gap]
