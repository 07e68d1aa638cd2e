"""HTML tables: cells that span rows and columns, as lines of words."""

from __future__ import annotations

from dataclasses import dataclass, field

from polysense.read.document.prose import Line, Words
from polysense.read.file import text as texts

_CELL = 40
"""Words: a table whose cells hold more on average lays out a page rather than telling data."""


@dataclass(slots=True)
class Cell:
    """A cell being read; it stands in `down` rows and `across` columns."""

    first: int
    last: int
    down: int = 1
    across: int = 1
    said: list[str] = field(default_factory=list)

    @property
    def line(self) -> Line:
        """All that has been read."""
        return Line(" ".join(self.said), self.first, self.last)


class Table:
    """Rows being read."""

    def __init__(self) -> None:
        self.rows: list[list[Cell]] = []
        self.caption = ""

    def add(self, lines: list[Line]) -> None:
        """More words in the cell that is open."""
        if not self.rows or not self.rows[-1]:
            self.rows.append([Cell(lines[0].first, lines[0].last)])
        cell = self.rows[-1][-1]
        cell.said += (said for line in lines if (said := line.text.strip()))
        cell.last = lines[-1].last

    def cells(self) -> list[Words]:
        """Each cell as a paragraph."""
        return [Words([cell.line]) for row in self.rows for cell in row if cell.said]

    def block(self) -> list[Words]:
        """A table, a line a row, where it tells data (two rows and columns, short cells); else its
        cells as paragraphs.
        """
        cells = self.cells()
        grid = self._grid()
        rows = [row for row in grid if any(row)]
        wide = sum(len(row) > 1 for row in rows)
        if (
            wide < 2
            or 2 * wide <= len(rows)
            or sum(texts.count(str(cell)) for cell in cells) > _CELL * len(cells)
        ):
            return cells
        where = ([cell.line for cell in row] for row in self.rows if row)
        spans = ((min(line.first for line in row), max(line.last for line in row)) for row in where)
        lines = [
            Line(" | ".join(row), *span) for row, span in zip(grid, spans, strict=True) if any(row)
        ]
        return [Words(lines, "table", caption=self.caption)]

    def _grid(self) -> list[list[str]]:
        """The words of each row that has cells; those of a spanning cell in every place that it
        covers.
        """
        grid: list[list[str]] = []
        # words of each column of the row above, and how many more rows they cover
        above: list[tuple[str, int]] = []
        for row in filter(None, self.rows):
            here: list[tuple[str, int]] = []
            for cell in [*row, None]:
                while len(here) < len(above) and above[len(here)][1]:
                    words, left = above[len(here)]
                    here.append((words, left - 1))
                if cell:
                    text = cell.line.text
                    # more would let a small page grow without end
                    short = len(text) <= 100 and len(here) < 12
                    here += [(text, cell.down - 1 if short else 0)] * (cell.across if short else 1)
            grid.append([words for words, _ in here])
            above = here
        return grid
