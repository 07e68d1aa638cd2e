"""Language models in a folder, and batches of what they are shown and are to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from polysense.chat_models.generation import end_tokens
from polysense.chat_models.likelihood import IGNORED
from polysense.chat_models.prompt import has_template, inputs
from polysense.chat_models.weights import Weights, describe, find, load
from polysense.errors import BadConfig
from polysense.train.generator.prompt import Lesson
from polysense.types import Modality


@dataclass(slots=True)
class LanguageModel:
    """Weights, what they accept, and how many tokens they read."""

    weights: Weights
    accepts: frozenset[Modality]
    context: int

    @property
    def is_encoder_decoder(self) -> bool:
        """Whether what it writes has an input of its own."""
        return bool(self.weights.model.config.is_encoder_decoder)


def load_language_model(folder: str, device: str = "", dtype: str = "") -> LanguageModel:
    """A model of words, or of words and pictures, by its folder or its name on the hub. Raises
    BadConfig, MissingDependency.
    """
    description = describe(find(folder))
    natives = description.accepts & {"image"}
    weights = load(description, natives, device, dtype)
    return LanguageModel(weights, natives | {"text"}, description.context)


def batch_of(model: LanguageModel, lessons: Sequence[Lesson]) -> dict[str, Any]:
    """What the model takes of several chats: tokens padded on the right, (rows, tokens), labels
    that are IGNORED but for the reply and its end, and what else its processor makes.

    A prompt that leaves no room for its reply is cut at its beginning where it is words alone.
    Raises BadConfig where a picture's tokens would be cut.
    """
    rows = [_row(model, s) for s in lessons]
    length = max(r["input_ids"].shape[1] for r in rows)
    batch: dict[str, Any] = {}
    for name in dict.fromkeys(k for r in rows for k in r):
        fill = _fills(model).get(name, 0)
        values = [r[name] for r in rows if name in r]
        if name == "labels":
            length_here = max(v.shape[1] for v in values)
        elif values[0].ndim == 2 and values[0].shape == rows[0]["input_ids"].shape:
            length_here = length
        else:
            batch[name] = _join(values)
            continue
        batch[name] = _join([_padded(v, length_here, fill) for v in values])
    return batch


def _row(model: LanguageModel, lesson: Lesson) -> dict[str, Any]:
    import torch

    weights, tokenizer = model.weights, model.weights.tokenizer
    row = dict(inputs(weights, lesson.chat))
    space = "" if has_template(weights) else " "
    target = tokenizer(f"{space}{lesson.target}", add_special_tokens=False)["input_ids"]
    end = tokenizer.eos_token_id
    target = [*target, end if end is not None else min(end_tokens(weights), default=0)]
    reply = torch.tensor([target], device=row["input_ids"].device)
    if model.is_encoder_decoder:
        return {**row, "labels": reply}
    row = _cut(row, model.context - len(target), lesson)
    length = row["input_ids"].shape
    for name, value in list(row.items()):
        if value.shape == length and name != "input_ids":
            is_mask = name == "attention_mask"
            more = torch.ones_like(reply) if is_mask else torch.zeros_like(reply)
            row[name] = torch.cat([value, more.to(value.dtype)], 1)
    prompt = row["input_ids"]
    row["input_ids"] = torch.cat([prompt, reply], 1)
    row["labels"] = torch.cat([torch.full_like(prompt, IGNORED), reply], 1)
    return row


def _cut(row: Mapping[str, Any], room: int, lesson: Lesson) -> dict[str, Any]:
    length = row["input_ids"].shape
    if length[1] <= room or room < 1:
        return dict(row)
    if any(p.modality != "text" for m in lesson.chat for p in m.parts):
        raise BadConfig(
            f"an example has {length[1]} tokens with its pictures, and the model reads {room}",
            "Give fewer contexts: a lower --noise, or fewer right ones.",
        )
    return {n: v[:, -room:] if v.shape == length else v for n, v in row.items()}


def _fills(model: LanguageModel) -> Mapping[str, int]:
    padding = model.weights.tokenizer.pad_token_id
    return {"input_ids": padding if padding is not None else 0, "labels": IGNORED}


def _padded(values: Any, length: int, fill: int) -> Any:
    import torch

    return torch.nn.functional.pad(values, (0, length - values.shape[1]), value=fill)


def _join(values: Sequence[Any]) -> Any:
    import torch

    if any(v.shape[1:] != values[0].shape[1:] for v in values):
        raise BadConfig(
            "this model's pictures cannot be put into one batch", "Train it with --batch 1."
        )
    return torch.cat(list(values), 0)
