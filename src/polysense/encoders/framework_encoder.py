"""What encoders over the embeddings of other frameworks do alike: words in, batches, one call at a
time, unit length, a space with a name.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Sequence
from functools import cached_property
from hashlib import sha256
from threading import RLock
from typing import Any, ClassVar

import numpy as np

from polysense.encoders.text_input import legible, words
from polysense.errors import BadConfig, ModelFailed, PolysenseError
from polysense.import_path import own_words
from polysense.protocols import Encoder, Signal, Vectors
from polysense.types import Part, Role, Space

_NAME_ATTRIBUTES = ("model", "model_name", "model_id", "deployment")
"""Where the classes of the frameworks keep what their model is called, the most usual first."""


class FrameworkEncoder(Encoder):
    """Words to vectors by somebody's model in a framework.

    A framework says who embeds (`_embedder`, made on first use) and how (`_embed`). dim is how
    many numbers a vector has; 0 asks the model once in each process that opens a library. revision
    names the weights behind the model's name: change it when they change, so that old vectors and
    new ones do not mix. `languages` are the codes of those it reads, separated by spaces; "" is
    any.
    """

    framework: ClassVar[str]
    accepts = frozenset({"text"})
    signal: Signal = "semantic"

    def __init__(self, *, dim: int, batch: int, languages: str, revision: str) -> None:
        self.dim, self.batch, self.revision = dim, batch, str(revision)
        self.languages = frozenset(languages.split()) or None
        self._lock = RLock()

    @cached_property
    def space(self) -> Space:  # type: ignore[override]
        """Named after the framework and the model. Raises BadConfig, MissingDependency, and
        ModelFailed where the model must be asked how wide its vectors are, and does not answer.
        """
        with self._lock:
            embedder = self._embedder
        kind, model = type(embedder), model_name(embedder)
        identity = f"{kind.__module__}.{kind.__qualname__}:{model}"
        revision = self.revision or sha256(identity.encode()).hexdigest()[:12]
        dim = self.dim or self._call(["width"], "document").shape[1]
        name = re.sub(r"[^\w.-]+", "-", model)
        return Space(f"{self.framework}-{name}", revision, dim)

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        """Unit vectors; NaN for parts without words. Raises ModelFailed where the model fails,
        BadConfig where its vectors are not as wide as `dim` says.
        """
        vectors = np.full((len(parts), self.space.dim), np.nan, np.float32)
        texts = {i: text for i, part in enumerate(parts) if (text := legible(words(part)))}
        indices = list(texts)
        for at in range(0, len(indices), self.batch):
            rows = indices[at : at + self.batch]
            raw = self._call([texts[i] for i in rows], role)
            if raw.shape != (len(rows), self.space.dim):
                size = " x ".join(map(str, raw.shape))
                message = f"{self.space} gave {size} numbers for {len(rows)} x {self.space.dim}"
                raise BadConfig(message, "Correct dim=, or leave it out.")
            lengths = np.linalg.norm(raw, axis=1, keepdims=True)
            vectors[rows] = raw / np.where(lengths > 0, lengths, np.nan)
        return vectors

    def check(self) -> None:
        """Raises MissingDependency or BadConfig where there is no such model; it is not asked."""
        with self._lock:
            _ = self._embedder

    def _call(self, texts: list[str], role: Role) -> Vectors:
        try:
            with self._lock:  # nothing says that somebody's model may be asked by two at once
                return np.asarray(self._embed(texts, role), np.float32)
        except PolysenseError:
            raise
        except Exception as e:  # noqa: BLE001 - somebody's model may fail in any way
            name = model_name(self._embedder)
            message = f"the embeddings {name} of {self.framework} failed: {own_words(e)}"
            hint = "Check its name, its key and its server, then index again: it goes on."
            raise ModelFailed(message, hint) from None  # its traceback may show headers with a key

    @property
    @abstractmethod
    def _embedder(self) -> Any:
        """The framework's own object. Raises BadConfig, MissingDependency."""

    @abstractmethod
    def _embed(self, texts: list[str], role: Role) -> Sequence[Sequence[float]]:
        """One vector a text."""


def model_name(embedder: Any) -> str:
    """What a framework's object calls its model; the name of its class where it does not say."""
    names = (getattr(embedder, attribute, None) for attribute in _NAME_ATTRIBUTES)
    is_name = (name for name in names if isinstance(name, str) and name and name != "unknown")
    return next(is_name, type(embedder).__name__)
