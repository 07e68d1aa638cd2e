"""The steps of a model, each told as the command that does the same."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from polysense.generate.agent.actions import Action
from polysense.generate.agent.tools import Outcome, Tools
from polysense.generate.evidence import Support
from polysense.question import Question
from polysense.types import Evidence, Hit, Modality, Part, Ranking

from ..test_answer import KIT, hit

HITS = [hit(n, text) for n, text in enumerate(("The tower is 23 metres tall.", "Bells ring."), 1)]
POOL = [Evidence(h, x, Part("text", x.chunk.text), x.chunk.span) for h, x in enumerate(HITS, 1)]


def tools(where: str = "", options: tuple[str, ...] = ()) -> Tools:
    def read(words: str) -> Question:
        part = Part("text", words)
        return Question((part,), ((part,),), language="en")

    def retrieve(words: str, modality: Modality, own: str) -> tuple[Question, Ranking]:
        assert not own
        assert not modality
        return read(words), Ranking(tuple(HITS[:1]))

    def judge(question: Question, hits: Sequence[Hit]) -> Support:
        assert question.words
        return Support((POOL[0],), float(len(hits)) / 2)

    return Tools(read, retrieve, judge, lambda hit: HITS[1:], KIT, where, options)


def command(action: Action, where: str = "", outcome: Outcome | None = None) -> list[str]:
    text = tools(where, ("-k", "5")).command(action, POOL, outcome or Outcome())
    return shlex.split(text)


def test_a_search_is_judged_by_its_own_words() -> None:
    """What it finds is evidence for what it looks for."""
    outcome = tools().run(Action("search", "tower"), POOL)
    assert outcome.hits == tuple(HITS[:1])
    assert outcome.support.confidence == 0.5


def test_a_look_sees_what_stands_around() -> None:
    """It is evidence where the model says what it hopes for."""
    outcome = tools().run(Action("look", evidence=1), POOL)
    assert outcome.hits == tuple(HITS)
    assert not outcome.support.evidence
    assert tools().run(Action("look", "bells", evidence=1), POOL).support.evidence


def test_nothing_is_reckoned_where_no_table_says_it() -> None:
    """The model is told so."""
    outcome = tools().run(Action("compute", "What is the total of sales?"), POOL)
    assert "do not answer that" in outcome.note
    assert not outcome.results


def test_each_step_is_a_command() -> None:
    """Both conditions stand in it; quotes are the shell's own."""
    search = Action("search", "it's red", "image", "page > 3 or page < 1")
    assert command(search, where="name = 'a.txt'") == [
        "polysense", "search", "it's red", "--where",
        "(name = 'a.txt') and (page > 3 or page < 1)", "--modality", "image", "-k", "5",
    ]  # fmt: skip
    assert command(Action("look", "bells", evidence=2)) == [
        "polysense", "show", HITS[1].chunk.id,
    ]  # fmt: skip
    assert command(Action("compute", "total?"), outcome=Outcome(results=(POOL[0],))) == [
        "polysense", "ask", "total?", "--where", f"uri = '{HITS[0].uri}'", "-k", "5",
    ]  # fmt: skip
