"""End to end: retrieved documents, words and pictures, stand interleaved before the question, and
what is retrieved is learned from too, with a small weight (Yasunaga et al., "Retrieval-augmented
multimodal language modeling", ICML 2023, arXiv:2211.12561).

    loss  =  cross-entropy of the reply  +  RETRIEVED_WEIGHT * cross-entropy of the prompt's words
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from polysense.chat_models.likelihood import IGNORED
from polysense.train.generator.adapters import AdapterSettings
from polysense.train.generator.examples.example import Example
from polysense.train.generator.language_model import AdaptedLanguageModel
from polysense.train.generator.models import LanguageModel

RETRIEVED_WEIGHT = 0.1
"""Alpha of the paper, which found 0.1 better than 0 and 1."""


class Interleaved(AdaptedLanguageModel):
    """An adapter that learns from the prompt's words too; of pictures, whose tokens a model that
    sees does not write, there is no loss.
    """

    name = "ra_cm3"
    paper = "Yasunaga et al., RA-CM3, ICML 2023, arXiv:2211.12561"

    def __init__(
        self,
        model: LanguageModel,
        adapter: AdapterSettings,
        prompt: str = "plain",
        folder: str = "",
    ) -> None:
        super().__init__(model, adapter, prompt, folder)
        self._with_retrieved = _network(self._network)

    @property
    def network(self) -> Any:
        return self._with_retrieved

    def collate(self, examples: Sequence[Example]) -> Mapping[str, Any]:
        """As of an adapter, and retrieved_labels: the prompt's tokens but for special ones."""
        import torch

        batch = super().collate(examples)
        ids = batch["input_ids"]
        special = torch.tensor(
            sorted({*self.model.weights.tokenizer.all_special_ids}), device=ids.device
        )
        is_left_out = (batch["labels"] != IGNORED) | torch.isin(ids, special)
        is_left_out |= batch["attention_mask"] == 0
        return {**batch, "retrieved_labels": ids.masked_fill(is_left_out, IGNORED)}

    def log_likelihoods(self, examples: Sequence[Example]) -> list[float]:
        import torch

        batch = self.collate(examples)
        with torch.inference_mode():
            return [float(s) for s in self.network(**batch)["log_likelihoods"]]

    def settings(self) -> Mapping[str, Any]:
        return {**super().settings(), "retrieved weight": RETRIEVED_WEIGHT}


def _network(model: Any) -> Any:
    import torch

    from polysense.chat_models.likelihood import answer_log_likelihoods

    class InterleavedNetwork(torch.nn.Module):  # type: ignore[misc]
        """The weighted loss of a batch, and the replies' log-likelihoods."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, labels: Any, retrieved_labels: Any, **batch: Any) -> dict[str, Any]:
            logits = self.model(**batch).logits
            replies = answer_log_likelihoods(logits, labels, is_shifted=True)
            prompts = answer_log_likelihoods(logits, retrieved_labels, is_shifted=True)
            counts = [(own != IGNORED).sum().clamp(min=1) for own in (labels, retrieved_labels)]
            loss = -replies.sum() / counts[0] - RETRIEVED_WEIGHT * prompts.sum() / counts[1]
            return {"loss": loss, "log_likelihoods": replies}

    return InterleavedNetwork()
