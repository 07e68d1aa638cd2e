"""A picture, the cited region in the light."""

from __future__ import annotations

from polysense.read.file.mime import modality_of
from polysense.serve.page.html import tag
from polysense.serve.page.places.pages import mark_region
from polysense.serve.page.places.place import Place

_BROWSER_TYPES = {
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "image/bmp",
    "image/svg+xml",
}


def fits(place: Place) -> bool:
    """Pictures; those that browsers cannot read are shown as the library draws them."""
    return modality_of(place.mime) == "image" and (place.mime in _BROWSER_TYPES or bool(place.base))


def show(place: Place) -> None:
    """As large as there is room."""
    source = place.content if place.mime in _BROWSER_TYPES else f"{place.base}/picture?longest=1600"
    with tag("div", "leaf photo"):
        tag("img", "", props={"src": source, "alt": place.name})
        if place.span.box and place.span.box != (0.0, 0.0, 1.0, 1.0):
            mark_region(place.span.box)
