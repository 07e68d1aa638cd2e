"""3D models: from the API where the library holds them, and which part is lit."""

from __future__ import annotations

from dataclasses import replace

from polysense.serve.page.places import model
from polysense.types import Span

from .conftest import Draw, PlaceOf


def test_the_cited_part_is_lit(draw: Draw, place_of: PlaceOf) -> None:
    """A model of the library comes as GLB; one that was made comes as it is."""
    place = replace(place_of("moon.txt"), mime="model/stl", span=Span(node="lantern"))
    assert model.fits(place)
    (element,) = draw(model, place).elements
    assert element.props["src"] == f"{place.base}/model"
    assert element.props["part"] == "lantern"
    (element,) = draw(model, replace(place, asset=None, span=Span())).elements
    assert (element.props["src"], element.props["part"]) == (place.content, "")
