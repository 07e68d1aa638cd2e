"""An answer of passages that come to a language model as a few vectors before its input, however
many and however long they are: what `polysense train generator --recipe racc`, or reveal, taught.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from polysense.chat_models.generation import greedy_settings
from polysense.chat_models.likelihood import IGNORED
from polysense.chat_models.prompt import has_template, inert_words, inputs
from polysense.chat_models.weights import Description, Weights, describe, find, load
from polysense.errors import BadConfig
from polysense.make.question_text import question_text
from polysense.make.text.fusion.compressed_folder import (
    WEIGHTS,
    CompressedConfig,
    read_compressed,
)
from polysense.make.text.fusion.compressed_network import compressed_network
from polysense.make.text.fusion.passage_reader import PassageReader
from polysense.messages import Message
from polysense.types import Evidence, Part, Query
from polysense.weights.trained_part import load_trained

CONTEXT_TOKENS = 256
"""Tokens of a context that are read, as `fusion_in_decoder` cuts its passages."""


@dataclass(slots=True)
class _Loaded:
    weights: Weights
    network: Any


class CompressedContexts(PassageReader):
    """RACC or REVEAL, by the folder of a training; it names the language model that it was trained
    over, which stays as it is. `polysense.make.text.fusion.passage_reader` has the options.
    """

    option = "compressed_contexts:model="

    def check(self) -> None:
        """Raises BadConfig, MissingDependency."""
        _ = self._description

    def log_likelihood(self, query: Query, evidence: Sequence[Evidence], answer: str) -> float:
        """The logarithm of how likely the answer is by all passages together: the sum over its
        tokens.
        """
        pieces = self._readable(evidence)
        with self._lock:
            return self._log_likelihoods(query, [pieces], self._reply(answer))[0]

    def _answer(
        self, query: Query, pieces: Sequence[Evidence]
    ) -> tuple[str, list[float], list[int]]:
        import torch

        weights, network = self._loaded.weights, self._loaded.network
        row = self._row(query)
        contexts = context_inputs(weights, [_words(pieces)], row["input_ids"].device)
        with torch.inference_mode():
            ids, mask = row.pop("input_ids"), row.pop("attention_mask")
            embedded, mask = network.prepend(ids, mask, mask, **contexts)
            (tokens,) = weights.model.generate(
                inputs_embeds=embedded,
                attention_mask=mask,
                generation_config=greedy_settings(weights, self.most),
                **row,
            )
        text = " ".join(weights.tokenizer.decode(tokens, skip_special_tokens=True).split())
        alone = self._log_likelihoods(query, [[e] for e in pieces], tokens[None]) if text else []
        read = int(contexts["context_mask"].sum()) + ids.shape[1]
        return text, alone, [read, len(tokens)]

    def _log_likelihoods(
        self, query: Query, groups: Sequence[Sequence[Evidence]], reply: Any
    ) -> list[float]:
        """Of a reply, (1, tokens), by the passages of each group."""
        import torch

        row = self._row(query)
        ids, mask = row.pop("input_ids"), row.pop("attention_mask")
        labels = torch.cat([torch.full_like(ids, IGNORED), reply.to(ids.device)], 1)
        ids = torch.cat([ids, reply.to(ids.device)], 1)
        mask = torch.cat([mask, torch.ones_like(reply, device=ids.device)], 1)
        values = []
        with torch.inference_mode():
            for pieces in groups:
                contexts = context_inputs(self._loaded.weights, [_words(pieces)], ids.device)
                output = self._loaded.network(ids, mask, labels, **contexts, **row)
                values.append(float(output["log_likelihoods"][0]))
        return values

    def _row(self, query: Query) -> dict[str, Any]:
        """The question, with pictures for a model that sees, as the training put it."""
        weights = self._loaded.weights
        pictures = [p for p in query if p.modality in weights.natives]
        return inputs(weights, [question_message(question_text(query).strip(), pictures)])

    def _reply(self, answer: str) -> Any:
        """Tokens of an answer, (1, tokens), its end among them."""
        import torch

        weights = self._loaded.weights
        space = "" if has_template(weights) else " "
        tokens = weights.tokenizer(f"{space}{answer}", add_special_tokens=False)["input_ids"]
        end = weights.tokenizer.eos_token_id
        return torch.tensor([[*tokens, *([end] if end is not None else [])]])

    @cached_property
    def _folder(self) -> Path:
        if not self.model:
            raise BadConfig(f"{self.option} names no folder", f"Name it: {self.option}FOLDER.")
        return Path(self.model).expanduser().absolute()

    @cached_property
    def _config(self) -> CompressedConfig:
        return read_compressed(self._folder)

    @cached_property
    def _description(self) -> Description:
        return describe(find(self._config.model))

    @cached_property
    def _loaded(self) -> _Loaded:
        description = self._description
        natives = description.accepts & {"image"}
        weights = load(description, natives, self.device, self.dtype)
        weights.model.requires_grad_(False)
        network = compressed_network(weights.model, self._config.tokens, self._config.recipe)
        network.to(weights.model.device)
        load_trained(network, self._folder / WEIGHTS)
        network.eval()
        return _Loaded(weights, network)


def question_message(question: str, pictures: Sequence[Part]) -> Message:
    """What is asked, as training and answering both put it."""
    return Message.of("user", *pictures, f"Q: {question}")


def context_inputs(
    weights: Weights, rows: Sequence[Sequence[str]], device: Any
) -> Mapping[str, Any]:
    """context_ids and context_mask, (rows, contexts, tokens), of the words of each row's contexts;
    is_context, (rows, contexts), where one is there.
    """
    import torch

    count = max(1, *(len(r) for r in rows))
    words = [inert_words(weights, w) or "." for r in rows for w in [*r, *["."] * (count - len(r))]]
    encoded = weights.tokenizer(words, truncation=True, max_length=CONTEXT_TOKENS)["input_ids"]
    length, filler = max(map(len, encoded)), weights.tokenizer.pad_token_id or 0
    ids = [[*own, *[filler] * (length - len(own))] for own in encoded]
    mask = [[*[1] * len(own), *[0] * (length - len(own))] for own in encoded]
    is_there = [[i < len(row) for i in range(count)] for row in rows]
    return {
        "context_ids": torch.tensor(ids, device=device).reshape(len(rows), count, length),
        "context_mask": torch.tensor(mask, device=device).reshape(len(rows), count, length),
        "is_context": torch.tensor(is_there, device=device),
    }


def _words(pieces: Sequence[Evidence]) -> list[str]:
    return [" ".join(e.hit.chunk.words.split()) for e in pieces]
