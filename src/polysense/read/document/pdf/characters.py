"""The characters of a PDF page, and what those of one line say: from right to left, and raised."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from polysense.read.document.pdf.frame import Frame
from polysense.read.file.raised import raised_text
from polysense.types import Box

MAX_CHARS = 200_000
"""Characters read of one page: a broadsheet has some 40,000."""

_RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")

_SMALL, _RAISED = 0.85, 0.12
"""Characters smaller than this share of a line's usual ones, whose feet are so much of a usual
height above those of the characters before, are raised: powers, and marks of notes."""


class Char(NamedTuple):
    """A character by its number on the page, and its box; white space has none."""

    number: int
    text: str
    box: Box | None


def read_characters(text_page: Any, frame: Frame) -> Iterator[Char]:
    """Those that lie on the page, in the order of the file."""
    from pypdfium2 import raw

    rect, letter_at, find_box = (
        raw.FS_RECTF(),
        raw.FPDFText_GetUnicode,
        raw.FPDFText_GetLooseCharBox,
    )
    for i in range(min(text_page.count_chars(), MAX_CHARS)):
        char = chr(min(letter_at(text_page, i), 0x10FFFF))
        if char.isspace():
            yield Char(i, char, None)
            continue
        find_box(text_page, i, rect)
        box = frame.to_box(rect.left, rect.bottom, rect.right, rect.top)
        if frame.is_on_page(box):
            yield Char(i, char, box)


def units(characters: Sequence[Char]) -> Iterator[list[Char]]:
    """What stands together: a character, or, behind one that is written from right to left, a run
    of those that are not: of a number the first digit lies far from the word before it.
    """
    if not _RTL.search("".join([c.text for c in characters])):
        yield from ([c] for c in characters)
        return
    run: list[Char] = []
    is_rtl = False
    for character in characters:
        own = character.text > "\u058f" and _RTL.match(character.text) is not None
        if own or not is_rtl or character.box is None:
            if run:
                yield run
                run = []
            is_rtl = own or (is_rtl and character.text not in "\r\n")
            yield [character]
        else:
            run.append(character)
    if run:
        yield run


def line_text(text_page: Any, frame: Frame, chars: Sequence[Char]) -> str:
    """What the characters of a line say, in the order in which they are read, those that are raised
    as they are to be read.
    """
    if _RTL.search("".join([c.text for c in chars])):
        chars = _in_reading_order(chars)
    heights = [box[3] - box[1] for _, _, box in chars if box]
    if min(heights) >= _SMALL * max(heights):
        return "".join([c.text for c in chars])
    usual = sorted(heights)[len(heights) // 2]
    return "".join(_with_raised(text_page, frame, chars, usual))


def _with_raised(
    text_page: Any, frame: Frame, chars: Sequence[Char], usual: float
) -> Iterator[str]:
    """Pieces of a line with characters lower than usual: smaller, or of another font."""
    model = next(c for c in chars if c.box and _height(c) == usual)
    size = _SMALL * font_size(text_page, model.number)

    def is_small(c: Char) -> bool:
        is_low = c.box is not None and _height(c) < _SMALL * usual
        return is_low and font_size(text_page, c.number) < size

    last, before = None, ""
    for small, group in groupby(chars, is_small):
        stretch = list(group)
        text = "".join(c.text for c in stretch)
        visible = [c.number for c in stretch if c.box]
        if not small:
            if last is None and before and text[:1].isalpha():
                text = f" {text}"  # a note begins with its mark
            last = visible[-1] if visible else last
        elif last is not None and not before[-1:].isspace():
            # behind a space, or before all else, it stands by itself
            rise = _foot(text_page, frame, last) - _foot(text_page, frame, visible[0])
            text = raised_text(before, text) if rise > _RAISED * usual else text
        before = text
        yield text


def _height(c: Char) -> float:
    return c.box[3] - c.box[1] if c.box else 0.0


def _foot(text_page: Any, frame: Frame, char: int) -> float:
    """How far down the line is on which a character stands."""
    from pypdfium2 import raw

    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(text_page, char, x, y)
    return frame.to_box(x.value, y.value, x.value, y.value)[3]


def font_size(text_page: Any, char: int) -> float:
    """The font size as displayed, in points: many files set size 1 and scale it."""
    from pypdfium2 import raw

    matrix = raw.FS_MATRIX()
    has_matrix = raw.FPDFText_GetMatrix(text_page, char, matrix)
    scale = math.hypot(matrix.c, matrix.d) if has_matrix else 1.0
    return round(float(raw.FPDFText_GetFontSize(text_page, char)) * scale, 1)


def _in_reading_order(chars: Sequence[Char]) -> list[Char]:
    """Of a line from right to left the Latin words that follow each other from left to right: the
    file has the one at the right first.
    """
    ordered: list[Char] = []
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


def _trimmed(stretch: list[Char]) -> tuple[list[Char], list[Char], list[Char]]:
    """The spaces before, the words, and the spaces behind."""
    full = [n for n, c in enumerate(stretch) if c.box]
    first, end = (full[0], full[-1] + 1) if full else (0, 0)
    return stretch[:first], stretch[first:end], stretch[end:]
