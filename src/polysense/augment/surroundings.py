"""What may be asked about what stands around a passage (`retrieve.surroundings` tells it)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from polysense.types import Chunk


class Surroundings(Protocol):
    """What a library knows of what stands around a passage."""

    def opening(self, asset: str) -> str:
        """The first words of an asset: its title, and what it is of."""
        ...

    def occurs(self, word: str) -> bool:
        """Whether a word stands anywhere in the library."""
        ...

    def language_besides(self, language: str) -> str:
        """The language that most of the library is in, where nothing is in this one; else ""."""
        ...

    def simultaneous(self, chunk: Chunk) -> str:
        """The words of a chunk's file in its seconds: what is said and shown meanwhile."""
        ...

    def shown_by(self, chunk: Chunk, passage: str) -> Sequence[Chunk]:
        """The files that a passage of a chunk shows, its picture or recording, nearest first."""
        ...


class NoSurroundings:
    """Knows of nothing but the passage; every word may stand somewhere."""

    def opening(self, asset: str) -> str:
        """Nothing."""
        return ""

    def occurs(self, word: str) -> bool:
        """Always."""
        return True

    def language_besides(self, language: str) -> str:
        """None."""
        return ""

    def simultaneous(self, chunk: Chunk) -> str:
        """Nothing."""
        return ""

    def shown_by(self, chunk: Chunk, passage: str) -> Sequence[Chunk]:
        """Nothing."""
        return ()
