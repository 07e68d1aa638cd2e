"""What a question weighs by: its typed words, the words read in its files, its pieces."""

from __future__ import annotations

import pytest

from polysense.question import MAX_CHARACTERS, Question
from polysense.types import Part

TYPED = Part("text", 'which "fruit"')
FILE = Part("image", b"pixels")
READ = Part("text", "palm trees", meta={"from": "image"})


def question(*pieces: tuple[Part, ...], typed_share: float = 0.7) -> Question:
    return Question(tuple(p[0] for p in pieces), pieces, typed_share=typed_share)


def test_typed_words_and_words_read_are_told_apart() -> None:
    """Typed ones come first wherever they were given; quotes are syntax to an index, and go."""
    both = question((FILE, READ), (TYPED,))
    assert both.typed_words.split() == ["which", "fruit"]
    assert both.read_words == "palm trees"
    assert both.words.split() == ["which", "fruit", "palm", "trees"]
    assert both.parts == (FILE, READ, TYPED)


def test_files_share_what_typed_words_leave() -> None:
    """However many pieces a file has, and whichever was given first; alone, each weighs all."""
    two_files = question((TYPED,), (FILE, READ), (FILE, READ, READ))
    assert [two_files.weight(i) for i in range(3)] == pytest.approx([0.7, 0.15, 0.15])
    assert question((TYPED,)).weight(0) == question((FILE, READ)).weight(0) == 1.0
    assert [question((TYPED,), (TYPED,)).weight(i) for i in range(2)] == [1.0, 1.0]


def test_words_lead_where_they_say_enough() -> None:
    """ "how do I fix this?" is asked with what its screenshot says; a whole question is not."""
    assert question((TYPED,), (FILE, READ)).leading_words.split() == ["which", "fruit"]
    short = question((TYPED,), (FILE, READ), typed_share=0.5)
    assert short.leading_words == short.words
    assert question((FILE, READ), typed_share=0.0).leading_words == "palm trees"


def test_a_book_is_cut() -> None:
    """Words are bounded, however many parts they come in."""
    book = tuple(Part("text", "x" * MAX_CHARACTERS, meta={"from": "text"}) for _ in range(3))
    assert len(question((TYPED,), book).words) == MAX_CHARACTERS
