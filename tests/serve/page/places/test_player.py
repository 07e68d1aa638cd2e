"""Recordings and films: the cited seconds, and the passages of the transcript."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from polysense.serve.page.places import player
from polysense.serve.page.places.place import Place
from polysense.types import Asset, Chunk, Span

from .conftest import Draw, PlaceOf

PASSAGES = (((0.0, 2.0), "The moon."), ((2.0, 4.0), "High water."), ((4.0, 6.0), " "))


@pytest.fixture
def talk(place_of: PlaceOf) -> Place:
    """Seconds 2 to 4 of a recording with passages."""
    place = place_of("tone.wav", span=Span(seconds=(2.0, 4.0)))
    assert place.asset is not None
    asset: Asset = place.asset
    chunks = [Chunk(asset, Span(seconds=s), "audio", text=text) for s, text in PASSAGES]
    library = type("Library", (), {"chunks": lambda _, __: chunks})()
    entry: Any = type("Entry", (), {"name": "main", "library": library})()
    return replace(place, entry=entry)


def test_the_cited_seconds_are_marked(draw: Draw, talk: Place) -> None:
    """Not the passage before, which only touches them; silence is not listed."""
    (element,) = draw(player, talk).elements
    assert (element.props["start"], element.props["end"]) == (2.0, 4.0)
    assert element.props["film"] is False
    assert element.props["peaks"] == f"{talk.base}/waveform"
    assert [(w["said"], w["on"]) for w in element.props["words"]] == [
        ("The moon.", False),
        ("High water.", True),
    ]


def test_a_film_that_was_made_has_no_transcript(draw: Draw, talk: Place) -> None:
    """Nor a waveform: both are the library's."""
    film = replace(talk, mime="video/mp4", asset=None, chunk=None, span=Span())
    (element,) = draw(player, film).elements
    assert element.props["film"] is True
    assert (element.props["peaks"], element.props["words"]) == ("", [])
