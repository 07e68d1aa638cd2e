"""Projectors, trained alone: what carries one frozen model's states into another's input.

input_projector   states of a frozen encoder of pictures into the language model's space of
                  words: the first stage of Liu et al., "Visual instruction tuning", NeurIPS
                  2023, arXiv:2304.08485
output_projector  the language model's last states into what conditions a frozen decoder of
                  pictures: learned queries draw them, and are held to what the decoder's own
                  encoder makes of the words (Koh et al., "GILL", NeurIPS 2023,
                  arXiv:2305.17216; Wu et al., "NExT-GPT", ICML 2024, arXiv:2309.05519)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from polysense.chat_models.likelihood import answer_log_likelihoods
from polysense.errors import BadConfig
from polysense.messages import Message
from polysense.train.generator.examples.example import Example
from polysense.train.generator.models import LanguageModel, batch_of
from polysense.train.generator.prompt import PROMPTS, Lesson
from polysense.train.generator.recipe import Recipe
from polysense.weights.pretrained import find_folder, import_transformers, load_faults
from polysense.weights.trained_part import load_trained, save_trained

FILE = "output_projector.safetensors"


class InputProjector(Recipe):
    """All of a model that sees stays as it is, but for what stands between its encoder and its
    language model. Saved is the whole model, which is asked like any other.
    """

    name = "input_projector"
    paper = "Liu et al., Visual instruction tuning, NeurIPS 2023, arXiv:2304.08485 (first stage)"

    def __init__(self, model: LanguageModel, prompt: str = "plain", folder: str = "") -> None:
        self.model, self.prompt, self.folder = model, prompt, folder
        self._parts = projector_parameters(model.weights.model)
        if not self._parts:
            raise BadConfig(
                f"{folder} has nothing between an encoder and its language model",
                "Name a model that sees, such as a LLaVA.",
            )
        model.weights.model.requires_grad_(False)
        for parameter in self._parts:
            parameter.requires_grad_(True)

    @property
    def network(self) -> Any:
        return self.model.weights.model

    def collate(self, examples: Sequence[Example]) -> Mapping[str, Any]:
        show = PROMPTS[self.prompt]
        return batch_of(self.model, [show(e, self.model.accepts) for e in examples])

    def log_likelihoods(self, examples: Sequence[Example]) -> list[float]:
        import torch

        batch = self.collate(examples)
        with torch.inference_mode():
            logits = self.network(**batch).logits
        return [float(s) for s in answer_log_likelihoods(logits, batch["labels"], is_shifted=True)]

    def save(self, folder: Path) -> str:
        self.network.save_pretrained(folder)
        self.model.weights.processor.save_pretrained(folder)
        return f'language_models = ["transformers:model={folder}"]'

    def settings(self) -> Mapping[str, Any]:
        return {"model": self.folder, "prompt": self.prompt}


def projector_parameters(model: Any) -> list[Any]:
    """The parameters of a model that are of no encoder and not of its language model: it tells
    what those are by its classes, which have configs of their own.
    """
    import torch
    from transformers import PreTrainedModel

    inner: list[Any] = []

    def visit(module: torch.nn.Module) -> None:
        for child in module.children():
            is_model = isinstance(child, PreTrainedModel)
            if is_model and type(child.config) is not type(model.config):
                inner.append(child)
            else:
                visit(child)

    visit(model)
    if len(inner) < 2:  # a model of words has no encoder beside it
        return []
    head = model.get_output_embeddings()
    others = {id(p) for m in (*inner, *([head] if head else [])) for p in m.parameters()}
    return [p for p in model.parameters() if id(p) not in others]


class OutputProjector(Recipe):
    """model and conditioner, the folder of a decoder's encoder of words (a CLIP's, as Stable
    Diffusion has it in its `text_encoder`, with the tokenizer beside it), stay as they are.

    The log-likelihood of an example is minus half the mean squared distance, a number, from what
    the conditioner makes of the answer: of a normal distribution of variance 1, but for a constant.
    """

    name = "output_projector"
    paper = (
        "Koh et al., GILL, NeurIPS 2023, arXiv:2305.17216; Wu et al., NExT-GPT, arXiv:2309.05519"
    )

    def __init__(self, model: LanguageModel, conditioner: str, folder: str = "") -> None:
        if model.is_encoder_decoder:
            raise BadConfig("an output projector takes a model that goes on with its input", "")
        self.model, self.conditioner, self.folder = model, conditioner, folder
        self._encoder, self._tokenizer = _load_conditioner(conditioner)
        self._encoder = self._encoder.to(model.weights.model.device)
        model.weights.model.requires_grad_(False)
        self._encoder.requires_grad_(False)
        config = self._encoder.config
        self._length = int(config.max_position_embeddings)
        self._network = _network(
            model.weights.model, self._encoder, self._length, int(config.hidden_size)
        )

    @property
    def network(self) -> Any:
        return self._network

    def collate(self, examples: Sequence[Example]) -> Mapping[str, Any]:
        """Tokens of what is asked, with its contexts; condition_ids, (examples, length): the
        answer, as the conditioner reads it.
        """
        batch = batch_of(self.model, [_as_request(e, self.model.accepts) for e in examples])
        encoded = self._tokenizer(
            [e.answer for e in examples],
            padding="max_length", truncation=True, max_length=self._length, return_tensors="pt",
        )  # fmt: skip
        batch.pop("labels")
        return {**batch, "condition_ids": encoded["input_ids"].to(batch["input_ids"].device)}

    def conditions(self, examples: Sequence[Example]) -> Any:
        """(examples, length, width): what is given to the decoder in the place of its own encoder's
        states, such as prompt_embeds.
        """
        import torch

        with torch.inference_mode():
            return self._network(**self.collate(examples))["conditions"]

    def log_likelihoods(self, examples: Sequence[Example]) -> list[float]:
        import torch

        with torch.inference_mode():
            distances = self._network(**self.collate(examples))["distances"]
        return [-0.5 * float(d) for d in distances]

    def save(self, folder: Path) -> str:
        save_trained(self._network, folder / FILE)
        return ""

    def load(self, folder: Path) -> None:
        """Take what `save` wrote. Raises BadConfig where it is of other models."""
        load_trained(self._network, folder / FILE)

    def settings(self) -> Mapping[str, Any]:
        return {"model": self.folder, "conditioner": self.conditioner}


def _as_request(example: Example, accepts: frozenset[str]) -> Lesson:
    """What is asked and found, with no reply: states at its end tell what is to be drawn."""
    words = [c.words for c in example.contexts if c.words]
    images = [p for p in example.images if p.modality in accepts]
    text = "\n".join([*words, example.question])
    return Lesson([Message.of("user", *images, text)], "")


def _load_conditioner(folder: str) -> tuple[Any, Any]:
    """An encoder of words and its tokenizer, of a pipeline's folder or of its own."""
    library = import_transformers("an output projector")
    root = find_folder(folder, "--encoder ")
    own = root / "text_encoder" if (root / "text_encoder").is_dir() else root
    neighbours = root / "tokenizer" if (root / "tokenizer").is_dir() else root
    with load_faults(own):
        options = {"local_files_only": True, "trust_remote_code": False}
        encoder = library.CLIPTextModel.from_pretrained(own, **options).eval()
        return encoder, library.AutoTokenizer.from_pretrained(neighbours, **options)


def _network(model: Any, encoder: Any, length: int, width: int) -> Any:
    import torch
    from torch import nn

    inner = model.get_input_embeddings().weight.shape[1]

    class OutputNetwork(nn.Module):  # type: ignore[misc]
        """The mean squared distance of a batch, each example's, and the conditions."""

        def __init__(self) -> None:
            super().__init__()
            self.model, self.encoder = model, encoder
            self.queries = nn.Parameter(torch.randn(length, width) / width**0.5)
            self.to_key, self.to_value = nn.Linear(inner, width), nn.Linear(inner, width)
            self.out = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, width))
            self.mean = nn.Parameter(torch.zeros(length, width))

        def forward(
            self, input_ids: Any, attention_mask: Any, condition_ids: Any, **pictures: Any
        ) -> dict[str, Any]:
            with torch.no_grad():
                states = self.model(
                    input_ids=input_ids, attention_mask=attention_mask,
                    output_hidden_states=True, **pictures,
                ).hidden_states[-1].float()  # fmt: skip
                targets = self.encoder(input_ids=condition_ids).last_hidden_state
            logits = self.queries @ self.to_key(states).transpose(1, 2) / width**0.5
            logits = logits.masked_fill(attention_mask[:, None, :] == 0, -1e9)
            conditions = self.mean + self.out(logits.softmax(-1) @ self.to_value(states))
            distances = (conditions - targets).square().mean((1, 2))
            return {"loss": distances.mean(), "distances": distances, "conditions": conditions}

    return OutputNetwork()
