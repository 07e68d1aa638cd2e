"""ColBERT (Khattab & Zaharia, SIGIR 2020, arXiv:2004.12832), and its kin: a vector for each token
of a text, compared token by token.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from polysense.encoders.multi_vector import MultiVector
from polysense.encoders.text_input import legible, words
from polysense.types import Part
from polysense.weights.kinds import COLBERT


@dataclass(kw_only=True, eq=False, repr=False)
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
    signal = "semantic"
    batches_a_call = 16

    model: str = "lightonai/GTE-ModernColBERT-v1"

    def _prepare(self, part: Part) -> Any:
        return legible(words(part)) or None
