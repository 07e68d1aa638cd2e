"""Questions in words, a store with a few passages, and a language model on a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from polysense.llm.openai import OpenAI
from polysense.question import Question
from polysense.stores.memory import Memory
from polysense.types import Asset, Chunk, Part, Span

from ..llm.server import Server, running


@pytest.fixture
def ask() -> Callable[[str], Question]:
    """Words as a question."""

    def question(words: str, language: str = "") -> Question:
        part = Part("text", words)
        return Question((part,), ((part,),), language)

    return question


@pytest.fixture
def fill() -> Callable[..., Memory]:
    """A store with a passage for each text."""

    def store_of(*texts: str) -> Memory:
        store, asset = Memory(), Asset("0" * 32, "/quay.txt", "text/plain", "text", 1)
        store.add([Chunk(asset, Span(page=n), "text", text=t) for n, t in enumerate(texts, 1)])
        return store

    return store_of


@pytest.fixture
def server() -> Iterator[Server]:
    """A server whose model says what `server.say` makes of what it was told."""
    pytest.importorskip("openai", reason="needs the extra llm")
    with running() as server:
        yield server


@pytest.fixture
def model(server: Server) -> OpenAI:
    return OpenAI(model="scripted", base_url=server.url, retries=0, seconds=5.0)
