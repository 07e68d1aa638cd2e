"""Messages of chats, as programs save them."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.library import Library
from polysense.registry import Kit
from polysense.retrieve.chat_lines import message_lines

CHAT = """12/03/2024, 18:02 - Messages and calls are end-to-end encrypted.
12/03/2024, 18:03 - Maren: Hello all, the harbour dinner is planned.
12/03/2024, 18:05 - Ole Brandt: Things to bring for the regatta:
- two ropes
- a flare
12/03/2024, 18:09 - Ingrid: The new code of the gate is
4711, please
do not share it
12/03/2024, 18:15 - Maren: <Media omitted>
13/03/2024, 09:00 - Per Dahl: I will be late, my train from Kiel
arrives at 10:40.
13/03/2024, 09:01 - Maren: Fine.
"""


@pytest.mark.parametrize(
    "chat",
    [
        ["12/03/2024, 18:05 - Ole: Bring", "- ropes", "12/03/2024, 18:06 - Ada: Yes"],
        ["3/12/24, 6:05\u202fPM - Ole: Bring", "ropes", "3/12/24, 6:06\u202fPM - Ada: Yes"],
        ["[12.03.24, 18:05:33] Ole: Bring", "ropes", "\u200e[12.03.24, 18:06:11] ~ Ada: Yes"],
        ["2024/3/12 下午6:05 - 小明: 带上", "绳子", "2024/3/12 下午6:06 - 小红: 好"],
        ["[2024-03-12 18:05] Ole: Bring", "ropes", "[2024-03-12 18:06] Ada: Yes"],
        ["[18:05] <ole> Bring", "ropes", "[18:06] <ada> Yes"],
        ["2024-03-12 18:05:33 <ole> Bring", "ropes", "18:06 <ada> Yes"],
    ],
)
def test_a_message_and_the_lines_that_go_on(chat: list[str]) -> None:
    """However the moment is written."""
    assert message_lines(chat) == [(0, 1), (2, 2)]


def test_what_stands_before_the_first_moment() -> None:
    """The end of a message that began elsewhere."""
    assert message_lines(["ropes", *CHAT.split("\n")[1:3]]) == [(0, 0), (1, 1), (2, 2)]


@pytest.mark.parametrize(
    "text",
    [
        "The train leaves\nat 18:05 - Ole: waits\nat 18:06 - Ada: does not",
        "12/03/2024, 18:02 - Harbour dinner\n12/03/2024, 20:00 - Dance",
        "Notes:\n[18:05] Ole: one message only\nand no other",
        "1. First: this\n2. Second: that",
    ],
)
def test_other_lines(text: str) -> None:
    """Programmes, prose and lists are no chats."""
    assert message_lines(text.split("\n")) == []


@pytest.mark.parametrize(
    ("question", "words", "place"),
    [
        ("What is the code of the gate?", "do not share it", "L6-8"),
        ("What do we bring for the regatta?", "a flare", "L3-5"),
        ("When does Per Dahl's train arrive?", "10:40", "L10-11"),
    ],
)
def test_a_message_is_said_and_cited_whole(
    tmp_path: Path, bare: Kit, question: str, words: str, place: str
) -> None:
    """With all its lines, and no other's."""
    (tmp_path / "chat.txt").write_text(CHAT)
    with Library(tmp_path / "kb", kit=bare) as kb:
        kb.index(tmp_path / "chat.txt")
        answer = kb.ask(question)
    assert words in answer.text
    assert str(answer.evidence[0].hit.span) == place
