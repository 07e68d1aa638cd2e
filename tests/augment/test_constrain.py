"""What a question names must be what a passage is about."""

from __future__ import annotations

import pytest

from polysense.augment.constrain import alternatives, stands_in, unmet
from polysense.augment.passages import excerpts
from polysense.augment.surroundings import NoSurroundings
from polysense.question import Constraint, ConstraintKind
from polysense.types import Asset, Chunk, Hit, Span


class Opening(NoSurroundings):
    """A library whose every file begins with these words."""

    def __init__(self, words: str) -> None:
        self.words = words

    def opening(self, asset: str) -> str:
        return self.words


def misses(
    kind: ConstraintKind,
    value: str,
    text: str,
    context: str = "",
    name: str = "a.txt",
    opening: str = "",
    modality: str = "text",
) -> bool:
    chunk = Chunk(
        Asset("0", f"/kb/{name}", "", modality, 1), Span(page=2), modality, None, text, context
    )
    last = excerpts([Hit(chunk, 1.0)])[-1]
    return bool(unmet([Constraint(kind, value)], last, Opening(opening)))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("E15", "E15 means no water."),
        ("E-15", "Error E15: no water."),
        ("E15", "Error e 15: no water."),
        ("10:40", "10:40 crane 3 jammed"),
        ("1200", "It holds 1,200 litres."),
        ("143", "143号舱的暖气"),
    ],
)
def test_a_code_is_met_however_it_is_written(code: str, text: str) -> None:
    """With a hyphen, a space, in small letters, with a comma for thousands, before ideographs."""
    assert not misses("code", code, text)


@pytest.mark.parametrize(
    ("number", "text", "is_met"),
    [
        ("5", "On the 5th of June the wheel broke.", True),
        ("3", "It was the third of March.", True),
        ("12", "The 12th plot is Ana's.", True),
        ("21", "On May the 21st it rained.", True),
        ("5", "The 15th plot is Ana's.", False),
        ("5", "The sixth plot is Ana's.", False),
    ],
)
def test_a_number_is_met_by_its_ordinal(number: str, text: str, is_met: bool) -> None:
    """The 5th of June is June 5, and the third chapter is chapter 3."""
    assert misses("number", number, text) != is_met


@pytest.mark.parametrize(
    ("code", "text"),
    [("E15", "E14 means no water."), ("E1", "E15 means no water."), ("15", "It takes 150 g."),
     ("15", "It takes 2.15 g."), ("15", "It takes 15.5 g.")],
)  # fmt: skip
def test_another_code_or_a_longer_number_is_not_it(code: str, text: str) -> None:
    """A number is no part of a longer one."""
    assert misses("code", code, text)


def test_a_code_may_stand_in_the_heading_but_not_in_the_sentence_before() -> None:
    """A section is about its heading; the next row is about its own code."""
    assert not misses("number", "143", "The heating is turned off.", context="Cabin 143")
    assert misses("code", "E15", "E15 is a leak. E16 is a fire.")


def test_a_year_may_stand_in_the_title_where_the_sentence_has_none_of_its_own() -> None:
    """An annual report says its year once; a sentence about another year is about that."""
    assert not misses("year", "2023", "Income was 4 million.", opening="Annual report 2023")
    assert not misses("year", "2023", "Income was 4 million.", name="report-2023.md")
    assert not misses("year", "2023", "It was 2023. Income was 4 million.")
    assert misses("year", "2023", "In 2021 income was 4 million.", opening="Annual report 2023")
    assert misses("year", "2023", "Income was 4 million.")


def test_a_name_may_stand_anywhere_in_the_passage_s_surroundings_in_any_form() -> None:
    """Its chunk, its file's name and title; a word of it alone is not enough."""
    assert not misses("name", "Alder Mill", "Income rose.", opening="Alder Mill, report")
    assert not misses("name", "China", "The Chinese tradition had four schools.")
    assert misses("name", "Birch Mill", "Alder Mill's income rose.")


def test_quoted_words_stand_there_word_for_word() -> None:
    """Whatever marks are around them."""
    assert not misses("quote", "no water", "The display shows: no water!")
    assert misses("quote", "no water", "There is no hot water.")


def test_what_there_is_instead() -> None:
    """Codes of the same shape, other years; of names nothing is offered."""
    text = "E12 pump, E14 tank, F1 fuse in 2021 and 2023"
    assert alternatives(Constraint("code", "E15"), text) == ["E12", "E14"]
    assert alternatives(Constraint("year", "2022"), text) == ["2021", "2023"]
    assert alternatives(Constraint("name", "Birch"), text) == []


@pytest.mark.parametrize("text", ["故障代码E3表示水压不足", "故障代码 E3: 水压不足", "(E3)"])
def test_codes_stand_beside_ideographs(text: str) -> None:
    """Chinese writes no spaces around them."""
    assert stands_in(Constraint("code", "E3"), text)
    assert not stands_in(Constraint("code", "E5"), text)


def test_a_number_has_others_of_its_length_in_its_place() -> None:
    """14 kg are no room beside room 241."""
    text = "Room 241 holds 14 chairs, room 118 a piano."
    assert alternatives(Constraint("number", "214"), text) == ["241", "118"]
