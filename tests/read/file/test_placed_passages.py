"""Texts that each have a place become passages, and every word keeps its place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from polysense.read.file.placed_passages import placed_passages
from polysense.types import Asset, Span

ASSET = Asset(id="0" * 32, uri="/a.pptx", mime="x/y", modality="text", size=1)
SLIDE = Span(page=3)


def box(n: int) -> Span:
    return Span(page=3, box=(n / 100, 0.0, (n + 1) / 100, 0.5))


def test_short_texts_share_a_passage_that_covers_their_boxes() -> None:
    (chunk,) = placed_passages(
        ASSET, [("Tides", box(1)), ("High at noon.", box(5))], SLIDE, "Harbour"
    )
    assert (chunk.text, chunk.context) == ("Tides\n\nHigh at noon.", "Harbour")
    assert chunk.span.page == 3
    assert chunk.span.box == (0.01, 0.0, 0.06, 0.5)
    assert [chunk.text[m.start : m.end] for m in chunk.marks] == ["Tides", "High at noon."]
    start = chunk.text.index("noon")
    assert chunk.place(start, start + 4).box == box(5).box


def test_no_words_make_no_passage() -> None:
    assert list(placed_passages(ASSET, [], SLIDE, "")) == []
    assert list(placed_passages(ASSET, [("", box(1))], SLIDE, "")) == []


def test_places_count_from_the_characters_of_the_whole() -> None:
    (chunk,) = placed_passages(ASSET, [("Words.", box(1))], Span(page=3, chars=(100, 200)), "")
    assert chunk.span.chars == (100, 106)


@given(st.lists(st.text("ab. \n中", max_size=600), max_size=6))
def test_every_word_is_in_one_passage_and_has_its_place(texts: list[str]) -> None:
    """However long the texts are; passages differ by their characters."""
    chunks = list(
        placed_passages(ASSET, [(text, box(n)) for n, text in enumerate(texts)], SLIDE, "")
    )
    words = "".join("".join(texts).split())
    assert "".join("".join(c.text.split()) for c in chunks) == words
    assert (
        "".join("".join(c.text[m.start : m.end].split()) for c in chunks for m in c.marks) == words
    )
    assert len({c.span.chars for c in chunks}) == len(chunks)
