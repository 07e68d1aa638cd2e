"""The page to ask on, before anything is asked; what it does then is seen in test_page."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from nicegui import Client
from nicegui.page import page

from polysense.events import AgentStep
from polysense.results import Answer
from polysense.serve.access import LOCAL
from polysense.serve.context import Context
from polysense.serve.page.ask import AskPage, _sample_assets
from polysense.serve.page.live_answers import LiveAnswer, LiveAnswers
from polysense.serve.page.session import QueryFiles, Session
from polysense.types import Asset, Evidence


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


def test_steps_of_a_model_are_shown_as_they_come(make_writing_context: Any) -> None:
    """Each as the command that repeats it, before the answer; they stay beside it, and are gone
    with the next question.
    """
    context = make_writing_context("searches")
    session = Session(context, LOCAL, context.pool.get("main"), "en", str)
    query_files = QueryFiles()
    with Client(page("")):
        ask_page = AskPage(session, query_files, LiveAnswers())
        ask_page.build()
        ask_page.box.restore({"again": "1"})
        again, once = LiveAnswer("moon"), LiveAnswer("moon")
        again._run(ask_page._work(("What does high water follow?",), ()))
        ask_page.box.restore({})
        once._run(ask_page._work(("What does high water follow?",), ()))
        asyncio.run(ask_page._follow(again))
        texts = [str(getattr(e, "text", "")) for e in ask_page._steps.descendants()]
        commands = [text for text in texts if text]
        asyncio.run(ask_page._follow(once))
        assert not list(ask_page._steps.descendants())
    query_files.close()
    assert commands[0].startswith("polysense search 'mill wheel' -k 12: ")
    assert commands[1] == "answer"
    kinds = [type(p) for p in again.pieces]
    assert kinds.index(AgentStep) < kinds.index(Evidence) < kinds.index(Answer)
    assert AgentStep not in [type(p) for p in once.pieces]
