"""What tells whether a passage answers, as numbers."""

from __future__ import annotations

import pytest

from polysense.augment.features import asks_something, kind_fit, order_share, term_coverage
from polysense.question import AnswerKind


@pytest.mark.parametrize(
    ("kind", "text", "fit"),
    [
        ("duration", "Loading takes about 95 minutes.", 1.0),
        ("duration", "It may take longer.", -1.0),
        ("duration", "It costs 95 crowns.", 0.0),
        ("amount", "A dozen eggs.", 1.0),
        ("amount", "Eggs are white.", -1.0),
        ("money", "The toll is 4 crowns.", 1.0),
        ("money", "Adults pay $4.", 1.0),
        ("money", "There are 4 carts.", -1.0),
        ("money", "Fares: 4, children 2.", 0.0),
        ("length", "Seine Höhe beträgt 34 Meter.", 1.0),
        ("mass", "put 16 g of beans", 1.0),
        ("date", "It was first unlocked on 4 May 1887.", 1.0),
        ("date", "It is red.", -1.0),
        ("year", "in 1887", 1.0),
        ("clock", "It opens at 9:30.", 1.0),
        ("money", "成人每位收费十二元。", 1.0),
        ("money", "票价是大家关心的事。", -1.0),
        ("clock", "渡船七点开。", 1.0),
        ("frequency", "The log is kept daily.", 1.0),
        ("reason", "It closed because of a fire.", 1.0),
        ("definition", "A tide mill is a mill driven by water.", 1.0),
        ("place", "It stands in Ollern.", 0.0),
        ("", "Anything.", 0.0),
    ],
)
def test_a_value_of_the_kind_expected(kind: AnswerKind, text: str, fit: float) -> None:
    """1 where it is there, -1 where nothing is that could be one, 0 where that is not told."""
    assert kind_fit(kind, text, "what of the tide mill", "en") == fit


def test_a_date_is_of_the_calendar_where_one_is_asked_for() -> None:
    """When something was may be told by another event, which date it was may not."""
    event, date = "While the bell rang, they sailed.", "14 October 1998"
    assert kind_fit("date", event, "When did they sail?", "en") == 1.0
    for question in ("What is the date of it?", "Welches Datum hat es?", "¿Qué día fue?"):
        assert kind_fit("date", event, question, "en") == -1.0
        assert kind_fit("date", date, question, "en") == 1.0


def test_what_the_question_says_itself_is_no_answer() -> None:
    """Its own number and name are not what it asks for."""
    question = "How long may the pump run at level 5?"
    assert kind_fit("duration", "At level 5 the pump runs well.", question, "en") == -1.0
    bridge_question = "Who designed the bridge at Ollern?"
    assert (
        kind_fit(
            "person", "Who designed the bridge at Ollern is told there.", bridge_question, "en"
        )
        <= 0
    )
    assert kind_fit("person", "The plans are by Tamsin Orrock.", bridge_question, "en") == 1.0
    assert kind_fit("person", "the plans are old", bridge_question, "en") == -1.0
    assert kind_fit("person", "The last frost was on 3 April.", bridge_question, "en") == -1.0
    assert kind_fit("person", "She drew the plans.", bridge_question, "en") == 0.0
    baker = "Which baker made the bread?"
    assert kind_fit("person", "The bread was made by Tom Baker.", baker, "en") == 1.0
    mill = "Who mended the mill wheel?"
    assert kind_fit("person", "water wheel part of Tide Mill", mill, "en") == -1.0
    assert kind_fit("person", "at the mill with President John Adams", mill, "en") == 1.0


def test_terms_in_it_around_it_and_nowhere() -> None:
    """By rarity: shares of the whole, and the rarest that is missing."""
    weights = {"tower": 1.0, "tall": 1.0, "cherry": 2.0}
    assert term_coverage({"tower"}, {"tall"}, weights) == (0.25, 0.25, 1.0)
    assert term_coverage(set(weights), set(), weights) == (1.0, 0.0, 0.0)


def test_words_in_the_question_s_order() -> None:
    """With a word or two between them; none out of order."""
    assert order_share(["hold", "up", "key"], ["hold", "the", "up", "key"]) == 1.0
    assert order_share(["hold", "up", "key"], ["key", "up", "hold"]) == 0.0
    assert order_share(["hold"], ["hold"]) == 0.0


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Who wrote it?", True),
        ("Visitors often ask how old the mill is.", True),
        ("The test set has questions such as “who wrote it” and others.", True),
        ("评测集里有“谁是作者”和“首都是哪里”这样的问题。", True),
        ("He answered their questions like a judge.", False),
        ("“谁是作者”是第一个问题。", False),
        ("The mill was built in 1742.", False),
    ],
)
def test_questions_are_no_answers(text: str, asks: bool) -> None:
    """Neither asked, nor told of, nor named as examples."""
    assert asks_something(text) is asks


def test_what_is_asked_at_the_end_of_a_chinese_question() -> None:
    """Of a yes or a no the predicate; and words with a surname in them name nobody."""
    rule = "请不要在温室里吸烟。"
    assert kind_fit("yes-no", rule, "可以在温室里吸烟吗？", "zh") == 0.0
    assert kind_fit("yes-no", rule, "可以在温室里养狗吗？", "zh") == -1.0
    assert kind_fit("person", "再为每个片段计算向量。", "谁是法国总统？", "zh") == -1.0
    assert kind_fit("person", "谁是管理员，谁就负责索引。", "谁是总统？", "zh") == -1.0
    assert kind_fit("person", "段明管理片段。", "谁管理片段？", "zh") == 0.0


def test_somebody_without_a_name() -> None:
    """A market, a boy, pirates, and a government may be who is asked for."""
    assert kind_fit("person", "The market sells oak.", "Who sells oak?", "en") == 0.0
    assert (
        kind_fit("person", "There was a boy who saved the goat.", "Who saved the goat?", "en") == 0
    )
    assert kind_fit("person", "Oak is sold in May.", "Who sells oak?", "en") == -1.0
    for text in ("历史展览由市政府主办", "展览由村里举办", "市文化局", "展览的事归银行管"):
        assert kind_fit("person", text, "谁主办历史展览？", "zh") == 0.0
    for text in ("桌子由木头制成。", "由于下雨，今天不开门。", "这是自由的"):
        assert kind_fit("person", text, "谁主办历史展览？", "zh") == -1.0


def test_a_yes_or_no_in_other_words() -> None:
    """All that is asked beside the last word may be enough; the place alone is not."""
    question = "花园允许狗进入吗？"
    assert kind_fit("yes-no", "花园里允许带狗。", question, "zh") == 0.0
    assert kind_fit("yes-no", "花园里禁止吸烟。", question, "zh") == -1.0
    assert kind_fit("yes-no", "Dogs may enter.", "May dogs enter?", "en") == 0.0


@pytest.mark.parametrize(
    ("text", "fit"),
    [
        ("Released under the Creative Commons Attribution 4.0 International license.", -1.0),
        ("The mesh is under the CC BY-NC 4.0 license.", -1.0),
        ("Needs version 3.11.2.", -1.0),
        ("From models.example.com/bolt-a784af07 by m3ch_lab.", -1.0),
        ("It has four ports of USB 3.0.", 1.0),
        ("The mill spent EUR 4.5 million.", 1.0),
        ("The club: 1500 members.", 1.0),
        ("It holds 1_000_000 rows.", 1.0),
        ("Rated 4.5.", 1.0),
        ("GPA 3.8, IMDB 8.1.", 1.0),
        ("The LED 3.3 V line.", 1.0),
    ],
)
def test_a_number_that_names_something_is_no_amount(text: str, fit: float) -> None:
    assert kind_fit("amount", text, "How many bolts are there?", "en") == fit


def test_the_number_of_a_list_item_is_no_amount() -> None:
    """Step 31 weighs nothing."""
    question = "How much does the float weigh?"
    assert kind_fit("mass", "31. Weigh the float.", question, "en") == -1.0
    assert kind_fit("mass", "31. The float weighs 14 kg.", question, "en") == 1.0
    assert kind_fit("amount", "2.1. Count the bolts.", "How many bolts are there?", "en") == -1.0
