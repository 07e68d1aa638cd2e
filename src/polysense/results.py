"""What a call gives back: an answer to a question, a report on files indexed.

Answer       parts, numbered evidence, route, timings, warnings
Turn         one step of a conversation: who spoke, and what
IndexReport  what one `index` did, with what it passed over (Skip) and what failed (Failure)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from polysense.errors import NotFound
from polysense.messages import Usage
from polysense.types import Evidence, Modality, Origin, Part, Query, Route


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """A part of an answer and where it came from."""

    part: Part
    origin: Origin

    @property
    def modality(self) -> Modality:
        """What the part is."""
        return self.part.modality

    @property
    def data(self) -> Any:
        """Its words, bytes, path or array."""
        return self.part.data

    @property
    def evidence(self) -> tuple[int, ...]:
        """The numbers of the evidence that is in it."""
        return tuple(self.part.meta.get("evidence", ()))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that might have answered: its scores, and why it is said or is not.

    relevance is how likely it is the one that answers, support that it answers at all; coverage the
    share of the question's terms that it has; nearness that in meaning (0 far, 1 sure), None where
    no encoder reads the language; rank that of its hit, from 1.
    """

    text: str
    place: str
    relevance: float
    support: float
    coverage: float
    nearness: float | None
    rank: int
    verdict: str

    def __str__(self) -> str:
        near = "unknown" if self.nearness is None else f"{self.nearness:.2f}"
        scores = (
            f"relevance {self.relevance:.2f}, support {self.support:.2f}, words "
            f"{self.coverage:.2f}, meaning {near}, hit {self.rank}"
        )
        return f"{self.verdict}: {' '.join(self.text.split())[:100]} ({self.place}; {scores})"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered. evidence[n-1] is the [n] in the text.

    answered is False where the library holds no support; missing is then what the question names
    and nothing found is about. rewrites tell what each rewriter did to the question, and the rounds
    in which it was asked. confidence, 0..1, is how probable it is that the evidence supports an
    answer; candidates are the passages that it was chosen from, best first. usage are the tokens
    that language models have read and written for it, none where none took part.
    """

    parts: tuple[AnswerPart, ...]
    evidence: tuple[Evidence, ...]
    answered: bool
    route: Route
    timings: Mapping[str, float] = field(default_factory=dict, compare=False)
    warnings: tuple[str, ...] = ()
    rewrites: tuple[str, ...] = ()
    confidence: float = field(default=0.0, compare=False)
    missing: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = field(default=(), compare=False)
    usage: Usage = field(default=Usage(), compare=False)

    @property
    def text(self) -> str:
        """The words of the answer, with [n] for evidence n."""
        return "\n".join(str(p.part.data) for p in self.parts if p.part.modality == "text")

    def save(self, path: str | Path, part: int | None = None) -> Path:
        """Write what the ending asks for; gives the path.

        Words with their sources (.txt, .md), or the thing that is of that kind.

        part is the number of one of `parts`; by default the first that can be such a file, those of
        the modality asked for first. Code is written under endings of its own language alone.
        Raises NotFound where nothing was answered, BadQuery where no part can be such a file.
        """
        from polysense.make.file.export import (
            choose_part,
            ending,
            export,
        )
        from polysense.make.file.output_endings import is_for_words
        from polysense.modalities import modality_of_ending

        target = Path(path)
        suffix = target.suffix.lower()
        is_plain_text = self.route.wanted == "text" and is_for_words(suffix)
        if part is None and (modality_of_ending(suffix) == "text" or is_plain_text):
            target.write_text(f"{self}\n", "utf-8")
            return target
        if not self.answered:
            raise NotFound(
                f"there is nothing to write to {target}: {self.text}",
                "Ask otherwise, or index more files.",
            )
        candidates = sorted(
            (p.part for p in self.parts),
            key=lambda p: (p.modality != self.route.wanted, ending(p) != suffix),
        )
        content = self.parts[part].part if part is not None else choose_part(candidates, suffix)
        target.write_bytes(export(content, suffix))
        return target

    def __str__(self) -> str:
        sources = (f"[{e.n}] {e.hit.chunk.asset.name}, {e.span}" for e in self.evidence)
        return "\n".join([self.text, "", *sources])


@dataclass(frozen=True, slots=True)
class Turn:
    """One step of a conversation: the parts that "user" or "assistant" gave, and of an answer of
    this library the whole. What "system" gives are wishes for the tone, form and language of every
    answer that a language model writes.
    """

    role: Literal["user", "assistant", "system"]
    parts: Query
    answer: Answer | None = None

    @property
    def text(self) -> str:
        """Its words."""
        return "\n".join(str(p.data) for p in self.parts if p.modality == "text")


def turns(history: Iterable[Turn | tuple[str | Part, Answer | str]]) -> tuple[Turn, ...]:
    """A conversation, oldest first, as turns: they may be given so, or as pairs of a question and
    its answer.

    >>> [t.role for t in turns([("How tall is it?", "Twenty metres.")])]
    ['user', 'assistant']
    """
    result: list[Turn] = []
    for item in history:
        if isinstance(item, Turn):
            result.append(item)
            continue
        question, answer = item
        question_part = question if isinstance(question, Part) else Part("text", question)
        text = answer if isinstance(answer, str) else answer.text
        whole = None if isinstance(answer, str) else answer
        result.append(Turn("user", (question_part,)))
        result.append(Turn("assistant", (Part("text", text),), whole))
    return tuple(result)


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read: what happened and what to do."""

    uri: str
    error: str
    hint: str


@dataclass(frozen=True, slots=True)
class Skip:
    """A file that was passed over, and why."""

    uri: str
    reason: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What one `index` did.

    Every distinct content counts once: indexed, unchanged, skipped or failed.
    """

    indexed: int = 0
    unchanged: int = 0
    removed: int = 0
    skipped: tuple[Skip, ...] = ()
    failed: tuple[Failure, ...] = ()
    chunks: Mapping[Modality, int] = field(default_factory=dict, compare=False)
    seconds: float = 0.0
