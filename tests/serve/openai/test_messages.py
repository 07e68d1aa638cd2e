"""Messages of a chat to a question, with what is wished and what was said before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from polysense.errors import BadQuery
from polysense.serve.openai.messages import (
    MAX_TURN_CHARACTERS,
    answer_schema,
    read_question,
    refuse_tool_choice,
    turns_of,
)
from polysense.serve.openai.schema import ContentPart, Message
from polysense.serve.settings import ServerSettings


def read(messages: list[Message], tmp_path: Path) -> Any:
    return read_question(messages, (), None, None, tmp_path, ServerSettings(), 1 << 20)


def test_the_last_of_the_user_is_the_question(tmp_path: Path) -> None:
    """What comes before it is history, though the very same was asked before; of what comes after,
    only wishes count.
    """
    question_again = Message(role="user", content="Why?")
    messages = [
        Message(role="user", content="Why?"),
        Message(role="assistant", content="So."),
        question_again,
        Message(role="assistant", content="Because."),
        Message(role="system", content="Be brief."),
    ]
    question = read(messages, tmp_path)
    assert question.body.text == "Why?"
    assert [(t.role, t.text) for t in question.history] == [
        ("user", "Why?"),
        ("assistant", "So."),
        ("system", "Be brief."),
    ]


def test_turns_are_the_words_of_people_and_assistants() -> None:
    """Files, tools and empty messages are none; long ones are cut."""
    picture = ContentPart(type="image_url", image_url="data:,x")
    messages = [
        Message(role="user", content=[picture]),
        Message(role="assistant", content=None),
        Message(role="tool", content="42"),
        Message(role="function", content="42"),
        Message(role="user", content=[picture, ContentPart(type="text", text="x" * 10**6)]),
    ]
    (turn,) = turns_of(messages)
    assert (turn.role, len(turn.text)) == ("user", MAX_TURN_CHARACTERS)


@pytest.mark.parametrize(
    "choice",
    ["required", "weather", {"type": "function"}, {"type": "allowed_tools", "mode": "required"}, {}],
)  # fmt: skip
def test_a_tool_that_must_be_called_is_refused(choice: Any) -> None:
    """Named or not; nothing at all is no choice."""
    if choice == {}:
        refuse_tool_choice(choice)
    else:
        with pytest.raises(BadQuery, match="no tool is called"):
            refuse_tool_choice(choice)


def test_schemas_of_both_protocols() -> None:
    """Chat has it a level deeper."""
    schema = {"type": "object"}
    assert answer_schema({"type": "json_schema", "json_schema": {"schema": schema}}) == schema
    assert answer_schema({"type": "json_schema", "schema": schema}) == schema
    assert answer_schema({"type": "text"}) is None
    assert answer_schema(None) is None
    for unknown in ({"type": "xml"}, {"type": "json_schema"}, {"type": "json_schema", "schema": 1}):
        with pytest.raises(BadQuery):
            answer_schema(unknown)
