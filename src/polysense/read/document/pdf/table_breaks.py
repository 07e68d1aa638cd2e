"""Tables that go on over the end of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from polysense.read.document.layout import Line
from polysense.read.document.layout_tables import Table
from polysense.read.table.cells import header, number
from polysense.types import Chunk

_SAME_EDGE = 12.0
"""Points between the left edges of a table on two pages: cells without rules begin with their
words. Judged.
"""


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A table with nothing below it on its page: the names of its columns, what tells whether
    another goes on with it, and its last chunk.
    """

    names: tuple[str, ...]
    width: int
    left: float
    has_numbers: bool
    page: int
    last: Chunk

    def goes_on_with(self, table: Table, page: int, others: Sequence[Line]) -> bool:
        """Whether a table on a page, of which others are the other lines, goes on with this one: on
        the next page, with nothing above it, with as many columns, and under the same heads or
        none. Where all cells are words, heads cannot be told from them.
        """
        if (
            page != self.page + 1
            or any(line.box[1] < table.box[1] for line in others)
            or table_width(table) != self.width
            or abs(table.box[0] - self.left) > _SAME_EDGE
        ):
            return False
        names = column_names(table)
        return not names or names == self.names or not (self.has_numbers and self.names)


def is_last(table: Table, others: Sequence[Line]) -> bool:
    """Whether nothing of a page's other lines stands below a table."""
    return not any(line.box[3] > table.box[3] for line in others)


def has_numbers(table: Table) -> bool:
    """Whether cells below its first row are numbers."""
    return any(number(c) is not None for row in table.rows[1:] for c in row.cells)


def column_names(table: Table) -> tuple[str, ...]:
    """What a table's first rows call its columns; none where these are values."""
    rows = [row.cells for row in table.rows]
    return tuple(header(rows)[0]) if len(rows) > 1 else ()


def table_width(table: Table) -> int:
    """How many columns it has."""
    return max(len(row.cells) for row in table.rows)
