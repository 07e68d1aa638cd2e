"""What is to be shown, and where the API shows it."""

from __future__ import annotations

from dataclasses import replace

from .conftest import PlaceOf


def test_only_files_of_the_library_have_an_address(place_of: PlaceOf) -> None:
    """What was made for an answer has none but its content."""
    place = place_of("moon.txt")
    assert place.asset is not None
    assert place.base == f"/api/libraries/main/assets/{place.asset.id}"
    assert replace(place, asset=None).base == ""
