"""Cells of an HTML table as lines of words."""

from __future__ import annotations

from polysense.read.document.blocks import SourceLine
from polysense.read.document.html.tables import Cell, Table


def table(*rows: list[tuple[str, int, int]]) -> Table:
    result = Table()
    for n, row in enumerate(rows, 1):
        result.rows.append([])
        for text, row_span, column_span in row:
            result.rows[-1].append(Cell(n, n, row_span, column_span))
            result.add([SourceLine(text, n, n)])
    return result


def test_spanning_cells_are_said_in_every_place() -> None:
    """Over rows and over columns."""
    (block,) = table(
        [("Land", 2, 1), ("Towns", 1, 2)], [("a", 1, 1), ("b", 1, 1)], [("c", 1, 3)]
    ).blocks()
    assert block.kind == "table"
    assert str(block) == "Land | Towns | Towns\nLand | a | b\nc | c | c"


def test_long_words_are_said_once() -> None:
    """Repeated, they would let a small page grow without end."""
    (block,) = table([("x" * 101, 2, 2), ("a", 1, 1)], [("b", 1, 1), ("c", 1, 1)]).blocks()
    assert str(block) == f"{'x' * 101} | a\nb | c"


def test_long_cells_lay_out_a_page() -> None:
    """So do single columns: their cells are paragraphs."""
    cell = ("word " * 50, 1, 1)
    assert {b.kind for b in table([cell, cell], [cell, cell]).blocks()} == {"prose"}
    assert {b.kind for b in table([("a", 1, 1)], [("b", 1, 1)]).blocks()} == {"prose"}
