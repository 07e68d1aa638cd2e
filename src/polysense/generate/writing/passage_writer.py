"""A generator that writes sentences of its own (`Generator.is_writer`), as what is asked in the
place of a language model: its sentences are checked and cited as a model's are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from polysense.generate.writing.packing import Bounds, pack
from polysense.messages import Chat, Usage
from polysense.protocols import Generator
from polysense.registry import Kit
from polysense.types import Evidence, Hit, Modality, Part, Query

MAX_PASSAGES = 100
"""Passages that it is given at most, of any length: it reads as many of them as it is set to, and
cuts each itself. As many as Izacard and Grave read at once (Fusion-in-decoder, EACL 2021).
"""

_UNBOUNDED = 10**9


class PassageWriter:
    """A LanguageModel: what a generator writes of these passages, whatever the messages are."""

    accepts: frozenset[Modality] = frozenset({"text"})
    context = _UNBOUNDED

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


def passages(evidence: Sequence[Evidence], hits: Sequence[Hit]) -> list[Evidence]:
    """What such a generator is given: those of the evidence, then of further hits, each once."""
    bounds = Bounds(pieces=MAX_PASSAGES, words=_UNBOUNDED)
    return pack(evidence, hits, _UNBOUNDED, bounds=bounds)


def passage_generator(kit: Kit) -> Generator | None:
    """The first of the kit that writes; None where none is named."""
    writers = (g for g in kit.generators.values() if getattr(g, "is_writer", False))
    return next(writers, None)
