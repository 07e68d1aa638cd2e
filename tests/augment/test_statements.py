"""Corrections and ticked boxes, by their words and signs."""

from __future__ import annotations

import pytest

from polysense.augment.statements import asked_state, corrects, task_state


@pytest.mark.parametrize(
    "text", ["Korrektur: um 15 Uhr.", "更正：下午三点。", "Hi,\nErratum: p. 3"]
)
def test_corrections_say_so(text: str) -> None:
    """At the head of a line; one that is only spoken of corrects nothing."""
    assert corrects(text)
    assert not corrects("The correction of the map took a year.")


def test_boxes() -> None:
    """In brackets, or as signs."""
    lines = ("☐ Oil", "☑ Paint", "1. [X] Rope", "[y] None", "plain")
    assert [task_state(s) for s in lines] == ["open", "done", "done", "", ""]
    assert [
        asked_state(q) for q in ("Was ist noch zu tun?", "哪些已完成？", "How tall is it?")
    ] == [
        "open",
        "done",
        "",
    ]
