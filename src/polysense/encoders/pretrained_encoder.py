"""What encoders that run a pretrained model do alike: where the model is and what it is called,
batches, one call at a time, unit length, a cut to fewer numbers, parts in which there is nothing.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

import numpy as np

from polysense.errors import BadConfig
from polysense.protocols import Encoder, Encoding, Vectors
from polysense.types import Metric, Modality, Part, Role, Space
from polysense.vectors.late_interaction import no_vectors
from polysense.weights.kinds import Kind, check_kind
from polysense.weights.pretrained import (
    check_has_weights,
    check_holds_model,
    find_folder,
    load_faults,
    revision_of,
)

Embed = Callable[[Sequence[Any], Role], Encoding]
"""What a model makes of prepared inputs of one modality: (inputs, width), of any length; or where
the metric is another than "cosine", a list of arrays, one an input.
"""


@dataclass(kw_only=True, eq=False, repr=False)
class PretrainedEncoder(Encoder):
    """By a folder of weights or a model of a hub: one vector a part, more where `metric` says so.

    A family says what names its model in the settings (`option`), of whom a bare name is
    (`organisation`), which kinds of folders it takes (`kinds`; any where it says nothing), how one
    part is prepared (`_prepare`; None is nothing to encode), how a folder is loaded (`_open`), and
    how wide its vectors are, where the config tells (`_width`). Where the model's own library sorts
    inputs by length, it is given `batches_a_call` batches at once.

    device="" is the best there is, dtype="" the weights' own, on a CPU float32. `dim` keeps the
    first so many numbers of each vector, for models trained so that these say most (Kusupati et
    al., "Matryoshka representation learning", NeurIPS 2022); 0 keeps all. The hub is never asked
    with `offline`. These are a family's options, with defaults of its own, and others beside them:
    where it reads or hears words, `languages`, the codes of those, separated by spaces; "" is any.
    """

    extra = "models"
    option: ClassVar[str]
    organisation: ClassVar[str] = ""
    kinds: ClassVar[Collection[Kind]] = ()
    metric: ClassVar[Metric] = "cosine"
    batches_a_call: ClassVar[int] = 1

    model: str = ""
    device: str = ""
    dtype: str = ""
    batch: int = 32
    dim: int = 0
    offline: bool = False

    def __post_init__(self, languages: str = "") -> None:  # noqa: RUF033, a field of some families
        self.model, self.device, self.dtype = map(str, (self.model, self.device, self.dtype))
        self.languages = frozenset(languages.split()) or None
        self._lock = Lock()
        self._embed: Embed | None = None

    @cached_property
    def space(self) -> Space:  # type: ignore[override]
        """Named after the plug-in and the model; its revision is the hub's, or the hash of the
        folder's config and weights. Raises BadConfig, MissingDependency.
        """
        width = self._width(self._folder)
        if not width:
            width = self._measure_width()
        if self.dim > width:
            raise BadConfig(
                f"{self.option}{self.model} has {width} numbers a vector, not {self.dim}",
                f"Write dim={width} at most, or leave it out.",
            )
        return Space(self._space_name, self._revision(self._folder), self.dim or width, self.metric)

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Encoding:
        """Unit vectors; NaN (or no rows) where there is nothing to encode. Raises MissingDependency
        where the model is not to be had, BadConfig where there is no such folder, or none that can
        be loaded.
        """
        encoding = no_vectors(self.space, len(parts))
        step = self.batch * self.batches_a_call
        by_modality: dict[Modality, list[int]] = {}
        for i, part in enumerate(parts):
            by_modality.setdefault(part.modality, []).append(i)
        for indices in by_modality.values():
            for at in range(0, len(indices), step):
                prepared = [(i, self._prepare(parts[i])) for i in indices[at : at + step]]
                some = [(i, p) for i, p in prepared if p is not None]
                if some:
                    rows = self._encode_batch([p for _, p in some], role)
                    for (i, _), row in zip(some, rows, strict=True):
                        encoding[i] = row
        return encoding

    def _encode_batch(self, inputs: Sequence[Any], role: Role) -> Encoding:
        with self._lock:  # tokenizers are not for two threads at once
            raw = self._ready()(inputs, role)
        if self.metric == "cosine":
            return self._unit(raw)
        if self.metric == "maxsim":
            return [rows[np.isfinite(rows).all(axis=1)] for rows in map(self._unit, raw)]
        return [np.asarray(rows, np.float32) for rows in raw]

    def _ready(self) -> Embed:
        """The model, opened on first use, under the lock. Raises BadConfig whatever goes wrong with
        it, such as too little memory: no part is to blame.
        """
        if self._embed is None:
            with load_faults(self._folder):
                self._embed = self._open(self._folder)
        return self._embed

    def _unit(self, raw: Any) -> Vectors:
        """Rows of unit length, cut to `dim`; NaN where there is nothing in one."""
        vectors = np.asarray(raw, np.float32)
        cut = vectors[:, : self.dim] if self.dim else vectors
        lengths = np.linalg.norm(cut, axis=1, keepdims=True)
        return np.asarray(cut / np.where(lengths > 0, lengths, np.nan), np.float32)

    def check(self) -> None:
        """Raises MissingDependency or BadConfig where there is no such model."""
        _ = self.space

    @cached_property
    def _folder(self) -> Path:
        folder = find_folder(
            self.model, self.option, offline=self.offline, organisation=self.organisation
        )
        self._check_folder(folder)
        check_holds_model(folder, self.option)
        check_has_weights(folder)
        return folder

    def _check_folder(self, folder: Path) -> None:
        """Raises BadConfig where a folder holds none of the family's kinds: before anything is
        indexed, for the config tells.
        """
        if self.kinds:
            check_kind(folder, self.option, self.kinds)

    @property
    def _space_name(self) -> str:
        name = re.sub(r"[^\w.-]+", "-", Path(self.model).name)
        return f"{self.option.partition(':')[0]}-{name}"

    def _revision(self, folder: Path) -> str:
        return revision_of(folder)

    def _measure_width(self) -> int:
        probe = self._prepare(self._probe())
        with self._lock:
            return int(self._ready()([probe], "query")[0].shape[-1])

    def _probe(self) -> Part:
        """A part whose vector tells how wide vectors are, where the config does not."""
        return Part("text", "width")

    @abstractmethod
    def _prepare(self, part: Part) -> Any:
        """The part as the model's own library takes it; None: nothing to encode."""

    @abstractmethod
    def _open(self, folder: Path) -> Embed:
        """The model, ready. Raises BadConfig, MissingDependency."""

    def _width(self, folder: Path) -> int:
        """Numbers a vector, as the config tells, so that the model need not be loaded to know its
        space; 0 where it tells nothing.
        """
        return 0
