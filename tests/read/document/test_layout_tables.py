"""Tables from boxes alone."""

from __future__ import annotations

from polysense.read.document.layout import Line
from polysense.read.document.layout_tables import find_tables


def line(text: str, x: float, y: float) -> Line:
    return Line(text, (x, y, x + 5 * len(text), y + 10), 10.0)


def test_a_ruled_table() -> None:
    """Rules tell cells, also where a cell has two lines or spans columns."""
    page = [
        line("Name", 5, 5),
        line("Age", 105, 5),
        line("Ann", 5, 25),
        line("Lee", 5, 36),
        line("33", 105, 25),
        line("nobody else", 5, 55),
    ]
    flat = [(0.0, y, 200.0, y) for y in (0.0, 20.0, 50.0, 70.0)]
    tall = [(x, 0.0, x, 70.0) for x in (0.0, 100.0, 200.0)]
    (table,) = find_tables(page, flat + tall)
    assert [r.cells for r in table.rows] == [
        ("Name", "Age"),
        ("Ann Lee", "33"),
        ("nobody else", ""),
    ]
    assert table.box == (0.0, 0.0, 200.0, 70.0)


def test_a_table_with_horizontal_rules_only() -> None:
    """Three rules of one width and aligned columns are a table."""
    cells = [("City", "Country"), ("Rome", "Italy"), ("Bern", "Switzerland")]
    page = [
        one
        for n, (a, b) in enumerate(cells)
        for one in (line(a, 0, 5 + 15 * n), line(b, 100, 5 + 15 * n))
    ]
    (table,) = find_tables(page, [(0.0, y, 200.0, y + 0.5) for y in (0.0, 17.0, 50.0)])
    assert [r.cells for r in table.rows] == cells


def test_an_aligned_table_without_rules() -> None:
    """Numbers in columns are a table; prose in columns and tables of contents are none."""
    page = [
        line(v, 100 * i, 15 * n)
        for n, row in enumerate((("a", "b", "c"), ("1", "2", "3"), ("4", "5", "6")))
        for i, v in enumerate(row)
    ]
    assert len(find_tables(page, [])) == 1
    prose = [line("some words of running text", x, 12 * n) for n in range(6) for x in (0, 200)]
    assert find_tables(prose, []) == []
    contents = [
        one
        for n in range(6)
        for one in (line(f"Chapter {n}", 0, 12 * n), line(str(3 * n), 200, 12 * n))
    ]
    assert find_tables(contents, []) == []
