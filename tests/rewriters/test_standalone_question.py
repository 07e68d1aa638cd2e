"""Follow-ups made whole by a model behind a server, and what it may not bring in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from polysense.errors import ModelFailed
from polysense.llm.openai import OpenAI
from polysense.question import Exchange, Question
from polysense.rewriters.standalone_question import StandaloneQuestion
from polysense.stores.memory import Memory
from polysense.testing import check_rewriter

from ..llm.server import Server

HISTORY = (
    Exchange("Who built the tide mill?", "Nora Quill built it in 1911. [1]"),
    Exchange("And the chapel?", "The chapel was built by Amos Pike. [2]"),
)
WORDS = "What else did the first of them build?"
WHOLE = "What else did Nora Quill, who built the tide mill, build?"


def test_it_keeps_the_contract(
    ask: Callable[[str], Question], server: Server, model: OpenAI
) -> None:
    server.say = lambda words: WHOLE
    check_rewriter(StandaloneQuestion(language_model=model), ask(WORDS), HISTORY, Memory())


def test_what_it_leans_on_is_put_in(
    ask: Callable[[str], Question], server: Server, model: OpenAI
) -> None:
    """The model reads the conversation within a fence, without the numbers of citations."""
    server.say = lambda words: WHOLE
    rewrite = StandaloneQuestion(language_model=model).rewrite(ask(WORDS), HISTORY, Memory())
    assert rewrite is not None
    assert rewrite.words == WHOLE
    assert "Answer: Nora Quill built it in 1911.\n" in server.last_words
    assert "<conversation-" in server.last_words


def test_the_model_reads_what_was_typed(
    ask: Callable[[str], Question], server: Server, model: OpenAI
) -> None:
    """Not what the rules have made of it, which may be wrong."""
    server.say = lambda words: WHOLE
    by_rule = replace(ask("What else did the chapel build?"), original_text=WORDS)
    StandaloneQuestion(language_model=model).rewrite(by_rule, HISTORY, Memory())
    assert f"Question: {WORDS}" in server.last_words


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("What else did Nora Quill build in 1950?", "1950"),
        ("What else did Nora Quill and Edith Marlow build?", "Edith"),
        ("What else did Nora Quill build with X9?", "X9"),
        ("Which recipe bakes a chocolate cake quickly?", "nobody has said"),
        ("Sure! Here is the question.\n\nWhat else did Nora Quill build?", "one line"),
        ("", "gave an empty answer"),
    ],
)
def test_what_nobody_has_said_is_refused(
    ask: Callable[[str], Question], server: Server, model: OpenAI, text: str, message: str
) -> None:
    """Years, names, codes, and an order in an answer that the model obeyed: the rules' way stays."""
    server.say = lambda words: text
    with pytest.raises(ModelFailed, match=message):
        StandaloneQuestion(language_model=model).rewrite(ask(WORDS), HISTORY, Memory())


def test_what_is_whole_stays(ask: Callable[[str], Question], server: Server, model: OpenAI) -> None:
    """Without a conversation the model is not even asked."""
    rewriter = StandaloneQuestion(language_model=model)
    server.say = lambda words: WORDS
    assert rewriter.rewrite(ask(WORDS), HISTORY, Memory()) is None
    assert len(server.requests) == 1
    assert rewriter.rewrite(ask(WORDS), (), Memory()) is None
    assert len(server.requests) == 1
