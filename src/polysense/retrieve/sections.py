"""The sections of a file: what stands under one heading; where there are none, near one another.

A section ends with its heading, and after so many pages, lines, seconds or rows: what is read as a
whole, however long the file.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from polysense.types import Chunk, Span

PAGES_PER_SECTION, LINES_PER_SECTION = 2, 120
"""Pages, and lines, that are one section where no heading ends it. Judged: two pages that lie open,
and a few screens.
"""

SECONDS_PER_SECTION, ROWS_PER_SECTION = 180.0, 50
"""The same of a recording, and of a table without lines. Judged."""

CHARACTERS_PER_SECTION = 6_000
"""The same where only characters tell places apart; about two pages. Judged."""

_FIRST_ROW = re.compile(r"(?:.*!)?[A-Z]+(\d+)", re.S)


class Section(NamedTuple):
    """A section of one asset: the headings above it ("Title > Heading"), the part of the file that
    has lines of its own (a chapter, a sheet), and which run of pages, lines, seconds or rows.
    """

    asset: str
    headings: str
    node: str
    run: int


def section_of(chunk: Chunk) -> Section:
    """The section that a chunk stands in.

    >>> from polysense.types import Asset
    >>> asset = Asset("0", "/manual.pdf", "application/pdf", "text", 1)
    >>> a, b, c = (
    ...     section_of(Chunk(asset, Span(page=n), "text", context=f"Manual > {heading}"))
    ...     for n, heading in ((7, "Pump"), (8, "Pump"), (8, "Filter"))
    ... )
    >>> a == b, b == c
    (True, False)
    """
    trail = chunk.context.split("\n")[0] if chunk.modality == "text" else ""
    headings = trail if " > " in trail else ""
    return Section(chunk.asset.id, headings, chunk.span.node or "", _run(chunk.span))


def _run(span: Span) -> int:
    """Which run of places a span begins in, from 0."""
    if span.page is not None:
        return (span.page - 1) // PAGES_PER_SECTION
    if span.lines is not None:
        return (span.lines[0] - 1) // LINES_PER_SECTION
    if span.seconds is not None:
        return int(span.seconds[0] / SECONDS_PER_SECTION)
    if span.cells is not None and (row := _FIRST_ROW.match(span.cells)):
        return (int(row[1]) - 1) // ROWS_PER_SECTION
    return span.chars[0] // CHARACTERS_PER_SECTION if span.chars is not None else 0
