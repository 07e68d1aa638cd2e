"""Text by its chunks: the cited one, its quote, and that nothing in it is markup."""

from __future__ import annotations

from dataclasses import replace

from polysense.serve.page.places import prose
from polysense.serve.page.places.prose import mark_quote

from .conftest import Draw, PlaceOf, text


def test_the_quote_is_marked_in_the_cited_chunk(draw: Draw, place_of: PlaceOf) -> None:
    """The rest of the chunk stands around it."""
    drawing = draw(prose, place_of("moon.txt", quote="follows the moon"))
    assert len(drawing.classed("piece")) == len(drawing.classed("on")) == 1
    markup = " ".join(str(e.props.get("innerHTML", "")) for e in drawing.elements)
    assert "High water <mark>follows the moon</mark> by an hour." in markup


def test_what_has_no_text_can_be_downloaded(draw: Draw, place_of: PlaceOf) -> None:
    """Nothing else can be done with it here."""
    place = replace(place_of("moon.txt"), asset=None, chunk=None)
    (link,) = draw(prose, place).tagged("a")
    assert (text(link), link.props["href"]) == ("Download", f"{place.content}?download=true")


def test_text_is_never_markup() -> None:
    """Neither the text nor the quote."""
    evil = "<script>alert(1)</script>"
    assert "<script" not in mark_quote(f"a {evil} b", evil)
    assert f"<mark>{mark_quote(evil, '')}</mark>" in mark_quote(f"a {evil} b", evil)
