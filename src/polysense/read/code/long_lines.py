"""Lines that are too long to be shown: rows and sentences in pieces, opaque data abridged, what a
program packed summed up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from polysense.types import Asset, Chunk, Span, TextSpan

# All numbers here are judged, not measured.
LONG_LINE_CHARS = 1000
"""Characters from which on a line stands alone, in pieces where it holds more than data."""

PIECE_CHARS = 2000
"""Characters of a piece of such a line."""

PACKED_SPACE_SHARE = 0.08
"""Long lines with a smaller share of spaces were packed by a program, in languages where programs
do. Of 536 lines of over a thousand characters in scripts and style sheets of 449 files that Python
packages bring, nine tenths have less than .05, .95 of them .083 or less; of 4,394 texts of that
length in strings of Python, .99 have .088 and more.
"""

_PACKED_LANGUAGES = frozenset(
    {"text/javascript", "text/x-typescript", "text/css", "text/x-vue", "text/x-php"}
)
_BLOB = re.compile(r"[A-Za-z0-9+/=_-]{120,}|(?:\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}){30,}")
"""Base64, hexadecimal and the like: no word is that long."""

_BLOB_HEAD = 16  # characters of such data that are kept
_UNIT_ENDS = tuple(
    re.compile(end) for end in (r"\)\s?,(?=\s?\()", r"[}\]]\s?,", r";(?=.)", r",(?=\s?[\"'{\[])")
)
"""Where a row of a dump, a record, a statement or a value ends: the first of these that cuts the
line into pieces that fit, on average.
"""


def abridge_blobs(line: str) -> str:
    """A line with its opaque data cut to what they begin with.

    >>> abridge_blobs("ICON = '" + "iVBORw0KGgoAAAANSUhE" * 100 + "'")
    "ICON = 'iVBORw0KGgoAAAAN... (2,000 characters)'"
    """
    return _BLOB.sub(lambda m: f"{m[0][:_BLOB_HEAD]}... ({len(m[0]):,} characters)", line)


def is_packed(line: str, mime: str) -> bool:
    """Whether a program wrote this line of code: long, and hardly a space in it."""
    return (
        len(line) > LONG_LINE_CHARS
        and mime in _PACKED_LANGUAGES
        and len(abridge_blobs(line)) > LONG_LINE_CHARS
        and line.count(" ") < PACKED_SPACE_SHARE * len(line)
    )


def packed_summary(lines: Sequence[str], language: str) -> str:
    """What packed lines are, and the words in them that can be looked for."""
    source = "\n".join(lines)
    words = re.findall(r"[^\W\d_]{3,}", source[:20_000])
    return (
        f"Minified {language}, {len(source):,} characters in {len(lines)} lines. "
        f"It begins: {source[:300].strip()}\n"
        f"Words: {' '.join(list(dict.fromkeys(words))[:60])}"
    )


def line_pieces(
    asset: Asset, line: str, number: int, start: int, template: Chunk
) -> Iterator[Chunk]:
    """The pieces of a long line with words in them, a mark for each row or statement.

    number is the line's, from 1; start where it begins in the text. Each piece is at its `chars`.
    """
    units: list[tuple[int, int]] = []
    size = 0
    for a, b in [*_units(line), (len(line), len(line))]:
        if units and (a == b or size + b - a > PIECE_CHARS):
            yield _piece(asset, line, number, start, units, template)
            units, size = [], 0
        if re.search(r"[^\W\d_]", _BLOB.sub("", line[a:b])):
            units.append((a, b))
            size += min(b - a, PIECE_CHARS)


def _units(line: str) -> Iterator[tuple[int, int]]:
    """(start, end) of rows, records and statements; of longer ones, what fits."""
    ends = next(filter(None, (_fitting_ends(end, line) for end in _UNIT_ENDS)), [])
    for a, b in pairwise([0, *ends, len(line)]):
        position = a
        while b - position > PIECE_CHARS:
            blob = _BLOB.match(line, position)
            gap = line.rfind(" ", position + PIECE_CHARS // 2, position + PIECE_CHARS)
            end = blob.end() if blob else gap if gap > 0 else position + PIECE_CHARS
            yield position, min(end, b)
            position = min(end, b)
        if position < b:
            yield position, b


def _fitting_ends(end: re.Pattern[str], line: str) -> list[int]:
    """Where units of one kind end; none where those are too few for the line."""
    ends = [m.end() for m in end.finditer(line)]
    return ends if len(ends) * PIECE_CHARS >= len(line) else []


def _piece(
    asset: Asset,
    line: str,
    number: int,
    start: int,
    units: Sequence[tuple[int, int]],
    template: Chunk,
) -> Chunk:
    body, marks = "", []
    for a, b in units:
        text = abridge_blobs(line[a:b].strip())
        span = Span(lines=(number, number), chars=(start + a, start + b))
        marks.append(TextSpan(len(body), len(body) + len(text), span))
        body += text + "\n"
    chars = (start + units[0][0], start + units[-1][1])
    return template.with_(
        asset=asset,
        span=Span(lines=(number, number), chars=chars),
        text=body[:-1],
        marks=tuple(marks),
    )
