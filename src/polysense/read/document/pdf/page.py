"""One page of an open PDF, as values: its lines of text, pictures, drawings, rules and notes.

Boxes are x0, y0, x1, y1 in points of the page as it is displayed (crop box and rotation applied),
origin top left, turned so that its writing is horizontal; `Page.to_fractions` turns one into the
0..1 of a Span. Call with `polysense.read.document.pdf.decode.LOCK` held.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from polysense.read.document.layout import Line
from polysense.read.document.pdf.annotations import Field, Note, read_annotations
from polysense.read.document.pdf.frame import Frame
from polysense.read.document.pdf.graphics import Drawing, Picture, read_graphics
from polysense.read.document.pdf.lines import read_lines
from polysense.read.document.pdf.look import Look
from polysense.types import Box

_MEANINGLESS = re.compile("[\x00-\x08\ufffd\ue000-\uf8ff]")
_MAX_MEANINGLESS = 0.3
"""Share of characters without a meaning, above which a page's text is no text: a font without a map
to Unicode. Judged, not measured.
"""

_FIELD_SIZE = 10.0
"""Points: how large what is filled in is taken to be."""

_LABEL_REACH = 3.0
"""A label stands beside its field: left of it, or so many of its heights right of it, or above."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows; rules are thin straight strokes.

    number counts from 1; width and height are in points. quarter_turns, clockwise, is how far its
    writing is off the horizontal as displayed; boxes are as if turned back.
    """

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    pictures: tuple[Picture, ...]
    drawings: tuple[Drawing, ...]
    rules: tuple[Box, ...]
    notes: tuple[Note, ...]
    file_links: tuple[tuple[Box, str], ...]
    quarter_turns: int = 0

    @property
    def is_legible(self) -> bool:
        """Whether the text says something: it has letters, and few characters without a meaning."""
        text = "".join(line.text for line in self.lines)
        meaningless = len(_MEANINGLESS.findall(text))
        return sum(c.isalnum() for c in text) > 2 and meaningless < _MAX_MEANINGLESS * len(text)

    def to_fractions(self, box: Box) -> Box:
        """A box in points as fractions of the page as displayed, cut to it."""
        w, h = self.width, self.height
        x0, y0, x1, y1 = (
            round(min(max(v, 0.0), 1.0), 4)
            for v in (box[0] / w, box[1] / h, box[2] / w, box[3] / h)
        )
        for _ in range(self.quarter_turns):
            x0, y0, x1, y1 = round(1 - y1, 4), x0, round(1 - y0, 4), x1
        return x0, y0, x1, y1


def read_page(page: Any, number: int) -> Page:
    """What an open page shows."""
    with closing(page.get_textpage()) as text_page:
        frame = Frame(page)
        frame.turn_to_text(text_page)
        pictures, drawings, rules = read_graphics(page, frame)
        upright = [r for r in rules if r[3] - r[1] > r[2] - r[0]]
        lines = tuple(read_lines(text_page, frame, upright, Look(page, frame)))
    fields, notes, file_links = read_annotations(page, frame)
    lines += tuple(Line(_field_text(f, lines), f.box, _FIELD_SIZE) for f in fields)
    return Page(
        number,
        frame.width,
        frame.height,
        lines,
        pictures,
        drawings,
        rules,
        notes,
        file_links,
        frame.quarter_turns,
    )


def _field_text(field: Field, lines: Sequence[Line]) -> str:
    """The value of a form's field; with the field's own name where no label is printed for it."""
    x0, y0, x1, y1 = field.box
    height = y1 - y0
    has_label = any(
        (min(y1, b[3]) > max(y0, b[1]) and b[0] < x1 + _LABEL_REACH * height)
        or (0 <= y0 - b[3] < height and b[0] < x1 and x0 < b[2])
        for b in (line.box for line in lines)
    )
    return field.value if has_label else ": ".join(filter(None, (field.name, field.value)))
