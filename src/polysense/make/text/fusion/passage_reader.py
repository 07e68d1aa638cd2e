"""What models that read several passages for one answer share: their weights, their input, whom
they cite.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Any, ClassVar

from polysense.errors import BadConfig
from polysense.make.question_text import question_text
from polysense.protocols import Generator
from polysense.types import Evidence, Modality, Origin, Part, Query
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

MAX_PASSAGES = 100
"""As many as Izacard and Grave read at once."""


@dataclass(slots=True)
class Loaded:
    """A model in memory, with its tokenizer."""

    model: Any
    tokenizer: Any


class PassageReader(Generator):
    """One of them. model is a folder, or a name on the hub, of a T5, a BART or another model with
    an encoder and a decoder that was tuned to answer; passages how many are read, most the tokens
    that may be written. device="" is the best there is, dtype="" the weights' own, on a CPU
    float32; the hub is never asked with `offline`.

    The answer cites the passage of which alone it is likeliest. Raises BadConfig where the folder
    holds no such model, MissingDependency.
    """

    extra = "models"
    option: ClassVar[str]
    accepts: frozenset[Modality] = frozenset({"text"})
    emits: Modality = "text"
    cost = 0.9
    origin: Origin = "generated"
    is_writer = True

    def __init__(
        self,
        *,
        model: str = "",
        passages: int = 8,
        most: int = 64,
        device: str = "",
        dtype: str = "",
        offline: bool = False,
    ) -> None:
        self.model, self.passages, self.most = str(model), passages, most
        self.device, self.dtype, self.offline = device, dtype, offline
        self.name = Path(self.model).name or self.option.partition(":")[0]
        self._lock = RLock()
        if not 1 <= passages <= MAX_PASSAGES:
            raise BadConfig(
                f"{self.option}{self.model},passages={passages}: not so many passages",
                f"Write 1 to {MAX_PASSAGES}, or leave it out.",
            )
        if most < 1:
            raise BadConfig(
                f"{self.option}{self.model},most={most}: nothing could be written",
                "Write how many tokens an answer may have, or leave it out.",
            )

    def check(self) -> None:
        """Raises BadConfig, MissingDependency."""
        _ = self._folder

    def load(self) -> Loaded:
        """Its model and tokenizer, as training takes them. Raises BadConfig, MissingDependency."""
        return self._loaded

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """The answer with the [n] that it rests on; nothing where nothing was asked in words, or
        no evidence has any.
        """
        pieces = self._readable(evidence)
        question = question_text(query).strip()
        if not pieces or not question:
            return
        with self._lock:
            text, likelihoods, usage = self._answer(question, pieces)
        if text:
            best = max(range(len(pieces)), key=lambda i: likelihoods[i])
            meta = {"model": self.name, "usage": usage, "evidence": [pieces[best].n]}
            yield Part("text", f"{text} [{pieces[best].n}]", meta=meta)

    def log_likelihood(self, query: Query, evidence: Sequence[Evidence], answer: str) -> float:
        """The logarithm of how likely the model is to give this answer to the question, of this
        evidence: the sum over its tokens.
        """
        pieces = self._readable(evidence)
        with self._lock:
            inputs = self._inputs(question_text(query), pieces)
            return self._log_likelihood(inputs, pieces, self._labels(answer))

    def _answer(
        self, question: str, pieces: Sequence[Evidence]
    ) -> tuple[str, list[float], list[int]]:
        """The answer, the logarithm of how likely it is by each passage alone, [tokens read,
        tokens written].
        """
        inputs = self._inputs(question, pieces)
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

    def _readable(self, evidence: Sequence[Evidence]) -> list[Evidence]:
        return [e for e in evidence if e.hit.chunk.words.strip()][: self.passages]

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
