"""Chats that Telegram exports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from polysense.library import Library
from polysense.read.document.telegram import message_lines
from polysense.registry import Kit

BOLD = {"type": "bold", "text": "noon"}
LINK = {"type": "text_link", "text": "the chart", "href": "https://x.example/chart"}
CHAT: dict[str, Any] = {
    "name": "Boat club",
    "type": "private_group",
    "id": 9,
    "messages": [
        {"id": 1, "type": "service", "date": "2024-03-12T18:00:00", "actor": "Ada",
         "action": "create_group", "title": "Boat club", "text": ""},
        {"id": 2, "type": "message", "date": "2024-03-12T18:05:11", "from": "Ole Brandt",
         "text": ["Meet at ", BOLD, " on pier 4,\nsee ", LINK, "."], "text_entities": [BOLD]},
        {"id": 3, "type": "message", "date": "2024-03-12T18:06:00", "from": "Ada",
         "file": "files/anchor.pdf", "text": "Bring the red anchor. " + "It is heavy. " * 90},
        {"id": 4, "type": "message", "date": "2024-03-12T18:07:00", "from": None, "text": "",
         "poll": {"question": "When?", "closed": False, "answers": [{"text": "May", "voters": 2}]}},
    ],
}  # fmt: skip


def test_a_line_for_each_message() -> None:
    """Its pieces as one sentence, who wrote it and when, what is sent with it, and its place."""
    source = json.dumps(CHAT, indent=1)
    title, group, words, anchor, poll = message_lines(source)
    assert title.text == "Boat club"
    assert group.text == "[2024-03-12 18:00:00] Ada: create group (title: Boat club)"
    assert words.text == (
        "[2024-03-12 18:05:11] Ole Brandt: Meet at noon on pier 4, see the chart "
        "(https://x.example/chart)."
    )
    rows = source.split("\n")
    assert "Meet at " in "".join(rows[words.first - 1 : words.last])
    assert "create_group" not in "".join(rows[words.first - 1 : words.last])
    assert anchor.text.endswith("It is heavy. (file: files/anchor.pdf)")
    assert rows[anchor.first - 1].strip() in ("{", '"id": 3,')
    assert "(poll: question When?, answers text May, voters 2)" in poll.text


def test_all_chats_of_an_account() -> None:
    """Each with its name."""
    account = {"about": "x", "chats": {"about": "y", "list": [CHAT, {**CHAT, "name": "Crew"}]}}
    lines = [line.text for line in message_lines(json.dumps(account, indent=1))]
    assert [line for line in lines if not line.startswith("[")] == ["Boat club", "Crew"]
    assert len(lines) == 10


@pytest.mark.parametrize(
    "source",
    ['{"messages": [{"role": "user", "content": "Hi"}]}', '{"messages": []}', '{"messages"', "[1]"],
)
def test_other_files(source: str) -> None:
    """They stay what they are."""
    assert message_lines(source) == []


def test_it_is_asked_and_cited(tmp_path: Path, bare: Kit) -> None:
    """The sentence as it was written, at its lines."""
    (tmp_path / "result.json").write_text(json.dumps(CHAT, indent=1))
    with Library(tmp_path / "kb", kit=bare) as kb:
        assert not kb.index(tmp_path / "result.json").failed
        answer = kb.ask("Where do we meet at noon?")
    assert "Meet at noon on pier 4" in answer.text
