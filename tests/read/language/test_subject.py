"""A request for a picture or a sound is put to the spaces of looks and sounds by its subject."""

from __future__ import annotations

import pytest

from polysense.read.language.subject import requested_subject


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ("Which photo shows a lion?", "lion"),
        ("Play me a dog barking", "dog barking"),
        ("Is there a recording of rain?", "rain"),
        ("Do we have audio of a helicopter?", "helicopter"),
        ("a picture of the church in winter", "church in winter"),
        ("Gibt es ein Bild von einem Löwen?", "Löwen"),
        ("Auf welcher Aufnahme hört man einen Hahn?", "Hahn"),
        ("Y a-t-il une photo d'un chien ?", "chien"),
        ("¿Hay una foto de un perro?", "perro"),
        ("有没有下雨的录音？", "下雨"),
        ("给我看看狮子的照片", "狮子"),
        ("哪张照片里有猫？", "猫"),
    ],
)
def test_the_thing_is_left(words: str, subject: str) -> None:
    assert requested_subject(words) == subject


@pytest.mark.parametrize(
    "words",
    [
        "model train",
        "sound effects",
        "image processing",
        "photos",
        "a red bicycle",
        "What does increased oxygen displace?",
        "Is the boat red?",
        "who plays the organ",
    ],
)
def test_a_medium_that_is_the_subject_stays(words: str) -> None:
    """Only what is asked *in* a medium loses its name."""
    assert requested_subject(words) == words


def test_blank_stays_blank() -> None:
    assert requested_subject(" ").strip() == ""
