"""Colours as they look: their place in CIE L*a*b*, and their everyday names."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

# The names of colours were judged by eye on CIE L*a*b*, not measured.
_GREY_LIMITS = (22, "black"), (45, "dark grey"), (72, "grey"), (90, "light grey"), (101, "white")
"""Up to this lightness L*, what has no hue is called this."""

_MAX_GREY_CHROMA, _MAX_BLACK_LIGHTNESS = 9, 12
"""Below either a colour has no hue."""

_HUE_LIMITS = (
    (20, "red", 50, "pink"),
    (45, "red", 66, "pink"),
    (78, "brown", 60, "orange"),
    (108, "brown", 50, "yellow"),
    (172, "green", 101, ""),
    (225, "turquoise", 101, ""),
    (300, "blue", 101, ""),
    (335, "purple", 101, ""),
    (361, "purple", 45, "pink"),
)
"""Up to this hue angle in degrees: the name up to a lightness, that lightness, and the name above.
"""

_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_WHITE = np.array([0.9505, 1.0, 1.089])


def lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIE L*a*b* of sRGB colours (n, 3), 0..255: distances there are about as large as they look.

    >>> lab(np.array([[255.0, 255, 255], [0, 0, 0]])).round().astype(int).tolist()
    [[100, 0, 0], [0, 0, 0]]
    """
    v = np.clip(rgb, 0, 255) / 255
    xyz = np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4) @ _TO_XYZ.T / _WHITE
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack(
        [116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1
    )


def colour_name(lightness: float, a: float, b: float) -> str:
    """The everyday name of a CIE L*a*b* colour.

    >>> colour_name(40, 15, 20), colour_name(30, 20, -50), colour_name(97, 0, 0)
    ('brown', 'blue', 'white')
    """
    chroma, hue = math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360
    if chroma < _MAX_GREY_CHROMA or lightness < _MAX_BLACK_LIGHTNESS:
        return next(name for limit, name in _GREY_LIMITS if lightness < limit)
    if 45 <= hue < 108 and chroma < 32 and lightness > 65:
        return "beige"
    if 20 <= hue < 78 and chroma < 46 and lightness < 62:
        return "brown"
    return next(
        dark if lightness < limit else light
        for angle, dark, limit, light in _HUE_LIMITS
        if hue < angle
    )
