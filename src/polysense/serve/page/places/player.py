"""Recordings and films, at the second."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from polysense.serve.page.places.place import Place

MOST_PASSAGES = 400
"""Of a transcript that are listed; judged, not measured."""


TOUCH_SECONDS = 0.01
"""Passages that only touch the cited seconds, by rounding, are not marked."""


class Player(ui.element, component="../player.js"):
    """A waveform to seek in, the cited seconds marked, the words beside it."""


def fits(place: Place) -> bool:
    """Sounds and videos."""
    return place.mime.startswith(("audio/", "video/"))


def show(place: Place) -> None:
    """Ready to play from the cited second."""
    start, end = place.span.seconds or (0.0, 0.0)
    player = Player()
    labels = {"play": "Play", "pause": "Pause", "seek": "Seek", "cited": "the cited seconds"}
    player.props.update(
        {
            "src": place.content,
            "film": place.mime.startswith("video/"),
            "peaks": f"{place.base}/waveform" if place.base else "",
            "start": start,
            "end": end,
            "words": _passages(place, start, end),
            "labels": {name: place.translate(phrase) for name, phrase in labels.items()},
        }
    )


def _passages(place: Place, start: float, end: float) -> list[dict[str, Any]]:
    """What is said when, of every passage that has words."""
    chunks = place.entry.library.chunks(place.asset.id) if place.asset else []
    texts = {c.span.seconds: c.text for c in chunks if c.span.seconds and c.text.strip()}
    return [
        {
            "start": a,
            "end": b,
            "said": text,
            "on": end > start and a < end - TOUCH_SECONDS and b > start + TOUCH_SECONDS,
        }
        for (a, b), text in sorted(texts.items())[:MOST_PASSAGES]
    ]
