"""A more general question, written by a model behind a server."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from polysense.errors import ModelFailed
from polysense.llm.openai import OpenAI
from polysense.question import Question
from polysense.rewriters.step_back import StepBack
from polysense.stores.memory import Memory
from polysense.testing import check_rewriter

from ..llm.server import Server

WORDS = "How high is the water at Eldby at noon?"


def test_it_keeps_the_contract(
    ask: Callable[[str], Question], server: Server, model: OpenAI
) -> None:
    server.say = lambda words: "What do the tides follow?"
    check_rewriter(StepBack(language_model=model), ask(WORDS), (), Memory())


def test_it_is_searched_beside_the_question(
    ask: Callable[[str], Question], server: Server, model: OpenAI
) -> None:
    """Labels and quotes around it are none of it."""
    server.say = lambda words: 'Question: "What do the tides follow?"\n'
    rewrite = StepBack(language_model=model, weight=0.3).rewrite(ask(WORDS), (), Memory())
    assert rewrite is not None
    (text,) = rewrite.search_texts
    assert (text.words, text.role) == ("What do the tides follow?", "query")
    assert text.weight == 0.3


def test_the_same_question_changes_nothing(
    ask: Callable[[str], Question], server: Server, model: OpenAI
) -> None:
    server.say = lambda words: WORDS.upper()
    assert StepBack(language_model=model).rewrite(ask(WORDS), (), Memory()) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("What was it in 1887?", "1887"),
        ("First, a remark.\nWhat do the tides follow?", "no question of one line"),
        ("tide " * 200, "no question of one line"),
        ("Wovon hängen die Gezeiten an der Küste eigentlich ab?", "another language"),
    ],
)
def test_what_is_no_such_question_is_refused(
    ask: Callable[..., Question], server: Server, model: OpenAI, text: str, message: str
) -> None:
    """A number of its own, a talk, a page, another language."""
    server.say = lambda words: text
    with pytest.raises(ModelFailed, match=message):
        StepBack(language_model=model).rewrite(ask(WORDS, "en"), (), Memory())
