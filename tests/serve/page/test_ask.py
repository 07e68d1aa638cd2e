"""The page to ask on, before anything is asked; what it does then is seen in test_page."""

from __future__ import annotations

import pytest
from nicegui import Client
from nicegui.page import page

from polysense.serve.access import LOCAL
from polysense.serve.context import Context
from polysense.serve.page.ask import AskPage, _sample_assets
from polysense.serve.page.live_answers import LiveAnswers
from polysense.serve.page.session import QueryFiles, Session
from polysense.types import Asset


def asset(modality: str, n: int) -> Asset:
    """A file of a modality."""
    return Asset(f"{modality}{n}", f"/files/{modality}{n}", "", modality, 1)  # type: ignore[arg-type]


def test_a_few_files_of_each_modality_in_turn() -> None:
    """One photo among a thousand texts is seen."""
    assets = [*(asset("text", n) for n in range(1000)), asset("image", 0)]
    sample = [a.id for a in _sample_assets(assets, 4)]
    assert sample == ["text0", "image0", "text1", "text2"]
    assert _sample_assets([]) == []


@pytest.mark.parametrize("library", ["main", "empty"])
def test_some_files_stand_under_the_box(context: Context, library: str) -> None:
    """Of an empty library, the way to add some."""
    entry = context.pool.get("main") if library == "main" else context.pool.create("empty")
    query_files = QueryFiles()
    with Client(page("")) as client:
        AskPage(Session(context, LOCAL, entry, "en", str), query_files, LiveAnswers()).build()
        texts = {str(getattr(e, "text", "")) for e in client.elements.values()}
    query_files.close()
    assert ("moon.txt" in texts) is (library == "main")
    assert ("Nothing here yet. Add files" in texts) is (library == "empty")
