"""Follow-ups in languages with spaces between words."""

from __future__ import annotations

import pytest

from polysense.question import Exchange
from polysense.rewriters.history.follow_ups import whole_question

PAINTED = Exchange("Who painted the chapel ceiling?", "Nora Vik painted the chapel ceiling.")
BRIDGE = Exchange("How long is the stone bridge?", "The stone bridge is 80 m long.")
SALES = Exchange("How many jugs were sold in 2019?", "120 jugs.")
BORN = Exchange("Where was Tom Bell born?", "Tom Bell was born in Eldby.")
LONGEST = Exchange("Which ship is the longest?", "The Tern measures 91 m.")
MARK = Exchange("What did Ola score in spelling?", "91")
DEPTH = Exchange("How deep is the cellar of Oak House?", "4 m.")


@pytest.mark.parametrize(
    ("words", "before", "whole"),
    [
        ("When was that?", PAINTED, "When was the chapel ceiling painted?"),
        ("When?", PAINTED, "When was the chapel ceiling painted?"),
        ("In which year?", PAINTED, "In which year was the chapel ceiling painted?"),
        ("Where was she born?", PAINTED, "Where was Nora Vik born?"),
        ("And who was her teacher?", PAINTED, "Who was Nora Vik's teacher?"),
        ("How high is it?", PAINTED, "How high is the chapel ceiling?"),
        ("When was it built?", BRIDGE, "When was the stone bridge built?"),
        ("What is that made of?", BRIDGE, "What is the stone bridge made of?"),
        ("Who built that bridge?", BRIDGE, "Who built the stone bridge?"),
        ("And the wooden bridge?", BRIDGE, "How long is the wooden bridge?"),
        ("What about the weight?", BRIDGE, "What is the weight of the stone bridge?"),
        ("How wide?", BRIDGE, "How wide is the stone bridge?"),
        ("And in 2020?", SALES, "How many jugs were sold in 2020?"),
        ("2020?", SALES, "How many jugs were sold in 2020?"),
        ("and bowls?", SALES, "How many bowls were sold in 2019?"),
        ("When did he die?", BORN, "When did Tom Bell die?"),
        ("And when?", BORN, "When was Tom Bell born?"),
        ("Who else lives there?", BORN, "Who else lives in Eldby?"),
        ("How old is it?", LONGEST, "How old is Tern?"),
        ("what about geometry?", MARK, "What did Ola score in geometry?"),
        ("And Ash House?", DEPTH, "How deep is the cellar of Ash House?"),
    ],
)
def test_what_is_left_out_comes_from_before(words: str, before: Exchange, whole: str) -> None:
    """Pronouns, demonstratives, ellipses and bare interrogatives."""
    assert whole_question(words, before, "en") == whole


@pytest.mark.parametrize(
    "words",
    [
        "How tall is the lighthouse?",
        "Where does the ferry leave from?",
        "When the keeper retired, who replaced him?",
        "Does it take long to cross?",
        "What time is it?",
        "Is it true that the mill burned down?",
        "door handle",
        "The report that the mayor wrote",
    ],
)
def test_whole_questions_are_left_alone(words: str) -> None:
    """A change of subject must not be dragged back to the old one."""
    assert whole_question(words, BRIDGE, "en") == words


@pytest.mark.parametrize(
    ("language", "question", "answer", "words", "whole"),
    [
        ("de", "Wer malte die Decke?", "Nora Vik malte die Decke.", "Wann war das?", "Wann malte Nora Vik die Decke?"),
        ("de", "Wie lang ist die Brücke?", "80 m", "Wann wurde sie gebaut?", "Wann wurde die Brücke gebaut?"),
        ("de", "Wie lang ist die Brücke?", "80 m", "Und wann wurde sie gebaut?", "Wann wurde die Brücke gebaut?"),
        ("de", "Wie lang ist die Brücke?", "80 m", "Und der Steg?", "Wie lang ist der Steg?"),
        ("fr", "Qui a peint le plafond ?", "Nora Vik a peint le plafond.", "Où habitait-elle ?", "Où habitait Nora Vik ?"),
        ("es", "¿Quién pintó el techo?", "Nora Vik pintó el techo.", "¿Dónde vivía?", "¿Dónde vivía Nora Vik?"),
    ],
)  # fmt: skip
def test_other_languages_have_their_own_pronouns(
    language: str, question: str, answer: str, words: str, whole: str
) -> None:
    """A table of words for each."""
    assert whole_question(words, Exchange(question, answer), language) == whole
