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
        ("the sound of a clock", "clock"),
        ("a 3d model of a chair", "chair"),
        ("Show me photos of a man on a boat", "man on a boat"),
        ("Show me a picture of a hat with a feather", "hat with a feather"),
        ("show me the can opener", "can opener"),
        ("Photos of Los Angeles", "Los Angeles"),
        ("pictures of T-shirts", "T-shirts"),
        ("photo of a film projector", "film projector"),
        ("lion photos", "lion"),
        ("Gibt es ein Bild von einem Löwen?", "Löwen"),
        ("Fotos von Den Haag", "Den Haag"),
        ("Auf welcher Aufnahme hört man einen Hahn?", "Hahn"),
        ("Y a-t-il une photo d'un chien ?", "chien"),
        ("montre-moi des photos de bateaux", "bateaux"),
        ("¿Hay una foto de un perro?", "perro"),
        ("有没有下雨的录音？", "下雨"),
        ("给我看看狮子的照片", "狮子"),
        ("哪张照片里有猫？", "猫"),
        ("哪段录音里能听到狗叫", "狗叫"),
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
        "paper clip",
        "nail file",
        "fashion model",
        "father and son",
        "Puget Sound",
        "video camera",
        "recording studio",
        "is there any noise?",
        "What does increased oxygen displace?",
        "Is the boat red?",
        "who plays the organ",
        "图书馆",
        "文件柜",
        "视频会议",
        "有图案的衬衫",
        "声音洪亮的歌手",
    ],
)
def test_a_medium_that_is_the_subject_stays(words: str) -> None:
    """Only what is asked *in* a medium loses its name."""
    assert requested_subject(words) == words


def test_blank_stays_blank() -> None:
    assert requested_subject(" ").strip() == ""
