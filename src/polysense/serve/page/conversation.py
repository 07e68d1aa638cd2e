"""The questions before the one that is answered: on what it may lean, and the way back to each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from polysense.serve.library_pool import MAIN
from polysense.serve.page.html import button, link, tag
from polysense.serve.page.live_answers import Exchanges, LiveAnswer
from polysense.serve.page.session import Session

MAX_QUESTIONS = 6
"""Earlier questions that are listed, the latest; judged."""


def show_conversation(
    session: Session,
    place: ui.element,
    live: LiveAnswer,
    ask_again: Callable[[str, Exchanges], Awaitable[None]],
) -> None:
    """Draw them there, oldest first, each a button that goes back to it; and a way to begin anew.

    Nothing is drawn before a first question was asked.
    """
    place.clear()
    if not live.history:
        return
    with place:
        tag("span", "label", session.translate("Asked before"))
        first = max(0, len(live.history) - MAX_QUESTIONS)
        for n, (question, _) in enumerate(live.history[first:], first):
            if not question.strip():
                continue  # a file alone, which is gone
            back = partial(ask_again, question, live.history[:n])
            title = session.translate("Go back to this question")
            button("link", question, back, {"title": title})
        own = session.entry.name
        address = f"/?library={own}" if own != MAIN else "/"
        link("link", session.translate("New conversation"), address)
