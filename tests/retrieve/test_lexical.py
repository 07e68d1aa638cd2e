"""Full text counts what a passage says of a question, not the articles that every passage has."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense import Library
from polysense.query.understand import understand
from polysense.registry import Kit
from polysense.retrieve.lexical import FOREIGN_SHARE, lexical_matches


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


def test_words_shared_across_languages_count_little(tmp_path: Path, bare: Kit) -> None:
    """A number that a Chinese question shares with an English page is no sure match, and what is in
    its own language comes first.
    """
    (tmp_path / "mill.md").write_text(
        "The wheel of the mill was mended in 1924, and it was painted again in the year 1924.\n"
    )
    (tmp_path / "ship.md").write_text(
        "这艘船是在港口的老船厂里建造的，船长名叫王伟，他后来搬到了北京。\n", "utf-8"
    )
    with Library(tmp_path / "kb", kit=bare) as kb:
        kb.index(tmp_path)
        question = understand(["1924 年船长叫什么名字？"], kb.kit)
        assert question.language == "zh"
        result = lexical_matches(kb.store, question, 10)
        names = [kb.store.get([m.id])[m.id].asset.name for m in result.matches]
        assert names == ["ship.md", "mill.md"]
        only = understand(["1924 年发生了什么？"], kb.kit)
        [match] = lexical_matches(kb.store, only, 1).matches
        assert match.score == pytest.approx(FOREIGN_SHARE * lexical_matches(kb.store, only, 1).best)
        assert FOREIGN_SHARE <= 0.3


def test_words_that_are_all_common_are_searched(kb: Library) -> None:
    """There is nothing else to go by."""
    assert lexical_matches(kb.store, understand(["of the"], kb.kit), 10).matches
