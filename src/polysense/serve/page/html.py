"""Elements by their names in HTML. What strangers wrote is text here, never markup."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from polysense.modalities import describe

NO_PROPS: Mapping[str, Any] = MappingProxyType({})

_ICONS = {
    "close": "M6 6l12 12M18 6 6 18",
    "down": "M12 4v11m0 0 4.5-4.5M12 15l-4.5-4.5M5 20h14",
    "out": "M14 5h5v5M19 5l-8 8M17 14v5H5V7h5",
    "back": "M14.5 6 8.5 12l6 6",
    "on": "M9.5 6l6 6-6 6",
    "moon": "M20 14.5A8 8 0 0 1 9.5 4 8 8 0 1 0 20 14.5Z",
    "filter": "M4 7h16M7 12h10M10 17h4",
}


def tag(
    name: str, classes: str = "", text: str = "", props: Mapping[str, Any] = NO_PROPS
) -> ui.element:
    """An element with words in it, or to hold others."""
    element = TextElement(tag=name, text=text) if text else ui.element(name)
    element.props.update(props)
    if classes:
        element.classes(classes)
    return element


def button(
    classes: str, text: str, click: Callable[..., Any], props: Mapping[str, Any] = NO_PROPS
) -> ui.element:
    """A button that does something here."""
    element = tag("button", classes, text, {"type": "button", **props})
    element.on("click", click)
    return element


def icon_button(
    name: str, label: str, click: Callable[..., Any], classes: str = "icon"
) -> ui.element:
    """A button that is a sign, with its name for those who do not see it."""
    with button(classes, "", click, {"title": label, "aria-label": label}) as element:
        icon(name)
    return element


def icon(name: str) -> ui.element:
    """A drawing of one of the signs, or of a modality's own; one that has none is drawn as text."""
    path = _ICONS.get(name) or describe(name).icon
    with tag("svg", "sign", props={"viewBox": "0 0 24 24", "aria-hidden": "true"}) as element:
        tag("path", props={"d": path})
    return element


def link(classes: str, text: str, to: str, props: Mapping[str, Any] = NO_PROPS) -> ui.element:
    """A link, followed without asking the server's page."""
    return tag("a", classes, text, {"href": to, **props})
