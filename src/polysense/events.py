"""What is heard of an answer in the making, before it is whole.

AgentStep       what a language model did between the question and the answer
GenerationStep  how far a model is with what it makes
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from polysense.types import Evidence, Part


@dataclass(frozen=True, slots=True)
class AgentStep:
    """One step of a language model that searches again: its number from 1, the command that repeats
    it, and what came of it.

    >>> str(AgentStep(1, "polysense search tower: nothing new"))
    'step 1: polysense search tower: nothing new'
    """

    n: int
    text: str

    def __str__(self) -> str:
        return f"step {self.n}: {self.text}"


@dataclass(frozen=True, slots=True)
class GenerationStep:
    """How far a model is with what it makes: `done` of `total` steps; 0 of 0 while it is not known
    yet, as while it is loaded. It may be told again while nothing has changed.

    >>> GenerationStep(3, 30)
    GenerationStep(done=3, total=30)
    """

    done: int
    total: int


AnswerPiece: TypeAlias = AgentStep | Evidence | Part
"""What stays of an answer in the making: a step of a model that searches once it is done, a piece
of evidence once it is numbered, a part once it is made.
"""

AnswerEvent: TypeAlias = AnswerPiece | GenerationStep
"""What is heard of an answer in the making: its pieces, and how far a model is that makes one.
Whoever raises on hearing one stops the work.
"""
