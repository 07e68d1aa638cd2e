"""ColBERT (Khattab & Zaharia, SIGIR 2020, arXiv:2004.12832), and its kin: a vector for each token
of a text, compared token by token.
"""

from __future__ import annotations

from typing import Any

from polysense.encoders.multi_vector import MultiVector
from polysense.encoders.text_input import legible, words
from polysense.types import Part
from polysense.weights.kinds import COLBERT


class Colbert(MultiVector):
    """Any late interaction model of texts that sentence-transformers loads: ColBERT as Stanford,
    PyLate or sentence-transformers save it.

    `model` is a folder, or a name on the hub. A transformer without a trained projection is
    refused: its vectors would be random. `polysense.encoders.pretrained_encoder` has the other
    options.
    """

    option = "colbert:model="
    kinds = (COLBERT,)
    accepts = frozenset({"text"})
    batches_a_call = 16

    def __init__(
        self,
        *,
        model: str = "lightonai/GTE-ModernColBERT-v1",
        device: str = "",
        dtype: str = "",
        batch: int = 32,
        dim: int = 0,
        languages: str = "",
        offline: bool = False,
    ) -> None:
        super().__init__(
            model=model,
            device=device,
            dtype=dtype,
            batch=batch,
            dim=dim,
            languages=languages,
            offline=offline,
        )

    def _prepare(self, part: Part) -> Any:
        return legible(words(part)) or None
