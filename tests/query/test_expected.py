"""What a question expects its answer to be found in."""

from __future__ import annotations

import pytest

from polysense.modalities import all_modalities
from polysense.query.expected import expected_modalities


@pytest.mark.parametrize(
    "words",
    [
        "Which function rounds the fee?",
        "Where is the backoff between retries handled?",
        "in which file are session tokens validated",
        "what SQL index helps to find open orders",
        "Welche Funktion rundet die Gebühr?",
        "Wo wird der Rabatt berechnet?",
        "Quelle méthode ferme la connexion ?",
        "¿Qué función calcula el total?",
        "哪个函数计算费用？",
        "重试在哪里处理？",
    ],
)
def test_code_is_expected(words: str) -> None:
    """By the noun or the verb that one asks with."""
    assert expected_modalities(words) == {"code"}


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Where is the bell?",
        "Which bell is cracked?",
        "What is the function's budget for 2024?",
        "When was the harbour defined as a port?",
        "war memorial",
        "学费每学期多少",
    ],
)
def test_other_questions_expect_nothing(words: str) -> None:
    """They are answered from whatever says it."""
    assert expected_modalities(words) == frozenset()


@pytest.mark.parametrize(
    ("words", "modality"),
    [
        ("Which photo shows a lion?", "image"),
        ("Show me a picture of the boat", "image"),
        ("Are there any old photos of the church?", "image"),
        ("In which picture is the dog?", "image"),
        ("Auf welchem Bild ist ein Hund?", "image"),
        ("Gibt es ein Foto von der Mühle?", "image"),
        ("Y a-t-il une photo d'un lion ?", "image"),
        ("哪张照片里有猫？", "image"),
        ("Which recording has a dog barking?", "audio"),
        ("Is there a recording of rain?", "audio"),
        ("有没有下雨的录音？", "audio"),
        ("Which clip shows the launch?", "video"),
        ("Do we have a 3d model of a chair?", "3d"),
    ],
)
def test_a_medium_is_expected(words: str, modality: str) -> None:
    """Who asks which photo shows it wants the photo, not a page that speaks of one."""
    assert expected_modalities(words) == {modality}


@pytest.mark.parametrize(
    "words",
    [
        "Which image format is used?",
        "Which Docker image contains the service?",
        "Which model of chair costs least?",
        "Which model has the best accuracy?",
        "Do you have a model with 32 GB of memory?",
        "Show me the business model of the company",
        "Welches Modell hat den größten Akku?",
        "Welches Bild hat er von Deutschland?",
        "哪个模型最准确",
        "有没有人拍照片",
        "找一下视频会议的时间",
        "哪些声音反对这个计划",
        "What sound has the letter ch?",
        "Which film has the longest running time?",
        "Who made the recording?",
        "How large is the picture in the hall?",
    ],
)
def test_a_medium_that_is_spoken_of_is_not_expected(words: str) -> None:
    assert expected_modalities(words) == frozenset()


def test_a_modality_without_such_words_is_expected_by_no_question() -> None:
    """Most declare none: a question with an interrogative alone asks for nothing of them."""
    silent = {
        m for m, d in all_modalities().items() if not d.nouns and not d.place_verbs and not d.medium
    }
    assert silent
    for words in ("where is it", "which one", "什么", "在哪里"):
        assert not expected_modalities(words) & silent
