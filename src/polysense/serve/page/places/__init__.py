"""The exact place: the page with its region, the second, the line, the cell, the part. One way of
showing a file, one module.

Each has `fits(place)` and `show(place)`; the first that fits shows. A new kind of file to be seen
is one module more in WAYS.
"""

from __future__ import annotations

from types import ModuleType

from polysense.errors import PolysenseError
from polysense.serve.page.html import tag
from polysense.serve.page.places import graph, lines, model, one_page, pages, player, prose, sheet
from polysense.serve.page.places.place import Place
from polysense.serve.page.session import scroll

WAYS: tuple[ModuleType, ...] = (pages, one_page, player, model, graph, sheet, lines, prose)

__all__ = ["WAYS", "Place", "show"]


def show(place: Place) -> None:
    """Draw it here, the place in sight. What cannot be drawn says so."""
    try:
        way = next(w for w in WAYS if w.fits(place))
        way.show(place)
    except PolysenseError as e:
        with tag("div", "prose"):
            tag("p", "", f"{e}")
            tag("p", "soft", e.hint)
        return
    scroll(".place-body .on, .place-body .region")
