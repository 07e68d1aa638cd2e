"""Where things lie on a PDF page as it is displayed, turned so that its writing is horizontal."""

from __future__ import annotations

import ctypes
from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.types import Box

_SAMPLE_CHARS = 64
"""Characters of a page whose direction is looked at. Judged, not measured."""


class Frame:
    """The map from a page's own coordinates to points as displayed.

    After `turn_to_text`, turned so that its writing is horizontal; quarter_turns tells how far.
    """

    def __init__(self, page: Any) -> None:
        from pypdfium2 import raw

        self.width, self.height = max(page.get_width(), 1.0), max(page.get_height(), 1.0)
        left, bottom, _, _ = page.get_bbox()
        size, reach = 1 << 20, max(self.width, self.height)

        def to_display(x: float, y: float) -> NDArray[np.float64]:
            px, py = ctypes.c_int(), ctypes.c_int()
            raw.FPDF_PageToDevice(page, 0, 0, size, size, 0, x, y, px, py)
            return np.array([px.value * self.width, py.value * self.height]) / size

        origin = to_display(left, bottom)
        across, up = (
            (to_display(left + reach, bottom) - origin) / reach,
            (to_display(left, bottom + reach) - origin) / reach,
        )
        self._a, self._b, self._c, self._d = (float(v) for v in (*across, *up))
        self._e, self._f = (float(v) for v in origin - across * left - up * bottom)
        self.quarter_turns = 0

    def turn_to_text(self, text_page: Any) -> None:
        """Turn the frame as most of the characters are."""
        from pypdfium2 import raw

        matrix, directions = raw.FS_MATRIX(), Counter[int]()
        step = max(text_page.count_chars() // _SAMPLE_CHARS, 1)
        for i in range(0, text_page.count_chars(), step):
            if raw.FPDFText_GetMatrix(text_page, i, matrix) and (matrix.a or matrix.b):
                along, down = (
                    self._a * matrix.a + self._c * matrix.b,
                    self._b * matrix.a + self._d * matrix.b,
                )
                directions[round(np.arctan2(down, along) / (np.pi / 2)) % 4] += 1
        self.quarter_turns = directions.most_common(1)[0][0] if directions else 0
        for _ in range(self.quarter_turns):  # x, y -> y, width - x
            self._a, self._c, self._e, self._b, self._d, self._f = (
                self._b,
                self._d,
                self._f,
                -self._a,
                -self._c,
                self.width - self._e,
            )
            self.width, self.height = self.height, self.width

    def to_box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A rectangle of the page as displayed."""
        a, b, c, d, e, f = self._a, self._b, self._c, self._d, self._e, self._f
        x0, x1 = a * left + c * bottom + e, a * right + c * top + e
        y0, y1 = b * left + d * bottom + f, b * right + d * top + f
        if x0 > x1:
            x0, x1 = x1, x0
        if y0 > y1:
            y0, y1 = y1, y0
        return x0, y0, x1, y1

    def is_on_page(self, box: Box) -> bool:
        """Whether any of it lies on the page."""
        return box[2] > 0 and box[3] > 0 and box[0] < self.width and box[1] < self.height
