"""The modular paradigm: the model stays as it is, and what was retrieved comes to it as a few
vectors before its input, whatever its length.

    racc    "RACC" of "Learning to compress contexts for efficient knowledge-based visual question
            answering": the model itself reads each context with learned summary tokens behind it;
            their states, of all contexts, are drawn into one short prompt
    reveal  Hu et al., "REVEAL: retrieval-augmented visual-language pre-training with multi-source
            multimodal knowledge memory", CVPR 2023, arXiv:2212.05221: summaries are the values of a
            memory with a key each, and a learned query's share of each key weighs what is drawn,
            so that the loss of the answer teaches what to retrieve
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from polysense.errors import BadConfig
from polysense.train.generator.examples.example import Example
from polysense.train.generator.models import (
    IGNORED,
    LanguageModel,
    answer_log_likelihoods,
    batch_of,
)
from polysense.train.generator.prompt import plainly
from polysense.train.generator.recipe import Recipe, load_trained, save_trained

FILE = "compressed.safetensors"
CONTEXT_TOKENS = 256
"""Tokens of a context that are read, as `fusion_in_decoder` cuts its passages."""

KEY_TEMPERATURE = 0.1
"""Of the softmax over a memory's keys; learned from there on by their lengths. Judged."""

_NOTHING = -1e9


class Compressed(Recipe):
    """racc or reveal; tokens is how many vectors stand before the input."""

    def __init__(self, name: str, model: LanguageModel, tokens: int, folder: str = "") -> None:
        if model.is_encoder_decoder:
            raise BadConfig(f"{name} takes a model that goes on with its input", "Name another.")
        self.name, self.paper, self.model = name, PAPERS[name], model
        self.tokens, self.folder = tokens, folder
        model.weights.model.requires_grad_(False)
        self._network = _network(model.weights.model, tokens, has_keys=name == "reveal")

    @property
    def network(self) -> Any:
        return self._network

    def collate(self, examples: Sequence[Example]) -> Mapping[str, Any]:
        """Tokens of questions and replies; context_ids and context_mask, (examples, contexts,
        tokens); is_context, (examples, contexts).
        """
        import torch

        lessons = [plainly(e.with_contexts(()), self.model.accepts) for e in examples]
        batch = batch_of(self.model, lessons)
        k = max(1, *(len(e.contexts) for e in examples))
        words = [[c.words for c in e.contexts] + ["."] * (k - len(e.contexts)) for e in examples]
        tokenizer = self.model.weights.tokenizer
        encoded = tokenizer(
            [w or "." for row in words for w in row],
            padding=True, truncation=True, max_length=CONTEXT_TOKENS, return_tensors="pt",
        )  # fmt: skip
        device, shape = batch["input_ids"].device, (len(examples), k, -1)
        is_there = [[j < len(e.contexts) for j in range(k)] for e in examples]
        return {
            **batch,
            "context_ids": encoded["input_ids"].reshape(shape).to(device),
            "context_mask": encoded["attention_mask"].reshape(shape).to(device),
            "is_context": torch.tensor(is_there, device=device),
        }

    def log_likelihoods(self, examples: Sequence[Example]) -> list[float]:
        import torch

        with torch.inference_mode():
            return [float(s) for s in self._network(**self.collate(examples))["log_likelihoods"]]

    def save(self, folder: Path) -> str:
        save_trained(self._network, folder / FILE)
        return ""

    def load(self, folder: Path) -> None:
        """Take what `save` wrote. Raises BadConfig where it is of another model."""
        load_trained(self._network, folder / FILE)

    def settings(self) -> Mapping[str, Any]:
        return {"model": self.folder, "tokens": self.tokens}


def _network(model: Any, tokens: int, has_keys: bool) -> Any:
    import torch
    from torch import nn

    embed = model.get_input_embeddings()
    width, scale = embed.weight.shape[1], float(embed.weight.std())

    class CompressedNetwork(nn.Module):  # type: ignore[misc]
        """The mean loss of a batch, and the replies' log-likelihoods."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model
            self.summary = nn.Parameter(scale * torch.randn(tokens, width))
            self.queries = nn.Parameter(torch.randn(tokens, width) / width**0.5)
            self.to_key, self.to_value = nn.Linear(width, width), nn.Linear(width, width)
            self.out = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, width))
            if has_keys:
                self.memory_key = nn.Linear(width, width)
                self.memory_query = nn.Linear(width, width)

        def summaries(self, ids: Any, mask: Any) -> Any:
            """(examples, contexts, tokens, width): states of the summary tokens behind each."""
            flat, own = ids.flatten(0, 1), mask.flatten(0, 1)
            words = embed(flat)
            behind = self.summary.to(words.dtype).expand(len(flat), -1, -1)
            own = torch.cat([own, own.new_ones(len(flat), tokens)], 1)
            states = self.model.get_decoder()(
                inputs_embeds=torch.cat([words, behind], 1),
                attention_mask=own,
                position_ids=(own.cumsum(1) - 1).clamp(min=0),
            ).last_hidden_state[:, -tokens:]
            return states.float().reshape(*ids.shape[:2], tokens, width)

        def log_shares(self, question: Any, mask: Any, memory: Any, is_context: Any) -> Any:
            """(examples, contexts): the logarithm of what a question gives each context."""
            scores = torch.zeros(is_context.shape, device=memory.device)
            if has_keys:
                weights = mask.unsqueeze(-1).float()
                mean = (question.float() * weights).sum(1) / weights.sum(1).clamp(min=1)
                keys = nn.functional.normalize(self.memory_key(memory.mean(2)), dim=-1)
                request = nn.functional.normalize(self.memory_query(mean), dim=-1)
                scores = torch.einsum("nd,nkd->nk", request, keys) / KEY_TEMPERATURE
            return scores.masked_fill(~is_context, _NOTHING).log_softmax(1)

        def forward(
            self,
            input_ids: Any,
            attention_mask: Any,
            labels: Any,
            context_ids: Any,
            context_mask: Any,
            is_context: Any,
            **pictures: Any,
        ) -> dict[str, Any]:
            question = embed(input_ids)
            memory = self.summaries(context_ids, context_mask)
            is_asked = attention_mask * (labels == IGNORED)
            shares = self.log_shares(question, is_asked, memory, is_context)
            values = memory.flatten(1, 2)
            logits = self.queries @ self.to_key(values).transpose(1, 2) / width**0.5
            weights = (logits + shares.repeat_interleave(tokens, 1).unsqueeze(1)).softmax(-1)
            prompt = self.out(weights @ self.to_value(values)) * scale
            has_any = is_context.any(1)[:, None]
            before = has_any.expand(-1, tokens).to(attention_mask.dtype)
            own = torch.cat([before, attention_mask], 1)
            out = self.model(
                inputs_embeds=torch.cat([prompt.to(question.dtype), question], 1),
                attention_mask=own,
                position_ids=(own.cumsum(1) - 1).clamp(min=0),
                **pictures,
            )
            scores = answer_log_likelihoods(out.logits, labels, is_shifted=True)
            loss = -scores.sum() / (labels != IGNORED).sum()
            return {"loss": loss, "log_likelihoods": scores}

    return CompressedNetwork()


PAPERS: Mapping[str, str] = {
    "racc": "RACC, Learning to compress contexts for efficient knowledge-based VQA",
    "reveal": "Hu et al., REVEAL, CVPR 2023, arXiv:2212.05221",
}
"""The recipes that bring contexts as a few vectors."""
