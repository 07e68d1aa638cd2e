"""The check of sentences against what they cite: what is false is caught, what is true stays."""

from __future__ import annotations

import pytest

from polysense.generate.citations import citations, faults, is_negative, quantities

TOWER = (
    "The tower is built of local granite and is 23 metres tall from the rock to the lamp. It was "
    "drawn by Tamsin Orrock in 1887, but it does not open on Mondays. A ticket costs $1,250.50, "
    "and one of type E-17 takes twelve weeks."
)
ZH_TOWER = "灯塔高23米，由陈美兴在1887年建成。星期一不开放。门票四元。"


@pytest.mark.parametrize(
    "sentence",
    [
        "The tower is 23 m tall.",
        "The tower is twenty-three metres tall.",
        "It is built of granite.",
        "Tamsin Orrock drew the tower in 1887.",
        "It does not open on Mondays.",
        "A ticket costs 1250.5 dollars.",
        "Type E-17 takes 12 weeks.",
        "The tower was drawn in 1887.",
    ],
)
def test_what_the_evidence_says_stays(sentence: str) -> None:
    """Other forms of a number or a unit, and a part of what is said, are no faults."""
    assert faults(sentence, TOWER) == ()


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("The tower is 32 metres tall.", "32 is not in the evidence"),
        ("The tower is thirty-two metres tall.", "32 is not in the evidence"),
        ("The tower is 23 feet tall.", "23 is in metre in the evidence, not in foot"),
        ("A ticket costs £1,250.50.", "1250.5 is in dollar in the evidence, not in sterling"),
        ("It was drawn by Jonas Orrock in 1887.", "Jonas is not in the evidence"),
        ("One of type E-19 takes twelve weeks.", "E-19 is not in the evidence"),
        ("It opens on Mondays.", "the evidence denies it"),
        ("The tower is not built of granite.", "the evidence does not deny it"),
        ("Penguins swim quickly in cold seas.", "only 0% of its words are in the evidence"),
    ],
)
def test_what_it_does_not_say_is_caught(sentence: str, fault: str) -> None:
    """A number, a unit, a name, a code, a denial, or all of it."""
    assert fault in faults(sentence, TOWER)


def test_chinese() -> None:
    """Without spaces, numbers stand between ideographs and units behind them."""
    assert faults("灯塔高23米。", ZH_TOWER, language="zh") == ()
    assert faults("灯塔高32米。", ZH_TOWER, language="zh")
    assert faults("灯塔高23公里。", ZH_TOWER, language="zh")
    assert faults("灯塔1987年建成。", ZH_TOWER, language="zh")
    assert faults("灯塔星期一开放。", ZH_TOWER, language="zh") == ("the evidence denies it",)


def test_the_questions_own_words_are_known() -> None:
    """A name that only the question has may be repeated; a number may not."""
    assert faults("For Anna, the tower is 23 metres tall.", TOWER)
    assert faults("For Anna, the tower is 23 metres tall.", TOWER, "What can I tell Anna?") == ()
    assert faults("The tower is 99 metres tall.", TOWER, "Is it 99 metres tall?")


def test_citations_are_told_apart_from_words() -> None:
    """In any of the ways in which models write them."""
    assert citations("It is tall [1][3].") == ("It is tall.", (1, 3))
    assert citations("It is tall. [2, 1; 2]") == ("It is tall.", (2, 1))
    assert citations("It is tall.") == ("It is tall.", ())


def test_quantities() -> None:
    """Signs before and units behind, digits and words."""
    assert [tuple(q) for q in quantities("€5 or 3.50 kg in forty-two days, 20世纪70年代")] == [
        ("5", "euro"), ("3.5", "kilogram"), ("20", "century"), ("70", "year"), ("42", "day"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["It isn't open.", "ohne Licht", "no está", "从不开放", "没有灯"])
def test_denials(text: str) -> None:
    """In five languages."""
    assert is_negative(text)


@pytest.mark.parametrize("text", ["It is open.", "不同的店", "未来的灯塔", "Knot and note"])
def test_what_only_looks_like_a_denial(text: str) -> None:
    """Words that hold one and deny nothing."""
    assert not is_negative(text)
