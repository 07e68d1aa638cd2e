"""Items that another package has read, as chunks: places, headings, what stands together."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from polysense.read.document.converted import Heading, Item, Picture, Table, Words, chunk_items
from polysense.types import Asset, Chunk, Span

ASSET = Asset("0" * 32, "/a/report.docx", "x/y", "text", 1, path=Path("/a/report.docx"))
TOP, BOTTOM = Span(page=1, box=(0.1, 0.1, 0.9, 0.2)), Span(page=1, box=(0.1, 0.7, 0.5, 0.9))


def read(*items: Item) -> list[Chunk]:
    return list(chunk_items(ASSET, items))


def test_words_stand_under_their_headings() -> None:
    """Without pages a place is the section and the characters; the context is the way there."""
    first, second = read(
        Heading("Repair of the wheel", 0),
        Words("By Ines Falk."),
        Heading("Findings", 1),
        Heading("Rot", 2),
        Words("Where paddles meet the rim."),
        Words("And nowhere else."),
    )
    assert first.text == "Repair of the wheel\n\nBy Ines Falk."
    assert first.span == Span(chars=(0, len(first.text)))
    assert first.context == "Repair of the wheel"
    assert second.context == "Repair of the wheel > Findings > Rot"
    assert second.span == Span(node="Findings", chars=(36, 36 + len(second.text)))
    whole = f"{first.text}\n\n{second.text}"
    start = second.text.index("And")
    place = second.place(start, start + 3)
    assert place.node == "Findings > Rot"
    assert place.chars is not None
    assert whole[slice(*place.chars)] == "And nowhere else."


def test_a_heading_of_the_same_level_ends_a_section() -> None:
    """And one without words of its own goes with what follows; the last is not lost."""
    chunks = read(Heading("One", 1), Words("a"), Heading("Two", 1), Words("b"), Heading("Three", 1))
    assert [c.text for c in chunks] == ["One\n\na", "Two\n\nb", "Three"]
    assert [c.context for c in chunks] == ["report > One", "report > Two", "report > Three"]


def test_pages_are_not_mixed() -> None:
    """A passage is on one page, in the box around its words; each item keeps its own."""
    one, two = read(Words("a", TOP), Words("b", BOTTOM), Words("c", Span(page=2)))
    assert one.span == Span(page=1, box=(0.1, 0.1, 0.9, 0.9), chars=(0, 4))
    assert [m.span for m in one.marks] == [TOP, BOTTOM]
    assert two.span == Span(page=2, chars=(6, 7))


def test_what_has_no_box_does_not_cost_the_others_theirs() -> None:
    """Notes beside a slide."""
    slide, notes = read(Words("a", TOP), Words("b", Span(page=1)))
    assert slide.span.box == TOP.box
    assert notes.span == Span(page=1, chars=(3, 4))


def test_tables() -> None:
    """Rows under their header, with their own boxes; counted where nothing else tells them apart;
    empty rows have no place.
    """
    rows = [["Day", "Time"], ["", ""], ["Monday", "10:00"]]
    boxes = [(0.1, 0.1, 0.9, 0.2), (0.1, 0.2, 0.9, 0.3), (0.1, 0.3, 0.9, 0.4)]
    boxed, first, second = read(
        Table(rows, TOP, boxes), Table(rows, Span(page=2)), Table(rows, Span(page=2))
    )
    assert boxed.modality == "table"
    assert boxed.span == Span(page=1, box=(0.1, 0.1, 0.9, 0.4), cells="A1:B3")
    assert [m.span.cells for m in boxed.marks] == ["A1:B1", "A3:B3"]
    assert boxed.marks[1].span.box == boxes[2]
    assert (first.span.node, second.span.node) == ("table 2", "table 3")
    assert first.id != second.id


def test_cells_of_a_sheet_that_was_cut_are_not_told() -> None:
    """Its first row need not be the sheet's: the place is the sheet, and characters."""
    one, two = read(*[Table([["a", "b"]], Span(node="sheet X"), is_numbered=False)] * 2)
    assert one.span == Span(node="sheet X", chars=(0, 5))
    assert two.span == Span(node="sheet X", chars=(7, 12))
    assert two.marks[0].span == two.span


def test_pictures_are_cut_out_of_the_file() -> None:
    """By their place; the same place is one picture."""
    (chunk,) = read(Picture(BOTTOM), Picture(BOTTOM))
    assert chunk.modality == "image"
    assert chunk.part is not None
    assert (chunk.part.data, chunk.part.span) == (ASSET.path, BOTTOM)


@pytest.mark.parametrize("items", [[], [Words(" ")], [Heading("", 1)]])
def test_nothing_is_nothing(items: Iterable[Item]) -> None:
    """Blank words make no chunk."""
    assert read(*items) == []
