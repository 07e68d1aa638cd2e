"""What needs no search, and what only looks so."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.generate.without_search import NOT_FROM_THE_LIBRARY, reckon, reply_to_greeting
from polysense.library import Library
from polysense.registry import Kit


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("what is 3*17?", "3 * 17 = 51"),
        ("3 + 4 =", "3 + 4 = 7"),
        ("How much is 15 times 4?", "15 * 4 = 60"),
        ("What is (2 + 3) * 4?", "(2 + 3) * 4 = 20"),
        ("calculate 1,200 / 8", ""),
        ("calculate 1,200 + 8", "1200 + 8 = 1208"),
        ("25 % of 80", "25 / 100 * 80 = 20"),
        ("Was ist 7 mal 6?", "7 * 6 = 42"),
        ("17乘以3等于多少？", "17 * 3 = 51"),
        ("2^10", "2 ** 10 = 1024"),
    ],
)
def test_sums_are_reckoned(words: str, answer: str) -> None:
    """In words and signs."""
    assert reckon(words) == (answer or "1200 / 8 = 150")


@pytest.mark.parametrize(
    "words",
    [
        "What happened on 2024-01-02?",
        "What is 1984?",
        "What is 3-17?",
        "Is it open 24/7?",
        "555-1212",
        "What is error 5 + 3 in the log?",
        "C++",
        "what is 1/0?",
        "9**9**9**9",
        "1 / 0",
        "123456789012345678 * 2",
        "",
    ],
)
def test_names_and_dates_are_no_sums(words: str) -> None:
    """They are looked for; what has no result is looked for too."""
    assert reckon(words) == ""


def test_greetings_are_told_from_questions() -> None:
    """Whoever greets is told what to do, in that language."""
    assert reply_to_greeting("Good morning!").startswith("Hello")
    assert reply_to_greeting("你好").startswith("你好")
    assert reply_to_greeting("hello world program") == ""
    assert reply_to_greeting("Hi-fi") == ""


def test_such_an_answer_cites_nothing_and_says_so(tmp_path: Path, notes: Path, bare: Kit) -> None:
    """It is composed, and a warning says that the library does not support it."""
    with Library(tmp_path / "kb", kit=bare) as kb:
        kb.index(notes)
        answer = kb.ask("what is 3*17?")
        assert (answer.text, answer.answered, answer.evidence) == ("3 * 17 = 51", True, ())
        assert answer.parts[0].origin == "composed"
        assert answer.warnings == (NOT_FROM_THE_LIBRARY,)
        assert kb.ask("How many paddles has the wheel?").evidence
