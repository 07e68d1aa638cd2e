"""What of a request is honoured or refused: tools, JSON of a schema."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest
from openai import OpenAI
from tests.llm.server import Server as LanguageServer

from .conftest import MOON, QUESTION, ClientWithToken, ask

TOOL = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}},
}
TIDES = {
    "type": "object",
    "properties": {
        "follows": {"type": "string"},
        "height": {"anyOf": [{"type": "number"}, {"type": "null"}]},
    },
    "required": ["follows", "height"],
    "additionalProperties": False,
}
AS_JSON = {"type": "json_schema", "json_schema": {"name": "tides", "strict": True, "schema": TIDES}}


def test_tools_may_be_offered(client_with_token: ClientWithToken) -> None:
    """None is called; what tools were called for before, and what they gave, is passed over. One
    that must be called is refused, with what to do.
    """
    call = {"id": "1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
    turns = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "1", "content": "The old bell rings in the rain."},
    ]
    client: Any = client_with_token("read")
    for choice in ("auto", "none", {"type": "allowed_tools", "allowed_tools": {"mode": "auto"}}):
        message = (
            client.chat.completions.create(
                model="main", messages=turns, tools=[TOOL], tool_choice=choice
            )
            .choices[0]
            .message
        )
        assert MOON in message.content
        assert not message.tool_calls
    for choice in ("required", {"type": "function", "function": {"name": "weather"}}):
        with pytest.raises(openai.BadRequestError, match=r"no tool is called here.*Leave out"):
            ask(client, QUESTION, tools=[TOOL], tool_choice=choice)


def test_json_of_a_schema(writing_client: OpenAI, language_server: LanguageServer) -> None:
    """The model is asked for it; each value is borne out, else null; where it comes from stands
    beside it. Streamed, it comes in one piece.
    """
    language_server.replies["writes"] = '{"follows": "High water", "height": 3.5}'
    completion = ask(writing_client, QUESTION, response_format=AS_JSON)
    message = completion.choices[0].message
    assert json.loads(message.content) == {"follows": "High water", "height": None}
    assert (message.refusal, message.annotations) == (None, [])
    (part,) = completion.polysense["answer"]
    assert (part["mime"], part["values"]) == ("application/json", {"/follows": [1]})
    assert completion.polysense["evidence"][0]["quote"] == MOON
    assert any("3.5 is not in the evidence" in w for w in completion.polysense["warnings"])
    sent = language_server.requests[-1][0]["response_format"]
    assert sent["json_schema"]["schema"] == TIDES
    chunks = ask(writing_client, QUESTION, response_format=AS_JSON, stream=True)
    assert "".join(c.choices[0].delta.content or "" for c in chunks) == message.content
    free = ask(writing_client, QUESTION, response_format={"type": "json_object"})
    assert json.loads(free.choices[0].message.content)["follows"] == "High water"
    assert "response_format" not in language_server.requests[-1][0]


def test_json_that_nothing_bears_out_is_a_refusal(
    writing_client: OpenAI, language_server: LanguageServer
) -> None:
    """In the field that clients look into; the content is then none."""
    language_server.replies["writes"] = '{"follows": "Josef Lund", "height": null}'
    for question in (QUESTION, "Who won the chess olympiad of 1972?"):
        completion = ask(writing_client, question, response_format=AS_JSON)
        message = completion.choices[0].message
        assert message.content is None
        assert "holds nothing that answers" in message.refusal
        assert completion.polysense["answered"] is False
        chunks = list(ask(writing_client, question, response_format=AS_JSON, stream=True))
        deltas = [c.choices[0].delta for c in chunks]
        assert "".join(d.refusal or "" for d in deltas) == message.refusal
        assert not "".join(d.content or "" for d in deltas)


def test_json_that_cannot_be_had(
    client_with_token: ClientWithToken, writing_client: OpenAI, language_server: LanguageServer
) -> None:
    """Without a language model, beside a sound, or of a schema that is none: refused with what to
    do. A model that writes something else has failed.
    """
    for client, more, says in (
        (client_with_token("read"), {}, r"needs a language model.*or ask for text"),
        (writing_client, {"modalities": ["text", "audio"]}, "JSON is text"),
        (writing_client, {"response_format": {"type": "json_schema"}}, "none that is known"),
        (
            writing_client,
            {"response_format": {"type": "json_schema", "json_schema": {"schema": {"type": "string"}}}},
            "must be of an object",
        ),
    ):  # fmt: skip
        for stream in (False, True):
            with pytest.raises(openai.BadRequestError, match=says):
                ask(client, QUESTION, stream=stream, **{"response_format": AS_JSON, **more})
    language_server.replies["writes"] = "High water."
    with pytest.raises(openai.InternalServerError, match="wrote no JSON"):
        ask(writing_client, QUESTION, response_format=AS_JSON)
