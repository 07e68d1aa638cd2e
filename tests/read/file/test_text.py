"""Words of files, words to passages."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.errors import TooLarge
from polysense.read.file import text as texts
from polysense.read.file.text import LineIndex, count_words, passages, read_text, sentences


@given(st.text("ab.!? \n中文。", max_size=200))
def test_sentences_cover_the_words(text: str) -> None:
    """In order, without overlap, without edges of white space; between them is only white space."""
    at = 0
    for a, b in sentences(text):
        assert not text[at:a].strip()
        assert text[a:b] == text[a:b].strip() != ""
        at = b
    assert not text[at:].strip()


@given(st.text("ab.!? \n中文。", max_size=300), st.integers(1, 20))
def test_passages_cover_the_words_within_the_limit(text: str, limit: int) -> None:
    """Every word is in one passage."""
    at = 0
    for a, b in passages(text, limit):
        assert not text[at:a].strip()
        assert 0 < count_words(text[a:b]) <= limit
        at = b
    assert not text[at:].strip()


def test_passages_end_at_paragraphs_then_sentences() -> None:
    """Where people paused."""
    text = "One two three.\n\nFour five. Six seven eight."
    assert [text[a:b] for a, b in passages(text, 6)] == [
        "One two three.",
        "Four five. Six seven eight.",
    ]
    assert [text[a:b] for a, b in passages(text, 4)] == [
        "One two three.",
        "Four five.",
        "Six seven eight.",
    ]


def test_marks_inside_words_end_no_sentence() -> None:
    """Addresses and formulas stay whole; Chinese needs no space after a mark, narrow or wide."""
    for text, expected in (
        (
            "See http://x.org/c?d=1;e=2 now! Then: a!=b; done.",
            ["See http://x.org/c?d=1;e=2 now!", "Then: a!=b; done."],
        ),
        ("你好！好吗？是；的。", ["你好！", "好吗？", "是；", "的。"]),
        ("你好!好吗?是", ["你好!", "好吗?", "是"]),
        ("... a? b", ["...", "a?", "b"]),
    ):
        assert [text[a:b] for a, b in sentences(text)] == expected


def test_hostile_words_cost_little() -> None:
    """A run of points is looked at once."""
    began = time.process_time()
    assert len(list(sentences("." * 200_000 + "a"))) == 1
    assert time.process_time() - began < 5


def test_lines() -> None:
    """From 1; a stretch that ends with a newline ends on its own line."""
    lines = LineIndex("a\nbc\n\nd")
    assert [
        lines.lines_of(0, 1),
        lines.lines_of(0, 2),
        lines.lines_of(2, 4),
        lines.lines_of(2, 7),
        lines.lines_of(6, 6),
    ] == [
        (1, 1),
        (1, 1),
        (2, 2),
        (2, 4),
        (4, 4),
    ]


def test_a_book_of_books_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is read."""
    (tmp_path / "a.txt").write_bytes(b"x" * 100)
    assert read_text(tmp_path / "a.txt") == "x" * 100
    monkeypatch.setattr(texts, "MAX_BYTES", 99)
    with pytest.raises(TooLarge, match=r"a\.txt"):
        read_text(tmp_path / "a.txt")
