"""Another thing in the place of the one asked for, and things that are nowhere."""

from __future__ import annotations

from polysense.augment.substitution import (
    Substitution,
    heads_compound,
    pairs,
    substituted,
    substituted_compound,
    unknown_things,
)
from polysense.augment.surroundings import NoSurroundings
from polysense.read.language.analysis import terms


def substitute(question: str, text: str) -> Substitution | None:
    return substituted(pairs(question, "en"), text, set(terms(text, "en")), "en")


def test_another_thing_in_the_place_of_the_one_asked_for_is_noticed() -> None:
    """The fig tree is not the cherry tree; a tree without more, or both trees, may be."""
    question = "When was the cherry tree planted?"
    assert substitute(question, "The fig tree was planted.") == ("cherry tree", "cherry")
    for text in (
        "The tree was planted in 1964.",
        "The fig tree and the cherry were planted; the tree grew.",
        "The cherry tree was planted in 1964.",
    ):
        assert substitute(question, text) is None


def test_what_stands_behind_no_article_is_no_thing() -> None:
    """Codes are constraints of their own; verbs and adverbs are none of the kind."""
    assert pairs("What does error E15 mean?", "en") == ()
    assert pairs("Wie lange dürfen Akten eingesehen werden?", "de") == ()
    assert pairs("How is the red tram painted blue?", "en") == (("red", "tram"),)


def test_a_compound_without_spaces_with_another_first_part() -> None:
    """北门站 is not 东门站; a head without a first part of its own may be."""
    question, other, same = "北门站几点开门？", "东门站六点开门。", "北门站六点开门。"
    assert substituted_compound(question, other, other) == ("北门站", "北")
    assert substituted_compound(question, same, same) is None
    assert (
        substituted_compound("学费每学期多少两？", "學費每學期六十兩。", "學費每學期六十兩。")
        is None
    )


def test_a_heading_may_have_another_thing_in_its_place() -> None:
    """The report of another firm; what stands behind 的 is asked for, and no part of the name."""
    text, around, heading = "全年产量为420吨。", "全年产量为420吨。云岭茶厂年报", "云岭茶厂年报"
    other = substituted_compound("青山茶厂的产量是多少？", text, around, heading)
    assert other == ("青山茶厂", "青山")
    assert substituted_compound("可以在温室里吸烟吗？", "请不要在温室里吸烟。", "") is None
    assert substituted_compound("2031年的产量是多少？", text, around, heading) is None


class FewWords(NoSurroundings):
    """A library in which these do not stand."""

    def __init__(self, *missing: str) -> None:
        self.missing = missing

    def occurs(self, word: str) -> bool:
        return word not in self.missing


def test_things_that_stand_nowhere() -> None:
    """Heads of what an article, "for" or "of" leads to; not what only tells them apart, not the
    kind of answer that is wanted; in German nouns alone.
    """
    few = FewWords("cushions", "lighthouse", "price", "Trockner", "schnell")
    assert unknown_things("How long is the warranty for cushions?", few, "en") == ("cushions",)
    assert unknown_things("How tall is the lighthouse tower?", few, "en") == ()
    assert unknown_things("What is the price of it?", few, "en") == ()
    assert unknown_things("Was kostet der Trockner?", few, "de") == ("Trockner",)
    assert unknown_things("Wie geht das schnell?", few, "de") == ()


def test_a_compound_is_of_the_kind_of_its_last_part() -> None:
    """A Waschtrockner is a Trockner; a short word ends others by chance."""
    assert heads_compound("Trockner", "Der Waschtrockner steht im Keller.")
    assert not heads_compound("Trockner", "Das Trocknergehäuse ist weiß.")
    assert not heads_compound("Tor", "Der Motor läuft.")


def test_a_code_is_no_thing_and_i_no_article() -> None:
    """ "How do I fix E-17?" asks of no "fix E"; "the mill wheel" is a pair."""
    assert pairs("How do I fix E-17?", "en") == ()
    assert pairs("Who mended the mill wheel?", "en") == (("mill", "wheel"),)
