"""A language model that learns to answer from what is retrieved, by an adapter.

`adapter` shows all contexts at once, as `polysense ask` does. `ra_dit` is the generator's half of
RA-DIT (Lin et al., "RA-DIT: retrieval-augmented dual instruction tuning", ICLR 2024,
arXiv:2310.01352): each context by itself, and the answer's likelihood is the sum over them, each
weighed by how well it was found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import log
from pathlib import Path
from typing import Any

from polysense.chat_models.likelihood import answer_log_likelihoods
from polysense.train.generator.adapters import AdapterSettings, attach_adapter
from polysense.train.generator.examples.example import Example
from polysense.train.generator.models import LanguageModel, batch_of
from polysense.train.generator.prompt import PROMPTS
from polysense.train.generator.recipe import Recipe


class AdaptedLanguageModel(Recipe):
    """All contexts at once. model is trained by a new adapter; prompt is one of PROMPTS."""

    name = "adapter"
    paper = "Hu et al., LoRA, arXiv:2106.09685, and its kin"

    def __init__(
        self, model: LanguageModel, adapter: AdapterSettings, prompt: str = "ask", folder: str = ""
    ) -> None:
        self.model, self.adapter, self.prompt, self.folder = model, adapter, prompt, folder
        self._network = attach_adapter(model.weights.model, adapter)

    @property
    def network(self) -> Any:
        return self._network

    def collate(self, examples: Sequence[Example]) -> Mapping[str, Any]:
        show = PROMPTS[self.prompt]
        return batch_of(self.model, [show(e, self.model.accepts) for e in examples])

    def log_likelihoods(self, examples: Sequence[Example]) -> list[float]:
        import torch

        batch = self.collate(examples)
        with torch.inference_mode():
            logits = self._network(**batch).logits
        scores = answer_log_likelihoods(
            logits, batch["labels"], is_shifted=not self.model.is_encoder_decoder
        )
        return [float(s) for s in scores]

    def save(self, folder: Path) -> str:
        self._network.save_pretrained(folder)
        return f'language_models = ["transformers:model={self.folder},adapter={folder}"]'

    def settings(self) -> Mapping[str, Any]:
        return {"model": self.folder, "prompt": self.prompt, **asdict(self.adapter)}


class EachContextAlone(AdaptedLanguageModel):
    """RA-DIT's generator: a row for each context."""

    name = "ra_dit"
    paper = "Lin et al., RA-DIT, ICLR 2024, arXiv:2310.01352 (the generator's half)"

    def collate(self, examples: Sequence[Example]) -> Mapping[str, Any]:
        return super().collate([r for e in examples for r in rows_of(e)])

    def log_likelihoods(self, examples: Sequence[Example]) -> list[float]:
        import torch

        likelihoods = []
        for example in examples:
            alone = super().log_likelihoods([example])
            prior = log_prior([c.score for c in example.contexts] or [1.0])
            likelihoods.append(float(torch.logsumexp(torch.tensor(alone) + torch.tensor(prior), 0)))
        return likelihoods


def rows_of(example: Example) -> list[Example]:
    """An example for each context; the example itself where it has none."""
    return [example.with_contexts([c]) for c in example.contexts] or [example]


def log_prior(scores: Sequence[float]) -> list[float]:
    """The logarithm of each one's share of the scores.

    >>> [round(p, 3) for p in log_prior([1.0, 3.0])]
    [-1.386, -0.288]
    """
    return [log(score / sum(scores)) for score in scores]
