"""Comparisons are told from other questions, and asked of each thing."""

from __future__ import annotations

import pytest

from polysense.rewriters.decomposition.comparisons import compare


@pytest.mark.parametrize(
    ("words", "questions"),
    [
        (
            "Which has the deeper cellar, Oak House or Ash House?",
            ["How deep is the cellar of Oak House?", "How deep is the cellar of Ash House?"],
        ),
        ("Who is younger, Mira or Tom Bell?", ["How young is Mira?", "How young is Tom Bell?"]),
        (
            "Which costs more: the jug or the bowl?",
            ["How much does the jug cost?", "How much does the bowl cost?"],
        ),
        (
            "Which of Brig A and Brig B has more guns?",
            ["How many guns does Brig A have?", "How many guns does Brig B have?"],
        ),
        (
            "Which was founded first, the school or the inn?",
            ["When was the school founded?", "When was the inn founded?"],
        ),
        (
            "Which had the lower revenue in 2019, Lund & Co or Bakke?",
            ["What is the revenue of Lund & Co in 2019?", "What is the revenue of Bakke in 2019?"],
        ),
        (
            "Is the north pier longer than the south pier?",
            ["How long is the north pier?", "How long is the south pier?"],
        ),
        (
            "Compare the lengths of the ferry, the tug and the barge.",
            [
                "What is the length of the ferry?",
                "What is the length of the tug?",
                "What is the length of the barge?",
            ],
        ),
        (
            "What is the difference in price between tea and coffee?",
            ["What is the price of tea?", "What is the price of coffee?"],
        ),
        ("Which is more durable, oak or pine?", ["How durable is oak?", "How durable is pine?"]),
        ("东塔和西塔哪座更高？", ["东塔有多高？", "西塔有多高？"]),
        ("东塔与西塔，哪个造价更贵？", ["东塔的造价是多少？", "西塔的造价是多少？"]),
        ("比较小麦和燕麦的价格", ["小麦的价格是多少？", "燕麦的价格是多少？"]),
        ("木桥比石桥长吗？", ["木桥有多长？", "石桥有多长？"]),
        ("学校和邮局哪个建得更早？", ["学校是什么时候建的？", "邮局是什么时候建的？"]),
    ],
)
def test_each_thing_is_asked_by_itself(words: str, questions: list[str]) -> None:
    """A single search for both finds the one that the library speaks of more."""
    assert [q.words for q in compare(words)] == questions


def test_the_thing_is_named_without_its_article() -> None:
    """A passage says "Oak House" or "a jug": by that it is known to be about it."""
    assert [q.thing for q in compare("Which is older, the jug or the bowl?")] == ["jug", "bowl"]


@pytest.mark.parametrize(
    "words",
    [
        "Does the ferry leave on Monday or Tuesday?",
        "Which river flows past the mill, the Orr or the Tale?",
        "Is it cheaper to rent than to buy?",
        "Which is the tallest tower?",
        "Who kept the water, the tower and the keeper's diary?",
        "How do I connect the pump and the hose?",
        "bread and butter",
        "哪个车站海拔最高？",
        "水和电怎么收费？",
        "",
    ],
)
def test_other_questions_are_left_alone(words: str) -> None:
    """What chooses or lists is no comparison: asked in parts, it would lose its sense."""
    assert compare(words) == ()
