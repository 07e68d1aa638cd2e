"""What each word of a question is to a table."""

from __future__ import annotations

from polysense.make.table.question.attributes import attribute_column
from polysense.make.table.question.lexicon import entries_at, is_same_unit
from polysense.make.table.question.normalise import tokenize
from polysense.make.table.question.read_facts import facts
from polysense.make.table.question.reading import Reading
from polysense.read.table.frame import Frame

PONDS = Frame(
    ("Pond", "Depth (m)", "Keeper of the pond", "2020", "2021"),
    (
        ("Ash", "3", "Lea", "5", "6"),
        ("Pylon I", "9", "Max", "7", "4"),
        ("Reed", "4", "Jo", "2", "8"),
    ),
)


def kinds(question: str) -> list[tuple[str, str]]:
    reading = Reading(PONDS, question)
    return [
        (m.kind, " ".join(reading.tokens[i].raw for i in m.positions)) for m in reading.mentions
    ]


def test_longer_mentions_come_first() -> None:
    """A header of four words is one column, whatever its words are alone."""
    assert kinds("Keeper of the pond Ash") == [("column", "keeper of the pond"), ("cell", "ash")]


def test_words_that_nothing_explains() -> None:
    """Names of other things stay over, also words like "not", which change what is asked."""
    assert Reading(PONDS, "How deep is the Lily?").unexplained == ("lily",)
    assert Reading(PONDS, "How deep is the Ash?").unexplained == ()
    assert "not" in Reading(PONDS, "Which pond is not deep?").unexplained


def test_capitals_make_a_name_of_a_small_word() -> None:
    """Pylon I is not any pylon."""
    assert ("cell", "pylon i") in kinds("How deep is Pylon I?")
    assert not [k for k, _ in kinds("How deep is the pylon?") if k == "cell"]


def test_titles_explain_and_say_nothing() -> None:
    """The words of the file's name are no conditions."""
    reading = Reading(PONDS, "How deep is the Ash of Milltown?", context=("milltown ponds",))
    assert reading.unexplained == ()
    assert [c.values for c in facts(reading).where] == [("Ash",)]


def test_spans_and_lists_of_years() -> None:
    """Columns under years: a span, a list, and a year that there is not."""
    wide = Frame(("Item", "2019", "2020", "2021"), (("Rent", "1", "2", "3"),))
    read = facts(Reading(wide, "rent from 2019 to 2021"))
    assert (read.periods, read.is_span) == ([1, 2, 3], True)
    read = facts(Reading(wide, "rent in 2019 and 2021"))
    assert (read.periods, read.is_span) == ([1, 3], False)
    assert facts(Reading(wide, "rent in 2018")).problem == "year 2018"
    assert facts(Reading(wide, "从2019年到2021年的rent")).periods == [1, 2, 3]


def test_limits_in_several_languages() -> None:
    """One condition, whether its words stand before the number or behind it."""
    rooms = Frame(("Room", "Rent (euros)"), (("A", "10"), ("B", "30")))
    for question in (
        "rooms under 20 euros",
        "Zimmer unter 20 Euro",
        "chambres de moins de 20 euros",
        "habitaciones de menos de 20 euros",
        "20欧元以内",
    ):
        (condition,) = facts(Reading(rooms, question)).where
        assert (condition.column, condition.op, condition.values) == (1, "<", ("20",)), question


def test_attributes_find_their_column() -> None:
    """By the header, else by the unit, unless the header says that it measures something else."""
    reading = Reading(PONDS, "")
    assert attribute_column(reading, "depth") == 1
    assert attribute_column(reading, "width") is None
    assert attribute_column(reading, "person") == 2
    trails = Reading(Frame(("Trail", "km"), (("Gull", "4"), ("Mill", "7"))), "")
    assert attribute_column(trails, "length") == 1


def test_words_of_operations() -> None:
    """The longest phrase first; units by any of their spellings."""
    assert entries_at(tokenize("less than five"), 0)[0].meaning == "<"
    assert entries_at(tokenize("am teuersten"), 1)[0].meaning == "+price"
    assert is_same_unit("kilometres", "km")
    assert not is_same_unit("pounds", "€")
