"""A table's cells as words: rows labelled by their header, in pieces that an encoder can take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polysense.read.file.text import PASSAGE_WORDS, count_words
from polysense.read.table.cells import column_letters, header


def label_rows(rows: Sequence[Sequence[str]], above: Sequence[str] = ()) -> list[str]:
    """A line for each row; below a header each cell says which column it is in. above are the names
    of the columns where these rows go on with a table: they may begin with the same header.

    >>> label_rows([["Name", "Age"], ["Ann", "3"]])
    ['Name | Age', 'Name: Ann; Age: 3']
    """
    names, below = header(rows) if len(rows) > 1 else ([], 0)
    if above and names != list(above):
        names, below = list(above), 0
    lines = []
    for n, row in enumerate(rows):
        if n < below or not names:
            lines.append(" | ".join(cell for cell in row if cell))
        else:
            row_names = [*names, *[""] * (len(row) - len(names))]
            lines.append(
                "; ".join(
                    f"{name}: {cell}" if name else cell
                    for name, cell in zip(row_names, row, strict=False)
                    if cell
                )
            )
    return lines


def line_runs(lines: Sequence[str], limit: int = PASSAGE_WORDS) -> Iterator[tuple[int, int]]:
    """(first, end) of runs of lines that have at most about `limit` words together.

    >>> list(line_runs(["a b", "c d", "e"], limit=3))
    [(0, 1), (1, 3)]
    """
    first, total = 0, 0
    for i, line in enumerate(lines):
        size = count_words(line)
        if i > first and total + size > limit:
            yield first, i
            first, total = i, 0
        total += size
    if first < len(lines):
        yield first, len(lines)


def cell_range(first: int, last: int, width: int) -> str:
    """Rows first..last (from 0) of a table as a spreadsheet names them.

    >>> cell_range(0, 8, 4), cell_range(2, 2, 28)
    ('A1:D9', 'A3:AB3')
    """
    return f"A{first + 1}:{column_letters(max(width, 1) - 1)}{last + 1}"
