"""What is clear in a picture, shown on the ground on which its colours are seen."""

from __future__ import annotations

from typing import Any

import numpy as np

LIGHT = 170
"""A grey, of 0..255, from which on a colour is light: it is lost on white. Judged."""

MIN_CLEAR_SHARE = 0.02
"""A picture with less that is clear, as one with round corners, has a ground of its own. Judged."""

MIN_LIGHT_SHARE, MAX_LIGHT_SHARE = 0.005, 0.9
"""Of what is not clear: with less that is light nothing is lost on white, with more all is. Judged:
letters of a logo take a few percent of it.
"""

_DARK = (24, 24, 24)


def flatten(image: Any) -> list[Any]:
    """An RGB or RGBA image of PIL as RGB: on white, or where it is light alone on a dark ground.

    Light and dark things on a clear ground are shown on both, on white first.
    """
    if image.mode == "RGB":
        return [image]
    return [_paste_on(ground, image) for ground in _grounds(image)]


def _grounds(image: Any) -> list[Any]:
    is_opaque = np.asarray(image.getchannel("A")) >= 128
    opaque_count = int(is_opaque.sum())
    if not opaque_count or opaque_count > (1 - MIN_CLEAR_SHARE) * is_opaque.size:
        return ["white"]
    greys = np.asarray(image.convert("RGB").convert("L"))
    light_share = float((is_opaque & (greys >= LIGHT)).sum()) / opaque_count
    if light_share < MIN_LIGHT_SHARE:
        return ["white"]
    return [_DARK] if light_share > MAX_LIGHT_SHARE else ["white", _DARK]


def _paste_on(ground: Any, image: Any) -> Any:
    from PIL import Image

    return Image.alpha_composite(Image.new("RGBA", image.size, ground), image).convert("RGB")
