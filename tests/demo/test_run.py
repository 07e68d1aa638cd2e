"""`polysense demo`: the collection is copied and indexed once, and each answer is judged by the
value in its first sentence, or by the file that it is.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.demo import Question, run
from polysense.registry import Kit

QUESTIONS = (
    Question("What does the mill wheel have?", None, "mill.txt", "L1", answer="thirty-two paddles"),
    Question("What does the mill wheel have?", None, "mill.txt", "L1", answer="31"),
    Question("Which bell is cracked?", None, "mill.txt", "L1"),
    Question("What does the mill wheel have?", None, "wheel.txt", "L1", alternatives=("mill.txt",)),
    Question("Who painted the station?", None, "mill.txt", "L1", answer="paddles"),
)


@pytest.fixture
def small(tmp_path: Path, notes: Path, bare: Kit, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another collection in its place, without models."""
    (tmp_path / "queries").mkdir()
    for name, value in (
        ("FILES", notes),
        ("QUERIES", tmp_path / "queries"),
        ("QUESTIONS", QUESTIONS),
        ("kit", lambda: bare),
    ):
        monkeypatch.setattr(run, name, value)
    return tmp_path / "demo"


def test_answers_are_counted_by_the_value_that_they_say(small: Path) -> None:
    """An answer from the right file that does not say the value is wrong; where a file is the
    answer, it must be cited first, or another that is as right.
    """
    lines: list[str] = []
    run.run(small, lines.append)
    assert any(line.startswith("3 files in ") for line in lines)
    assert any(line.startswith("2 of 5 answers are right") for line in lines)
    assert [line.strip() for line in lines if "not right" in line] == [
        "not right: '31' (mill.txt, L1) is nowhere in the answer",
        "not right: mill.txt is not the first that is cited",
        "not right: refused, and mill.txt says it",
    ]
    assert sorted(p.name for p in (small / "files").rglob("*.txt")) == [
        "bell.txt",
        "mill.txt",
        "moon.txt",
    ]


def test_a_second_run_is_as_good(small: Path) -> None:
    """Nothing is indexed anew, and the same is said of it."""
    first, second = [], []
    run.run(small, first.append)
    run.run(small, second.append)
    assert [line for line in second if line.startswith("? ")] == [
        line for line in first if line.startswith("? ")
    ]
    assert any(line.startswith("3 files in ") for line in second)
