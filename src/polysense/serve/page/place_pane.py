"""The pane beside the answer, in which the exact place is seen."""

from __future__ import annotations

from nicegui import ui

from polysense.serve.page import places
from polysense.serve.page.answer import hit_place
from polysense.serve.page.html import icon, icon_button, link, tag
from polysense.serve.page.session import Session
from polysense.types import Hit, Span


class PlacePane:
    """Opens and closes over `root`, which makes room for it."""

    def __init__(self, session: Session, root: ui.element) -> None:
        self._session, self._root = session, root

    def build(self) -> None:
        """Draw it, out of sight."""
        label = self._session.translate("cited here")
        self._pane = tag("aside", "place-pane hidden", props={"aria-label": label})

    def open(self, hit: Hit, span: Span, quote: str = "") -> None:
        """Show a place, the quoted words marked."""
        translate = self._session.translate
        self._root.classes("open")
        self._pane.clear()
        self._pane.classes(remove="hidden")
        place = hit_place(self._session, hit, span, quote)
        download = translate("Download")
        with self._pane:
            with tag("div", "place-head"):
                tag("span", "name", place.name, {"title": self._session.entry.uri(hit.uri)})
                tag("span", "place", "" if str(span) == "whole" else str(span))
                with tag("span", "end"):
                    with link(
                        "icon",
                        "",
                        f"{place.content}?download=true",
                        {"download": place.name, "aria-label": download, "title": download},
                    ):
                        icon("down")
                    icon_button("close", translate("Close"), self.close).props["id"] = "close-place"
            with tag("div", "place-body", props={"tabindex": "0"}):
                places.show(place)
        _mark_hit(hit.chunk.id)

    def close(self) -> None:
        """Put the place away."""
        self._pane.classes("hidden")
        self._pane.clear()
        self._root.classes(remove="open")


def _mark_hit(chunk: str) -> None:
    """Mark the hits of a chunk in the list, and no others."""
    ui.run_javascript(
        "document.querySelectorAll('.hit').forEach("
        f"h => h.classList.toggle('on', h.dataset.chunk === '{chunk}'))"
    )
