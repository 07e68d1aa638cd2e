"""A language model that says what a test wants, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from polysense.errors import ModelFailed
from polysense.messages import Message, Usage
from polysense.protocols import LanguageModel

PIECE = 7
"""Characters that come at once: in the middle of words and of citations."""


class Scripted(LanguageModel):
    """Says `text`, then fails where `is_cut_off`; `messages` is what it was told."""

    accepts = frozenset({"text", "image"})
    name = "scripted"

    def __init__(self, text: str, *, is_cut_off: bool = False, context: int = 8192) -> None:
        self.text, self.is_cut_off, self.context = text, is_cut_off, context
        self.messages: Sequence[Message] = ()

    def chat(
        self,
        messages: Sequence[Message],
        *,
        schema: Mapping[str, Any] | None = None,
        most: int = 1024,
    ) -> Iterator[str | Usage]:
        self.messages = messages
        for at in range(0, len(self.text), PIECE):
            yield self.text[at : at + PIECE]
        if self.is_cut_off:
            raise ModelFailed("the stream was cut off", "Ask again.")
        yield Usage(100, 20)
