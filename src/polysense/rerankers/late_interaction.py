"""Late interaction as a reranker: the passages that another search gives are encoded when they are
asked about, and compared with the query token by token (Khattab & Zaharia, "ColBERT", SIGIR 2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from polysense.protocols import Vectors
from polysense.rerankers.pretrained_reranker import PretrainedReranker, Score
from polysense.types import Modality
from polysense.vectors.late_interaction import maxsim_scores
from polysense.weights.kinds import COLBERT, COLPALI, kind_of
from polysense.weights.pretrained import (
    load_sentence_model,
    to_array,
)


@dataclass(kw_only=True, eq=False, repr=False)
class LateInteraction(PretrainedReranker):
    """Any late interaction model that sentence-transformers loads: ColBERT of words, ColPali of
    pictures of pages. Nothing is stored: for a library that is too large to keep the tokens of all
    of it. Where they are kept, its space is the stage: `bm25 % 200 >> colbert`.

    `model` is a folder, or a name on the hub. A score is the mean, over the query's tokens, of the
    largest cosine with one of the passage's: -1 to 1. `polysense.rerankers.pretrained_reranker` has
    the other options.
    """

    option = "late_interaction:model="
    kinds = (COLBERT, COLPALI)

    model: str = "lightonai/GTE-ModernColBERT-v1"

    def _modalities(self, folder: Path) -> frozenset[Modality]:
        return frozenset({"image" if kind_of(folder) is COLPALI else "text"})

    def _open(self, folder: Path) -> Score:
        model = load_sentence_model(
            folder, "MultiVectorEncoder", self.option, self.device, self.dtype
        )

        def vectors(tensors: Sequence[Any]) -> list[Vectors]:
            rows = [to_array(t) for t in tensors]
            # of a padded place there is no vector
            return [r[np.linalg.norm(r, axis=1) > 0] for r in rows]

        def score(question: Any, passages: Sequence[Any]) -> list[float]:
            sizes = {"batch_size": self.batch, "show_progress_bar": False}
            [query] = vectors(model.encode_query([question], **sizes))
            rows = vectors(model.encode_document(list(passages), **sizes))
            scores = maxsim_scores(query, {str(n): r for n, r in enumerate(rows)})
            return [scores.get(str(n), 0.0) / max(len(query), 1) for n in range(len(rows))]

        return score
