"""Two runs over the same questions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from polysense.errors import BadQuery, NotFound
from polysense.evaluate.answers import FIGURES
from polysense.evaluate.comparison import compare, comparison_json, comparison_lines, read_result


def run(values: Sequence[float], words: Sequence[float] = (), first: int = 0) -> dict[str, Any]:
    """A result whose questions q0, q1, ... have these values."""
    questions = [
        {
            "id": f"q{i}",
            "text": f"question {i}?",
            "figures": {"held": v} | ({"words": words[i - first]} if words else {}),
        }
        for i, v in enumerate(values, first)
    ]
    return {"kind": "answers", "questions": questions}


def test_what_was_won_and_lost_is_named() -> None:
    """One sees which questions to look at, and whether the difference may be chance."""
    before, after = [0.0] * 10 + [1.0] * 30, [1.0] * 9 + [0.0] + [1.0] * 29 + [0.0]
    (c,) = compare(FIGURES, run(before), run(after))
    assert (c.before, c.after) == (0.75, 0.95)
    assert c.better == tuple(f"question {i}?" for i in range(9))
    assert c.worse == ("question 39?",)
    assert c.p == pytest.approx(0.0215, abs=1e-4)
    assert c.is_significant
    text = "\n".join(comparison_lines(FIGURES, [c]))
    assert "| holds the value | 40 | 0.750 | 0.950 | +0.200" in text
    assert "- worse: question 39?" in text
    assert comparison_json([c])["held"]["worse"] == ["question 39?"]


def test_one_question_more_may_be_chance() -> None:
    """It is said, so that nobody tunes on noise."""
    (c,) = compare(FIGURES, run([0.0, 1.0, 1.0]), run([1.0, 1.0, 1.0]))
    assert not c.is_significant
    assert "may be chance" in "\n".join(comparison_lines(FIGURES, [c]))


def test_fewer_words_are_better() -> None:
    """Better and worse are of the reader, not of the number."""
    shorter = run([1.0] * 4, [10.0, 12.0, 9.0, 30.0])
    values, words = compare(FIGURES, run([1.0] * 4, [40.0, 41.0, 39.0, 30.0]), shorter)
    assert values.change.value == 0.0
    assert len(words.better) == 3
    assert words.change.value == pytest.approx(-22.25)
    assert words.is_significant
    assert words.p is None


def test_only_questions_of_both_count() -> None:
    """A file of questions grows; new ones would look like a change of the program."""
    (c,) = compare(FIGURES, run([1.0, 1.0]), run([1.0, 0.0], first=1))
    assert c.change.n == 1
    with pytest.raises(BadQuery, match="no question in common"):
        compare(FIGURES, run([1.0]), run([1.0], first=5))


def test_a_result_is_read_back(tmp_path: Path) -> None:
    """What is none, or is of another kind, is refused with what makes one."""
    path = tmp_path / "before.json"
    path.write_text(json.dumps(run([1.0])))
    assert read_result(path, "answers")["questions"][0]["id"] == "q0"
    for text, kind in ((path.read_text(), "retrieval"), ("[]", "answers"), ("{", "answers")):
        path.write_text(text)
        with pytest.raises(BadQuery) as e:
            read_result(path, kind)
        assert f"polysense eval {kind} FILE" in e.value.hint
    with pytest.raises(NotFound):
        read_result(tmp_path / "nope.json", "answers")
