"""Clients of OpenAI before a server with tokens."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openai import OpenAI
from tests.llm.server import Server as LanguageServer
from tests.llm.server import running

from polysense.llm.openai import OpenAI as LanguageModel
from polysense.registry import Kit
from polysense.serve.context import Context
from polysense.serve.run import build_context
from polysense.serve.settings import ServerSettings

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
def language_server() -> Iterator[LanguageServer]:
    """A real server of a language model, called "writes": by default it says MOON, citing it."""
    with running() as server:
        server.replies["writes"] = f"{MOON} [1]"
        yield server


@pytest.fixture
def writing_client(
    template: Path,
    tmp_path: Path,
    bare: Kit,
    start: Callable[..., str],
    language_server: LanguageServer,
) -> Iterator[OpenAI]:
    """The client of a server whose answers that language model writes."""
    model = LanguageModel(model="writes", base_url=language_server.url, retries=0)
    shutil.copytree(template, tmp_path / "own")
    kit = replace(bare, language_models={"openai": model})
    context = build_context(ServerSettings(home=tmp_path / "writes"), str(tmp_path / "own"), kit)
    token = context.keyring.add("one")
    with OpenAI(base_url=f"{start(context)}/v1", api_key=token, max_retries=0) as client:
        yield client


def ask(client: OpenAI, content: Any, **more: Any) -> Any:
    """The answer to one message."""
    return client.chat.completions.create(
        model="main", messages=[{"role": "user", "content": content}], **more
    )
