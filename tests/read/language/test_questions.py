"""What a question asks about: frames and function words go, content stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.read.language.analysis import terms
from polysense.read.language.questions import (
    comparison_language,
    content_terms,
    keywords,
    question_language,
)

PHRASES = ["door handle", "US exports", "IT department", "last will", "can opener", "the who"]
PHRASES += [
    "may report",
    "it department",
    "will power",
    "define macro",
    "can bus wiring",
    "us open",
]
PHRASES += ["who are you", "为什么", "What is it?", "to be or not to be"]


@pytest.mark.parametrize("phrase", PHRASES)
def test_a_phrase_keeps_every_word(phrase: str) -> None:
    """Words that often only ask are what it is about here; nothing is left out of a phrase."""
    assert keywords(phrase).split() == phrase.replace("?", "").split()


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("where is the receipt?", "receipt"),
        ("Where is the IT department?", "IT department"),
        ("What do US exports consist of?", "US exports consist"),
        ("Could you please tell me where the ferry stops?", "ferry stops"),
        ("what does flange mean?", "flange"),
        ("How can I open the can?", "open can"),
        ("In which year was the bridge opened?", "year bridge opened"),
        ("Wo steht die alte Brücke?", "steht die alte Brücke"),
        ("Où est la clé du phare ?", "clé du phare"),
        ("¿Cuándo abre la panadería?", "abre la panadería"),
        ("Dove si trova il mulino?", "trova il mulino"),
        ("Где находится маяк?", "находится маяк"),
        ("什么时候下雨", "下雨"),
        ("圖書館什麼時候開門？", "圖書館 開門"),
        ("茶几在哪里", "茶几在"),
        ("", ""),
    ],
)
def test_the_frame_of_a_question_goes(question: str, expected: str) -> None:
    """At its head, in the language that it is in; in Chinese anywhere."""
    assert keywords(question) == expected


@pytest.mark.parametrize(
    ("question", "content"),
    [
        ("What is the wheel of the wheel?", "wheel"),
        ("Wie hoch ist der Turm?", "hoch Turm"),
        ("Wer hat die Brücke gebaut?", "Brücke gebaut"),
        ("Quand la tour a-t-elle été construite ?", "tour construite"),
        ("Qui a peint l'église ?", "peint église"),
        ("¿Quién construyó el faro?", "construyó faro"),
        ("Kto zbudował wieżę?", "zbudował wieżę"),
        ("Кто построил башню?", "построил башню"),
        ("من بنى الجسر؟", "بنى الجسر"),
        ("谁建了那座桥？", "建那座桥"),
        ("the US exports of wool", "US exports wool"),
        ("Which floor is the IT department on?", "floor IT department"),
        ("my last will", "last will"),
        ("the keeper's boat", "keeper boat"),
        ("who are you", "who are you"),
        ("Darf man am Sonntag grillen?", "Sonntag grillen"),
        ("可以在温室里吸烟吗？", "温室里吸烟"),
        ("Combien de sucre faut-il ?", "sucre"),
    ],
)
def test_content_is_what_carries_a_question(question: str, content: str) -> None:
    """By its share an answer is judged: function words of no language count, and names in capitals
    do.
    """
    assert content_terms(question) == list(dict.fromkeys(terms(content)))


def test_content_is_stemmed_in_the_language_of_the_texts() -> None:
    """A question of one word has no language; the texts that it is compared with have."""
    assert comparison_language("Brücken", ["de", "en", "de", ""]) == "de"
    assert content_terms("Brücken", "de") == terms("Brücke", "de")
    assert comparison_language("Brücken", []) == ""


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wie hoch ist der Turm?", "de"),
        ("Wie is de keeper?", "nl"),
        ("Was the tower built in 1887?", ""),
        ("Was kostet der Eintritt?", "de"),
        ("Was steht in budget.pdf?", "de"),
        ("Darf man am Sonntag grillen?", "de"),
        ("War and peace", ""),
        ("Was lunch free?", ""),
        ("Where is it?", "en"),
        ("door handle", ""),
    ],
)
def test_the_head_of_a_short_question_tells_its_language(question: str, language: str) -> None:
    """For its function words alone: which models are asked is not decided by it."""
    assert question_language(question) == language


@given(st.text())
def test_anything_can_be_asked(text: str) -> None:
    """Never an error; nothing is made up, and something is left of everything."""
    assert set(content_terms(text)) <= set(terms(text)) | set(terms(text.replace("'", " ")))
    assert keywords(text) or not text
