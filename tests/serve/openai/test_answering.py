"""Streams: how they end, break, and are left."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import replace
from typing import Any

import anyio
import httpx2
from openai import OpenAI

from polysense.errors import NotFound
from polysense.serve.context import Context
from polysense.serve.openai.answering import Piece
from polysense.serve.openai.chat import stream_events

from .conftest import MOON, QUESTION, ask


def test_a_stream_ends_with_done(base: str, tokens: Mapping[str, str]) -> None:
    """As server-sent events that any client reads: data lines, then [DONE]."""
    body = {"model": "main", "stream": True, "messages": [{"role": "user", "content": QUESTION}]}
    answer = httpx2.post(
        f"{base}/v1/chat/completions",
        json=body,
        headers={"authorization": f"Bearer {tokens['read']}"},
    )
    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = [line for line in answer.text.split("\n\n") if line]
    assert all(line.startswith("data: ") for line in lines)
    assert lines[-1] == "data: [DONE]"


def test_who_leaves_a_stream_holds_nobody_up(
    make_context: Callable[..., Context], start: Callable[..., str]
) -> None:
    """The one turn there is comes free when the client closes the stream."""
    context = make_context(at_once=1, patience=5)
    token = context.keyring.add("one")
    with OpenAI(base_url=f"{start(context)}/v1", api_key=token, max_retries=0) as client:
        for _ in range(3):
            stream = ask(client, QUESTION, stream=True)
            assert next(iter(stream)).choices[0].delta.role == "assistant"
            stream.close()
        assert MOON in ask(client, QUESTION).choices[0].message.content


def test_a_stream_that_breaks_says_why(context: Context) -> None:
    """What goes wrong after the first piece is an event that the client raises; what nobody foresaw
    tells nothing of the inside, nor what was foreseen of the server's folders to who may only read.
    """
    entry = context.pool.get("main")

    async def breaking(error: Exception) -> AsyncGenerator[Piece, None]:
        yield Piece("High water")
        raise error

    async def events(error: Exception, hide: bool = False) -> list[dict[str, Any]]:
        pieces, view = breaking(error), replace(entry, hides_folders=hide)
        return [
            json.loads(line.removeprefix(b"data: "))
            async for line in stream_events(view, await anext(pieces), pieces, {"id": "1"}, False)
        ]

    foreseen = anyio.run(events, NotFound("moon.txt is gone", "Put it back."))
    assert [e["choices"][0]["delta"].get("content") for e in foreseen[:-1]] == ["", "High water"]
    assert foreseen[-1]["error"]["message"] == "moon.txt is gone. Put it back."
    assert foreseen[-1]["error"]["code"] == "not_found"
    events_of_reader = anyio.run(
        events, NotFound("/srv/ann/moon.txt is gone", "polysense index it"), True
    )
    message = events_of_reader[-1]["error"]["message"]
    assert message.startswith("moon.txt is gone. ")
    assert "polysense" not in message
    unforeseen = anyio.run(events, ZeroDivisionError("in /home/me/secret.py"))[-1]["error"]
    assert unforeseen["type"] == "server_error"
    assert "secret" not in unforeseen["message"]
