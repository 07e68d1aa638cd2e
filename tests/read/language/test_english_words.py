"""Which words are English ones."""

from __future__ import annotations

import pytest

from polysense.read.language.english_words import is_english


@pytest.mark.parametrize(
    "word", ["abbey", "lighthouse", "lighthouses", "walked", "zwilling", "zebra"]
)
def test_listed_words_and_their_forms(word: str) -> None:
    """From the first to the last."""
    assert is_english(word)


@pytest.mark.parametrize("word", ["", "refriger", "lighthuose", "zzzzz", "灯"])
def test_others(word: str) -> None:
    """Parts, misspelt words, other scripts."""
    assert not is_english(word)
