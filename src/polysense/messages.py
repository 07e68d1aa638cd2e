"""What is said to a language model, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from polysense.types import Part

Speaker: TypeAlias = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat: who says it, and its parts (words, pictures, sounds).

    >>> Message.of("user", "How tall is the tower?").text
    'How tall is the tower?'
    """

    speaker: Speaker
    parts: tuple[Part, ...]

    @classmethod
    def of(cls, speaker: Speaker, *parts: Part | str) -> Message:
        """A message; strings are parts of words."""
        return cls(speaker, tuple(Part("text", p) if isinstance(p, str) else p for p in parts))

    @property
    def text(self) -> str:
        """Its words."""
        return "\n".join(str(p.data) for p in self.parts if p.modality == "text")


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a model has read and written, as its server counts them."""

    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens
        )


Chat: TypeAlias = Sequence[Message]
