"""The pane beside the answer: it opens at a place, and closes."""

from __future__ import annotations

import pytest
from nicegui import Client, ui
from nicegui.page import page

from polysense.serve.access import LOCAL
from polysense.serve.context import Context
from polysense.serve.page.place_pane import PlacePane
from polysense.serve.page.session import Session


def test_a_place_opens_and_closes(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name, its download, its text with the quote; closed, nothing of it is left."""
    scripts: list[str] = []
    monkeypatch.setattr(Client, "run_javascript", lambda _, code, **__: scripts.append(code))
    entry = context.pool.get("main")
    (hit, *_) = entry.library.search("moon")
    with Client(page("")) as client:
        root = ui.element("div")
        pane = PlacePane(Session(context, LOCAL, entry, "en", str), root)
        pane.build()
        assert "hidden" in pane._pane.classes
        before = set(client.elements)
        pane.open(hit, hit.place, "follows the moon")
        elements = [e for id, e in client.elements.items() if id not in before]
        assert "open" in root.classes
        assert "hidden" not in pane._pane.classes
        assert "moon.txt" in [getattr(e, "text", "") for e in elements]
        assert any("?download=true" in str(e.props.get("href", "")) for e in elements)
        assert "follows the moon" in " ".join(str(e.props.get("innerHTML", "")) for e in elements)
        assert hit.chunk.id in scripts[-1]
        pane.close()
        assert "open" not in root.classes
        assert "hidden" in pane._pane.classes
        assert set(client.elements) == before
