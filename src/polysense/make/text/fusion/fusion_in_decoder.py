"""An answer of passages that meet in the decoder: each is encoded by itself with the question, and
the decoder attends to all of their states at once (Izacard and Grave, "Leveraging passage retrieval
with generative models for open domain question answering", EACL 2021, arXiv:2007.01282).
"""

from __future__ import annotations

from typing import Any

from polysense.make.text.fusion.latent_fusion import LatentFusion


class FusionInDecoder(LatentFusion):
    """Fusion-in-decoder, by a T5 or its kin. `polysense.make.text.fusion.passage_reader` has the
    options.
    """

    option = "fusion_in_decoder:model="

    def _states(self, inputs: Any) -> tuple[Any, Any]:
        """The encoder's states of all passages, end to end, (1, passages x tokens, width), and what
        of them is no padding.
        """
        states = self._loaded.model.get_encoder()(**inputs).last_hidden_state
        return states.reshape(1, -1, states.shape[-1]), inputs["attention_mask"].reshape(1, -1)
