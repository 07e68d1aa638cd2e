"""Cross-encoders: a model reads the query and a passage together (Nogueira & Cho, "Passage
Re-ranking with BERT", arXiv:1901.04085).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from polysense.errors import BadConfig
from polysense.rerankers.pretrained_reranker import PretrainedReranker, Score
from polysense.types import Modality
from polysense.weights.kinds import CROSS_ENCODER, model_config
from polysense.weights.pretrained import load_sentence_model


@dataclass(kw_only=True, eq=False, repr=False)
class CrossEncoder(PretrainedReranker):
    """Any cross-encoder that sentence-transformers loads: of one label, whose score it is; of two,
    the probability of the second. Passages that are longer than what it reads are cut.

    `model` is a folder, or a name on the hub. A model that reads pictures is given those of the
    chunks that are pictures. Scores order the passages of one query; those of different models, or
    of another query, compare with none. `polysense.rerankers.pretrained_reranker` has the other
    options.
    """

    option = "cross_encoder:model="
    kinds = (CROSS_ENCODER,)
    organisation = "cross-encoder"

    model: str = "cross-encoder/ms-marco-MiniLM-L6-v2"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._model: Any = None

    def _modalities(self, folder: Path) -> frozenset[Modality]:
        """Words; of a model that has more than words, what it says."""
        if "vision_config" not in model_config(folder):
            return frozenset({"text"})
        with self._lock:
            self._ready()
        return frozenset({"text", "image"} & set(self._model.modalities))

    def _open(self, folder: Path) -> Score:
        model = load_sentence_model(folder, "CrossEncoder", self.option, self.device, self.dtype)
        if model.num_labels > 2:
            raise BadConfig(
                f"{folder} gives {model.num_labels} labels a pair, not a score",
                "Name a cross-encoder trained to rank: one label.",
            )
        self._model = model

        def score(question: Any, passages: Sequence[Any]) -> list[float]:
            scores = np.asarray(
                model.predict(
                    [(question, p) for p in passages],
                    batch_size=self.batch,
                    show_progress_bar=False,
                    apply_softmax=True,
                )
            )
            return [float(s) for s in (scores[:, 1] if scores.ndim > 1 else scores)]

        return score
