"""What models that read several passages for one answer share: settings, and whom they cite."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import RLock
from typing import ClassVar

from polysense.errors import BadConfig
from polysense.make.question_text import question_text
from polysense.protocols import Generator
from polysense.types import Evidence, Modality, Origin, Part, Query

MAX_PASSAGES = 100
"""As many as Izacard and Grave read at once."""


class PassageReader(Generator):
    """One of them. model is its folder, or a name on the hub; passages how many are read, most the
    tokens that may be written. device="" is the best there is, dtype="" the weights' own, on a CPU
    float32; the hub is never asked with `offline`.

    The answer cites the passage of which alone it is likeliest. Raises BadConfig where the folder
    holds no such model, MissingDependency.
    """

    extra = "models"
    option: ClassVar[str]
    accepts: frozenset[Modality] = frozenset({"text"})
    emits: Modality = "text"
    cost = 0.9
    origin: Origin = "generated"
    is_writer = True

    def __init__(
        self,
        *,
        model: str = "",
        passages: int = 8,
        most: int = 64,
        device: str = "",
        dtype: str = "",
        offline: bool = False,
    ) -> None:
        self.model, self.passages, self.most = str(model), passages, most
        self.device, self.dtype, self.offline = device, dtype, offline
        self.name = Path(self.model).name or self.option.partition(":")[0]
        self._lock = RLock()
        if not 1 <= passages <= MAX_PASSAGES:
            raise BadConfig(
                f"{self.option}{self.model},passages={passages}: not so many passages",
                f"Write 1 to {MAX_PASSAGES}, or leave it out.",
            )
        if most < 1:
            raise BadConfig(
                f"{self.option}{self.model},most={most}: nothing could be written",
                "Write how many tokens an answer may have, or leave it out.",
            )

    @abstractmethod
    def check(self) -> None:
        """Raises BadConfig, MissingDependency."""

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """The answer with the [n] that it rests on; nothing where nothing was asked in words, or
        no evidence has any.
        """
        pieces = self._readable(evidence)
        if not pieces or not question_text(query).strip():
            return
        with self._lock:
            text, likelihoods, usage = self._answer(query, pieces)
        if text:
            best = max(range(len(pieces)), key=lambda i: likelihoods[i])
            meta = {"model": self.name, "usage": usage, "evidence": [pieces[best].n]}
            yield Part("text", f"{text} [{pieces[best].n}]", meta=meta)

    @abstractmethod
    def log_likelihood(self, query: Query, evidence: Sequence[Evidence], answer: str) -> float:
        """The logarithm of how likely the model is to give this answer to the question, of this
        evidence: the sum over its tokens.
        """

    @abstractmethod
    def _answer(
        self, query: Query, pieces: Sequence[Evidence]
    ) -> tuple[str, list[float], list[int]]:
        """The answer, the logarithm of how likely it is by each passage alone, [tokens read,
        tokens written].
        """

    def _readable(self, evidence: Sequence[Evidence]) -> list[Evidence]:
        return [e for e in evidence if e.hit.chunk.words.strip()][: self.passages]
