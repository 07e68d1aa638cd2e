"""The frozen paradigm: nothing is trained, a prompt puts what was retrieved before the model.

pica       Yang et al., "An empirical study of GPT-3 for few-shot knowledge-based VQA", AAAI
           2022, arXiv:2109.05014: contexts and pictures as words, with a few solved examples
           whose questions are the nearest
video_rag  Jeong et al., "VideoRAG: retrieval-augmented generation over video corpus", ACL
           2025, arXiv:2501.05874: frames of retrieved clips, what is said in them, the question
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from polysense.chat_models.likelihood import answer_log_likelihoods
from polysense.messages import Message
from polysense.train.generator.examples.example import Example
from polysense.train.generator.models import LanguageModel, batch_of
from polysense.train.generator.prompt import Lesson
from polysense.train.generator.recipe import Recipe
from polysense.types import Part

SHOTS = 4
"""Solved examples in a prompt. Judged: PICa takes 16 of a few words each."""

_INSTRUCTION = "Please answer the question according to the above context."


class Frozen(Recipe):
    """pica or video_rag over a model that stays as it is."""

    def __init__(self, name: str, model: LanguageModel, folder: str = "") -> None:
        self.name, self.paper, self.model, self.folder = name, PAPERS[name], model, folder
        self._solved: tuple[Example, ...] = ()
        model.weights.model.requires_grad_(False)

    @property
    def network(self) -> Any:
        return self.model.weights.model

    def prepare(self, examples: Sequence[Example]) -> None:
        self._solved = tuple(e for e in examples if e.right)

    def collate(self, examples: Sequence[Example]) -> Mapping[str, Any]:
        return batch_of(self.model, [self.show(e) for e in examples])

    def show(self, example: Example) -> Lesson:
        """What the model is shown of an example."""
        if self.name == "pica":
            return pica(example, nearest(example, self._solved, SHOTS))
        return video_rag(example)

    def log_likelihoods(self, examples: Sequence[Example]) -> list[float]:
        import torch

        batch = self.collate(examples)
        with torch.inference_mode():
            logits = self.network(**batch).logits
        is_shifted = not self.model.is_encoder_decoder
        return [float(s) for s in answer_log_likelihoods(logits, batch["labels"], is_shifted)]

    def save(self, folder: Path) -> str:
        return ""

    def settings(self) -> Mapping[str, Any]:
        return {"model": self.folder, **({"shots": SHOTS} if self.name == "pica" else {})}


def pica(example: Example, solved: Sequence[Example]) -> Lesson:
    """The instruction, the solved ones, the question; words alone."""
    blocks = [f"{_block(e)} {e.answer}" for e in solved]
    text = "\n\n".join([_INSTRUCTION, *blocks, _block(example)])
    return Lesson([Message.of("user", text)], example.answer)


def video_rag(example: Example) -> Lesson:
    """Each context's picture, then its words; those asked about; the question."""
    pictures = [c.part for c in example.contexts if c.part.modality != "text"]
    words = "\n".join(c.words for c in example.contexts if c.words)
    parts: list[Part | str] = [*pictures, *example.images, f"{words}\nQ: {example.question}"]
    return Lesson([Message.of("user", *parts)], example.answer)


def nearest(example: Example, solved: Sequence[Example], count: int) -> list[Example]:
    """Those whose questions share most words with its own, never itself; the nearest stands last,
    where a model heeds it most.
    """
    own = {*example.question.casefold().split()}
    others = [e for e in solved if e.question != example.question]

    def likeness(other: Example) -> float:
        words = {*other.question.casefold().split()}
        return len(own & words) / max(len(own | words), 1)

    return sorted(others, key=likeness, reverse=True)[:count][::-1]


def _block(example: Example) -> str:
    context = " ".join(c.words for c in example.contexts if c.words)
    return f"Context: {context}\nQ: {example.question}\nA:"


PAPERS: Mapping[str, str] = {
    "pica": "Yang et al., PICa, AAAI 2022, arXiv:2109.05014",
    "video_rag": "Jeong et al., VideoRAG, ACL 2025, arXiv:2501.05874",
}
"""The recipes that train nothing."""
