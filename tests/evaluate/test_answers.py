"""Answers against judged questions: each figure, on answers of a real library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from polysense.evaluate.answers import (
    FIGURES,
    Outcome,
    ask_all,
    first_sentence,
    judge,
    page,
    result,
)
from polysense.evaluate.figures import measure
from polysense.evaluate.question_file import JudgedPlace, JudgedQuestion
from polysense.library import Library
from polysense.registry import Kit
from polysense.results import Answer, AnswerPart
from polysense.span import Span
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Route, TextSpan

TIDES = JudgedQuestion("tides", "What does high water follow?", answers=(("the moon",),))
PADDLES = JudgedQuestion("paddles", "What does the mill wheel have?", answers=(("31", "32"),))
ABSENT = JudgedQuestion("absent", "Who painted the ceiling of the railway station?")


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory, bare: Kit) -> Iterator[Library]:
    """Two files about two things."""
    folder = tmp_path_factory.mktemp("answers")
    (folder / "moon.txt").write_text("High water follows the moon by an hour.")
    (folder / "mill.txt").write_text("The mill wheel has thirty-two paddles.")
    with Library(folder / "kb", kit=bare) as library:
        library.index(folder / "moon.txt", folder / "mill.txt")
        yield library


def test_a_right_a_wrong_and_a_refused_one(kb: Library) -> None:
    """What `eval answers` tells of a library that answers one question well."""
    notices: list[Outcome] = []
    outcomes = ask_all(kb, [TIDES, PADDLES, ABSENT], notify=notices.append)
    assert notices == outcomes
    tides, paddles, absent = outcomes
    assert (tides.is_right, tides.fault, tides.holds_value) == (True, "", True)
    assert (tides.precision, tides.recall, tides.citations) == (1.0, 1.0, 1)
    assert tides.words == 8
    assert tides.places == ("moon.txt, L1",)
    assert paddles.answered
    assert (paddles.fault, paddles.recall) == ("the value is not said", 0.0)
    assert absent.is_right
    assert absent.confidence < tides.confidence
    estimates = measure(FIGURES, outcomes)
    assert {n: e.value for n, e in estimates.items() if n != "seconds"} == {
        "held": 0.5, "first": 0.5, "answered": 1.0, "refused": 1.0,
        "words": 7.0, "sentences": 1.0, "precision": 0.5, "recall": 0.5,
    }  # fmt: skip


def test_a_question_that_fails_is_one_that_is_wrong(kb: Library) -> None:
    """One bad filter in a file of hundreds stops nothing, and is no right refusal either."""
    unfilterable = JudgedQuestion("broken", "What follows the moon?", where="nonsense = 1")
    answerless = JudgedQuestion("answerless", "Who sang?", where="nonsense = 1")
    outcomes = ask_all(kb, [unfilterable, answerless, TIDES])
    assert [o.is_right for o in outcomes] == [False, False, True]
    assert outcomes[0].fault.startswith("failed: ")
    assert "nonsense" in outcomes[0].error
    assert measure(FIGURES, outcomes)["refused"].value == 0.0


TEXT = "The tower was built in 1890. It is 23 metres tall."
ASSET = Asset("0", "/files/tower.txt", "text/plain", "text", 1)
MARKS = (
    TextSpan(0, 28, Span(lines=(1, 1))),
    TextSpan(29, len(TEXT), Span(lines=(2, 2))),
)
CHUNK = Chunk(ASSET, Span(lines=(1, 2)), "text", text=TEXT, marks=MARKS)


def answer(text: str, lines: Sequence[int], answered: bool = True) -> Answer:
    """An answer whose evidence is those lines of the tower's file."""
    evidence = tuple(
        Evidence(n, Hit(CHUNK, 1.0), Part("text", TEXT[m.start : m.end]), Span(lines=(line, line)))
        for n, line in enumerate(lines, 1)
        for m in [MARKS[line - 1]]
    )
    parts = (AnswerPart(Part("text", text), "retrieved"),)
    return Answer(parts, evidence, answered, Route(("text",), "text"))


TALL = JudgedQuestion("tall", "How tall is the tower?", answers=(("23 metres",), ("23 m",)))


def test_the_value_must_come_first() -> None:
    """A reader should not search the answer for the answer."""
    late = judge(TALL, answer("It was built in 1890. [1]\nIt is 23 metres tall. [2]", [1, 2]))
    assert (late.holds_value, late.holds_value_first) == (True, False)
    assert late.fault == "the value comes after the first sentence"
    assert (late.precision, late.recall, late.citations) == (0.5, 1.0, 2)
    run_on = judge(TALL, answer("It was built in 1890. It is 23 metres tall. [1]", [2]))
    assert not run_on.holds_value_first
    assert judge(TALL, answer("It is 23 m tall, approx. [1]", [2])).is_right


def test_a_refusal_that_names_the_value_is_no_answer() -> None:
    """The words of a refusal may name what is nearest."""
    refusal = judge(TALL, answer("Nothing says it; the nearest is 23 metres.", [2], answered=False))
    assert not refusal.holds_value
    assert refusal.fault == "refused, and the files say it"
    assert refusal.precision is None


def test_a_citation_is_judged_by_what_stands_there() -> None:
    """The right value with a wrong source is not to be trusted."""
    misplaced = judge(TALL, answer("It is 23 metres tall. [1]", [1]))
    assert misplaced.is_right
    assert (misplaced.precision, misplaced.recall) == (0.0, 0.0)


def test_citations_are_judged_by_the_places_given() -> None:
    """Where the file of questions names places, they decide: of a computed value nothing else can."""
    places = (JudgedPlace("tower.txt", Span(lines=(1, 1))), JudgedPlace("mill.txt"))
    question = JudgedQuestion("age", "How old?", answers=(("136",),), computed=True, cites=places)
    outcome = judge(question, answer("136 years (2026 - 1890) [1] [2]", [1, 2]))
    assert (outcome.precision, outcome.recall) == (0.5, 0.5)
    unplaced = JudgedQuestion("age", "How old?", answers=(("136",),), computed=True)
    outcome = judge(unplaced, answer("136 years (2026 - 1890) [1]", [1]))
    assert (outcome.precision, outcome.recall) == (None, None)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("It is tall [1]. It is old [2].", "It is tall"),
        ("Fill in soap (max. 30 g). Stir. [1]", "Fill in soap (max. 30 g)."),
        ("水轮有三十二块叶片。它很旧。[1]", "水轮有三十二块叶片。"),
        ("no stop at all", "no stop at all"),
        ("", ""),
    ],
)
def test_first_sentence(text: str, first: str) -> None:
    """It ends at a citation or where a sentence does; an abbreviation ends none."""
    assert first_sentence(text) == first


def test_the_result_and_the_page(kb: Library) -> None:
    """By group and language; what went wrong is listed with what came, what is right is not."""
    chinese = JudgedQuestion("zh", "谁画了天花板？", lang="zh", group="other")
    outcomes = ask_all(kb, [TIDES, PADDLES, ABSENT, chinese])
    raw = result(outcomes)
    assert set(raw["figures"]) == {"all", "group none", "group other", "lang none", "lang zh"}
    assert raw["figures"]["group other"]["refused"]["n"] == 1
    assert raw["questions"][0]["figures"]["held"] == 1.0
    assert "held" not in raw["questions"][2]["figures"]
    text = page(outcomes)
    assert "| all | 4 |" in text
    assert "**What does the mill wheel have?** the value is not said." in text
    assert "right: 31 and 32" in text
    assert "cited: mill.txt, L1" in text
    assert TIDES.text not in text
