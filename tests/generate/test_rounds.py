"""Questions in several rounds, in a library that was indexed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from polysense.generate.rounds import nothing_about
from polysense.ingest.workers import Limits
from polysense.library import Library
from polysense.registry import Kit
from polysense.results import Answer

FILES = {
    "north.txt": "The mast of the Tern is 18 m high. The Tern was built by Lund Yard.",
    "south.txt": "The mast of the Skua is 14 m high. The Skua carries grain.",
    "yards.txt": "Lund Yard closed in 1961 after a flood.\n\nBakke Yard closed in 1988.",
    "hall.txt": "The hall of Nord was drawn by Ida Moe. Its doors were bought from Rask Joinery.",
    "firms.txt": "Rask Joinery stood in Elm Lane.\n\nBirk Joinery stood in Oak Lane.",
    "bread.txt": "Oat loaf\nServes: 4\nTime: 35 minutes\n\nRye loaf\nServes: 8\nTime: 70 minutes\n",
    "lamp.txt": "The lamp of Nord Light was made by Eva Holm.",
    "people.txt": "Eva Holm grew up in Varberg.\n\nOla Rud grew up in Moss.",
    "灯塔.txt": "灯塔是由沈书远设计的，高四十米。",
    "名册.txt": "沈书远住在槐树巷。\n\n赵一鸣住在桥头街。",
    "ash.md": "# Ash House\n\nIts cellar is 4 m deep.\n",
    "2030.md": "# 东山公司2030年年报\n\n全年产量为420吨，利润为860万元。\n",
    "2031.md": "# 东山公司2031年年报\n\n全年产量为455吨，利润为910万元。\n",
    "oak.md": "# Oak House\n\nThe cellar of Oak House is 3 m deep.\n",
}


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    from polysense import registry

    folder = tmp_path_factory.mktemp("rounds")
    (folder / "files").mkdir()
    for name, text in FILES.items():
        (folder / "files" / name).write_text(text, "utf-8")
    kit = registry.kit(
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders],
        converters=[f"-{c}" for c in registry.OFFLINE.converters],
    )
    with Library(folder / "kb", kit=kit, limits=Limits(workers=1)) as library:
        library.index(folder / "files")
        yield library


def sources(answer: Answer) -> list[str]:
    return [e.hit.chunk.asset.name for e in answer.evidence]


def test_each_thing_of_a_comparison_has_its_own_sentence(kb: Library) -> None:
    """One search for both finds the one that more is said of; here each has a cited sentence."""
    answer = kb.ask("Which has the higher mast, the Tern or the Skua?")
    assert answer.answered
    assert "18 m" in answer.text
    assert "14 m" in answer.text
    assert sources(answer) == ["north.txt", "south.txt"]
    assert answer.text.count("[") == 2


def test_a_sentence_that_does_not_name_its_thing_is_told_with_it(kb: Library) -> None:
    """ "Its cellar" of which house? The heading knows."""
    answer = kb.ask("Which has the deeper cellar, Ash House or Oak House?")
    assert "Ash House: Its cellar is 4 m deep. [1]" in answer.text
    assert "\nThe cellar of Oak House is 3 m deep. [2]" in answer.text


def test_what_wins_comes_first(kb: Library) -> None:
    """Asked which is most, people read the first line."""
    answer = kb.ask("Which has the higher mast, the Skua or the Tern?")
    assert sources(answer) == ["north.txt", "south.txt"]
    answer = kb.ask("Which has the lower mast, the Tern or the Skua?")
    assert sources(answer) == ["south.txt", "north.txt"]


def test_of_two_that_are_nowhere_both_are_named(kb: Library) -> None:
    """Nothing is known of either; the reader learns which names to doubt."""
    answer = kb.ask("Which has the higher mast, the Petrel or the Gannet?")
    assert not answer.answered
    assert answer.missing == ("Petrel", "Gannet")


def test_a_value_under_a_title_is_told_with_it(kb: Library) -> None:
    """The line alone says of nothing that it takes 70 minutes."""
    answer = kb.ask("Which takes longer, the oat loaf or the rye loaf?")
    assert answer.text == "Rye loaf: Time: 70 minutes [1]\nOat loaf: Time: 35 minutes [2]"
    assert not kb.ask("How long does the barley loaf take?").answered


def test_what_is_joined_has_a_sentence_each(kb: Library) -> None:
    """Two years of one thing are two answers."""
    answer = kb.ask("东山公司2030年和2031年的利润分别是多少？")
    assert "860" in answer.text
    assert "910" in answer.text
    assert sources(answer) == ["2030.md", "2031.md"]


def test_a_value_of_a_year_is_no_hop(kb: Library) -> None:
    """What is asked for is in the phrase itself: the year must be met, as in any question."""
    answer = kb.ask("东山公司2031年的利润是多少？")
    assert "910" in answer.text
    assert "860" not in answer.text
    assert not kb.ask("东山公司2032年的利润是多少？").answered


def test_what_is_not_there_is_named(kb: Library) -> None:
    """Half an answer says so, and does not take another thing's sentence."""
    answer = kb.ask("Which has the higher mast, the Tern or the Petrel?")
    assert "18 m" in answer.text
    assert "14 m" not in answer.text
    assert "Nothing about Petrel." in answer.text
    assert sources(answer) == ["north.txt"]


@pytest.mark.parametrize(
    ("question", "value", "other", "files"),
    [
        ("When did the yard that built the Tern close?", "1961", "1988", ["yards.txt", "north.txt"]),
        ("Where did the maker of the lamp of Nord Light grow up?", "Varberg", "Moss", ["people.txt", "lamp.txt"]),
        (
            "In which lane was the joinery that made the doors of the hall?",
            "Elm Lane", "Oak Lane", ["firms.txt", "hall.txt"],
        ),
        ("设计灯塔的人住在哪里？", "槐树巷", "桥头街", ["名册.txt", "灯塔.txt"]),
    ],
)  # fmt: skip
def test_two_hops_are_followed(
    kb: Library, question: str, value: str, other: str, files: list[str]
) -> None:
    """The passage that leads there is evidence too, and comes second."""
    answer = kb.ask(question)
    first = answer.text.split("[")[0]
    assert value in first
    assert other not in answer.text
    assert sources(answer) == files


def test_a_hop_that_finds_nothing_leaves_the_question_as_it_was(kb: Library) -> None:
    """No passage says who built the Skua: nobody's yard is answered."""
    answer = kb.ask("When did the yard that built the Skua close?")
    assert not any("Yard close" in line for line in answer.rewrites)


def test_rounds_are_told(kb: Library) -> None:
    """`--explain` shows what was asked, in the order in which it was."""
    answer = kb.ask("When did the yard that built the Tern close?")
    assert answer.rewrites[0].startswith("decomposition: ")
    assert answer.rewrites[-1] == "round 2: When did Lund Yard close?"


def test_a_plain_question_is_one_round(kb: Library) -> None:
    """It costs no more than before."""
    assert kb.ask("How deep is the cellar of Oak House?").rewrites[1:] == ()
    assert kb.ask("Who carries grain?").rewrites == ()


def test_without_the_rewriter_all_is_one_round(kb: Library) -> None:
    """A setting switches it off."""
    from dataclasses import replace

    kit = kb.kit
    bare: Kit = replace(kit, rewriters={})
    with Library(kb.location, kit=bare) as other:
        answer = other.ask("Which has the higher mast, the Tern or the Petrel?")
    assert answer.rewrites == ()
    assert "Nothing about" not in answer.text


def test_what_is_missing_is_said_in_the_language_of_the_question() -> None:
    assert nothing_about("水塔", "zh") == "没有关于水塔的内容。"
    assert nothing_about("Turm", "de") == "Nichts über Turm."
    assert nothing_about("Tower", "pl") == "Nothing about Tower."
