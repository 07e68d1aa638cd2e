"""The plug-in that reads a conversation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from polysense.question import Exchange, Question
from polysense.rewriters.history.rewriter import History
from polysense.stores.memory import Memory
from polysense.testing import check_rewriter
from polysense.types import Part

from .conversations import CONVERSATIONS as FURTHER

PAINTED = Exchange("Who painted the chapel ceiling?", "Nora Vik painted the chapel ceiling. [1]")


def test_it_keeps_the_contract(ask: Callable[[str], Question]) -> None:
    check_rewriter(History(), ask("Where did she live?"), (PAINTED,), Memory())


def test_what_leans_on_what_leant_is_made_whole_first(ask: Callable[[str], Question]) -> None:
    """The third question leans on the second, and that on the first."""
    history = (PAINTED, Exchange("Where was she born?", "In Eldby."))
    rewrite = History().rewrite(ask("And when?"), history, Memory())
    assert rewrite is not None
    assert rewrite.words == "When was Nora Vik born?"


def test_thanks_is_no_subject(ask: Callable[[str], Question]) -> None:
    """What asked nothing is passed over."""
    history = (PAINTED, Exchange("Thanks!", "Hello."))
    rewrite = History().rewrite(ask("When was that?"), history, Memory())
    assert rewrite is not None
    assert rewrite.words == "When was the chapel ceiling painted?"


def test_nothing_is_carried_without_a_conversation(ask: Callable[[str], Question]) -> None:
    assert History().rewrite(ask("When was that?"), (), Memory()) is None


def test_this_beside_a_file_is_the_file(tmp_path: Path) -> None:
    """It does not stand for what was spoken of before."""
    words, file = Part("text", "When was this made?"), Part("image", tmp_path / "a.png")
    question = Question((words, file), ((words,), (file,)))
    assert History().rewrite(question, (PAINTED,), Memory()) is None


CONVERSATIONS = (
    (
        ("Who founded the Harlow bakery?", "Edith Marsh founded it in 1911. [1]", ""),
        ("Where was she born?", "In Whitby. [1]", "Where was Edith Marsh born?"),
        (
            "And when did she open the bakery?",
            "In 1911.",
            "When did Edith Marsh open the Harlow bakery?",
        ),
        (
            "How many people work there today?",
            "42.",
            "How many people work in the Harlow bakery today?",
        ),
        (
            "Compare it with the Selby bakery.",
            "...",
            "Compare the Harlow bakery with the Selby bakery.",
        ),
        ("How long is the stone bridge?", "80 m.", ""),
    ),
    (
        ("What is the range of the Kestrel drone?", "14 km. [1]", ""),
        ("How much does it weigh?", "2.3 kg. [1]", "How much does the Kestrel drone weigh?"),
        ("And the Merlin?", "3.1 kg. [1]", "How much does the Merlin weigh?"),
        (
            "Which one is faster?",
            "The Merlin is faster.",
            "Which is faster, the Kestrel drone or the Merlin?",
        ),
        ("What about its battery life?", "31 minutes.", "What about the Merlin's battery life?"),
        ("What does the warranty of the charger cover?", "Defects.", ""),
    ),
    (
        ("What medicine was Mr Baker given on Tuesday?", "Ibuprofen. [1]", ""),
        ("What dose?", "400 mg. [1]", "What dose was Mr Baker given on Tuesday?"),
        ("Did he have any side effects?", "Nausea.", "Did Mr Baker have any side effects?"),
        ("What about Mrs Cole?", "No. [1]", "Did Mrs Cole have any side effects?"),
        ("Thanks!", "Hello.", ""),
        ("Which ward is she on?", "Ward 7. [2]", "Which ward is Mrs Cole on?"),
    ),
    (
        ("What does error E17 mean?", "The pump is blocked. [1]", ""),
        ("How do I fix it?", "Clean the filter. [1]", "How do I fix E17?"),
        ("And E18?", "Let it cool. [1]", "How do I fix E18?"),
        ("Is that dangerous?", "No. [1]", "Is E18 dangerous?"),
        ("Is that true?", "Yes. [1]", ""),
        ("Where is the filter?", "Behind the flap. [2]", ""),
    ),
    (
        ("谁创办了海棠书店？", "林婉清于1935年创办了海棠书店。[1]", ""),
        ("她是哪里人？", "林婉清是苏州人。[1]", "林婉清是哪里人？"),
        ("书店在哪里？", "在平江路。[1]", "海棠书店在哪里？"),
        ("什么时候开的？", "1935年。[1]", "海棠书店什么时候开的？"),
        ("现在有多少员工？", "18名。[2]", "海棠书店现在有多少员工？"),
        ("和茉莉书店相比呢？", "...", "海棠书店和茉莉书店相比现在有多少员工？"),
    ),
    (
        ("王先生星期二吃了什么药？", "王先生星期二吃了布洛芬。[1]", ""),
        ("剂量是多少？", "400毫克。[1]", "布洛芬的剂量是多少？"),
        ("他有副作用吗？", "轻微恶心。[1]", "王先生有副作用吗？"),
        ("陈女士呢？", "没有。[1]", "陈女士有副作用吗？"),
        ("她在几号病房？", "7号。[2]", "陈女士在几号病房？"),
        ("图书馆几点关门？", "八点。[3]", ""),
    ),
)
"""(question, answer, the question as it is read; "" where it says all itself)."""


@pytest.mark.parametrize("conversation", CONVERSATIONS + FURTHER, ids=lambda c: c[0][0])
def test_turns_of_a_conversation(
    conversation: tuple[tuple[str, str, str], ...], ask: Callable[[str], Question]
) -> None:
    """Pronouns, ellipses, short names, choices and changes of subject, one after another."""
    history: list[Exchange] = []
    for words, answer, whole in conversation:
        rewrite = History().rewrite(ask(words), tuple(history), Memory())
        assert (rewrite.words if rewrite else "") == whole
        history.append(Exchange(words, answer))


def test_a_long_question_is_read_as_it_is(ask: Callable[[str], Question]) -> None:
    """And is leant on by none: a page that was pasted would take minutes."""
    page = "who rowed the boat " * 20_000
    assert History().rewrite(ask("When was that?"), (Exchange(page, "Ned."),), Memory()) is None
    assert History().rewrite(ask(f"When was that? {page}"), (PAINTED,), Memory()) is None


def test_who_did_it_in_chinese_behind_what_was_done(ask: Callable[[str], Question]) -> None:
    """The answer begins with the thing: 由 tells who."""
    before = Exchange("谁创办了云岭茶室？", "云岭茶室由林婉清于2015年创办。")
    rewrite = History().rewrite(ask("她毕业于哪里？"), (before,), Memory())
    assert rewrite is not None
    assert rewrite.words == "林婉清毕业于哪里？"


COMPLETE = {
    "en": (
        Exchange("Who designed the Harlow bridge?", "Anna Reed designed it in 1931."),
        (
            "How long does it take to boil an egg?", "Is it raining in Paris?", "What year is it?",
            "When is it best to plant tulips?", "How far is it from Rome to Milan?",
            "Is it illegal to park on the pavement?", "Does it rain in Seattle?",
            "How do cats clean themselves when they are ill?", "Can employees carry over their leave?",
            "Tell me about the bridge of sighs.", "How tall is the bridge in London?",
            "If a customer returns an item, can he get a refund?", "Great Fire of London",
            "Where can I find the users and their passwords?",
        ),
    ),
    "zh": (
        Exchange("谁创办了海棠书店？", "林婉清于1935年创办了海棠书店。"),
        (
            "怎么去机场？", "如何办护照？", "能抽烟吗？", "会下雨吗？", "为什么下雨？", "在哪里吃饭？",
            "什么时候过年？", "有多少种鲸鱼？", "要多少糖？", "几点日出？", "谁更快？", "可以报销吗？",
            "中国最大的书店在哪里？",
        ),
    ),
    "de": (
        Exchange("Wer entwarf die Harlow-Brücke?", "Anna Reed entwarf die Harlow-Brücke."),
        ("Gibt es in Berlin einen Zoo?", "Wie geht es Ihnen?", "Regnet es morgen?", "Wie spät ist es?"),
    ),
    "fr": (
        Exchange("Qui a dessiné le pont de Harlow ?", "Anna Reed a dessiné le pont de Harlow."),
        ("Quelle heure est-il ?", "Y a-t-il un parking ?", "Faut-il un visa ?"),
    ),
}  # fmt: skip
"""Questions that say all themselves, or lean on nobody: what "it" is there is nothing."""


@pytest.mark.parametrize("language", COMPLETE)
def test_complete_questions_are_left_alone(language: str, ask: Callable[[str], Question]) -> None:
    """A wrong subject is worse than none."""
    before, questions = COMPLETE[language]
    changes = {
        q: r.words for q in questions if (r := History().rewrite(ask(q), (before,), Memory()))
    }
    assert changes == {}


def test_a_word_of_thanks_is_no_question(ask: Callable[[str], Question]) -> None:
    """But "Great Fire of London" is one."""
    for words in ("Thanks a lot!", "ok, thank you", "谢谢你", "Good morning"):
        rewrite = History().rewrite(ask("When was that?"), (PAINTED, Exchange(words)), Memory())
        assert rewrite is not None
        assert "chapel ceiling" in rewrite.words
    about = (PAINTED, Exchange("When was the Great Fire of London?", "In 1666."))
    rewrite = History().rewrite(ask("Where was it?"), about, Memory())
    assert rewrite is not None
    assert "Fire" in rewrite.words
