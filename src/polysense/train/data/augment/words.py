"""Words with others in their place that mean about the same, or with one left out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from polysense.types import Part

SHARE = 0.2
"""Of the words that may be replaced, those that are; and the chance that one word is left out."""

MIN_WORDS = 3
"""Shorter texts lose no word."""

_TOKEN = re.compile(r"\w+|\W+")


def vary_words(
    part: Part, draw: np.random.Generator, synonyms: Mapping[str, Sequence[str]]
) -> Part:
    """The text with some of its words replaced by those of `synonyms`, by lower case, and perhaps
    one left out.

    >>> draw, words = np.random.default_rng(0), Part("text", "a red mill")
    >>> vary_words(words, draw, {"mill": ["watermill"]}).data
    'a red watermill'
    """
    tokens = _TOKEN.findall(str(part.data))
    places = [i for i, t in enumerate(tokens) if synonyms.get(t.lower())]
    for i in places:
        if len(places) == 1 or draw.random() < SHARE:
            others = synonyms[tokens[i].lower()]
            tokens[i] = others[int(draw.integers(len(others)))]
    words = [i for i, t in enumerate(tokens) if t.strip() and t.isalnum() and i not in places]
    if len(words) > MIN_WORDS and draw.random() < SHARE:
        tokens[words[int(draw.integers(len(words)))]] = ""
    return Part("text", " ".join("".join(tokens).split()))
