"""The characters of a PDF page as lines, cut at wide gaps and at vertical rules."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from polysense.read.document.layout import Line, union
from polysense.read.document.pdf.characters import (
    Char,
    font_size,
    line_text,
    read_characters,
    units,
)
from polysense.read.document.pdf.frame import Frame
from polysense.types import Box

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

_PALE = 235
"""From which on, of 255, a colour may be the paper's."""

_MIN_SIZE = 1.5
"""Points: nobody reads smaller type."""

# The shares below are judged, not measured.

_SAME_LINE = 0.4
"""Characters share more than this part of the lower one's height, or, upwards, of the width."""

_MAX_GAP = 0.9
"""Heights of a character between two of one line: more than a space, less than a column gap."""

_MIN_RULE_GAP = 0.1
"""Heights of a character between two that a rule may part; less is kerning."""


def read_lines(
    text_page: Any, frame: Frame, rules: list[Box], is_visible: Callable[[Box], bool]
) -> Iterator[Line]:
    """Runs of characters on one line, as the file orders them. What is pale or tiny is read where
    `is_visible` says of its box that it shows.
    """
    line = _LineBuilder(text_page, frame, rules[:_MAX_RULES], is_visible)
    for unit in units(list(read_characters(text_page, frame))):
        if unit[0].text in "\r\n":
            yield from line.finish()
            continue
        box = unit[0].box if len(unit) == 1 else union(c.box for c in unit if c.box)
        if box and not line.accepts(box):
            yield from line.finish()
        line.add(unit, box)
    yield from line.finish()


class _LineBuilder:
    """A line being put together, character by character."""

    def __init__(
        self,
        text_page: Any,
        frame: Frame,
        rules: list[Box],
        is_visible: Callable[[Box], bool],
    ) -> None:
        self._text_page, self._frame = text_page, frame
        self._rules, self._is_visible = rules, is_visible
        self._chars: list[Char] = []
        self._last: Box | None = None
        self._count = 0
        self._vertical = False

    def accepts(self, box: Box) -> bool:
        """Whether a character at `box` goes on with this line.

        It does beside the last one, or, in a line written upwards, above or below it.
        """
        last = self._last
        if last is None:
            return True
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
        self._vertical = is_upright and (self._vertical or self._count == 1)
        return self._vertical

    def _crosses_rule(self, a: Box, b: Box) -> bool:
        x0, x1 = (a[2], b[0]) if a[0] < b[0] else (b[2], a[0])
        y = (max(a[1], b[1]) + min(a[3], b[3])) / 2
        return any(x0 - 1 < (r[0] + r[2]) / 2 < x1 + 1 and r[1] < y < r[3] for r in self._rules)

    def add(self, unit: Sequence[Char], box: Box | None) -> None:
        """One more character, or a run of them, with the box around; white space has none."""
        self._chars += unit
        if box:
            self._last, self._count = box, self._count + 1

    def finish(self) -> Iterator[Line]:
        """The line, if it says anything; then starts anew."""
        chars, vertical = self._chars, self._vertical
        self._chars, self._last, self._count, self._vertical = [], None, 0, False
        visible = [c for c in chars if c.box]
        if not visible:
            return
        text = (
            "".join(c.text for c in chars)
            if vertical
            else line_text(self._text_page, self._frame, chars)
        )
        text = text.translate(_LIGATURES)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        text = " ".join(CONTROL.sub("", text.replace("\0", "\ufffd")).split())
        box = union(c.box for c in visible if c.box)
        middle = visible[len(visible) // 2].number
        sample = {visible[0].number, middle, visible[-1].number}
        size = font_size(self._text_page, middle)
        is_faint = size < _MIN_SIZE or all(_is_pale(self._text_page, i) for i in sample)
        if text and (not is_faint or self._is_visible(box)):
            bold = all(_is_bold(self._text_page, i) for i in sample)
            yield Line(text, box, size, bold, vertical)


def _is_pale(text_page: Any, char: int) -> bool:
    """Whether a character is drawn in what is nearly white, or nearly transparent."""
    from pypdfium2 import raw

    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFText_GetFillColor(text_page, char, red, green, blue, alpha):
        return False
    return min(red.value, green.value, blue.value) >= _PALE or alpha.value <= 255 - _PALE


def _is_bold(text_page: Any, char: int) -> bool:
    from pypdfium2 import raw

    if raw.FPDFText_GetFontWeight(text_page, char) >= _BOLD_WEIGHT:
        return True
    name = ctypes.create_string_buffer(128)
    raw.FPDFText_GetFontInfo(text_page, char, name, 128, ctypes.c_int())
    return bool(_BOLD.search(name.value.decode("utf-8", "replace")))
