"""What stands where in a model that takes more than words: encoders, what projects their vectors
into the language model, the language model itself (the places of Zhang et al., "MM-LLMs", 2024,
arXiv:2401.13601).
"""

from __future__ import annotations

from typing import Any

_ENCODERS = ("vision_config", "audio_config")
WORDS = "words"
"""The output projector of a model that is asked here: what others make is made of its words."""


def composition(config: Any) -> tuple[tuple[str, str], ...]:
    """(place, what stands there), from the side of the input, by a model's config alone."""
    encoders = [_type(part) for key in _ENCODERS if (part := getattr(config, key, None))]
    places = [("encoder", name) for name in encoders]
    if encoders:
        places.append(("input projector", _projector(config)))
    language_model = config.get_text_config().model_type or config.model_type
    return (*places, ("language model", language_model), ("output projector", WORDS))


def _projector(config: Any) -> str:
    """What its config says of it; where it says nothing, that it is the model's own."""
    if getattr(config, "use_resampler", False):
        return "perceiver resampler, gated cross-attention"
    if getattr(config, "qformer_config", None):
        return "Q-Former"
    if activation := getattr(config, "projector_hidden_act", ""):
        return f"linear layers, {activation}"
    vision = getattr(config, "vision_config", None)
    if size := getattr(vision, "spatial_merge_size", 0):
        return f"merger of {size} x {size} patches"
    return f"{config.model_type}'s own"


def _type(part: Any) -> str:
    own = part.get("model_type") if isinstance(part, dict) else getattr(part, "model_type", "")
    return str(own or "its own")
