"""Reading order and paragraphs from boxes alone."""

from __future__ import annotations

from polysense.read.document.layout import (
    CAPTION,
    Line,
    area,
    distance,
    group_rows,
    reading_blocks,
    split_paragraphs,
)


def line(text: str, x: float, y: float, width: float = 0.0, size: float = 10.0) -> Line:
    return Line(text, (x, y, x + (width or 5 * len(text)), y + 10), size)


def texts(line_groups: list[list[Line]]) -> list[list[str]]:
    return [[one.text for one in block] for block in line_groups]


def test_two_columns_are_read_one_after_the_other() -> None:
    """A title over both comes first, then left, then right, though both columns share their
    baselines.
    """
    page = [line("A title over the whole width of this page", 50, 0, 400)]
    page += [line(f"left words number {n}", 0, 30 + 12 * n, 200) for n in range(5)]
    page += [line(f"right words number {n}", 220, 30 + 12 * n, 200) for n in range(5)]
    assert texts(reading_blocks(page)) == [
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
    assert texts(reading_blocks(page)) == [[f"key{n} value{n}" for n in range(5)]]


def test_right_to_left_pieces_of_a_row() -> None:
    """Hebrew and Arabic rows begin at the right."""
    assert texts(reading_blocks([line("שלום", 100, 0), line("עולם", 0, 0)])) == [["שלום עולם"]]


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
    assert texts(split_paragraphs(page)) == [
        ["Heading"],
        ["first line of it", "goes on here"],
        ["after a gap", "still the same"],
        ["1. an item"],
    ]


def test_rows_of_uneven_height() -> None:
    """A raised small piece is on its row."""
    assert texts(
        group_rows([line("base", 0, 0), Line("2", (25, -2, 28, 4)), line("next", 0, 14)])
    ) == [
        ["base", "2"],
        ["next"],
    ]


def test_captions() -> None:
    """Captions in several languages; a sentence about a figure is none."""
    assert all(
        CAPTION.match(s)
        for s in ("Figure 3: x", "Fig. 12", "Tab. 1", "Abbildung 4", "图 3", "Table IV")
    )
    assert not CAPTION.match("The Figure 3")


def test_area_and_distance_of_boxes() -> None:
    """What touches or overlaps is at no distance; a box turned inside out has no area."""
    assert (area((1, 1, 3, 4)), area((3, 1, 1, 4))) == (6, 0)
    assert distance((0, 0, 1, 1), (4, 3, 5, 5)) == 5
    assert distance((0, 0, 2, 2), (1, 1, 5, 5)) == 0
