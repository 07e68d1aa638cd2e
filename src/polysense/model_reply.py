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
from polysense.messages import Chat, Usage
from polysense.protocols import LanguageModel

_HINT_JSON = "Take a model that follows a JSON schema, or leave out what needs it."
_CODE_FENCE = re.compile(r"\s*```(?:json)?\s*\n(.*)\n\s*```\s*", re.S)
_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}


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
    match = _CODE_FENCE.fullmatch(answer.text)
    try:
        value = json.loads(match[1] if match else answer.text)
    except (ValueError, RecursionError):
        raise ModelFailed(f"{model.name} gave no JSON", _HINT_JSON) from None
    if fault := schema_fault(value, schema):
        raise ModelFailed(f"{model.name} gave JSON of another form: {fault}", _HINT_JSON)
    return JsonReply(value, answer.usage)


def schema_fault(value: Any, schema: Mapping[str, Any], place: str = "it") -> str:
    """Where a value does not follow a schema, in words; "" where it does.

    Of JSON schema what our own use: type, properties (all of them needed), items, enum.

    >>> schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    >>> schema_fault({"n": 1}, schema), schema_fault({"n": "one"}, schema)
    ('', 'it.n is no integer')
    """
    kind = schema["type"]
    if type(value) not in _TYPES[kind]:  # True is an int to isinstance
        return f"{place} is no {kind}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{place} is none of {', '.join(map(str, schema['enum']))}"
    if kind == "object":
        for name, inner in schema.get("properties", {}).items():
            if name not in value:
                return f"{place} has no {name}"
            if fault := schema_fault(value[name], inner, f"{place}.{name}"):
                return fault
    if kind == "array":
        for i, item in enumerate(value):
            if fault := schema_fault(item, schema["items"], f"{place}[{i}]"):
                return fault
    return ""


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
