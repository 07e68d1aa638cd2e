"""Questions taken apart by a model behind a server."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from polysense.errors import ModelFailed
from polysense.llm.openai import OpenAI
from polysense.question import Question, Rewrite, SubQuestion
from polysense.rewriters.sub_questions import SubQuestions
from polysense.stores.memory import Memory
from polysense.testing import check_rewriter

from ..llm.server import Server

WORDS = "In which street does whoever keeps the Heron at Eldby live?"
CHAIN = ("Who keeps the Heron at Eldby?", "In which street does {} live?")


def reply(kind: str, *questions: str, things: tuple[str, ...] = ("", "", "", "", "")) -> str:
    items = [
        {"words": q, "thing": t, "answer_kind": ""} for q, t in zip(questions, things, strict=False)
    ]
    return json.dumps({"kind": kind, "questions": items})


def test_it_keeps_the_contract(
    ask: Callable[[str], Question], server: Server, model: OpenAI
) -> None:
    server.say = lambda words: reply("chain", *CHAIN)
    check_rewriter(SubQuestions(language_model=model), ask(WORDS), (), Memory())


def test_hops(ask: Callable[[str], Question], server: Server, model: OpenAI) -> None:
    """JSON within a fence of Markdown is read too."""
    server.say = lambda words: f"```json\n{reply('chain', *CHAIN)}\n```"
    rewrite = SubQuestions(language_model=model).rewrite(ask(WORDS), (), Memory())
    assert rewrite is not None
    assert rewrite.is_chain
    assert tuple(q.words for q in rewrite.sub_questions) == CHAIN


def test_several_things(ask: Callable[[str], Question], server: Server, model: OpenAI) -> None:
    server.say = lambda words: reply(
        "several", "How old is the Heron?", "How old is the Plover?", things=("Heron", "Plover")
    )
    question = ask("Tell me how old the Heron is beside the Plover")
    rewrite = SubQuestions(language_model=model).rewrite(question, (), Memory())
    assert rewrite is not None
    assert [q.thing for q in rewrite.sub_questions] == ["Heron", "Plover"]


def test_most_questions_are_one(
    ask: Callable[[str], Question], server: Server, model: OpenAI
) -> None:
    """About a short one, and one that the rules took apart, the model is not asked."""
    rewriter = SubQuestions(language_model=model)
    server.say = lambda words: reply("one")
    assert rewriter.rewrite(ask(WORDS), (), Memory()) is None
    parts = Rewrite("compares", sub_questions=(SubQuestion("a"), SubQuestion("b")))
    assert rewriter.rewrite(replace(ask(WORDS), rewrites=(parts,)), (), Memory()) is None
    assert rewriter.rewrite(ask("Who built it?"), (), Memory()) is None
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (reply("chain", CHAIN[0]), "into 1 questions"),
        (reply("chain", CHAIN[1], CHAIN[0]), "stands where it should not"),
        (reply("chain", CHAIN[0], "In which street does Edith live?"), "stands where"),
        (reply("chain", CHAIN[0], "In which street of Marlow does {} live?"), "Marlow"),
        (reply("several", "Who keeps the Heron?", "Who is at Eldby?"), "not named"),
        (reply("chain", "", CHAIN[1]), "empty"),
        (reply("many", *CHAIN), "none of one, several, chain"),
        ('{"kind": "chain"}', "/questions is missing"),
        ("[]", "no object"),
        ("DROP TABLE questions", "no JSON"),
    ],
)
def test_what_are_no_parts_is_refused(
    ask: Callable[[str], Question], server: Server, model: OpenAI, text: str, message: str
) -> None:
    server.say = lambda words: text
    with pytest.raises(ModelFailed, match=message):
        SubQuestions(language_model=model).rewrite(ask(WORDS), (), Memory())
