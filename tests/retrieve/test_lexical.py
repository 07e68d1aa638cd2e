"""Full text counts what a passage says of a question, not the articles that every passage has."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense import Library
from polysense.query.understand import understand
from polysense.registry import Kit
from polysense.retrieve.lexical import lexical_matches


@pytest.fixture
def kb(tmp_path: Path, bare: Kit) -> Library:
    (tmp_path / "mill.md").write_text("A kernel of the wheat is in a mill.\n")
    (tmp_path / "inn.md").write_text("An inn by the brook has a cat and a garden.\n")
    library = Library(tmp_path / "kb", kit=bare)
    library.index(tmp_path)
    return library


@pytest.mark.parametrize("words", ["a dog", "a dog barking", "the sound of a clock"])
def test_an_article_alone_finds_nothing(kb: Library, words: str) -> None:
    """None of its other words is there: the best of such matches would look like a sure one."""
    assert not lexical_matches(kb.store, understand([words], kb.kit), 10).matches


@pytest.mark.parametrize("words", ["a cat", "a cat barking", "a garden for a king"])
def test_one_word_of_content_is_enough(kb: Library, words: str) -> None:
    matches = lexical_matches(kb.store, understand([words], kb.kit), 10).matches
    assert kb.store.get([matches[0].id])[matches[0].id].asset.name == "inn.md"


def test_words_that_are_all_common_are_searched(kb: Library) -> None:
    """There is nothing else to go by."""
    assert lexical_matches(kb.store, understand(["of the"], kb.kit), 10).matches
