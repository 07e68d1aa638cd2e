"""Recordings and films, at the second."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from polysense.serve.page.places.place import Place

WORDS = 400
"""Passages of a transcript that are listed."""


class Player(ui.element, component="../player.js"):
    """A waveform to seek in, the cited seconds marked, the words beside it."""


def fits(place: Place) -> bool:
    """Sounds and videos."""
    return place.mime.startswith(("audio/", "video/"))


def show(place: Place) -> None:
    """Ready to play from the second that is meant."""
    start, end = place.span.seconds or (0.0, 0.0)
    made = Player()
    labels = {"play": "Play", "pause": "Pause", "seek": "Seek", "cited": "the cited seconds"}
    made.props.update(
        {
            "src": place.content,
            "film": place.mime.startswith("video/"),
            "peaks": f"{place.base}/waveform" if place.base else "",
            "start": start,
            "end": end,
            "words": _words(place, start, end),
            "labels": {name: place.say(said) for name, said in labels.items()},
        }
    )


def _words(place: Place, start: float, end: float) -> list[dict[str, Any]]:
    """What is said when, of every passage that has words."""
    chunks = place.held.library.chunks(place.asset.id) if place.asset else []
    told = {c.span.seconds: c.text for c in chunks if c.span.seconds and c.text.strip()}
    return [
        {
            "start": a,
            "end": b,
            "said": said,
            "on": end > start and a < end - 0.01 and b > start + 0.01,
        }
        for (a, b), said in sorted(told.items())[:WORDS]
    ]
