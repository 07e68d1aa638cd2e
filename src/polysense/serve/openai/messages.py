"""Messages to a question: the last of the user, with what was said before and what is wished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from polysense.errors import BadQuery
from polysense.read.file.parts import part
from polysense.results import Turn
from polysense.serve import schema
from polysense.serve.openai.content import save_content
from polysense.serve.openai.schema import ContentPart, Message, PolysenseOptions
from polysense.serve.requests import MOST_FILES, Question
from polysense.serve.settings import ServerSettings
from polysense.types import Part, unique

_ROLES: Mapping[str, Literal["user", "assistant", "system"]] = {
    "user": "user",
    "assistant": "assistant",
    "system": "system",
    "developer": "system",
}
"""Whose messages are read; what tools gave back is not: answers are of the library alone."""


MAX_TURN_CHARACTERS = 20_000
"""Characters of an earlier message that are read, as many as a question may have; judged."""


def read_question(
    messages: Sequence[Message],
    modalities: Sequence[str],
    options: PolysenseOptions | None,
    answer_format: Mapping[str, Any] | None,
    folder: Path,
    settings: ServerSettings,
    max_bytes: int,
) -> Question[schema.Ask]:
    """The last message of the user, with its files kept in `folder`, none fetched that is larger
    than max_bytes.

    What was said before goes with it as history, and so does what the system wishes. Raises
    BadQuery, Forbidden, TooLarge, Unreadable.
    """
    last = next((m for m in reversed(messages) if m.role == "user"), None)
    if last is None:
        raise BadQuery("no message is the user's", 'Send {"role": "user", "content": "..."}.')
    pieces = _pieces(last)
    files = [p for p in pieces if p.type != "text"]
    if len(files) > MOST_FILES:
        raise BadQuery(
            f"more than {MOST_FILES} files in a message",
            "Send the one or two that the question is about.",
        )
    text = _words(last)
    fields = {} if options is None else options.model_dump()
    try:
        ask = schema.Ask(text=text, to=list(unique(["text", *modalities])), **fields)
    except ValidationError as e:
        errors = e.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError([{**w, "loc": ("messages", *w["loc"])} for w in errors]) from e
    at = next(n for n, m in enumerate(messages) if m is last)
    wishes = [m for m in messages[at:] if _ROLES.get(m.role) == "system"]
    question = Question(
        ask,
        tuple(
            part(save_content(p, folder / str(n), settings, max_bytes)) for n, p in enumerate(files)
        ),
        turns_of([*messages[:at], *wishes]),
        answer_schema(answer_format),
    )
    question.query(text)
    return question


def turns_of(messages: Sequence[Message]) -> tuple[Turn, ...]:
    """The words of messages; files of earlier messages are not kept.

    >>> turns_of([Message(role="tool", content="42"), Message(role="user", content="How tall?")])
    (Turn(role='user', parts=(Part('text', 'How tall?'),), answer=None),)
    """
    return tuple(
        Turn(_ROLES[m.role], (Part("text", text[:MAX_TURN_CHARACTERS]),))
        for m in messages
        if m.role in _ROLES and (text := _words(m))
    )


def refuse_tool_choice(choice: str | Mapping[str, Any] | None) -> None:
    """Tools may be offered; none is called. Raises BadQuery where one must be."""
    choice = choice or "auto"
    if isinstance(choice, str):
        mode: object = choice
    else:
        allowed = choice.get("allowed_tools")
        mode = (allowed if isinstance(allowed, Mapping) else choice).get("mode")
    if mode not in ("auto", "none"):
        raise BadQuery(
            "no tool is called here: an answer is made of the library's files alone",
            'Leave out tool_choice, or send "auto" or "none".',
        )


def answer_schema(answer_format: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The JSON schema that a format asks for, None for text. Raises BadQuery.

    >>> answer_schema({"type": "json_object"})
    {'type': 'object'}
    """
    kind = (answer_format or {}).get("type", "text")
    if answer_format is None or kind == "text":
        return None
    if kind == "json_object":
        return {"type": "object"}
    inner = answer_format.get("json_schema")
    schema = (inner if isinstance(inner, Mapping) else answer_format).get("schema")
    if kind != "json_schema" or not isinstance(schema, Mapping):
        raise BadQuery(
            "the answer's format is none that is known",
            "It may be of type text, json_object, or json_schema with a schema.",
        )
    return schema


def _pieces(message: Message) -> list[ContentPart]:
    if isinstance(message.content, str):
        return [ContentPart(type="text", text=message.content)]
    return message.content or []


def _words(message: Message) -> str:
    return "\n".join(p.text for p in _pieces(message) if p.type == "text" and p.text.strip())
