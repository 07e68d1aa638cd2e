"""A retriever that learns from the model that reads: contexts by which the right answer is likely
are to be found first (Lin et al., "RA-DIT", ICLR 2024, arXiv:2310.01352, the retriever's half; Shi
et al., "REPLUG", NAACL 2024, arXiv:2301.12652).

    loss  =  KL( p_R(c | x)  ||  p_LSR(c | x, y) )

p_R is the softmax of the question's cosines with the contexts, p_LSR that of how likely the frozen
model finds the answer by each alone. Trained is a head over the question's vector.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp
from pathlib import Path
from typing import Any

from polysense.chat_models.likelihood import IGNORED, answer_log_likelihoods
from polysense.train.generator.examples.example import Example
from polysense.train.generator.language_model import rows_of
from polysense.train.generator.models import LanguageModel, batch_of
from polysense.train.generator.prompt import PROMPTS
from polysense.train.generator.query_head import NO_CONTEXT, QueryHead, retrieval_log_shares
from polysense.train.generator.recipe import Recipe

TEMPERATURE = 0.1
"""Of the softmax over likelihoods, each the geometric mean of a token's, 0..1: as in REPLUG."""


class RetrieverByModel(Recipe):
    """model stays as it is, with the adapter that it may have; head is trained."""

    name = "lsr"
    paper = "Lin et al., RA-DIT, ICLR 2024, arXiv:2310.01352 (the retriever's half)"

    def __init__(
        self, model: LanguageModel, head: QueryHead, prompt: str = "ask", folder: str = ""
    ) -> None:
        self.model, self.head, self.prompt, self.folder = model, head, prompt, folder
        model.weights.model.requires_grad_(False)
        self._network = _network(head.network)
        self._likelihoods: dict[tuple[str, ...], tuple[float, int]] = {}

    @property
    def network(self) -> Any:
        return self._network

    def collate(self, examples: Sequence[Example]) -> Mapping[str, Any]:
        """The head's inputs, and means: how likely the answer is by each context, (n, k), 0..1."""
        import torch

        inputs = self.head.inputs(examples)
        means = torch.zeros(inputs["is_context"].shape, device=inputs["questions"].device)
        for i, example in enumerate(examples):
            for j, (log_likelihood, tokens) in enumerate(self._alone(example)[: len(means[i])]):
                means[i, j] = exp(log_likelihood / tokens)
        return {**inputs, "means": means}

    def log_likelihoods(self, examples: Sequence[Example]) -> list[float]:
        """By the sum over contexts, each weighed by the retriever's share."""
        import torch

        inputs = self.head.inputs(examples)
        with torch.inference_mode():
            shares = retrieval_log_shares(self.head.network, **inputs)
        likelihoods = []
        for example, row in zip(examples, shares, strict=True):
            alone = torch.tensor([value for value, _ in self._alone(example)])
            own = row[: len(alone)].cpu() if example.contexts else torch.zeros(1)
            likelihoods.append(float((own + alone).logsumexp(0)))
        return likelihoods

    def figures(self, examples: Sequence[Example]) -> Mapping[str, Sequence[float]]:
        """Of each example with both kinds, whether a right context is found first."""
        import torch

        both = [e for e in examples if e.right and e.wrong]
        if not both:
            return {}
        with torch.inference_mode():
            shares = retrieval_log_shares(self.head.network, **self.head.inputs(both))
        firsts = shares.argmax(1).tolist()
        matches = [float(e.contexts[i].is_right) for e, i in zip(both, firsts, strict=True)]
        return {"right context first": matches}

    def save(self, folder: Path) -> str:
        return self.head.save(folder)

    def settings(self) -> Mapping[str, Any]:
        return {"model": self.folder, "prompt": self.prompt, "encoder": self.head.spec}

    def _alone(self, example: Example) -> list[tuple[float, int]]:
        """By each context alone the answer's log-likelihood and its tokens, computed once; by none
        where there are none.
        """
        import torch

        show = PROMPTS[self.prompt]
        values = []
        for row in rows_of(example):
            key = (row.question, row.answer, *(c.part.id for c in row.contexts))
            if key not in self._likelihoods:
                lesson = show(row, self.model.accepts)
                batch = batch_of(self.model, [lesson])
                with torch.inference_mode():
                    logits = self.model.weights.model(**batch).logits
                score = answer_log_likelihoods(
                    logits, batch["labels"], is_shifted=not self.model.is_encoder_decoder
                )
                tokens = int((batch["labels"] != IGNORED).sum())
                self._likelihoods[key] = (float(score[0]), tokens)
            values.append(self._likelihoods[key])
        return values


def divergence(log_shares: Any, means: Any, is_context: Any) -> Any:
    """The mean over questions of KL(shares || softmax(means / TEMPERATURE)), (n, k) each.

    >>> import torch
    >>> means = torch.tensor([[0.5, 0.3]])
    >>> same = (means / TEMPERATURE).log_softmax(1)
    >>> float(divergence(same, means, torch.tensor([[True, True]])))
    0.0
    """
    targets = (means / TEMPERATURE).masked_fill(~is_context, NO_CONTEXT).log_softmax(1)
    return (log_shares.exp() * (log_shares - targets)).sum(1).mean()


def _network(head: Any) -> Any:
    import torch

    class Retriever(torch.nn.Module):  # type: ignore[misc]
        """The divergence of a batch."""

        def __init__(self) -> None:
            super().__init__()
            self.head = head

        def forward(self, means: Any, **inputs: Any) -> dict[str, Any]:
            shares = retrieval_log_shares(self.head, **inputs)
            return {"loss": divergence(shares, means, inputs["is_context"])}

    return Retriever()
