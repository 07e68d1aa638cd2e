"""What models with an encoder and a decoder share that read several passages for one answer: their
weights, and their input.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from polysense.errors import BadConfig
from polysense.make.question_text import question_text
from polysense.make.text.fusion.passage_reader import PassageReader
from polysense.types import Evidence, Query
from polysense.weights.pretrained import (
    check_has_weights,
    check_holds_model,
    find_folder,
    import_transformers,
    load_model,
    load_processor,
    read_config,
)

PASSAGE_TOKENS = 256
"""Tokens of a passage with the question: Izacard and Grave cut theirs at 250."""


@dataclass(slots=True)
class Loaded:
    """A model in memory, with its tokenizer."""

    model: Any
    tokenizer: Any


class EncoderDecoderReader(PassageReader):
    """A T5, a BART or their kin that was tuned to answer. Raises BadConfig where the folder holds
    no such model, MissingDependency.
    """

    def check(self) -> None:
        """Raises BadConfig, MissingDependency."""
        _ = self._folder

    def load(self) -> Loaded:
        """Its model and tokenizer, as training takes them. Raises BadConfig, MissingDependency."""
        return self._loaded

    def log_likelihood(self, query: Query, evidence: Sequence[Evidence], answer: str) -> float:
        """By all passages together."""
        pieces = self._readable(evidence)
        with self._lock:
            inputs = self._inputs(question_text(query), pieces)
            return self._log_likelihood(inputs, pieces, self._labels(answer))

    def _answer(
        self, query: Query, pieces: Sequence[Evidence]
    ) -> tuple[str, list[float], list[int]]:
        inputs = self._inputs(question_text(query).strip(), pieces)
        text = self._write(inputs, pieces)
        if not text:
            return "", [], [0, 0]
        labels = self._labels(text)
        alone = self._alone(inputs, labels)
        return text, alone, [int(inputs["attention_mask"].sum()), labels.shape[1]]

    @abstractmethod
    def _write(self, inputs: Any, pieces: Sequence[Evidence]) -> str:
        """The answer."""

    @abstractmethod
    def _log_likelihood(self, inputs: Any, pieces: Sequence[Evidence], labels: Any) -> float:
        """The logarithm of the answer's likelihood by all passages."""

    def input_text(self, question: str, title: str, words: str) -> str:
        """A passage with the question, as such models were trained on."""
        return f"question: {question} title: {title} context: {words}"

    def _inputs(self, question: str, pieces: Sequence[Evidence]) -> Any:
        """Tokens of each passage with the question, (passages, tokens), and what of them is no
        padding; of none the question alone.
        """
        texts = [
            self.input_text(question, e.hit.chunk.asset.name, " ".join(e.hit.chunk.words.split()))
            for e in pieces
        ] or [question]
        encoded = self._loaded.tokenizer(
            texts, padding=True, truncation=True, max_length=PASSAGE_TOKENS, return_tensors="pt"
        )
        device = self._loaded.model.device
        return {k: encoded[k].to(device) for k in ("input_ids", "attention_mask")}

    def _labels(self, answer: str) -> Any:
        """Tokens of an answer, (1, tokens), its end among them."""
        encoded = self._loaded.tokenizer(
            text_target=answer, truncation=True, max_length=self.most, return_tensors="pt"
        )["input_ids"]
        import torch

        end = self._loaded.model.config.eos_token_id
        if end is not None and int(encoded[0, -1]) != end:
            encoded = torch.cat([encoded, encoded.new_tensor([[end]])], 1)
        return encoded.to(self._loaded.model.device)

    def _alone(self, inputs: Any, labels: Any) -> list[float]:
        """The logarithm of an answer's likelihood by each passage alone."""
        import torch

        with torch.inference_mode():
            rows = labels.repeat(inputs["input_ids"].shape[0], 1)
            logits = self._loaded.model(**inputs, labels=rows).logits
        scores = token_log_likelihoods(logits, rows).sum(1)
        return [float(s) for s in scores]

    def _decoded(self, tokens: Any) -> str:
        text = self._loaded.tokenizer.decode(tokens, skip_special_tokens=True)
        return " ".join(str(text).split())

    @cached_property
    def _folder(self) -> Path:
        folder = find_folder(self.model, self.option, offline=self.offline)
        check_holds_model(folder, self.option)
        check_has_weights(folder)
        config = read_config(folder)
        if not (config.get("is_encoder_decoder") or config.get("model_type") in self._kinds):
            raise BadConfig(
                f"{folder} is a {config.get('model_type')}, which has no encoder of passages",
                "Name a T5, a BART or their kin; others are language models: "
                'language_models = ["transformers:model=FOLDER"].',
            )
        return folder

    _kinds: ClassVar[frozenset[str]] = frozenset({"t5", "bart", "mt5", "longt5"})

    @cached_property
    def _loaded(self) -> Loaded:
        return self._open(self._folder)

    def _open(self, folder: Path) -> Loaded:
        library = import_transformers(f"a model of {self.option}")
        tokenizer = load_processor(library.AutoTokenizer, folder)
        model, missing = load_model(library.AutoModelForSeq2SeqLM, folder, self.device, self.dtype)
        if missing:
            message = f"{folder} lacks weights: {', '.join(sorted(missing)[:3])}"
            raise BadConfig(message, "Copy or download it again.")
        return Loaded(model, tokenizer)


def token_log_likelihoods(logits: Any, labels: Any) -> Any:
    """Of each token the logarithm of its likelihood, (rows, tokens)."""
    log_shares = logits.float().log_softmax(-1)
    return log_shares.gather(-1, labels.unsqueeze(-1)).squeeze(-1)
