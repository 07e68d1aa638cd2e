"""The tables of words that lean."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from polysense.read.language.function_words import FUNCTION_WORDS
from polysense.rewriters.history.grammars import GRAMMARS


@pytest.mark.parametrize("language", sorted(GRAMMARS))
def test_each_is_a_pattern_in_a_known_language(language: str) -> None:
    """A slip in a table would raise for every follow-up in that language."""
    assert language in FUNCTION_WORDS
    for field in fields(GRAMMARS[language]):
        re.compile(getattr(GRAMMARS[language], field.name))
