"""What a conversation has named."""

from __future__ import annotations

import pytest

from polysense.rewriters.history.mentions import MAX_MENTIONS, Mentions, is_person


def test_the_latest_comes_first() -> None:
    """And what is named again is the latest again."""
    mentions = Mentions().with_thing("the mill").with_thing("the weir").with_thing("the mill")
    assert mentions.things == ("the mill", "the weir")
    assert mentions.with_thing("") == mentions


def test_only_so_many_are_remembered() -> None:
    """However long people talk."""
    mentions = Mentions()
    for n in range(MAX_MENTIONS + 5):
        mentions = mentions.with_thing(f"bridge {n}")
    assert len(mentions.things) == MAX_MENTIONS
    assert mentions.thing == f"bridge {MAX_MENTIONS + 4}"


@pytest.mark.parametrize("name", ["Nora Vik", "Mr Baker", "Dr. Ada Quill", "Piet van Dyk"])
def test_persons(name: str) -> None:
    """By a title, or by two words in capitals."""
    assert is_person(name)
    assert Mentions().with_thing(name).person == name


@pytest.mark.parametrize(
    "name", ["Osprey Ltd", "Tellus-9", "the Merlin", "Leiria AC", "Harbour Street", "New Delhi"]
)
def test_what_is_no_person(name: str) -> None:
    """A firm, a ship, a club, a street."""
    assert not is_person(name)
    assert Mentions().with_thing(name).thing == name


def test_short_names_stand_for_long_ones() -> None:
    """ "the bakery" is the Harlow bakery; what was named so short already stays."""
    mentions = Mentions().with_thing("the Harlow bakery").with_thing("Fenwick College")
    assert mentions.full_name("the bakery") == "the Harlow bakery"
    assert mentions.full_name("the college") == "Fenwick College"
    assert mentions.full_name("the Harlow bakery") == ""
    assert mentions.full_name("the church") == ""
    assert Mentions().with_thing("海棠书店").full_name_ending("书店") == "海棠书店"


def test_they_may_be_a_company() -> None:
    """Whose name is no plural."""
    assert Mentions().with_thing("Osprey Ltd").with_thing("the mill").group == "Osprey Ltd"


def test_a_name_like_a_persons_may_be_a_things() -> None:
    """Until somebody was asked for by it, or it has a title: then "it" is something else."""
    mentions = Mentions().with_thing("Thornmere Abbey").with_person("Edith Marsh")
    assert mentions.possible_things == ("Thornmere Abbey",)
    assert mentions.is_certain_person("Edith Marsh")
    assert mentions.is_certain_person("Dr Lisle")
    assert Mentions().with_thing("Night Barges", is_certain=True).things == ("Night Barges",)


def test_what_a_thing_was_said_to_be_is_its_name_too() -> None:
    """ "the illness", after an answer that called it one."""
    mentions = Mentions().with_kind("illness", "Velmaric fever").with_kind("", "Oslo")
    assert mentions.full_name("the illness") == "Velmaric fever"
    assert mentions.full_name("the tower") == ""
