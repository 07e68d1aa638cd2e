"""The modular paradigm: the model stays as it is, and what was retrieved comes to it as a few
vectors before its input, whatever its length: racc and reveal, as
`polysense.make.text.fusion.compressed_network` computes them and `compressed_contexts` answers by
them. The loss of the answer teaches reveal what to retrieve.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from polysense.errors import BadConfig
from polysense.make.text.fusion.compressed_contexts import context_inputs, question_message
from polysense.make.text.fusion.compressed_folder import WEIGHTS, CompressedConfig, write_compressed
from polysense.make.text.fusion.compressed_network import compressed_network
from polysense.train.generator.examples.example import Example
from polysense.train.generator.models import LanguageModel, batch_of
from polysense.train.generator.prompt import Lesson
from polysense.train.generator.recipe import Recipe
from polysense.types import Part
from polysense.weights.trained_part import save_trained


class Compressed(Recipe):
    """racc or reveal; tokens is how many vectors stand before the input."""

    def __init__(self, name: str, model: LanguageModel, tokens: int, folder: str = "") -> None:
        if model.is_encoder_decoder:
            raise BadConfig(f"{name} takes a model that goes on with its input", "Name another.")
        self.name, self.paper, self.model = name, PAPERS[name], model
        self.tokens, self.folder = tokens, folder
        model.weights.model.requires_grad_(False)
        self._network = compressed_network(model.weights.model, tokens, name)

    @property
    def network(self) -> Any:
        return self._network

    def collate(self, examples: Sequence[Example]) -> Mapping[str, Any]:
        """Tokens of questions and replies, and of contexts."""
        lessons = [
            Lesson([question_message(e.question, self._pictures(e))], e.answer) for e in examples
        ]
        batch = batch_of(self.model, lessons)
        words = [[c.words for c in e.contexts] for e in examples]
        device = batch["input_ids"].device
        return {**batch, **context_inputs(self.model.weights, words, device)}

    def _pictures(self, example: Example) -> list[Part]:
        return [p for p in example.images if p.modality in self.model.accepts]

    def log_likelihoods(self, examples: Sequence[Example]) -> list[float]:
        import torch

        with torch.inference_mode():
            return [float(s) for s in self._network(**self.collate(examples))["log_likelihoods"]]

    def save(self, folder: Path) -> str:
        save_trained(self._network, folder / WEIGHTS)
        write_compressed(CompressedConfig(self.folder, self.name, self.tokens), folder)
        return f'generators = ["compressed_contexts:model={folder}"]'

    def settings(self) -> Mapping[str, Any]:
        return {"model": self.folder, "tokens": self.tokens}


PAPERS: Mapping[str, str] = {
    "racc": "RACC, Learning to compress contexts for efficient knowledge-based VQA",
    "reveal": "Hu et al., REVEAL, CVPR 2023, arXiv:2212.05221",
}
"""The recipes that bring contexts as a few vectors."""
