"""Aligned: what other encoders give, brought into one space by heads that were trained."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from polysense.encoders.aligned.folder import AlignedConfig, read_config, revision_of_heads
from polysense.errors import BadConfig, ModelMismatch
from polysense.protocols import Encoder, LoadEncoder, Signal, Vectors
from polysense.read.language.detect import detect_query_language
from polysense.types import Modality, Part, Role, Space
from polysense.weights.onnx_model import open_session


class Aligned(Encoder):
    """A space of several modalities: each tower is a frozen encoder with a small head over it.

    `model` is the folder of heads. A library that keeps the vectors of a tower's own space need not
    encode its files again: they are `derive`d. Runs without torch.
    """

    adapts_views = False  # a head was taught what its tower makes of the thing itself

    def __init__(self, *, load_encoder: LoadEncoder, model: str = "", threads: int = 0) -> None:
        self.model, self.threads, self._load_encoder = str(model), threads, load_encoder

    @cached_property
    def signal(self) -> Signal:  # type: ignore[override]
        """As the training says."""
        return self._config.signal

    @cached_property
    def accepts(self) -> frozenset[Modality]:  # type: ignore[override]
        """The modalities that are indexed there."""
        return frozenset(self._config.indexed)

    @cached_property
    def query_modalities(self) -> frozenset[Modality]:  # type: ignore[override]
        """All that have a tower."""
        return frozenset(self._config.towers)

    @cached_property
    def languages(self) -> frozenset[str] | None:  # type: ignore[override]
        """Those of the tower of words."""
        return frozenset(self._config.languages) or None

    @cached_property
    def space(self) -> Space:  # type: ignore[override]
        """Named after the training; its revision is the hash of the heads."""
        revision = revision_of_heads(self._folder, self._config)
        return Space(f"aligned-{self._config.name}", revision, self._config.dim)

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        """Unit vectors; NaN where the tower finds nothing to encode. Raises BadConfig,
        MissingDependency, ModelMismatch.
        """
        vectors = np.full((len(parts), self.space.dim), np.nan, np.float32)
        for modality in {p.modality for p in parts}:
            rows = [i for i, p in enumerate(parts) if p.modality == modality]
            features = np.asarray(self._tower(modality).encode([parts[i] for i in rows], role))
            heads = [self._head(parts[i], role) for i in rows]
            for head in set(heads):
                own = [at for at, name in enumerate(heads) if name == head]
                vectors[[rows[at] for at in own]] = self._through(head, features[own])
        return vectors

    def _head(self, part: Part, role: Role) -> str:
        """The file of the head over a part; "" for none."""
        tower = self._config.towers[part.modality]
        if role == "document":
            return tower.head
        language = ""
        if tower.language_heads and isinstance(part.data, str):
            language = detect_query_language(part.data)
        return tower.language_heads.get(language) or tower.query_head or tower.head

    def base(self, modality: Modality) -> Space | None:
        """The space of the tower of a modality; None where it has none."""
        return self._tower(modality).space if modality in self._config.towers else None

    def derive(self, vectors: Vectors, modality: Modality) -> Vectors:
        """What its tower's vectors, (n, width), are here: (n, dim), of unit length."""
        return self._through(self._config.towers[modality].head, vectors)

    def _through(self, head: str, vectors: Vectors) -> Vectors:
        if not head or not len(vectors):
            return np.asarray(vectors, np.float32)
        features = np.ascontiguousarray(vectors, np.float32)
        (output,) = self._sessions[head].run(None, {"features": features})
        return np.asarray(output, np.float32)

    def check(self) -> None:
        """Raises BadConfig, MissingDependency or ModelMismatch where it cannot run."""
        for modality in self._config.towers:
            self._tower(modality)

    def _tower(self, modality: Modality) -> Encoder:
        """The frozen encoder of a modality, as it was trained on. Raises ModelMismatch."""
        encoder, tower = self._encoders[modality], self._config.towers[modality]
        if encoder.space.revision != tower.revision:
            raise ModelMismatch(
                f"the heads in {self._folder} were trained over {tower.encoder} of revision "
                f"{tower.revision}, and it is {encoder.space.revision} here",
                "Train them again with `polysense train align`, or use the encoder of then.",
            )
        return encoder

    @cached_property
    def _encoders(self) -> dict[Modality, Encoder]:
        towers = self._config.towers
        by_spec = {t.encoder: self._load_encoder(t.encoder) for t in towers.values()}
        return {m: by_spec[t.encoder] for m, t in towers.items()}

    @cached_property
    def _sessions(self) -> dict[str, Any]:
        heads = {h for t in self._config.towers.values() for h in t.heads}
        return {h: open_session(self._folder / h, self.threads) for h in heads}

    @cached_property
    def _config(self) -> AlignedConfig:
        return read_config(self._folder)

    @cached_property
    def _folder(self) -> Path:
        if not self.model:
            raise BadConfig("aligned:model= names no folder", "Name it: aligned:model=FOLDER.")
        return Path(self.model).expanduser().absolute()
