"""Whether something shows on a page: by looking at it."""

from __future__ import annotations

from contextlib import closing
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.read.document.pdf.frame import Frame
from polysense.types import Box

_SCALE = 1.5
"""Pixels a point: enough to see small type."""

_MIN_CONTRAST = 24
"""Of 255: less is not seen. White type on white has none. Judged."""

_MAX_SIDE = 3000
"""Pixels; larger pages are drawn smaller."""


class Look:
    """Draws a page when it is first asked about a place on it."""

    def __init__(self, page: Any, frame: Frame) -> None:
        self._page, self._frame = page, frame

    def __call__(self, box: Box) -> bool:
        """Whether anything stands out in a box, in points of the frame."""
        height, width = self._pixels.shape
        x0, x1 = (int(v * width / self._frame.width) for v in (box[0], box[2] + 1))
        y0, y1 = (int(v * height / self._frame.height) for v in (box[1], box[3] + 1))
        place = self._pixels[max(y0, 0) : y1, max(x0, 0) : x1]
        return place.size > 0 and int(place.max()) - int(place.min()) >= _MIN_CONTRAST

    @cached_property
    def _pixels(self) -> NDArray[np.uint8]:
        """(height, width) greys, turned as the frame is."""
        longest = max(self._page.get_width(), self._page.get_height(), 1.0)
        bitmap = self._page.render(scale=min(_SCALE, _MAX_SIDE / longest), grayscale=True)
        with closing(bitmap):
            grey = np.array(bitmap.to_numpy(), dtype=np.uint8)
        grey = grey[..., 0] if grey.ndim == 3 else grey
        return np.rot90(grey, self._frame.quarter_turns)
