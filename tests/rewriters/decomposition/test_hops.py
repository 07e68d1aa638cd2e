"""Things that are named by another thing are told, and what is asked of them."""

from __future__ import annotations

import pytest

from polysense.rewriters.decomposition.hops import hops


@pytest.mark.parametrize(
    ("words", "chain"),
    [
        (
            "When did the firm that printed the atlas go bankrupt?",
            ["firm that printed the atlas", "When did {} go bankrupt?"],
        ),
        (
            "Where does the woman who carved the altar of Nord Chapel live?",
            ["woman who carved the altar of Nord Chapel", "Where does {} live?"],
        ),
        ("How old is the mayor of Eldby?", ["mayor of Eldby", "How old is {}?"]),
        (
            "What did the owner of the quarry pay for the crane?",
            ["owner of the quarry", "What did {} pay for the crane?"],
        ),
        (
            "In which town was the builder of the organ of Nord Chapel buried?",
            ["organ of Nord Chapel", "the builder of {}", "In which town was {} buried?"],
        ),
        ("Where was Lindholm's founder buried?", ["Lindholm's founder", "Where was {} buried?"]),
        ("Who owns the yard that built the ferry?", ["yard that built the ferry", "Who owns {}?"]),
        (
            "When was the door of the old mill built?",
            ["door of the old mill", "When was {} built?"],
        ),
        ("When was the boat that Ola built sold?", ["boat that Ola built", "When was {} sold?"]),
        (
            "When did the captain of the ship that sank retire?",
            ["ship that sank", "the captain of {}", "When did {} retire?"],
        ),
        (
            "How long is the mast of the Tern's tender?",
            ["mast of the Tern's tender", "How long is {}?"],
        ),
        ("造水钟的人的故乡在哪里？", ["造水钟的人", "{}的故乡在哪里？"]),
        ("设计灯塔的工程师出生在哪里？", ["设计灯塔的工程师", "{}出生在哪里？"]),
        ("东河镇的镇长多大年纪？", ["东河镇的镇长", "{}多大年纪？"]),
    ],
)
def test_the_chain_is_read_from_the_inside(words: str, chain: list[str]) -> None:
    """The inner thing is found first; its name stands where it was spoken of."""
    assert [q.words for q in hops(words)] == chain


@pytest.mark.parametrize(
    "words",
    [
        "How tall is the lighthouse?",
        "What is the capital of Norway?",
        "Who wrote the letter?",
        "What does error 509 mean?",
        "door handle",
        "水塔有多高？",
        "渡船几点开？",
        "东山公司2030年的净利润是多少？",
        "东山公司2030年的净利润是多少万元？",
        "东河镇的镇长是谁？",
        "水塔的高度是什么？",
        "What is the weight of the Tern's anchor?",
        "What was the profit of Lund Yard in 2030?",
        "What is the name of the yard that built the ferry?",
        "",
    ],
)
def test_what_names_its_thing_is_one_step(words: str) -> None:
    """Most questions: they are asked once."""
    assert hops(words) == ()


def test_the_noun_that_only_tells_the_kind_is_told_apart() -> None:
    """The passage may call it a yard, or only by name; what it did must be said."""
    assert hops("Who owns the yard that built the ferry?")[0].kind == "yard"
    assert hops("How old is the mayor of Eldby?")[0].kind == ""
    assert [hops(f"{w}是哪一年关闭的？")[0].kind for w in ("造船的工厂", "东河镇的镇长")] == [
        "工厂",
        "",
    ]
