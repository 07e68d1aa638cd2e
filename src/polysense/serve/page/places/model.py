"""A 3D model, turning, the cited part lit."""

from __future__ import annotations

import nicegui.elements.scene  # noqa: F401 - brings three.js, which the component imports by its name
from nicegui import ui

from polysense.serve.page.places.place import Place


class Model(ui.element, component="../model.js"):
    """Turns by itself until it is turned by hand."""


def fits(place: Place) -> bool:
    """Models."""
    return place.mime.startswith("model/")


def show(place: Place) -> None:
    """The whole model; of a part, the others stepped back."""
    model = Model()
    model.props.update(
        {
            "src": f"{place.base}/model" if place.base else place.content,
            "part": place.span.node or "",
            "label": place.name,
        }
    )
