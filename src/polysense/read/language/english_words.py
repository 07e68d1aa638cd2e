"""Which words are English ones, by the list of a dictionary."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache
from importlib.resources import files

_ENDINGS = ("s", "es", "ed", "ing", "ly")
_HEAD_LETTERS = re.compile(rb"[a-z]*")


@cache
def _dictionary() -> bytes:
    """The words of CMU's pronouncing dictionary (BSD-2-Clause), one a line, in order."""
    return (files("polysense.read.language") / "english_words.txt").read_bytes()


def is_english(word: str) -> bool:
    """Whether an English dictionary has the word, in small letters, or what it is a form of.

    >>> is_english("lighthouses"), is_english("refriger")
    (True, False)
    """
    forms = {word, *(word.removesuffix(ending) for ending in _ENDINGS)}
    return any(map(_is_listed, forms))


def _is_listed(word: str) -> bool:
    """By bisection, over the bytes: to read all of the words would take a tenth of a second."""
    data = _dictionary()

    def word_at(offset: int) -> bytes:
        start = data.rfind(b"\n", 0, offset) + 1
        match = _HEAD_LETTERS.match(data, start)
        return match.group() if match else b""

    target = word.encode()
    place = bisect_left(range(len(data)), target, key=word_at)
    return place < len(data) and word_at(place) == target
