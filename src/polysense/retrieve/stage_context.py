"""What a stage sees of a search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from polysense.protocols import Store
from polysense.question import Question
from polysense.registry import Kit
from polysense.retrieve.fusion import Candidate
from polysense.types import Chunk


class StageContext(Protocol):
    """What a stage sees of a search."""

    @property
    def question(self) -> Question:
        """The question."""
        ...

    @property
    def kit(self) -> Kit:
        """The plug-ins."""
        ...

    @property
    def store(self) -> Store:
        """Chunks and vectors."""
        ...

    def chunks(self, candidates: Sequence[Candidate]) -> dict[str, Chunk]:
        """Those of the candidates that exist, by id."""
        ...
