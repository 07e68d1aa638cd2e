"""Clients of OpenAI before a server with tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from openai import OpenAI

from polysense.serve.context import Context

MOON = "High water follows the moon by an hour."
QUESTION = "What follows the moon?"

ClientWithToken = Callable[[str], OpenAI]


@pytest.fixture
def base(context: Context, tokens: Mapping[str, str], start: Callable[..., str]) -> str:
    """A server with tokens."""
    return start(context)


@pytest.fixture
def client_with_token(base: str, tokens: Mapping[str, str]) -> Iterator[ClientWithToken]:
    """client_with_token("read") is the client with that token."""
    clients: dict[str, OpenAI] = {}

    def client(name: str) -> OpenAI:
        if name not in clients:
            clients[name] = OpenAI(
                base_url=f"{base}/v1", api_key=tokens.get(name, name), max_retries=0
            )
        return clients[name]

    yield client
    for each in clients.values():
        each.close()


@pytest.fixture
def writing_client(writing_context: Context, start: Callable[..., str]) -> Iterator[OpenAI]:
    """The client of a server whose answers a language model writes."""
    token = writing_context.keyring.add("one")
    with OpenAI(base_url=f"{start(writing_context)}/v1", api_key=token, max_retries=0) as client:
        yield client


def ask(client: OpenAI, content: Any, **more: Any) -> Any:
    """The answer to one message."""
    return client.chat.completions.create(
        model="main", messages=[{"role": "user", "content": content}], **more
    )
