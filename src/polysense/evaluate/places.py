"""Places as people write them ("p. 3", "L10-24", "00:12-00:18", "Sales!B2:D9"), compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from polysense.errors import BadQuery
from polysense.span import Span
from polysense.types import Chunk, Evidence

_CLOCK = r"(?:(\d+):)?(\d{1,2}):(\d{2}(?:\.\d+)?)"
_CELLS = re.compile(r"(?:(.+)!)?([A-Z]{1,3})(\d+)(?::([A-Z]{1,3})(\d+))?")
_BOX = re.compile(r"x (\d+)-(\d+) %\s*y (\d+)-(\d+) %")


def _page(m: re.Match[str]) -> Span:
    return Span(page=int(m[1]))


def _lines(m: re.Match[str]) -> Span:
    return Span(lines=(int(m[1]), int(m[2] or m[1])))


def _seconds(m: re.Match[str]) -> Span:
    start, end = (
        (3600 * int(h or 0) + 60 * int(minutes) + float(s)) if s else None
        for h, minutes, s in (m.groups()[:3], m.groups()[3:])
    )
    assert start is not None
    return Span(seconds=(start, start if end is None else end))


def _box(m: re.Match[str]) -> Span:
    x0, x1, y0, y1 = (int(v) / 100 for v in m.groups())
    return Span(box=(x0, y0, x1, y1))


_FORMS: Sequence[tuple[re.Pattern[str], Callable[[re.Match[str]], Span]]] = (
    (re.compile(r"(?:p\.?|page) ?(\d+)", re.I), _page),
    (re.compile(r"L(\d+)(?:-L?(\d+))?"), _lines),
    (re.compile(rf"{_CLOCK}(?:-{_CLOCK})?"), _seconds),
    (re.compile(r"chars (\d+)-(\d+)"), lambda m: Span(chars=(int(m[1]), int(m[2])))),
    (_BOX, _box),
    (_CELLS, lambda m: Span(cells=m[0])),
)


_UNFINISHED = re.compile(r"(?:p\.|pages?\b|lines?\b|L ?\d|chars\b|[xy] \d|\d+[:.\d-]*$|$)", re.I)
"""How a mistyped page, line, time or box begins: as the name of a part it would match nothing."""


def parse_place(text: str) -> Span:
    """A place as `str(Span)` writes it; "" and "whole" are anywhere. What has no other form is the
    name of a part ("paragraph 12", "seat"). Raises BadQuery for what is only nearly a place.

    >>> parse_place("p. 3, L10-24")
    Span(page=3, box=None, seconds=None, lines=(10, 24), cells=None, node=None, chars=None)
    """
    text = text.strip()
    if text in ("", "whole"):
        return Span()
    span, names = Span(), list[str]()
    for piece in re.sub(r"%,\s*y", "% y", text).split(","):
        piece = piece.strip()
        matches = ((pattern.fullmatch(piece), read) for pattern, read in _FORMS)
        match = next(((m, read) for m, read in matches if m), None)
        if match is not None:
            span = match[1](match[0]).within(span)
        elif _UNFINISHED.match(piece):
            raise BadQuery(
                f"{piece!r} is no place",
                "Write it as answers cite it: p. 3, L10-24, 00:12-00:18, Sales!B2:D9, "
                "x 10-90 %, y 5-20 %, the name of a part, or whole.",
            )
        else:
            names.append(piece)
    return Span(node=", ".join(names)).within(span) if names else span


def overlaps(a: Span, b: Span) -> bool:
    """Whether two places share something: in all that both of them tell.

    >>> overlaps(parse_place("L10-24"), parse_place("L24")), overlaps(parse_place("p. 2"), Span())
    (True, True)
    >>> overlaps(parse_place("Sales!B2:D9"), parse_place("C3")), overlaps(
    ...     parse_place("p. 2"), parse_place("p. 3"))
    (True, False)
    """
    pages = a.page is None or b.page is None or a.page == b.page
    nodes = a.node is None or b.node is None or a.node == b.node
    intervals = all(
        x is None or y is None or (x[0] <= y[1] and y[0] <= x[1])
        for x, y in ((a.lines, b.lines), (_whole_seconds(a), _whole_seconds(b)))
    )
    chars = not (a.chars and b.chars) or (a.chars[0] < b.chars[1] and b.chars[0] < a.chars[1])
    return pages and nodes and intervals and chars and _boxes_overlap(a, b) and _cells_overlap(a, b)


def text_at(evidence: Evidence) -> str:
    """What stands at the place that a piece of evidence names, read from its chunk.

    It is the passage that the generator saw where that stands there word for word, else all words
    there: a citation is judged by its place, not by what is said of it.
    """
    chunk = evidence.hit.chunk
    words = _words_at(chunk, evidence.span)
    passage = str(evidence.part.data) if evidence.part.modality in ("text", "code") else ""
    is_there = passage and " ".join(passage.split()) in " ".join(words.split())
    return passage if is_there else words


def _words_at(chunk: Chunk, span: Span) -> str:
    marks = [m for m in chunk.marks if span == chunk.span or overlaps(m.span, span)]
    return "\n".join(chunk.text[m.start : m.end] for m in marks) if marks else chunk.words


def _whole_seconds(span: Span) -> tuple[int, int] | None:
    """Places are written in whole seconds."""
    return (int(span.seconds[0]), int(span.seconds[1])) if span.seconds else None


def _boxes_overlap(a: Span, b: Span) -> bool:
    if not a.box or not b.box:
        return True
    (ax0, ay0, ax1, ay1), (bx0, by0, bx1, by1) = a.box, b.box
    return ax0 < bx1 and bx0 < ax1 and ay0 < by1 and by0 < ay1


def _cells_overlap(a: Span, b: Span) -> bool:
    if a.cells is None or b.cells is None:
        return True
    one, other = _CELLS.fullmatch(a.cells), _CELLS.fullmatch(b.cells)
    if not one or not other:
        return a.cells == b.cells
    if one[1] and other[1] and one[1] != other[1]:
        return False
    (c0, r0, c1, r1), (d0, s0, d1, s1) = _cell_range(one), _cell_range(other)
    return c0 <= d1 and d0 <= c1 and r0 <= s1 and s0 <= r1


def _cell_range(m: re.Match[str]) -> tuple[int, int, int, int]:
    """First column, first row, last column, last row."""
    return _column(m[2]), int(m[3]), _column(m[4] or m[2]), int(m[5] or m[3])


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number
