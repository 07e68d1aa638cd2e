"""A picture cut, turned, mirrored, coloured otherwise, with noise."""

from __future__ import annotations

import numpy as np

from polysense.read.image.decode import pixels, png
from polysense.types import Part

MIN_SHARE = 0.6
"""Of either side that a cut leaves. Judged: what the words name is still in it."""

MAX_TURN = 12.0
"""Degrees, either way."""

COLOUR = 0.15
"""How far brightness, contrast and saturation go, up or down."""

NOISE = 8.0
"""Deviation at most, of 255 steps."""


def vary_picture(part: Part, draw: np.random.Generator) -> Part:
    """Another view of a picture, as PNG. Raises Unreadable."""
    from PIL import Image, ImageEnhance

    image = Image.fromarray(pixels(part, longest=512))
    ground = tuple(int(v) for v in np.median(np.asarray(image)[[0, -1]].reshape(-1, 3), axis=0))
    image = image.rotate(
        draw.uniform(-MAX_TURN, MAX_TURN), Image.Resampling.BILINEAR, fillcolor=ground
    )
    width, height = image.size
    across, down = (max(1, round(s * draw.uniform(MIN_SHARE, 1))) for s in (width, height))
    left, top = int(draw.integers(0, width - across + 1)), int(draw.integers(0, height - down + 1))
    image = image.crop((left, top, left + across, top + down))
    if draw.random() < 0.5:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        image = enhance(image).enhance(1 + draw.uniform(-COLOUR, COLOUR))
    array = np.asarray(image, np.float64)
    array = np.clip(array + draw.normal(0, draw.uniform(0, NOISE), array.shape), 0, 255)
    return Part("image", png(array.astype(np.uint8)), mime="image/png")
