"""What a language model says to one request, whole: words, or JSON that is held against its schema.

For everything that asks a model beside the answer itself: rewriters, questions on tables, captions,
the judge. Prompts are files; what people and documents have written goes to a model within fences.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from polysense.errors import BadConfig, ModelFailed
from polysense.json_schema import JsonSchema
from polysense.messages import Chat, Usage
from polysense.protocols import LanguageModel

_HINT_JSON = "Take a model that follows a JSON schema, or leave out what needs it."
_CODE_FENCE = re.compile(r"^\s*```(?:json)?\s*|\s*```\s*$")


@dataclass(frozen=True, slots=True)
class Reply:
    """All that a model said, and the tokens that it took."""

    text: str
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True)
class JsonReply:
    """What a model said as JSON, of the form asked for, and the tokens that it took."""

    value: Mapping[str, Any]
    usage: Usage = Usage()


def reply(
    model: LanguageModel, messages: Chat, most: int, schema: Mapping[str, Any] | None = None
) -> Reply:
    """Ask, and wait for the end. Raises ModelFailed."""
    text, usage = "", Usage()
    for piece in model.chat(messages, schema=schema, most=most):
        if isinstance(piece, Usage):
            usage += piece
        else:
            text += piece
    return Reply(text.strip(), usage)


def json_reply(
    model: LanguageModel, messages: Chat, schema: Mapping[str, Any], most: int
) -> JsonReply:
    """Ask for an object of this schema. Raises ModelFailed, also where what comes is none: a server
    need not heed the schema.
    """
    answer = reply(model, messages, most, schema)
    try:
        value = parse_json(answer.text)
    except ValueError:
        raise ModelFailed(f"{model.name} gave no JSON", _HINT_JSON) from None
    if faults := JsonSchema(schema).faults(value):
        raise ModelFailed(f"{model.name} gave JSON of another form: {faults[0]}", _HINT_JSON)
    return JsonReply(value, answer.usage)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def parse_json(text: str) -> Any:
    """The JSON that a model has written, in a fence of code or not. Raises ValueError.

    >>> parse_json('{"n": 1}') == parse_json('```json\\n{"n": 1}```')
    True
    """
    try:
        return json.loads(_CODE_FENCE.sub("", text), parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def object_schema(properties: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The schema of an object with all of these properties and no others, as strict servers want
    it.

    >>> object_schema({"n": {"type": "integer"}})["required"]
    ['n']
    """
    return {
        "type": "object",
        "properties": {name: dict(schema) for name, schema in properties.items()},
        "required": list(properties),
        "additionalProperties": False,
    }


def read_prompt(package: str, name: str, path: str = "") -> str:
    """The prompt of that name in a package's folder `prompts`, or what the file at `path` holds
    instead. Raises BadConfig where that cannot be read.
    """
    if not path:
        return (files(package) / "prompts" / f"{name}.txt").read_text("utf-8")
    try:
        return Path(path).expanduser().read_text("utf-8")
    except (OSError, UnicodeDecodeError) as e:
        reason = getattr(e, "strerror", "") or "it is no text"
        raise BadConfig(
            f"the prompt {path} cannot be read: {reason}", "Give prompt= the path of a text file."
        ) from e


def fenced(kind: str, text: str) -> str:
    """A text between marks that it cannot know, so that nothing in it ends them."""
    fence = f"{kind}-{secrets.token_hex(4)}"
    return f"<{fence}>\n{text}\n</{fence}>"
