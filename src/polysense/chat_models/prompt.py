"""A chat as a model's input: by its own template, or plainly where it has none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np

from polysense.chat_models.weights import Weights
from polysense.errors import BadQuery, ModelFailed
from polysense.messages import Chat, Message
from polysense.read.film.frame_sample import clip_seconds, sample_frames
from polysense.read.image.decode import pixels
from polysense.read.sound import decode as sound
from polysense.types import Modality, Part

PICTURE_PIXELS = 1536
"""Pixels along the longer side of a picture that is looked at: more than such models take."""

FRAMES, FRAME_PIXELS = 8, 512
"""Frames of a clip that are looked at, as Video-LLaVA was trained on (Lin et al. 2024), and pixels
along the longer side of each: more than such models take.
"""

MIN_CLIP_SECONDS = 0.1
"""A clip counts as no shorter: a moment has no rate of frames."""

HEARD_SECONDS = 30.0
"""Seconds of a sound that are heard: the window of Whisper's encoder, which such models have."""

_ARGUMENTS: Mapping[Modality, str] = {"image": "images", "audio": "audio", "video": "videos"}

_ADDRESS = re.compile(r"\s*https?:", re.I)
STOP = "\nUser:"
"""Where a model without a template begins to write what it is asked next."""


def inputs(weights: Weights, chat: Chat) -> dict[str, Any]:
    """Tensors on the model's device. Raises ModelFailed where its template takes no such chat."""
    chat = [_inert(weights, _as_taken(weights, m)) for m in chat]
    encoded = _by_template(weights, chat) if has_template(weights) else _plainly(weights, chat)
    if not weights.takes_token_types:
        encoded.pop("token_type_ids", None)
    model = weights.model
    return {
        name: v.to(model.device, model.dtype if v.is_floating_point() else None)
        for name, v in encoded.items()
        if hasattr(v, "is_floating_point")
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
    takes_parts = "vision_config" in weights.model.config.to_dict() or bool(weights.natives)
    conversation = [
        {
            "role": m.speaker,
            "content": [_content(weights, p) for p in m.parts] if takes_parts else m.text,
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
            **({"processor_kwargs": clips} if (clips := _clip_options(chat)) else {}),
        )
    )


def _content(weights: Weights, part: Part) -> dict[str, Any]:
    if part.modality == "text":
        return {"type": "text", "text": str(part.data)}
    return {"type": part.modality, part.modality: _native(weights, part)}


def _plainly(weights: Weights, chat: Sequence[Message]) -> dict[str, Any]:
    labels = {"system": "", "user": "User: ", "assistant": "Assistant: "}
    if isinstance(weights.processor, _idefics()):
        return _interleaved(weights, chat, labels)
    processor = weights.processor
    marks = {m: getattr(processor, f"{m}_token", "") for m in weights.natives}
    lines = [
        labels[m.speaker] + "\n".join(marks.get(p.modality, "") or str(p.data) for p in m.parts)
        for m in chat
    ]
    text = "\n\n".join([*lines, "Assistant:"])
    files: dict[str, list[Any]] = {}
    for part in (p for m in chat for p in m.parts if p.modality != "text"):
        files.setdefault(_ARGUMENTS[part.modality], []).append(_native(weights, part))
    return dict(processor(text=[text], return_tensors="pt", **files, **_clip_options(chat)))


def _interleaved(
    weights: Weights, chat: Sequence[Message], labels: Mapping[str, str]
) -> dict[str, Any]:
    """Words and pictures in one list, as Idefics takes them. Words that are an address have one
    before it: the processor would download what lies there.
    """
    items: list[Any] = []
    for message in chat:
        items.append(f"\n\n{labels[message.speaker]}")
        for part in message.parts:
            if part.modality != "text":
                items.append(_native(weights, part))
                continue
            words = str(part.data)
            is_address = _ADDRESS.match(words) is not None
            items.append(f"\nAddress: {words}" if is_address else f"\n{words}")
    items.append("\n\nAssistant:")
    return dict(weights.processor(text=[items], return_tensors="pt"))


def _clip_options(chat: Sequence[Message]) -> dict[str, Any]:
    """That the frames of clips are chosen already, and when each was shown, in seconds of its clip:
    some models are told.
    """
    clips = [p for m in chat for p in m.parts if p.modality == "video"]
    if not clips:
        return {}
    rates = [FRAMES / max(clip_seconds(p), MIN_CLIP_SECONDS) for p in clips]
    metadata = [
        {"fps": rate, "total_num_frames": FRAMES, "frames_indices": list(range(FRAMES))}
        for rate in rates
    ]
    return {"videos_kwargs": {"do_sample_frames": False, "video_metadata": [metadata]}}


def _idefics() -> Any:
    import transformers

    return transformers.IdeficsProcessor


def _as_taken(weights: Weights, message: Message) -> Message:
    """With a clip's frames as pictures where the model takes no clips, and only pictures."""
    if "video" in weights.natives:
        return message
    parts = (
        [Part("image", f) for f in sample_frames(p, FRAMES, FRAME_PIXELS)]
        if p.modality == "video"
        else [p]
        for p in message.parts
    )
    return replace(message, parts=tuple(chain.from_iterable(parts)))


def _without_system(chat: Sequence[Message]) -> list[Message]:
    system = [p for m in chat if m.speaker == "system" for p in m.parts]
    others = [m for m in chat if m.speaker != "system"]
    return [replace(others[0], parts=(*system, *others[0].parts)), *others[1:]] if others else []


def _inert(weights: Weights, message: Message) -> Message:
    parts = (
        Part("text", inert_words(weights, str(p.data))) if p.modality == "text" else p
        for p in message.parts
    )
    return replace(message, parts=tuple(parts))


def inert_words(weights: Weights, text: str) -> str:
    """Words without control tokens: evidence that holds some would speak as the user, or take the
    place of a picture.
    """
    tokenizer = weights.tokenizer
    special = {t.content for t in tokenizer.added_tokens_decoder.values() if t.special}
    special |= set(tokenizer.all_special_tokens)
    special |= {getattr(weights.processor, f"{m}_token", "") for m in _ARGUMENTS}
    pattern = "|".join(re.escape(t) for t in sorted(special, key=len, reverse=True) if len(t) > 1)
    text = text.encode("utf-8", "replace").decode("utf-8")  # no half characters
    return re.sub(pattern, lambda m: f"{m[0][0]} {m[0][1:]}", text) if pattern else text


def check_parts(chat: Chat, accepts: frozenset[str], name: str) -> None:
    """Raises BadQuery where a message holds what the model does not take."""
    for modality in sorted({p.modality for m in chat for p in m.parts} - accepts):
        raise BadQuery(
            f"{name} takes no {modality}",
            f"It takes {', '.join(sorted(accepts))}; ask with words, or name another model.",
        )


def _native(weights: Weights, part: Part) -> Any:
    """What a processor takes of a picture, sound or clip."""
    if part.modality == "audio":
        rate = weights.processor.feature_extractor.sampling_rate
        return sound.samples(part, rate)[: round(HEARD_SECONDS * rate)]
    if part.modality == "video":
        return np.stack(sample_frames(part, FRAMES, FRAME_PIXELS))
    from PIL import Image

    return Image.fromarray(pixels(part, longest=PICTURE_PIXELS))
