"""End to end: retriever and generator are trained by one loss (Lin and Byrne, "Retrieval augmented
visual question answering with outside knowledge", EMNLP 2022, arXiv:2210.03809).

    loss  =  - mean over contexts z of log p(y | x, z)
             - mean over z of  log p(z | x)        where z holds the answer and the model gives it
                               log (1 - p(z | x))  where neither
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from polysense.chat_models.likelihood import IGNORED, answer_log_likelihoods
from polysense.train.generator.adapters import AdapterSettings
from polysense.train.generator.examples.example import Example
from polysense.train.generator.language_model import EachContextAlone, rows_of
from polysense.train.generator.models import LanguageModel
from polysense.train.generator.query_head import QueryHead, retrieval_log_shares

RETRIEVER = "retriever"
"""The folder of the retriever's head, beside the adapter."""

_ALMOST_ONE = 1 - 1e-6


class JointRetrieval(EachContextAlone):
    """An adapter of the model and a head of the retriever."""

    name = "ra_vqa"
    paper = "Lin and Byrne, RA-VQA, EMNLP 2022, arXiv:2210.03809"

    def __init__(
        self,
        model: LanguageModel,
        adapter: AdapterSettings,
        head: QueryHead,
        prompt: str = "plain",
        folder: str = "",
    ) -> None:
        super().__init__(model, adapter, prompt, folder)
        self.head = head
        self._joint = _network(self._network, head.network)

    @property
    def network(self) -> Any:
        return self._joint

    def collate(self, examples: Sequence[Example]) -> Mapping[str, Any]:
        """The tokens of a row for each context, of all examples, with place, (rows, 2): which
        example and which of its contexts; the head's inputs; holds_answer, (examples, contexts).
        """
        import torch

        batch = super().collate(examples)
        head = self.head.inputs(examples)
        places = [[i, j] for i, e in enumerate(examples) for j in range(len(rows_of(e)))]
        holds = torch.zeros(head["is_context"].shape, dtype=torch.bool)
        for i, example in enumerate(examples):
            for j, context in enumerate(example.contexts):
                is_said = example.answer.casefold() in context.words.casefold()
                holds[i, j] = context.is_right or is_said
        device = batch["input_ids"].device
        return {
            **batch,
            **head,
            "place": torch.tensor(places, device=device),
            "holds_answer": holds.to(device),
        }

    def log_likelihoods(self, examples: Sequence[Example]) -> list[float]:
        import torch

        with torch.inference_mode():
            return [float(s) for s in self.network(**self.collate(examples))["log_likelihoods"]]

    def save(self, folder: Path) -> str:
        model = super().save(folder)
        (folder / RETRIEVER).mkdir(exist_ok=True)
        return f"{model}\n  {self.head.save(folder / RETRIEVER)}"

    def settings(self) -> Mapping[str, Any]:
        return {**super().settings(), "encoder": self.head.spec}


def _network(model: Any, head: Any) -> Any:
    import torch

    class JointNetwork(torch.nn.Module):  # type: ignore[misc]
        """The joint loss of a batch, and each answer's log-likelihood over its contexts."""

        def __init__(self) -> None:
            super().__init__()
            self.model, self.head = model, head

        def forward(
            self,
            labels: Any,
            questions: Any,
            contexts: Any,
            is_context: Any,
            place: Any,
            holds_answer: Any,
            **batch: Any,
        ) -> dict[str, Any]:
            logits = self.model(**batch, **({"labels": labels} if is_pair else {})).logits
            rows = answer_log_likelihoods(logits, labels, is_shifted=not is_pair)
            shares = retrieval_log_shares(self.head, questions, contexts, is_context)
            alone = torch.full_like(shares, -1e9)
            alone[place[:, 0], place[:, 1]] = rows.to(shares.dtype)
            gives = torch.zeros_like(holds_answer)
            gives[place[:, 0], place[:, 1]] = _gives_answer(logits, labels, not is_pair)
            tokens = (labels != IGNORED).sum()
            loss = -rows.sum() / tokens + relevance_loss(shares, holds_answer, gives, is_context)
            return {"loss": loss, "log_likelihoods": (shares + alone).logsumexp(1)}

    is_pair = bool(model.config.is_encoder_decoder)
    return JointNetwork()


def relevance_loss(log_shares: Any, holds_answer: Any, gives_answer: Any, is_context: Any) -> Any:
    """The retriever's part, of (n, k) each: contexts are relevant that hold the answer and by which
    the model gives it, irrelevant those of which neither is true; others say nothing.

    >>> import torch
    >>> halves, yes, no = torch.full((1, 2), 0.5).log(), *torch.eye(2, dtype=torch.bool)
    >>> float(relevance_loss(halves, yes[None], yes[None], torch.ones(1, 2, dtype=bool)).exp())
    2.0
    """
    is_relevant = holds_answer & gives_answer & is_context
    is_irrelevant = ~holds_answer & ~gives_answer & is_context
    shares = log_shares.exp().clamp(max=_ALMOST_ONE)
    values = log_shares * is_relevant + (1 - shares).log() * is_irrelevant
    return -values.sum() / (is_relevant | is_irrelevant).sum().clamp(min=1)


def _gives_answer(logits: Any, labels: Any, is_shifted: bool) -> Any:
    """(rows,): whether each token of the reply is the likeliest after those before it."""
    best = logits[:, -labels.shape[1] :].argmax(-1)
    if is_shifted:
        best, labels = best[:, :-1], labels[:, 1:]
    return ((best == labels) | (labels == IGNORED)).all(1)
