"""`polysense demo`: the collection is copied and indexed once, and each answer is judged by the
file that it cites.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.demo import Question, run
from polysense.registry import Kit

QUESTIONS = (
    Question("What does the mill wheel have?", None, "mill.txt", "L1"),
    Question("Which bell is cracked?", None, "mill.txt", "L1"),
    Question("What does the mill wheel have?", None, "wheel.txt", "L1", alternatives=("mill.txt",)),
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


def test_answers_are_counted_by_the_file_they_cite(small: Path) -> None:
    """A right answer from a wrong file is wrong; one of several right files is right."""
    lines: list[str] = []
    run.run(small, lines.append)
    assert any(line.startswith("3 files in ") for line in lines)
    assert any(line.startswith("2 of 3 answers cite the right file") for line in lines)
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
