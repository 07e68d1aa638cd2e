"""A chat as a model's input: by its own template, or plainly where it has none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from polysense.errors import BadQuery, ModelFailed
from polysense.llm.transformers.weights import Weights
from polysense.messages import Chat, Message
from polysense.read.image.decode import pixels
from polysense.types import Part

PICTURE_PIXELS = 1536
"""Pixels along the longer side of a picture that is looked at: more than such models take."""

STOP = "\nUser:"
"""Where a model without a template begins to write what it is asked next."""


def inputs(weights: Weights, chat: Chat) -> dict[str, Any]:
    """Tensors on the model's device. Raises ModelFailed where its template takes no such chat."""
    chat = [_inert(weights, m) for m in chat]
    encoded = _by_template(weights, chat) if has_template(weights) else _plainly(weights, chat)
    if not weights.takes_token_types:
        encoded.pop("token_type_ids", None)
    model = weights.model
    return {
        name: v.to(model.device, model.dtype if v.is_floating_point() else None)
        for name, v in encoded.items()
    }


def has_template(weights: Weights) -> bool:
    """Whether it tells how a chat is written."""
    return bool(getattr(weights.processor, "chat_template", None))


def _by_template(weights: Weights, chat: Sequence[Message]) -> dict[str, Any]:
    from jinja2 import TemplateError

    try:
        return _templated(weights, chat)
    except TemplateError:
        pass  # some know no system: what it says goes before the question then
    try:
        return _templated(weights, _without_system(chat))
    except TemplateError as e:
        hint = "Name a model that is made for chats."
        raise ModelFailed(f"the chat template fails: {e}", hint) from e


def _templated(weights: Weights, chat: Sequence[Message]) -> dict[str, Any]:
    takes_parts = "vision_config" in weights.model.config.to_dict() or weights.sees
    conversation = [
        {
            "role": m.speaker,
            "content": [_content(p) for p in m.parts] if takes_parts else m.text,
        }
        for m in chat
    ]
    return dict(
        weights.processor.apply_chat_template(
            conversation,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            enable_thinking=False,  # to those that can leave it
        )
    )


def _content(part: Part) -> dict[str, Any]:
    if part.modality == "text":
        return {"type": "text", "text": str(part.data)}
    return {"type": "image", "image": _picture(part)}


def _plainly(weights: Weights, chat: Sequence[Message]) -> dict[str, Any]:
    mark = getattr(weights.processor, "image_token", "")
    labels = {"system": "", "user": "User: ", "assistant": "Assistant: "}
    lines = [
        labels[m.speaker]
        + "\n".join(str(p.data) if p.modality == "text" else mark for p in m.parts)
        for m in chat
    ]
    text = "\n\n".join([*lines, "Assistant:"])
    pictures = [_picture(p) for m in chat for p in m.parts if p.modality != "text"]
    files = {"images": pictures} if pictures else {}
    return dict(weights.processor(text=[text], return_tensors="pt", **files))


def _without_system(chat: Sequence[Message]) -> list[Message]:
    system = [p for m in chat if m.speaker == "system" for p in m.parts]
    others = [m for m in chat if m.speaker != "system"]
    return [replace(others[0], parts=(*system, *others[0].parts)), *others[1:]] if others else []


def _inert(weights: Weights, message: Message) -> Message:
    """Without control tokens in its words: evidence that holds some would speak as the user, or
    take the place of a picture.
    """
    tokenizer = weights.tokenizer
    special = {t.content for t in tokenizer.added_tokens_decoder.values() if t.special}
    special |= {*tokenizer.all_special_tokens, getattr(weights.processor, "image_token", "")}
    pattern = "|".join(re.escape(t) for t in sorted(special, key=len, reverse=True) if len(t) > 1)

    def inert(part: Part) -> Part:
        if part.modality != "text":
            return part
        text = str(part.data).encode("utf-8", "replace").decode("utf-8")  # no half characters
        return Part("text", re.sub(pattern, lambda m: f"{m[0][0]} {m[0][1:]}", text))

    return replace(message, parts=tuple(map(inert, message.parts))) if pattern else message


def check_parts(chat: Chat, accepts: frozenset[str], name: str) -> None:
    """Raises BadQuery where a message holds what the model does not take."""
    for modality in sorted({p.modality for m in chat for p in m.parts} - accepts):
        raise BadQuery(
            f"{name} takes no {modality}",
            f"It takes {', '.join(sorted(accepts))}; ask with words, or name another model.",
        )


def _picture(part: Part) -> Any:
    from PIL import Image

    return Image.fromarray(pixels(part, longest=PICTURE_PIXELS))
