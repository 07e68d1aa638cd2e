"""The characters of a PDF page as lines, cut at wide gaps and at vertical rules."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from polysense.read.document.layout import Line, union
from polysense.read.document.pdf.frame import Frame
from polysense.read.file.raised import raised_text
from polysense.types import Box

MAX_CHARS = 200_000
"""Characters read of one page: a broadsheet has some 40,000."""

_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
    | {"\xa0": " ", "\x02": "\xad", "\ufffe": "\xad"}
)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufeff\uffff]")
"""Characters that are no text."""

_RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")

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

_SMALL, _RAISED = 0.85, 0.12
"""Characters smaller than this share of a line's usual ones, whose feet are so much of a usual
height above those of the characters before, are raised: powers, and marks of notes."""

# The shares below are judged, not measured.

_SAME_LINE = 0.4
"""Characters share more than this part of the lower one's height, or, upwards, of the width."""

_MAX_GAP = 0.9
"""Heights of a character between two of one line: more than a space, less than a column gap."""

_MIN_RULE_GAP = 0.1
"""Heights of a character between two that a rule may part; less is kerning."""


@dataclass(frozen=True, slots=True)
class _Char:
    """A character by its number on the page, and its box; a space has none."""

    index: int
    text: str
    box: Box | None


def read_lines(
    text_page: Any, frame: Frame, rules: list[Box], is_visible: Callable[[Box], bool]
) -> Iterator[Line]:
    """Runs of characters on one line, as the file orders them. What is pale or tiny is read where
    `is_visible` says of its box that it shows.
    """
    line = _LineBuilder(text_page, frame, rules[:_MAX_RULES], is_visible)
    for unit in _units(_characters(text_page, frame)):
        boxes = [c.box for c in unit if c.box]
        if unit[0].text in "\r\n":
            yield from line.finish()
            continue
        if boxes and not line.accepts(union(boxes)):
            yield from line.finish()
        line.add(unit)
    yield from line.finish()


def _characters(text_page: Any, frame: Frame) -> Iterator[_Char]:
    """Those on the page; what is white has no box."""
    from pypdfium2 import raw

    rect = raw.FS_RECTF()
    for i in range(min(text_page.count_chars(), MAX_CHARS)):
        char = chr(min(raw.FPDFText_GetUnicode(text_page, i), 0x10FFFF))
        if char.isspace():
            yield _Char(i, char, None)
            continue
        raw.FPDFText_GetLooseCharBox(text_page, i, rect)
        box = frame.to_box(rect.left, rect.bottom, rect.right, rect.top)
        if frame.is_on_page(box):
            yield _Char(i, char, box)


def _units(characters: Iterable[_Char]) -> Iterator[list[_Char]]:
    """What stands together: a character, or, behind one that is written from right to left, a run
    of those that are not: of a number the first digit lies far from the word before it.
    """
    run: list[_Char] = []
    is_rtl = False
    for character in characters:
        if character.box is None or _RTL.match(character.text) or not is_rtl:
            if run:
                yield run
                run = []
            is_rtl = bool(_RTL.match(character.text)) or (is_rtl and character.text not in "\r\n")
            yield [character]
        else:
            run.append(character)
    if run:
        yield run


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
        self._chars: list[_Char] = []
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

    def add(self, unit: Sequence[_Char]) -> None:
        """One more character, or a run of them."""
        self._chars += unit
        if boxes := [c.box for c in unit if c.box]:
            self._last, self._count = union(boxes), self._count + 1

    def finish(self) -> Iterator[Line]:
        """The line, if it says anything; then starts anew."""
        chars, vertical = self._chars, self._vertical
        self._chars, self._last, self._count, self._vertical = [], None, 0, False
        visible = [c for c in chars if c.box]
        if not visible:
            return
        text = "".join(
            (c.text for c in chars)
            if vertical
            else _texts(self._text_page, self._frame, _in_reading_order(chars))
        )
        text = text.translate(_LIGATURES)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        text = " ".join(CONTROL.sub("", text.replace("\0", "\ufffd")).split())
        box = union(c.box for c in visible if c.box)
        middle = visible[len(visible) // 2].index
        sample = {visible[0].index, middle, visible[-1].index}
        size = _font_size(self._text_page, middle)
        is_faint = size < _MIN_SIZE or all(_is_pale(self._text_page, i) for i in sample)
        if text and (not is_faint or self._is_visible(box)):
            bold = all(_is_bold(self._text_page, i) for i in sample)
            yield Line(text, box, size, bold, vertical)


def _in_reading_order(chars: Sequence[_Char]) -> list[_Char]:
    """Of a line from right to left the Latin words that follow each other from left to right: the
    file has the one at the right first.
    """
    if not any(_RTL.match(c.text) for c in chars):
        return list(chars)
    ordered: list[_Char] = []
    for is_rtl, group in groupby(chars, lambda c: bool(_RTL.match(c.text))):
        stretch = list(group)
        if is_rtl or not any(_LATIN.match(c.text) for c in stretch):
            ordered += stretch
            continue
        before, words, behind = _trimmed(stretch)
        runs = [list(r) for is_space, r in groupby(words, lambda c: c.box is None) if not is_space]
        runs.sort(key=lambda r: r[0].box[0] if r[0].box else 0.0)
        space = next((c for c in words if c.box is None), None)
        ordered += before
        for n, run in enumerate(runs):
            ordered += ([space] if n and space else []) + run
        ordered += behind
    return ordered


def _trimmed(stretch: list[_Char]) -> tuple[list[_Char], list[_Char], list[_Char]]:
    """The spaces before, the words, and the spaces behind."""
    full = [n for n, c in enumerate(stretch) if c.box]
    first, end = (full[0], full[-1] + 1) if full else (0, 0)
    return stretch[:first], stretch[first:end], stretch[end:]


def _texts(text_page: Any, frame: Frame, chars: Sequence[_Char]) -> Iterator[str]:
    """What the characters of a line say, those that are raised as they are to be read."""
    usual = float(np.median([_height(c) for c in chars if c.box]))
    if all(_height(c) >= _SMALL * usual for c in chars if c.box):
        yield from (c.text for c in chars)
        return
    sizes = {c.index: _font_size(text_page, c.index) for c in chars if c.box}
    size = float(np.median(list(sizes.values())))
    feet = {c.index: _foot(text_page, frame, c.index) for c in chars if c.box}
    foot, before = None, ""
    for is_small, group in groupby(chars, lambda c: sizes.get(c.index, size) < _SMALL * size):
        stretch = list(group)
        text = "".join(c.text for c in stretch)
        visible = [c for c in stretch if c.box]
        if not is_small:
            if foot is None and before and text[:1].isalpha():
                text = f" {text}"  # a note begins with its mark
            foot = feet[visible[-1].index] if visible else foot
        elif foot is not None and feet[visible[0].index] < foot - _RAISED * usual:
            # what is raised behind a space, or before all else, stands by itself
            text = raised_text(before, text) if not before[-1:].isspace() else text
        before = text
        yield text


def _height(c: _Char) -> float:
    return c.box[3] - c.box[1] if c.box else 0.0


def _foot(text_page: Any, frame: Frame, char: int) -> float:
    """How far down the line is on which a character stands."""
    from pypdfium2 import raw

    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(text_page, char, x, y)
    return frame.to_box(x.value, y.value, x.value, y.value)[3]


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
