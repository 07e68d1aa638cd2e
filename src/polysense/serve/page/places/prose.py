"""Anything else that has text: its chunks in order, the cited one and its quote marked."""

from __future__ import annotations

import html

from nicegui import ui

from polysense.serve.page.html import link, tag
from polysense.serve.page.places.place import Place
from polysense.types import Chunk

CONTEXT_CHUNKS = 40
"""Chunks shown before and after; judged, not measured."""


def fits(place: Place) -> bool:  # noqa: ARG001 - the last way
    """Everything."""
    return True


def show(place: Place) -> None:
    """The file as it was read."""
    chunks = (
        [c for c in place.entry.library.chunks(place.asset.id) if c.text.strip()]
        if place.asset
        else []
    )
    with tag("div", "prose"):
        if not chunks:
            tag("p", "soft", place.translate("This can only be downloaded."))
            link("link", place.translate("Download"), f"{place.content}?download=true")
        at = next((i for i, c in enumerate(chunks) if place.chunk and c.id == place.chunk.id), 0)
        for c in chunks[max(0, at - CONTEXT_CHUNKS) : at + CONTEXT_CHUNKS]:
            _show_chunk(place, c)


def _show_chunk(place: Place, chunk: Chunk) -> None:
    is_target = place.chunk is not None and chunk.id == place.chunk.id
    with tag("div", "piece on" if is_target else "piece"):
        if str(chunk.span) != "whole":
            tag("span", "where", str(chunk.span))
        ui.html(
            mark_quote(chunk.text, place.quote if is_target else ""), sanitize=False, tag="span"
        )


def mark_quote(text: str, quote: str) -> str:
    """Escaped, with the quoted words marked where they stand.

    >>> mark_quote("a < b, says Ann", "says Ann")
    'a &lt; b, <mark>says Ann</mark>'
    """
    start = text.find(quote) if quote else -1
    if start < 0 or len(quote) >= len(text.strip()):
        return html.escape(text)
    before, after = text[:start], text[start + len(quote) :]
    return f"{html.escape(before)}<mark>{html.escape(quote)}</mark>{html.escape(after)}"
