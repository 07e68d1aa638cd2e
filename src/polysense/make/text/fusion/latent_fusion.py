"""What models share whose decoder attends to states that were made of all passages."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from polysense.make.text.fusion.encoder_decoder_reader import (
    EncoderDecoderReader,
    token_log_likelihoods,
)
from polysense.types import Evidence


class LatentFusion(EncoderDecoderReader):
    """One of them says how the states of the passages become one."""

    @abstractmethod
    def _states(self, inputs: Any) -> tuple[Any, Any]:
        """(1, states, width), and which of them are no padding, (1, states)."""

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
