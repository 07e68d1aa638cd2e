"""Elements by their names in HTML. What strangers wrote is text here, never markup."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

NO_PROPS: Mapping[str, Any] = MappingProxyType({})

_ICONS = {
    "close": "M6 6l12 12M18 6 6 18",
    "down": "M12 4v11m0 0 4.5-4.5M12 15l-4.5-4.5M5 20h14",
    "out": "M14 5h5v5M19 5l-8 8M17 14v5H5V7h5",
    "back": "M14.5 6 8.5 12l6 6",
    "on": "M9.5 6l6 6-6 6",
    "moon": "M20 14.5A8 8 0 0 1 9.5 4 8 8 0 1 0 20 14.5Z",
    "filter": "M4 7h16M7 12h10M10 17h4",
    "text": "M5 6h14M5 10h14M5 14h14M5 18h9",
    "image": "M4 5h16v14H4zM8.5 10.5a1.5 1.5 0 1 0 0-.1M4 17l5-4 3 2 4-4 4 4",
    "audio": "M5 10v4M9 7v10M13 4v16M17 8v8M21 11v2",
    "video": "M4 6h16v12H4zM10 9.5v5l4.5-2.5z",
    "code": "M9 8l-4 4 4 4M15 8l4 4-4 4",
    "3d": "M12 3l8 4.5v9L12 21l-8-4.5v-9zM12 12l8-4.5M12 12v9M12 12 4 7.5",
    "table": "M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14",
    "graph": "M7 7a2 2 0 1 0 0-.1M17 9a2 2 0 1 0 0-.1M11 18a2 2 0 1 0 0-.1"
    "M8.5 8.3l2 7.2M15.5 10.5l-3.5 5.5M9 7.2l6 1.3",
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
    """A drawing of one of the signs; a modality that has none is drawn as text."""
    path = _ICONS.get(name, _ICONS["text"])
    with tag("svg", "sign", props={"viewBox": "0 0 24 24", "aria-hidden": "true"}) as element:
        tag("path", props={"d": path})
    return element


def link(classes: str, text: str, to: str, props: Mapping[str, Any] = NO_PROPS) -> ui.element:
    """A link, followed without asking the server's page."""
    return tag("a", classes, text, {"href": to, **props})
