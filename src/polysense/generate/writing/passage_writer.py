"""A generator that writes sentences of its own (`Generator.is_writer`), as what is asked in the
place of a language model: its sentences are checked and cited as a model's are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from polysense.messages import Chat, Usage
from polysense.protocols import Generator
from polysense.registry import Kit
from polysense.types import Evidence, Modality, Part, Query

CONTEXT = 16_000
"""Tokens of evidence that are packed for it, at two for one: it cuts each passage itself."""


class PassageWriter:
    """A LanguageModel: what a generator writes of these passages, whatever the messages are."""

    accepts: frozenset[Modality] = frozenset({"text"})
    context = CONTEXT

    def __init__(self, generator: Generator, query: Query, pieces: Sequence[Evidence]) -> None:
        self.generator, self.query, self.pieces = generator, query, pieces
        self.name = str(getattr(generator, "name", type(generator).__name__))

    def chat(
        self, messages: Chat, *, schema: Mapping[str, Any] | None = None, most: int = 1024
    ) -> Iterator[str | Usage]:
        usage = Usage()
        for part in self.generator.generate(self.query, self.pieces):
            if not isinstance(part, Part):
                continue
            usage += Usage(*part.meta.get("usage", ()))
            yield f"{part.data}\n"
        yield usage


def passage_generator(kit: Kit) -> Generator | None:
    """The first of the kit that writes; None where none is named."""
    writers = (g for g in kit.generators.values() if getattr(g, "is_writer", False))
    return next(writers, None)
