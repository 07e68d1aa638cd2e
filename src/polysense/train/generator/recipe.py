"""What every way to train a generator has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from polysense.train.generator.examples.example import Example


class Recipe(ABC):
    """A network and what it is shown. name is what it is called by, paper where it comes from.

    Frozen parts of the network need no gradient; what does is trained, kept in checkpoints, and
    saved. A recipe whose `network` has nothing of that kind is measured only.
    """

    name: str
    paper: str

    @property
    @abstractmethod
    def network(self) -> Any:
        """A torch.nn.Module that gives {"loss": the mean over a batch} for `collate`'s tensors."""

    @abstractmethod
    def collate(self, examples: Sequence[Example]) -> Mapping[str, Any]:
        """The tensors of a batch."""

    @abstractmethod
    def log_likelihoods(self, examples: Sequence[Example]) -> list[float]:
        """Of each example the logarithm of how likely its answer is by its contexts: the sum over
        tokens.
        """

    @abstractmethod
    def save(self, folder: Path) -> str:
        """Write what was trained; gives the line that uses it, "" where there is none."""

    def prepare(self, examples: Sequence[Example]) -> None:
        """Hear of the examples that may be learned from, before anything is measured or trained."""
        return

    def figures(self, examples: Sequence[Example]) -> Mapping[str, Sequence[float]]:
        """Further values that are measured, one for each example that they can be measured of."""
        return {}

    def settings(self) -> Mapping[str, Any]:
        """What a card says of it."""
        return {}

    def trainable(self) -> int:
        """How many numbers are trained."""
        return sum(p.numel() for p in self.network.parameters() if p.requires_grad)
