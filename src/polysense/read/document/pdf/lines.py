"""The characters of a PDF page as lines, cut at wide gaps and at vertical rules."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from polysense.read.document.layout import Line, union
from polysense.read.document.pdf.frame import Frame
from polysense.types import Box

MAX_CHARS = 200_000
"""Characters read of one page: a broadsheet has some 40,000."""

_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
    | {"\xa0": " ", "\x02": "\xad", "\ufffe": "\xad"}
)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufeff\uffff]")
"""Characters that are no text."""

_BOLD = re.compile(r"bold|black|heavy|cmbx|sfbx", re.I)
"""Names of fonts that are bold, whatever weight their file tells."""

_BOLD_WEIGHT = 600
"""Semibold, as CSS counts weights."""

_MAX_RULES = 200
"""Vertical rules of a page that may end a line; a bound for drawings."""

# The shares below are judged, not measured.

_SAME_LINE = 0.4
"""Characters share more than this part of the lower one's height, or, upwards, of the width."""

_MAX_GAP = 0.9
"""Heights of a character between two of one line: more than a space, less than a column gap."""

_MIN_RULE_GAP = 0.1
"""Heights of a character between two that a rule may part; less is kerning."""


def read_lines(text_page: Any, frame: Frame, rules: list[Box]) -> Iterator[Line]:
    """Runs of characters on one line, as the file orders them."""
    from pypdfium2 import raw

    rect, line = raw.FS_RECTF(), _LineBuilder(rules[:_MAX_RULES])
    for i in range(min(text_page.count_chars(), MAX_CHARS)):
        char = chr(min(raw.FPDFText_GetUnicode(text_page, i), 0x10FFFF))
        if char in "\r\n":
            yield from line.finish(text_page)
            continue
        if not char.isspace():
            raw.FPDFText_GetLooseCharBox(text_page, i, rect)
            box = frame.to_box(rect.left, rect.bottom, rect.right, rect.top)
            if not frame.is_on_page(box):
                continue
            if not line.accepts(box):
                yield from line.finish(text_page)
            line.add(box, i)
        line.text.append(char)
    yield from line.finish(text_page)


class _LineBuilder:
    """A line being put together, character by character."""

    def __init__(self, rules: list[Box]) -> None:
        self.text: list[str] = []
        self._boxes: list[Box] = []
        self._chars: list[int] = []
        self._rules = rules
        self._vertical = False

    def accepts(self, box: Box) -> bool:
        """Whether a character at `box` goes on with this line.

        It does beside the last one, or, in a line written upwards, above or below it.
        """
        if not self._boxes:
            return True
        last = self._boxes[-1]
        height, width = (
            min(box[3] - box[1], last[3] - last[1]),
            min(box[2] - box[0], last[2] - last[0]),
        )
        vertical_overlap, horizontal_gap = (
            min(box[3], last[3]) - max(box[1], last[1]),
            max(box[0] - last[2], last[0] - box[2]),
        )
        if (
            not self._vertical
            and vertical_overlap > _SAME_LINE * height
            and horizontal_gap < _MAX_GAP * max(box[3] - box[1], last[3] - last[1])
        ):
            return horizontal_gap < _MIN_RULE_GAP * height or not self._crosses_rule(last, box)
        horizontal_overlap, vertical_gap = (
            min(box[2], last[2]) - max(box[0], last[0]),
            max(box[1] - last[3], last[1] - box[3]),
        )
        wider = max(box[2] - box[0], last[2] - last[0])
        is_upright = horizontal_overlap > _SAME_LINE * width and vertical_gap < _MAX_GAP * wider
        self._vertical = is_upright and (self._vertical or len(self._boxes) == 1)
        return self._vertical

    def _crosses_rule(self, a: Box, b: Box) -> bool:
        x0, x1 = (a[2], b[0]) if a[0] < b[0] else (b[2], a[0])
        y = (max(a[1], b[1]) + min(a[3], b[3])) / 2
        return any(x0 - 1 < (r[0] + r[2]) / 2 < x1 + 1 and r[1] < y < r[3] for r in self._rules)

    def add(self, box: Box, char: int) -> None:
        """One more character, by its place and its number on the page."""
        self._boxes.append(box)
        self._chars.append(char)

    def finish(self, text_page: Any) -> Iterator[Line]:
        """The line, if it says anything; then starts anew."""
        text = "".join(self.text).translate(_LIGATURES)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        text = " ".join(CONTROL.sub("", text.replace("\0", "\ufffd")).split())
        if text and self._boxes:
            sample = {self._chars[0], self._chars[len(self._chars) // 2], self._chars[-1]}
            bold = all(_is_bold(text_page, i) for i in sample)
            yield Line(
                text,
                union(self._boxes),
                _font_size(text_page, self._chars[len(self._chars) // 2]),
                bold,
                self._vertical,
            )
        self.text, self._boxes, self._chars, self._vertical = [], [], [], False


def _font_size(text_page: Any, char: int) -> float:
    """The font size as displayed, in points: many files set size 1 and scale it."""
    from pypdfium2 import raw

    matrix = raw.FS_MATRIX()
    scale = (
        float(np.hypot(matrix.c, matrix.d))
        if raw.FPDFText_GetMatrix(text_page, char, matrix)
        else 1.0
    )
    return round(float(raw.FPDFText_GetFontSize(text_page, char)) * scale, 1)


def _is_bold(text_page: Any, char: int) -> bool:
    from pypdfium2 import raw

    if raw.FPDFText_GetFontWeight(text_page, char) >= _BOLD_WEIGHT:
        return True
    name = ctypes.create_string_buffer(128)
    raw.FPDFText_GetFontInfo(text_page, char, name, 128, ctypes.c_int())
    return bool(_BOLD.search(name.value.decode("utf-8", "replace")))
