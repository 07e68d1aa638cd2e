"""What rerankers that run a pretrained model do alike: where the model is, one call at a time, the
query and the passages as it takes them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

from polysense.errors import PolysenseError
from polysense.protocols import Reranker
from polysense.read.file.text import legible
from polysense.types import Chunk, Modality, Part, Query
from polysense.weights.kinds import Kind, check_kind
from polysense.weights.pretrained import find_folder

Score = Callable[[Any, Sequence[Any]], Sequence[float]]
"""What a model makes of a query and passages, each as its own library takes them."""

LONGEST = 1024
"""Pictures are decoded at most this large; the models look at a few hundred pixels."""


@dataclass(kw_only=True, eq=False, repr=False)
class PretrainedReranker(Reranker):
    """By a folder of weights or a model of a hub.

    A family says what names its model in the settings (`option`), of whom a bare name is
    (`organisation`), which kinds of folders it takes (`kinds`), how one is loaded (`_open`), and of
    which modalities its passages are (`_modalities`). device="" is the best there is, dtype="" the
    weights' own, on a CPU float32. The hub is never asked with `offline`. These are a family's
    options, with defaults of its own.
    """

    extra = "models"
    option: ClassVar[str]
    kinds: ClassVar[Collection[Kind]]
    organisation: ClassVar[str] = ""

    model: str = ""
    device: str = ""
    dtype: str = ""
    batch: int = 32
    offline: bool = False

    def __post_init__(self) -> None:
        self.model, self.device, self.dtype = map(str, (self.model, self.device, self.dtype))
        self._lock = Lock()
        self._score: Score | None = None

    @cached_property
    def accepts(self) -> frozenset[Modality]:  # type: ignore[override]
        """Raises BadConfig, MissingDependency."""
        return self._modalities(self._folder)

    def check(self) -> None:
        """Raises BadConfig, MissingDependency where there is no such model, or one of another
        kind.
        """
        _ = self._folder

    def score(self, query: Query, chunks: Sequence[Chunk]) -> Sequence[float]:
        """One score a chunk; none where the query has nothing that the model reads. Raises
        MissingDependency where the model is not to be had, BadConfig where it cannot be loaded.
        """
        question = self._question(query)
        if question is None or not chunks:
            return []
        passages = [self._passage(chunk) for chunk in chunks]
        with self._lock:  # tokenizers are not for two threads at once
            return self._ready()(question, passages)

    def _ready(self) -> Score:
        if self._score is None:
            self._score = self._open(self._folder)
        return self._score

    def _question(self, query: Query) -> Any:
        """The query's words; without any a picture, where the model sees; else None."""
        words = "\n".join(p.data for p in query if p.modality == "text" and isinstance(p.data, str))
        if words.strip():
            return legible(words)
        if "image" not in self.accepts:
            return None
        pictures = (p for p in query if p.modality == "image")
        return next((_picture(p) for p in pictures), None)

    def _passage(self, chunk: Chunk) -> Any:
        """A picture where the model sees and one is there to read, else words."""
        if "image" in self.accepts and chunk.part is not None and chunk.part.modality == "image":
            try:
                return _picture(chunk.part)
            except (PolysenseError, OSError):
                pass  # its file is gone; its words are still here
        return legible(chunk.words)

    @cached_property
    def _folder(self) -> Path:
        folder = find_folder(
            self.model, self.option, offline=self.offline, organisation=self.organisation
        )
        check_kind(folder, self.option, self.kinds)
        return folder

    @abstractmethod
    def _modalities(self, folder: Path) -> frozenset[Modality]:
        """Of which modalities passages are. Raises BadConfig."""

    @abstractmethod
    def _open(self, folder: Path) -> Score:
        """The model, ready. Raises BadConfig, MissingDependency."""


def _picture(part: Part) -> Any:
    from PIL import Image

    from polysense.read.image.decode import pixels

    return Image.fromarray(pixels(part, longest=LONGEST))
