"""The language that words are spoken in: by script, then by function words."""

from __future__ import annotations

import pytest

from polysense.make.sound.speech.languages import (
    VOICES,
    ideograph_language,
    latin_language,
    script_runs,
)


def test_mixed_sentences_fall_into_runs() -> None:
    """A Chinese sentence with an English name in it is spoken by two voices."""
    assert script_runs("灯塔的 keeper 住在 harbour 旁边，1953年。") == [
        ("zh", "灯塔的"), ("en", "keeper"), ("zh", "住在"), ("en", "harbour"), ("zh", "旁边，1953年。"),
    ]  # fmt: skip
    assert script_runs("!?") == []
    assert script_runs("12:30") == [("en", "12:30")]
    assert latin_language("the of and Überfahrt") == "en"


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("Wo ist das Boot?", "de"),
        ("¿Dónde está la llave?", "es"),
        ("Où est la clé du phare ?", "fr"),
        ("M8 bolt", "en"),
        ("", "en"),
    ],
)
def test_latin_letters_are_told_apart_by_function_words(words: str, language: str) -> None:
    assert latin_language(words) == language


def test_the_default_counts_where_nothing_tells() -> None:
    assert latin_language("M8", "fr") == "fr"


def test_ideographs_are_japanese_only_beside_kana() -> None:
    assert ideograph_language("灯塔在哪里") == "zh"
    assert ideograph_language("灯台はどこですか") == "ja"


def test_letters_of_one_language_only_name_it() -> None:
    """Ukrainian and Persian share a script with Russian and Arabic."""
    assert [code for code, _ in script_runs("Де ключ від маяка, її немає")] == ["uk"]
    assert [code for code, _ in script_runs("چراغ دریایی کجاست")] == ["fa"]


def test_every_language_has_a_voice() -> None:
    """Japanese and Thai are spelled out by the engine, and left out."""
    assert (VOICES["en"], VOICES["zh"], VOICES["de"]) == ("en-us", "cmn", "de")
    assert not {"ja", "th"} & set(VOICES)
