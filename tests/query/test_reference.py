"""Words that point at the file beside them."""

from __future__ import annotations

import pytest

from polysense.query.reference import asks_which_file, refers_to_file


@pytest.mark.parametrize(
    "words", ["What does this error mean?", "Was bedeutet dieser Fehler?", "Que veut dire cela ?",
              "¿Qué significa esto?", "这是什么？", "turn it into a page"],
)  # fmt: skip
def test_they_point(words: str) -> None:
    """In the languages of the table."""
    assert refers_to_file(words)


@pytest.mark.parametrize(
    "words", ["", "Where is the knife?", "Wo liegt das?".replace("das", "sie")]
)
def test_they_do_not(words: str) -> None:
    """A question of its own."""
    assert not refers_to_file(words)


@pytest.mark.parametrize(
    "words", ["Which clip is this from?", "What photo is this?", "Where is this from?",
              "Welches Bild ist das?", "De quel film vient cet extrait ?", "¿Qué foto es esta?",
              "这是哪个视频？"],
)  # fmt: skip
def test_they_ask_which_file_it_is(words: str) -> None:
    """Then the file is looked for, not what is written in it."""
    assert asks_which_file(words)


@pytest.mark.parametrize(
    "words", ["Which error is this?", "What does this picture say?", "Which clip shows the mill?"]
)
def test_they_ask_for_something_in_it(words: str) -> None:
    """Or for another file."""
    assert not asks_which_file(words)
