"""Pictures: as they are or as the library draws them, with the cited region."""

from __future__ import annotations

from dataclasses import replace

from polysense.serve.page.places import one_page
from polysense.types import Span

from .conftest import Draw, PlaceOf


def test_a_picture_with_its_region(draw: Draw, place_of: PlaceOf) -> None:
    """A box of shares of the picture; the whole picture needs none."""
    place = place_of("red.png", span=Span(box=(0.1, 0.2, 0.5, 0.4)))
    drawing = draw(one_page, place)
    (picture,) = drawing.tagged("img")
    assert picture.props["src"] == place.content
    assert picture.props["alt"] == "red.png"
    (region,) = drawing.classed("region")
    assert region.style["left"] == "10.00%"
    assert region.style["width"] == "40.00%"
    assert region.style["height"] == "20.00%"
    whole = draw(one_page, replace(place, span=Span(box=(0.0, 0.0, 1.0, 1.0))))
    assert whole.classed("region") == []


def test_what_browsers_cannot_read_is_drawn_for_them(draw: Draw, place_of: PlaceOf) -> None:
    """By the API, where the file is one of the library."""
    place = place_of("red.png", span=Span())
    tiff = replace(place, mime="image/tiff")
    assert one_page.fits(tiff)
    assert draw(one_page, tiff).tagged("img")[0].props["src"].startswith(f"{place.base}/picture")
    assert not one_page.fits(replace(tiff, asset=None))
    scan = replace(place, mime="application/dicom")  # a picture by another family of types
    assert one_page.fits(scan)
    assert draw(one_page, scan).tagged("img")[0].props["src"].startswith(f"{place.base}/picture")
