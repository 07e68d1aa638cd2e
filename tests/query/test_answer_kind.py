"""What kind of answer a question expects."""

from __future__ import annotations

import pytest

from polysense.query.answer_kind import answer_kind
from polysense.question import AnswerKind
from polysense.read.language.questions import question_language


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How long does it take to charge the lantern?", "duration"),
        ("How long is the bridge?", "extent"),
        ("How many grams of coffee go into the filter?", "mass"),
        ("How many people work there?", "amount"),
        ("How much does a tonne of barley cost?", "money"),
        ("What is the price of a mug?", "money"),
        ("How tall is the lighthouse tower?", "length"),
        ("What radius do the wheels have?", "amount"),
        ("At what temperature should the glue be kept?", "amount"),
        ("Which area did the flood reach?", ""),
        ("How often is the wheel greased?", "frequency"),
        ("In which year did the yard close?", "year"),
        ("In the north, how many jars were sold?", "amount"),
        ("When was the reading room opened?", "date"),
        ("At what time does the ferry leave?", "clock"),
        ("What is the date on the photograph?", "date"),
        ("Who designed the bridge?", "person"),
        ("To whom does the mill belong?", "person"),
        ("Where was the caster of the bell born?", "place"),
        ("Why was the bridge closed?", "reason"),
        ("How do I bypass the prompt?", "manner"),
        ("What is a tide mill?", "definition"),
        ("What does error E15 mean?", "definition"),
        ("Can I bring my dog?", "yes-no"),
        ("What was the net income of Birch Mill in 2023?", "amount"),
        ("The tower can be seen from afar", ""),
        ("door handle", ""),
        ("Wie lange dauert die Überfahrt?", "duration"),
        ("Wie hoch ist der Wasserturm?", "length"),
        ("Wie viel kostet der Eintritt in die Sternwarte?", "money"),
        ("Wer hat die Sternwarte gebaut?", "person"),
        ("Wann wird das Brot gebacken?", "date"),
        ("Um wie viel Uhr öffnet das Museum?", "clock"),
        ("Combien de temps dure la traversée ?", "duration"),
        ("Quand le moulin a-t-il été construit ?", "date"),
        ("Qui a peint le plafond de la gare ?", "person"),
        ("À quelle heure ouvre le musée ?", "clock"),
        ("¿Cuánto cuesta la entrada?", "money"),
        ("¿Quién construyó la torre?", "person"),
        ("¿En qué año se construyó el puente?", "year"),
        ("渡船的船票多少钱？", "money"),
        ("灯塔有多高？", "length"),
        ("渡船几点开？", "clock"),
        ("索引什么时候更新？", "date"),
        ("它是哪一年建的？", "year"),
        ("钥匙由谁保管？", "person"),
        ("发明水钟的人住在哪条街？", ""),
        ("什么是水钟？", "definition"),
        ("怎么做红烧肉？", "manner"),
        ("岛上有多少居民？", "amount"),
        ("", ""),
    ],
)
def test_the_kind_of_answer(question: str, kind: AnswerKind) -> None:
    """By the interrogative of the question's language, wherever it stands."""
    assert answer_kind(question, question_language(question, 2)) == kind
