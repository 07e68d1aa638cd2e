"""HTML tables: cells that span rows and columns, as lines of words."""

from __future__ import annotations

from dataclasses import dataclass, field

from polysense.read.document.blocks import SourceLine, TextBlock
from polysense.read.file import text as texts

_MAX_MEAN_WORDS = 40
"""Words: a table whose cells hold more on average lays out a page rather than telling data.

Judged, not measured.
"""

_MAX_REPEATED_CHARS = 100
_MAX_REPEATED_COLUMNS = 12
"""Longer words of a spanning cell, or those far to the right, are said once: repeated, they would
let a small page grow without end.
"""


@dataclass(slots=True)
class Cell:
    """A cell being read: first and last are its lines in the source."""

    first: int
    last: int
    row_span: int = 1
    column_span: int = 1
    paragraphs: list[str] = field(default_factory=list)

    @property
    def line(self) -> SourceLine:
        """All that has been read."""
        return SourceLine(" ".join(self.paragraphs), self.first, self.last)


class Table:
    """Rows being read."""

    def __init__(self) -> None:
        self.rows: list[list[Cell]] = []
        self.caption = ""

    def add(self, lines: list[SourceLine]) -> None:
        """More words in the cell that is open."""
        if not self.rows or not self.rows[-1]:
            self.rows.append([Cell(lines[0].first, lines[0].last)])
        cell = self.rows[-1][-1]
        cell.paragraphs += (words for line in lines if (words := line.text.strip()))
        cell.last = lines[-1].last

    def cell_blocks(self) -> list[TextBlock]:
        """Each cell as a paragraph."""
        return [TextBlock([cell.line]) for row in self.rows for cell in row if cell.paragraphs]

    def blocks(self) -> list[TextBlock]:
        """A table, a line a row, where it tells data; else its cells as paragraphs.

        Data has two rows and columns or more, and short cells.
        """
        cells = self.cell_blocks()
        grid = self._grid()
        rows = [row for row in grid if any(row)]
        wide_rows = sum(len(row) > 1 for row in rows)
        if (
            wide_rows < 2
            or 2 * wide_rows <= len(rows)
            or sum(texts.count_words(str(cell)) for cell in cells) > _MAX_MEAN_WORDS * len(cells)
        ):
            return cells
        row_lines = ([cell.line for cell in row] for row in self.rows if row)
        spans = (
            (min(line.first for line in row), max(line.last for line in row)) for row in row_lines
        )
        lines = [
            SourceLine(" | ".join(row), *span)
            for row, span in zip(grid, spans, strict=True)
            if any(row)
        ]
        return [TextBlock(lines, "table", caption=self.caption)]

    def _grid(self) -> list[list[str]]:
        """The words of each row that has cells.

        Those of a spanning cell are in every place that it covers.
        """
        grid: list[list[str]] = []
        # words of each column of the row above, and how many more rows they cover
        previous: list[tuple[str, int]] = []
        for row in filter(None, self.rows):
            current: list[tuple[str, int]] = []
            for cell in [*row, None]:
                while len(current) < len(previous) and previous[len(current)][1]:
                    words, rows_left = previous[len(current)]
                    current.append((words, rows_left - 1))
                if cell:
                    text = cell.line.text
                    is_short = (
                        len(text) <= _MAX_REPEATED_CHARS and len(current) < _MAX_REPEATED_COLUMNS
                    )
                    current += [(text, cell.row_span - 1 if is_short else 0)] * (
                        cell.column_span if is_short else 1
                    )
            grid.append([words for words, _ in current])
            previous = current
        return grid
