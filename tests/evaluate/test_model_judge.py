"""A model behind a server judges answers; one that lies, fails, or obeys what it reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from polysense.errors import BadConfig
from polysense.evaluate.answers import FIGURES, ask_all, outcome_json, page
from polysense.evaluate.figures import measure
from polysense.evaluate.model_judge import Agreement, ModelJudge, Verdict, agreement
from polysense.evaluate.question_file import JudgedQuestion
from polysense.library import Library
from polysense.llm.openai import OpenAI
from polysense.messages import Usage
from polysense.registry import Kit

from ..llm.server import Server, running

pytest.importorskip("openai", reason="needs the extra llm")
TIDES = JudgedQuestion("tides", "What does high water follow?", answers=(("the moon",),))
PADDLES = JudgedQuestion(
    "paddles", "How many paddles has the mill wheel?", answers=(("32",), ("two", "thirty"))
)
ABSENT = JudgedQuestion("absent", "Who painted the ceiling of the railway station?")
MISSING = JudgedQuestion("mast", "How tall is the mast of the Heron?", answers=(("12 m",),))


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def judge(server: Server) -> ModelJudge:
    return ModelJudge(OpenAI(model="scripted", base_url=server.url, retries=0))


def reply(verdict: str, reason: str = "It says\nso.") -> str:
    return json.dumps({"reason": reason, "verdict": verdict})


def test_a_verdict(server: Server, judge: ModelJudge) -> None:
    """The model reads the question, what is right, and the answer within a fence."""
    server.say = lambda words: reply("right")
    verdict = judge.judge(PADDLES, "It has thirty-two. [1]")
    assert verdict == Verdict(True, "It says so.", Usage(11, 7))
    assert "Right: 32 or two and thirty" in server.last_words
    assert "<answer-" in server.last_words
    assert "It has thirty-two." in server.last_words
    assert "[1]" not in server.last_words
    server.say = lambda words: reply("wrong")
    assert judge.judge(PADDLES, "It has none.").is_right is False


@pytest.mark.parametrize(
    "text", [reply("excellent"), '{"verdict": "right"}', "right", "", '{"reason": 1}']
)
def test_what_is_no_verdict_counts_for_nothing(
    server: Server, judge: ModelJudge, text: str
) -> None:
    """Neither for right nor for wrong; why is told."""
    server.say = lambda words: text
    verdict = judge.judge(PADDLES, "It has thirty-two.")
    assert verdict.is_right is None
    assert "scripted at" in verdict.reason


def test_a_prompt_of_ones_own(server: Server, tmp_path: Path) -> None:
    server.say = lambda words: reply("right")
    model = OpenAI(model="scripted", base_url=server.url, retries=0)
    (tmp_path / "mine.txt").write_text("Be strict.", "utf-8")
    ModelJudge(model, str(tmp_path / "mine.txt")).judge(TIDES, "The moon.")
    assert "Be strict." in server.last_words
    with pytest.raises(BadConfig, match=r"none\.txt"):
        ModelJudge(model, str(tmp_path / "none.txt")).judge(TIDES, "The moon.")


def test_beside_the_values(
    server: Server, judge: ModelJudge, tmp_path: Path, notes: Path, bare: Kit
) -> None:
    """A judge sees that "thirty-two" is 32, which the comparison does not; where nothing is said, or
    nothing is right, it is not asked.
    """
    server.say = lambda words: reply("right")
    strict = JudgedQuestion("paddles", PADDLES.text, answers=(("32",),))
    with Library(tmp_path / "kb", kit=bare) as kb:
        kb.index(notes)
        outcomes = ask_all(kb, [TIDES, strict, ABSENT, MISSING], model_judge=judge)
    assert len(server.requests) == 2
    tides, paddles, absent, mast = outcomes
    assert (tides.is_agreed, paddles.is_agreed) == (True, False)
    assert (absent.verdict, mast.is_right_by_judge, mast.is_agreed) == (None, False, None)
    estimates = measure(FIGURES, outcomes)
    assert estimates["judge"].value == pytest.approx(2 / 3)
    assert (estimates["agreement"].value, estimates["agreement"].n) == (0.5, 2)
    assert outcome_json(paddles)["verdict"]["usage"] == {"input_tokens": 11, "output_tokens": 7}
    text = page(outcomes, judge_name="scripted")
    assert "1 of 2 answers" in text
    assert "right by the judge, and does not say the value: It says so." in text


def test_without_a_judge_nothing_is_told_of_one(tmp_path: Path, notes: Path, bare: Kit) -> None:
    with Library(tmp_path / "kb", kit=bare) as kb:
        kb.index(notes)
        outcomes = ask_all(kb, [TIDES, MISSING])
    assert not {"judge", "agreement"} & set(measure(FIGURES, outcomes))
    assert "judge" not in page(outcomes)


def test_agreement() -> None:
    """Cohen's kappa: nothing beyond chance is 0; where one says the same of all, nothing is told."""
    assert agreement([]) is None
    assert agreement([(True, True), (False, False)]) == Agreement(2, 1.0, 1.0)
    assert agreement([(True, True), (True, True)]) == Agreement(2, 1.0, None)
    assert agreement([(True, True), (False, True)]) == Agreement(2, 0.5, 0.0)
