"""Places of a small library, drawn without a browser."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from nicegui import Client, ui
from nicegui.page import page

from polysense.serve.context import Context
from polysense.serve.page.places.place import Place

Draw = Callable[[ModuleType, Place], "Drawing"]
PlaceOf = Callable[..., Place]


class Drawing:
    """The elements that a viewer made."""

    def __init__(self, elements: list[ui.element]) -> None:
        self.elements = elements

    def tagged(self, tag: str) -> list[ui.element]:
        """Those of a tag."""
        return [e for e in self.elements if e.tag == tag]

    def classed(self, name: str) -> list[ui.element]:
        """Those of a class."""
        return [e for e in self.elements if name in e.classes]


def text(element: ui.element) -> str:
    """What stands in an element itself."""
    return str(getattr(element, "text", ""))


@pytest.fixture
def draw() -> Draw:
    """draw(viewer, place) is what the viewer shows."""

    def show(viewer: ModuleType, place: Place) -> Drawing:
        with Client(page("")) as client:
            frame = set(client.elements)
            viewer.show(place)
            return Drawing([e for id, e in client.elements.items() if id not in frame])

    return show


@pytest.fixture
def place_of(context: Context) -> PlaceOf:
    """place_of("moon.txt", span=...) is a place in that file of the library, in its first chunk."""
    entry = context.pool.get("main")
    assets = {a.name: a for a in entry.library.assets()}

    def make(name: str, **more: Any) -> Place:
        asset = assets[name]
        chunk = entry.library.chunks(asset.id)[0]
        fields: dict[str, Any] = {"path": asset.path, "asset": asset, "chunk": chunk, **more}
        return Place(entry, str, asset.name, asset.mime, f"/content/{asset.id}", **fields)

    return make
