"""Words that point at the file beside them."""

from __future__ import annotations

import pytest

from polysense.query.reference import refers_to_file


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
