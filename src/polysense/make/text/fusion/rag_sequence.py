"""An answer whose likelihood is summed over the passages, each weighed by how well it was found
(Lewis et al., "Retrieval-augmented generation for knowledge-intensive NLP tasks", NeurIPS 2020,
arXiv:2005.11401, RAG-Sequence).

    p(y | x)  =  sum over passages z of  p(z | x) p(y | x, z)

Decoded thoroughly, as there: each passage gives its own likeliest answer, and of all of them the
one is told that is likeliest by the sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from pathlib import Path
from typing import Any, ClassVar

from polysense.make.text.fusion.encoder_decoder_reader import EncoderDecoderReader, Loaded
from polysense.types import Evidence, Query
from polysense.weights.pretrained import (
    import_transformers,
    load_model,
    load_processor,
    read_config,
)

RAG = "rag"
"""The type of a folder that `RagSequenceForGeneration` has saved: its generator is taken."""

MIN_SCORE = 1e-6
"""A passage that was found with no score counts as one with this."""


class RagSequence(EncoderDecoderReader):
    """RAG-Sequence, by a BART, a T5 or the generator of a `RagSequenceForGeneration`; p(z | x) is a
    hit's share of the scores of all. `polysense.make.text.fusion.passage_reader` has the options.
    """

    option = "rag_sequence:model="
    _kinds: ClassVar[frozenset[str]] = EncoderDecoderReader._kinds | {RAG}

    def input_text(self, question: str, title: str, words: str) -> str:
        return f"{title} / {words} // {question}"

    def _write(self, inputs: Any, pieces: Sequence[Evidence]) -> str:
        import torch

        with torch.inference_mode():
            outputs = self._loaded.model.generate(
                **inputs, max_new_tokens=self.most, do_sample=False, num_beams=1
            )
        candidates = filter(None, map(self._decoded, outputs))
        return max(
            dict.fromkeys(candidates),
            key=lambda text: self._log_likelihood(inputs, pieces, self._labels(text)),
            default="",
        )

    def _log_likelihood(self, inputs: Any, pieces: Sequence[Evidence], labels: Any) -> float:
        import torch

        prior = torch.tensor(_log_prior(pieces) or [0.0], dtype=torch.float64)
        alone = torch.tensor(self._alone(inputs, labels), dtype=torch.float64)
        return float(torch.logsumexp(prior + alone, 0))

    def _answer(
        self, query: Query, pieces: Sequence[Evidence]
    ) -> tuple[str, list[float], list[int]]:
        """Whom it cites is the likeliest passage given the answer: prior and likelihood."""
        text, alone, usage = super()._answer(query, pieces)
        return text, [p + a for p, a in zip(_log_prior(pieces), alone, strict=False)], usage

    def _open(self, folder: Path) -> Loaded:
        if read_config(folder).get("model_type") != RAG:
            return super()._open(folder)
        library = import_transformers("a model of RAG")
        tokenizer = load_processor(library.RagTokenizer, folder).generator
        model, _ = load_model(library.RagSequenceForGeneration, folder, self.device, self.dtype)
        return Loaded(model.rag.generator, tokenizer)


def _log_prior(pieces: Sequence[Evidence]) -> list[float]:
    """The logarithm of each passage's share of the scores."""
    scores = [max(e.hit.score, MIN_SCORE) for e in pieces]
    return [log(score / sum(scores)) for score in scores]
