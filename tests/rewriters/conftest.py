"""Questions in words, and a store with a few passages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from polysense.question import Question
from polysense.stores.memory import Memory
from polysense.types import Asset, Chunk, Part, Span


@pytest.fixture
def ask() -> Callable[[str], Question]:
    """Words as a question."""

    def question(words: str) -> Question:
        part = Part("text", words)
        return Question((part,), ((part,),))

    return question


@pytest.fixture
def fill() -> Callable[..., Memory]:
    """A store with a passage for each text."""

    def store_of(*texts: str) -> Memory:
        store, asset = Memory(), Asset("0" * 32, "/quay.txt", "text/plain", "text", 1)
        store.add([Chunk(asset, Span(page=n), "text", text=t) for n, t in enumerate(texts, 1)])
        return store

    return store_of
