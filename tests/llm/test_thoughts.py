"""Thoughts are held back, however a stream is cut."""

from __future__ import annotations

import pytest

from polysense.llm.thoughts import without_thoughts

TEXT = "<think>Is it 32? No.</think>\n\nIt is 23 m tall."


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_they_are_left_out(size: int) -> None:
    """What is said behind them comes whole."""
    pieces = [TEXT[i : i + size] for i in range(0, len(TEXT), size)]
    assert "".join(without_thoughts(pieces)) == "It is 23 m tall."


def test_a_thought_without_an_end_is_nothing() -> None:
    """The model was cut off while it thought."""
    assert list(without_thoughts(["<think>Hm", "..."])) == []
    assert list(without_thoughts(["So it is 32?</think>It is 23."], is_thinking=True)) == [
        "It is 23."
    ]


def test_other_tags_stay() -> None:
    """And what only begins like one."""
    assert "".join(without_thoughts(["<th", "ead> is a tag"])) == "<thead> is a tag"
    assert "".join(without_thoughts(["<thi"])) == "<thi"
