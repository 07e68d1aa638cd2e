"""A stream of a response that breaks: it says why, and keeps nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import anyio
import openai
import pytest

from polysense.errors import ModelFailed, NotFound
from polysense.serve.context import Context
from polysense.serve.openai.answering import Piece
from polysense.serve.openai.responses.events import stream_events
from polysense.serve.openai.responses.schema import Response

RESPONSE = Response(id="resp_1", created_at=0, status="in_progress", model="main")


def events(context: Context, error: Exception, hide: bool = False) -> list[dict[str, Any]]:
    """Those of an answer that fails after its first words."""
    entry = replace(context.pool.get("main"), hides_folders=hide)
    complete: list[Response] = []

    async def breaking() -> AsyncGenerator[Piece, None]:
        yield Piece("High water")
        raise error

    async def main() -> list[dict[str, Any]]:
        pieces = breaking()
        lines = stream_events(
            entry, await anext(pieces), pieces, RESPONSE, "msg_1", complete.append
        )
        return [json.loads(line.decode().partition("data: ")[2]) async for line in lines]

    result = anyio.run(main)
    assert complete == []
    return result


def test_it_fails_and_says_why(context: Context) -> None:
    """By response.failed, then by an event that OpenAI's clients raise."""
    *_, delta, failed, error = events(context, NotFound("moon.txt is gone", "Put it back."))
    assert delta["delta"] == "High water"
    assert failed["type"] == "response.failed"
    assert failed["response"]["status"] == "failed"
    assert failed["response"]["error"]["message"] == "moon.txt is gone. Put it back."
    assert (error["type"], error["code"]) == ("error", "not_found")
    assert error["error"]["message"] == error["message"] == "moon.txt is gone. Put it back."
    assert failed["sequence_number"] + 1 == error["sequence_number"]


def test_nothing_of_the_inside_is_told(context: Context) -> None:
    """Of what nobody foresaw; of folders, to who may only read."""
    *_, error = events(context, ZeroDivisionError("in /home/me/secret.py"))
    assert "secret" not in json.dumps(error)
    *_, error = events(context, NotFound("/srv/ann/moon.txt is gone", "polysense index"), hide=True)
    assert error["message"].startswith("moon.txt is gone. ")


def test_the_client_raises_it(context: Context) -> None:
    """What it is sent when a language model fails on the way."""
    *_, error = events(context, ModelFailed("broke off", "Ask again."))
    with openai.OpenAI(api_key="x", base_url="http://localhost") as client:
        import httpx2

        line = f"event: error\ndata: {json.dumps(error)}\n\n"
        response = httpx2.Response(
            200, content=line.encode(), request=httpx2.Request("POST", "http://localhost")
        )
        stream: Any = openai.Stream(cast_to=object, response=response, client=client)
        with pytest.raises(openai.APIError, match="broke off"):
            list(stream)
