"""Models with an encoder and a decoder that learn to write one answer of several passages. They
differ in where the passages meet, and each has one loss over all of them:

    fusion_in_decoder  Izacard and Grave, EACL 2021, arXiv:2007.01282: each passage is encoded by
                       itself, the decoder attends to all of their states; cross-entropy
    fusion_in_encoder  the mean of what the encoder makes of each, place by place, is all that the
                       decoder sees (as `polysense.make.text.fusion.fusion_in_encoder`);
                       cross-entropy
    rag_sequence       Lewis et al., NeurIPS 2020, arXiv:2005.11401: the negative logarithm of
                       sum over z of p(z | x) p(y | x, z), with p(z | x) a passage's share of the
                       scores, which stay as they are
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any

from polysense.chat_models.likelihood import IGNORED, answer_log_likelihoods
from polysense.make.text.fusion.encoder_decoder_reader import PASSAGE_TOKENS, EncoderDecoderReader
from polysense.make.text.fusion.fusion_in_decoder import FusionInDecoder
from polysense.make.text.fusion.fusion_in_encoder import FusionInEncoder
from polysense.make.text.fusion.rag_sequence import RagSequence
from polysense.train.generator.examples.example import Example
from polysense.train.generator.recipe import Recipe

_NOTHING = -1e9
"""The logarithm of the share of a passage that is not there: infinity would have no gradient."""


@dataclass(frozen=True, slots=True)
class Strategy:
    """reader is the generator that uses what is trained, with its form of input; score gives
    (examples,) log-likelihoods of `labels`; by_tokens whether the loss is their mean over tokens or
    over examples.
    """

    reader: Callable[..., EncoderDecoderReader]
    paper: str
    score: Callable[[Any, Mapping[str, Any]], Any]
    by_tokens: bool


class Fusion(Recipe):
    """A strategy of STRATEGIES; all of the model's weights are trained."""

    def __init__(self, strategy: str, folder: str, device: str = "", dtype: str = "") -> None:
        own = STRATEGIES[strategy]
        self.name, self.paper, self.folder = strategy, own.paper, folder
        self._reader = own.reader(model=folder, device=device, dtype=dtype or "float32")
        self._loaded = self._reader.load()
        self._loaded.model.requires_grad_(True)
        self._network = _network(self._loaded.model, own)

    @property
    def network(self) -> Any:
        return self._network

    def collate(self, examples: Sequence[Example]) -> Mapping[str, Any]:
        """input_ids and attention_mask, (examples, passages, tokens); labels, (examples, tokens);
        log_prior, (examples, passages).
        """
        import torch

        passages = max(1, *(len(e.contexts) for e in examples))
        texts = [t for e in examples for t in self._texts(e, passages)]
        encoded = self._loaded.tokenizer(
            texts, padding=True, truncation=True, max_length=PASSAGE_TOKENS, return_tensors="pt"
        )
        device, shape = self._loaded.model.device, (len(examples), passages, -1)
        return {
            "input_ids": encoded["input_ids"].reshape(shape).to(device),
            "attention_mask": encoded["attention_mask"].reshape(shape).to(device),
            "labels": self._labels(examples).to(device),
            "log_prior": torch.tensor([_prior(e, passages) for e in examples], device=device),
        }

    def log_likelihoods(self, examples: Sequence[Example]) -> list[float]:
        import torch

        with torch.inference_mode():
            return [float(v) for v in self._network(**self.collate(examples))["log_likelihoods"]]

    def save(self, folder: Path) -> str:
        self._loaded.model.save_pretrained(folder)
        self._loaded.tokenizer.save_pretrained(folder)
        return f'generators = ["{self.name}:model={folder}"]'

    def settings(self) -> Mapping[str, Any]:
        return {"model": self.folder}

    def _texts(self, example: Example, passages: int) -> list[str]:
        """One for each passage; those that are not there are the question, and weigh nothing."""
        words = [(c.name, " ".join(c.words.split())) for c in example.contexts]
        texts = [self._reader.input_text(example.question, *w) for w in words]
        return [*texts, *[example.question] * (passages - len(texts))]

    def _labels(self, examples: Sequence[Example]) -> Any:
        import torch

        tokenizer, end = self._loaded.tokenizer, self._loaded.model.config.eos_token_id
        rows = [
            tokenizer(text_target=e.answer, truncation=True, max_length=PASSAGE_TOKENS)["input_ids"]
            for e in examples
        ]
        rows = [r if end is None or r[-1:] == [end] else [*r, end] for r in rows]
        length = max(map(len, rows))
        return torch.tensor([[*r, *[IGNORED] * (length - len(r))] for r in rows])


def _prior(example: Example, passages: int) -> list[float]:
    """The logarithm of each passage's share of the scores; the question alone has all of it."""
    if not example.contexts:
        return [0.0, *[_NOTHING] * (passages - 1)]
    total = sum(c.score for c in example.contexts)
    own = [log(c.score / total) for c in example.contexts]
    return [*own, *[_NOTHING] * (passages - len(own))]


def _network(model: Any, strategy: Strategy) -> Any:
    import torch

    class FusionNetwork(torch.nn.Module):  # type: ignore[misc]
        """The mean loss of a batch, and each example's log-likelihood."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, **batch: Any) -> dict[str, Any]:
            scores = strategy.score(self.model, batch)
            count = (batch["labels"] != IGNORED).sum() if strategy.by_tokens else len(scores)
            return {"loss": -scores.sum() / count, "log_likelihoods": scores}

    return FusionNetwork()


def _states(model: Any, batch: Mapping[str, Any]) -> tuple[Any, Any]:
    """The encoder's states, (examples, passages, tokens, width), and which are no padding."""
    ids, mask = batch["input_ids"], batch["attention_mask"]
    flat = {"input_ids": ids.flatten(0, 1), "attention_mask": mask.flatten(0, 1)}
    states = model.get_encoder()(**flat).last_hidden_state
    is_there = (batch["log_prior"] > _NOTHING).unsqueeze(-1).to(mask.dtype)
    return states.reshape(*ids.shape, -1), mask * is_there


def _decoded(model: Any, states: Any, mask: Any, labels: Any) -> Any:
    from transformers.modeling_outputs import BaseModelOutput

    outputs = model(
        encoder_outputs=BaseModelOutput(last_hidden_state=states),
        attention_mask=mask,
        labels=labels,
    )
    return answer_log_likelihoods(outputs.logits, labels, is_shifted=False)


def _in_decoder(model: Any, batch: Mapping[str, Any]) -> Any:
    states, mask = _states(model, batch)
    return _decoded(model, states.flatten(1, 2), mask.flatten(1, 2), batch["labels"])


def _in_encoder(model: Any, batch: Mapping[str, Any]) -> Any:
    states, mask = _states(model, batch)
    weights = mask.unsqueeze(-1).to(states.dtype)
    mean = (states * weights).sum(1) / weights.sum(1).clamp(min=1)
    return _decoded(model, mean, mask.amax(1), batch["labels"])


def _rag_sequence(model: Any, batch: Mapping[str, Any]) -> Any:
    ids, labels = batch["input_ids"], batch["labels"]
    rows = labels.repeat_interleave(ids.shape[1], 0)
    logits = model(
        input_ids=ids.flatten(0, 1),
        attention_mask=batch["attention_mask"].flatten(0, 1),
        labels=rows,
    ).logits
    alone = answer_log_likelihoods(logits, rows, is_shifted=False).reshape(ids.shape[:2])
    return (batch["log_prior"] + alone).logsumexp(1)


STRATEGIES: Mapping[str, Strategy] = {
    "fusion_in_decoder": Strategy(
        FusionInDecoder,
        "Izacard and Grave, fusion-in-decoder, EACL 2021, arXiv:2007.01282",
        _in_decoder,
        by_tokens=True,
    ),
    "fusion_in_encoder": Strategy(
        FusionInEncoder, "the mean of the encoder's states", _in_encoder, by_tokens=True
    ),
    "rag_sequence": Strategy(
        RagSequence,
        "Lewis et al., RAG-Sequence, NeurIPS 2020, arXiv:2005.11401",
        _rag_sequence,
        by_tokens=False,
    ),
}
"""Ways to fuse passages, by the name of the generator that uses them."""
