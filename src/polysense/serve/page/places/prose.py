"""Anything else that has words: its pieces in order, the one that is meant marked, the quoted words
in it.
"""

from __future__ import annotations

import html

from nicegui import ui

from polysense.serve.page.html import link, tag
from polysense.serve.page.places.place import Place
from polysense.types import Chunk

AROUND = 40
"""Pieces shown before and after."""


def fits(place: Place) -> bool:  # noqa: ARG001 - the last way
    """Everything."""
    return True


def show(place: Place) -> None:
    """The file as it was read."""
    chunks = (
        [c for c in place.held.library.chunks(place.asset.id) if c.text.strip()]
        if place.asset
        else []
    )
    with tag("div", "prose"):
        if not chunks:
            tag("p", "soft", place.say("This can only be downloaded."))
            link("link", place.say("Download"), f"{place.content}?download=true")
        at = next((i for i, c in enumerate(chunks) if place.chunk and c.id == place.chunk.id), 0)
        for c in chunks[max(0, at - AROUND) : at + AROUND]:
            _piece(place, c)


def _piece(place: Place, chunk: Chunk) -> None:
    meant = place.chunk is not None and chunk.id == place.chunk.id
    with tag("div", "piece on" if meant else "piece"):
        if str(chunk.span) != "whole":
            tag("span", "where", str(chunk.span))
        ui.html(marked(chunk.text, place.quote if meant else ""), sanitize=False, tag="span")


def marked(words: str, quote: str) -> str:
    """Escaped, with the quoted words marked where they stand.

    >>> marked("a < b, says Ann", "says Ann")
    'a &lt; b, <mark>says Ann</mark>'
    """
    at = words.find(quote) if quote else -1
    if at < 0 or len(quote) >= len(words.strip()):
        return html.escape(words)
    return f"{html.escape(words[:at])}<mark>{html.escape(quote)}</mark>{html.escape(words[at + len(quote) :])}"
