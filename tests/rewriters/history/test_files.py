"""A file that was asked for is "it" where a question is about a file."""

from __future__ import annotations

import pytest

from polysense.question import Exchange
from polysense.rewriters.history.files import about_file

WHICH = Exchange("Which file mentions the puffin?", "bird notes.md: The puffin nests here.")
COUNTED = Exchange("How many lines has log.txt?", "log.txt has 37 lines.")


@pytest.mark.parametrize(
    ("words", "before", "language", "whole"),
    [
        ("How many lines does it have?", WHICH, "en", "How many lines does bird notes.md have?"),
        ("What else is in there?", COUNTED, "en", "What else is in log.txt?"),
        ("Worum geht es darin?", COUNTED, "de", "Worum geht es in log.txt?"),
        ("它有多少行？", COUNTED, "zh", "log.txt有多少行？"),
        ("How tall is it?", WHICH, "en", ""),
        ("Summarise it.", Exchange("How tall is the tower?", "It is 30 m tall."), "en", ""),
    ],
)
def test_it_is_the_file(words: str, before: Exchange, language: str, whole: str) -> None:
    """But not of what is asked of the thing, nor where no file was named."""
    assert about_file(words, before, language) == whole
