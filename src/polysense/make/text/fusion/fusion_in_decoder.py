"""An answer of passages that meet in the decoder: each is encoded by itself with the question, and
the decoder attends to all of their states at once (Izacard and Grave, "Leveraging passage retrieval
with generative models for open domain question answering", EACL 2021, arXiv:2007.01282).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from polysense.make.text.fusion.passage_reader import PassageReader, token_log_likelihoods
from polysense.types import Evidence


class FusionInDecoder(PassageReader):
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

    def _write(self, inputs: Any, pieces: Sequence[Evidence]) -> str:
        import torch
        from transformers.modeling_outputs import BaseModelOutput

        with torch.inference_mode():
            states, mask = self._states(inputs)
            (tokens,) = self._loaded.model.generate(
                encoder_outputs=BaseModelOutput(last_hidden_state=states),
                attention_mask=mask,
                max_new_tokens=self.most,
                do_sample=False,
                num_beams=1,
            )
        return self._decoded(tokens)

    def _log_likelihood(self, inputs: Any, pieces: Sequence[Evidence], labels: Any) -> float:
        import torch
        from transformers.modeling_outputs import BaseModelOutput

        with torch.inference_mode():
            states, mask = self._states(inputs)
            logits = self._loaded.model(
                encoder_outputs=BaseModelOutput(last_hidden_state=states),
                attention_mask=mask,
                labels=labels,
            ).logits
        return float(token_log_likelihoods(logits, labels).sum())
