"""Function words: one table for reading and for speaking."""

from __future__ import annotations

import re

import pytest

from polysense.make.sound.speech.languages import VOICES, latin_language
from polysense.read.language.function_words import SCRIPTS, count_function_words, is_japanese


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("wo ist der Beleg und wer hat ihn", "de"),
        ("où est le reçu de la boutique et quand", "fr"),
        ("what does the keeper say", "en"),
        ("dove sono gli scontrini della città", "it"),
        ("waar is de bon en wat heeft het", "nl"),
        ("dónde están los recibos y las llaves", "es"),
    ],
)
def test_readers_and_speakers_agree(sentence: str, code: str) -> None:
    """What is read as a language is spoken in its voice."""
    assert count_function_words(sentence).most_common(1)[0][0] == code
    assert latin_language(sentence) == code
    assert code in VOICES


def test_scripts_are_apart() -> None:
    """No letter is in two of them; kana among ideographs make them Japanese, one or two in a long
    text do not.
    """
    for a in SCRIPTS:
        letters = [c for c in map(chr, range(0x370, 0xFFFF)) if re.match(f"[{SCRIPTS[a]}]", c)]
        assert letters
        assert not any(
            re.match(f"[{SCRIPTS[b]}]", c) for b in SCRIPTS if b != a for c in letters[::7]
        )
    assert is_japanese(3, 5)
    assert not is_japanese(1, 40)
    assert not is_japanese(0, 0)
