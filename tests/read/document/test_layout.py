"""Reading order, paragraphs and tables from boxes alone."""

from __future__ import annotations

from polysense.read.document.layout import (
    CAPTION,
    Line,
    blocks,
    clusters,
    join,
    paragraphs,
    rows,
    tables,
)


def line(text: str, x: float, y: float, width: float = 0.0, size: float = 10.0) -> Line:
    return Line(text, (x, y, x + (width or 5 * len(text)), y + 10), size)


def texts(found: list[list[Line]]) -> list[list[str]]:
    return [[one.text for one in block] for block in found]


def test_two_columns_are_read_one_after_the_other() -> None:
    """A title over both comes first, then left, then right, though both columns share their
    baselines.
    """
    page = [line("A title over the whole width of this page", 50, 0, 400)]
    page += [line(f"left words number {n}", 0, 30 + 12 * n, 200) for n in range(5)]
    page += [line(f"right words number {n}", 220, 30 + 12 * n, 200) for n in range(5)]
    assert texts(blocks(page)) == [
        ["A title over the whole width of this page"],
        [f"left words number {n}" for n in range(5)],
        [f"right words number {n}" for n in range(5)],
    ]


def test_short_cells_are_read_in_rows() -> None:
    """Labels and values beside each other are no columns of prose."""
    page = [
        one
        for n in range(5)
        for one in (line(f"key{n}", 0, 12 * n), line(f"value{n}", 100, 12 * n))
    ]
    assert texts(blocks(page)) == [[f"key{n} value{n}" for n in range(5)]]


def test_right_to_left_pieces_of_a_row() -> None:
    """Hebrew and Arabic rows begin at the right."""
    assert texts(blocks([line("שלום", 100, 0), line("עולם", 0, 0)])) == [["שלום עולם"]]


def test_paragraphs_end_at_gaps_sizes_and_items() -> None:
    """A wider gap, another font size and an item of a list begin a paragraph."""
    page = [
        line("Heading", 0, 0, size=16),
        line("first line of it", 0, 20, 100),
        line("goes on here", 0, 32, 100),
    ]
    page += [
        line("after a gap", 0, 60, 100),
        line("still the same", 0, 72, 100),
        line("1. an item", 0, 84, 100),
    ]
    assert texts(paragraphs(page)) == [
        ["Heading"],
        ["first line of it", "goes on here"],
        ["after a gap", "still the same"],
        ["1. an item"],
    ]


def test_hyphens_join_only_broken_words() -> None:
    """A hyphen before a capital or a number stays."""
    assert (
        join([line("cal-", 0, 0), line("culate in 1980-", 0, 12), line("1990", 0, 24)])[0]
        == "calculate in 1980- 1990"
    )
    text, places = join([line("soft\xad", 0, 0), line("ware", 0, 12)])
    assert (text, [(a, b) for a, b, _ in places]) == ("software", [(0, 4), (4, 8)])


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
    (table,) = tables(page, flat + tall)
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
    (table,) = tables(page, [(0.0, y, 200.0, y + 0.5) for y in (0.0, 17.0, 50.0)])
    assert [r.cells for r in table.rows] == cells


def test_an_aligned_table_without_rules() -> None:
    """Numbers in columns are a table; prose in columns and tables of contents are none."""
    page = [
        line(v, 100 * i, 15 * n)
        for n, row in enumerate((("a", "b", "c"), ("1", "2", "3"), ("4", "5", "6")))
        for i, v in enumerate(row)
    ]
    assert len(tables(page, [])) == 1
    prose = [line("some words of running text", x, 12 * n) for n in range(6) for x in (0, 200)]
    assert tables(prose, []) == []
    contents = [
        one
        for n in range(6)
        for one in (line(f"Chapter {n}", 0, 12 * n), line(str(3 * n), 200, 12 * n))
    ]
    assert tables(contents, []) == []


def test_rows_of_uneven_height() -> None:
    """A raised small piece is on its row."""
    assert texts(rows([line("base", 0, 0), Line("2", (25, -2, 28, 4)), line("next", 0, 14)])) == [
        ["base", "2"],
        ["next"],
    ]


def test_clusters_by_nearness() -> None:
    """What touches or nearly does lies together."""
    assert clusters([(0, 0, 10, 10), (12, 0, 20, 10), (80, 80, 90, 90)], 100, 100) == [[0, 1], [2]]
    assert clusters([], 100, 100) == []


def test_captions() -> None:
    """Captions in several languages; a sentence about a figure is none."""
    assert all(
        CAPTION.match(s)
        for s in ("Figure 3: x", "Fig. 12", "Tab. 1", "Abbildung 4", "图 3", "Table IV")
    )
    assert not CAPTION.match("The Figure 3")
