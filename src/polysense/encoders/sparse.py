"""Learned sparse retrieval: SPLADE (Formal et al., SIGIR 2021, arXiv:2107.05720), and other sparse
encoders that sentence-transformers loads. A text has weights for words of a vocabulary, its own and
such as mean the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import InitVar, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from polysense.encoders.pretrained_encoder import Embed, PretrainedEncoder
from polysense.encoders.text_input import legible, words
from polysense.errors import BadConfig
from polysense.protocols import Vectors
from polysense.types import Part, Role
from polysense.vectors.sparse import MAX_DIM
from polysense.weights.kinds import (
    SPARSE,
    TEXT,
    check_kind,
    is_masked_language_model,
    model_config,
    modules_of,
)
from polysense.weights.pretrained import load_sentence_model

_SPLADE = (["Transformer", "SpladePooling"], ["MLMTransformer", "SpladePooling"])
"""The modules of a SPLADE, as sentence-transformers 6 and 5 save them."""


@dataclass(kw_only=True, eq=False, repr=False)
class Sparse(PretrainedEncoder):
    """Any sparse encoder that sentence-transformers loads: SPLADE, inference-free ones, CSR. A
    masked language model of transformers is pooled as SPLADE pools; it must have been trained so.

    `model` is a folder, or a name on the hub. Of each vector the `max_active_dims` largest weights
    stay; 0 keeps all. `polysense.encoders.pretrained_encoder` has the other options.
    """

    option = "sparse:model="
    accepts = frozenset({"text"})
    metric = "sparse"
    signal = "semantic"
    batches_a_call = 4

    model: str = "ibm-granite/granite-embedding-30m-sparse"
    max_active_dims: int = 0
    dim: int = field(init=False, default=0)
    languages: InitVar[str] = ""

    def __post_init__(self, languages: str) -> None:
        super().__post_init__(languages)
        self._model: Any = None

    def _revision(self, folder: Path) -> str:
        cut = f"-{self.max_active_dims}" if self.max_active_dims else ""
        return super()._revision(folder) + cut

    def _check_folder(self, folder: Path) -> None:
        kinds = (SPARSE, TEXT) if is_masked_language_model(folder) else (SPARSE,)
        check_kind(folder, self.option, kinds)

    def _prepare(self, part: Part) -> Any:
        return legible(words(part)) or None

    def _open(self, folder: Path) -> Embed:
        model = self._model = load_sentence_model(
            folder, "SparseEncoder", self.option, self.device, self.dtype
        )

        def embed(inputs: Sequence[Any], role: Role) -> list[Vectors]:
            encode = model.encode_query if role == "query" else model.encode_document
            matrix = encode(
                list(inputs),
                batch_size=self.batch,
                show_progress_bar=False,
                save_to_cpu=True,
                convert_to_sparse_tensor=False,  # an array of a few texts is quicker taken apart
                max_active_dims=self.max_active_dims or None,
            )
            weights = matrix.float().numpy()
            documents, dimensions = np.nonzero(weights > 0)
            rows = np.stack([dimensions, weights[documents, dimensions]], axis=1)
            starts = np.searchsorted(documents, np.arange(1, len(inputs)))
            return np.split(rows.astype(np.float32), starts)

        return embed

    def _width(self, folder: Path) -> int:
        """The words of the vocabulary, where a masked language model is pooled."""
        modules = [name for name, _ in modules_of(folder)]
        if modules not in _SPLADE and not is_masked_language_model(folder):
            return 0
        width = model_config(folder).get("vocab_size")
        return width if isinstance(width, int) and 0 < width <= MAX_DIM else 0

    def _measure_width(self) -> int:
        with self._lock:
            self._ready()
        width = int(self._model.get_embedding_dimension() or 0)
        if not 0 < width <= MAX_DIM:
            raise BadConfig(
                f"{self.option}{self.model} has {width} dimensions, of which 2**24 can be told "
                "apart at most",
                "Name a model with a smaller vocabulary.",
            )
        return width
