"""Several things or years that a question joins are asked about one by one."""

from __future__ import annotations

import pytest

from polysense.rewriters.decomposition.coordination import coordinate


@pytest.mark.parametrize(
    ("words", "questions"),
    [
        (
            "How many guests do the oak inn and the ash inn hold?",
            ["How many guests does the oak inn hold?", "How many guests does the ash inn hold?"],
        ),
        (
            "When were the north quay and the old crane built?",
            ["When was the north quay built?", "When was the old crane built?"],
        ),
        (
            "How deep are Lund Well, Moss Well and Dale Well?",
            ["How deep is Lund Well?", "How deep is Moss Well?", "How deep is Dale Well?"],
        ),
        (
            "What are the prices of the kite and the drum?",
            ["What is the price of the kite?", "What is the price of the drum?"],
        ),
        ("Was kosten der Tee und der Saft?", ["Was kostet der Tee?", "Was kostet der Saft?"]),
        (
            "Combien pèsent le sac et la malle ?",
            ["Combien pèse le sac ?", "Combien pèse la malle ?"],
        ),
        (
            "¿Cuánto miden el faro y la torre?",
            ["¿Cuánto mide el faro?", "¿Cuánto mide la torre?"],
        ),
        (
            "Compare the rainfall in 2018 and 2019",
            ["What is the rainfall in 2018?", "What is the rainfall in 2019?"],
        ),
        (
            "Was the harvest larger in 2018 or 2019?",
            ["How high was the harvest in 2018?", "How high was the harvest in 2019?"],
        ),
        (
            "Wie hoch war die Ernte 2018 und 2019?",
            ["Wie hoch war die Ernte 2018?", "Wie hoch war die Ernte 2019?"],
        ),
        (
            "东山镇2018年和2019年的人口各是多少？",
            ["东山镇2018年的人口是多少？", "东山镇2019年的人口是多少？"],
        ),
        ("面包和牛奶的价格是多少？", ["面包的价格是多少？", "牛奶的价格是多少？"]),
        ("面包和牛奶各多少钱？", ["面包多少钱？", "牛奶多少钱？"]),
    ],
)
def test_each_is_asked_by_itself(words: str, questions: list[str]) -> None:
    """One search finds the one that more is said of, and answers half."""
    assert [q.words for q in coordinate(words)] == questions


@pytest.mark.parametrize(
    "words",
    [
        "How did the rainfall change from 2018 to 2019?",
        "Plot the rainfall in 2018 and 2019",
        "What do the oak inn and the ash inn have in common?",
        "How many boats do Bakke and Sons own?",
        "What did Ola say about salt and pepper?",
        "What happened in 2019?",
        "2018年和2019年相比人口增加了多少？",
        "和平街在哪里？",
        "",
    ],
)
def test_what_is_asked_of_both_as_one_stays_whole(words: str) -> None:
    """A difference, a range, a firm with two names: each is one question."""
    assert coordinate(words) == ()


def test_a_year_is_the_thing() -> None:
    """What is not there is named by it, and each sentence is told with it."""
    assert [q.thing for q in coordinate("东山镇2018年和2019年的人口各是多少？")] == ["2018", "2019"]
