"""The exact place, each kind of file in its module: the region, second, line, cell or part.

Each module has `fits(place)` and `show(place)`; the first that fits shows. A new kind of file to be
seen is one module more in VIEWERS.
"""

from __future__ import annotations

from types import ModuleType

from polysense.errors import PolysenseError
from polysense.serve.explain import reader_hint, reader_title
from polysense.serve.page.html import tag
from polysense.serve.page.places import graph, lines, model, one_page, pages, player, prose, sheet
from polysense.serve.page.places.place import Place
from polysense.serve.page.session import scroll_to

VIEWERS: tuple[ModuleType, ...] = (pages, one_page, player, model, graph, sheet, lines, prose)

__all__ = ["VIEWERS", "Place", "show"]


def show(place: Place) -> None:
    """Draw it here, the place in sight. What cannot be drawn says so."""
    try:
        viewer = next(w for w in VIEWERS if w.fits(place))
        viewer.show(place)
    except PolysenseError as e:
        with tag("div", "prose"):
            tag("p", "", place.translate(reader_title(e)))
            tag("p", "soft", place.translate(reader_hint(e)))
        return
    scroll_to(".place-body .on, .place-body .region")
