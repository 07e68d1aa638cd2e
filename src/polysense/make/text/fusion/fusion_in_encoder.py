"""An answer of passages that meet before the decoder: the mean of what the encoder makes of each,
place by place, is all that the decoder sees.

The simplest way of fusing passages in latent space: as long as one passage, however many there are.
Not the global tokens of Kedia et al., "FiE" (EMNLP 2022), which need a model of their own.
"""

from __future__ import annotations

from typing import Any

from polysense.make.text.fusion.latent_fusion import LatentFusion


class FusionInEncoder(LatentFusion):
    """The mean of the passages' states, by a T5 or its kin that was tuned so.
    `polysense.make.text.fusion.passage_reader` has the options.
    """

    option = "fusion_in_encoder:model="

    def _states(self, inputs: Any) -> tuple[Any, Any]:
        """The mean over those passages that reach so far, (1, tokens, width)."""
        states = self._loaded.model.get_encoder()(**inputs).last_hidden_state
        mask = inputs["attention_mask"].unsqueeze(-1).to(states.dtype)
        mean = (states * mask).sum(0, keepdim=True) / mask.sum(0, keepdim=True).clamp(min=1)
        return mean, inputs["attention_mask"].amax(0, keepdim=True)
