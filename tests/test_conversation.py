"""Conversations on disk: what was said is there again, and a file that was cut loses one line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from polysense.conversation import MAX_TURNS, Conversation
from polysense.errors import BadQuery
from polysense.results import Answer, AnswerPart
from polysense.types import Part, Route

QUESTION = (Part("text", "How tall is the tower?"), Part("image", b"", name="tower.png"))
ANSWER = Answer(
    (AnswerPart(Part("text", "23 metres. [1]"), "retrieved"),), (), True, Route(("text",), "text")
)


def test_what_was_said_is_there_again(tmp_path: Path) -> None:
    """By another object, as by another process; names of files are kept beside the words."""
    Conversation(tmp_path, "tax 2024").add(QUESTION, ANSWER)
    again = Conversation(tmp_path, "tax 2024")
    assert [(t.role, t.text) for t in again.turns] == [
        ("user", "How tall is the tower?"), ("assistant", "23 metres. [1]"),
    ]  # fmt: skip
    assert json.loads(again.path.read_text("utf-8"))["files"] == ["tower.png"]
    assert Conversation(tmp_path, "another").turns == ()


def test_a_line_that_was_cut_is_left_out(tmp_path: Path) -> None:
    """And what is said after it stands on a line of its own."""
    conversation = Conversation(tmp_path, "x")
    conversation.add(QUESTION, ANSWER)
    with conversation.path.open("a") as file:
        file.write('{"question": "How ta')
    conversation.add(QUESTION, ANSWER)
    assert len(conversation.turns) == 4


@pytest.mark.parametrize("line", ["[]", "{}", '{"question": 1, "answer": ""}', "[" * 10_000])
def test_lines_that_are_no_exchange(tmp_path: Path, line: str) -> None:
    """Whatever stands in the file, it is read."""
    conversation = Conversation(tmp_path, "x")
    conversation.add(QUESTION, ANSWER)
    with conversation.path.open("a") as file:
        file.write(f"{line}\n")
    assert len(conversation.turns) == 2


def test_only_the_latest_are_read(tmp_path: Path) -> None:
    """However long people talk."""
    conversation = Conversation(tmp_path, "x")
    for _ in range(MAX_TURNS // 2 + 5):
        conversation.add(QUESTION, ANSWER)
    assert len(conversation.turns) == MAX_TURNS


@pytest.mark.parametrize(
    "name", ["", "../x", "a/b", "a\\b", ".hidden", "x" * 201, "税" * 100, "a\0b", "end."]
)
def test_a_name_is_no_path(tmp_path: Path, name: str) -> None:
    """It stays in the library's folder, on any system."""
    with pytest.raises(BadQuery, match="cannot be a conversation's name"):
        Conversation(tmp_path, name)


def test_names_in_any_script(tmp_path: Path) -> None:
    """Letters are letters."""
    assert Conversation(tmp_path, "税务-2024").path.parent == tmp_path / "conversations"


def test_a_refusal_names_nothing(tmp_path: Path) -> None:
    """Its words are the program's: no pronoun stands for them."""
    conversation = Conversation(tmp_path, "x")
    conversation.add(QUESTION, replace(ANSWER, answered=False))
    assert [t.text for t in conversation.turns] == ["How tall is the tower?", ""]


def test_what_ends_lines_elsewhere_stands_in_answers(tmp_path: Path) -> None:
    """PDFs have line separators of Unicode."""
    part = AnswerPart(Part("text", "23\u2028metres\u0085tall\u2029."), "retrieved")
    conversation = Conversation(tmp_path, "x")
    conversation.add(QUESTION, replace(ANSWER, parts=(part,)))
    assert conversation.turns[1].text == part.data


def test_it_can_begin_anew(tmp_path: Path) -> None:
    """What was said before is read no more."""
    conversation = Conversation(tmp_path, "x")
    conversation.add(QUESTION, ANSWER)
    conversation.forget()
    assert conversation.turns == ()
    conversation.add(QUESTION, ANSWER)
    assert len(conversation.turns) == 2
