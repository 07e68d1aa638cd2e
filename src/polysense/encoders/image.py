"""Models of pictures alone: ViT (Dosovitskiy et al. 2021, arXiv:2010.11929), ResNet (He et al.
2016), MobileViT (Mehta & Rastegari 2022), ConvNeXt (Liu et al. 2022), DINOv2 (Oquab et al. 2024),
and every other that transformers loads, from a model hub or a folder of weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from polysense.encoders.picture_input import picture, picture_revision
from polysense.encoders.pretrained_encoder import Embed, PretrainedEncoder
from polysense.errors import BadConfig
from polysense.protocols import Vectors
from polysense.types import Part, Role
from polysense.weights.pretrained import (
    check_holds_model,
    import_transformers,
    load_model,
    load_processor,
    read_config,
    to_array,
)


@dataclass(kw_only=True, eq=False, repr=False)
class VisionBackbone(PretrainedEncoder):
    """Any model of pictures that transformers' AutoModel loads with an image processor.

    A picture's vector is what the model pools. Many folders, of classifiers and of DINO among them,
    were saved without the weights of their pooler, which transformers would fill with random
    numbers: then it is the class token, or where the model has none the mean over the picture.
    """

    option = "image:model="
    organisation = "facebook"
    accepts = frozenset({"image"})
    signal = "perceptual"

    model: str = "dinov2-small"

    def _revision(self, folder: Path) -> str:
        return picture_revision(folder)

    def _prepare(self, part: Part) -> Any:
        return picture(part)

    def _probe(self) -> Part:
        return Part("image", np.zeros((64, 64, 3), np.uint8))

    def _open(self, folder: Path) -> Embed:
        check_holds_model(folder, self.option)
        _check_takes_pictures(folder)
        transformers = import_transformers("models of pictures")
        processor = load_processor(transformers.AutoImageProcessor, folder)
        model, missing = load_model(transformers.AutoModel, folder, self.device, self.dtype)
        _check_is_whole(folder, {key for key in missing if "pooler" not in key})
        # `Embed` has no torch in its signature
        return _embed_with(model, processor, has_pooler=not missing)

    def _width(self, folder: Path) -> int:
        config = read_config(folder)
        stages = config.get("neck_hidden_sizes") or config.get("hidden_sizes") or [0]
        return int(config.get("hidden_size") or stages[-1])


def _embed_with(model: Any, processor: Any, *, has_pooler: bool) -> Embed:
    import torch

    has_class_token = any(name.endswith("cls_token") for name, _ in model.named_parameters())

    def embed(inputs: Sequence[Any], _: Role) -> Vectors:
        prepared = processor(images=list(inputs), return_tensors="pt").to(model.device, model.dtype)
        with torch.inference_mode():
            output = model(**prepared)
        pooled = getattr(output, "pooler_output", None) if has_pooler else None
        if pooled is None:
            pooled = _pool(output.last_hidden_state, has_class_token)
        return to_array(pooled.flatten(1))

    return embed


def _pool(states: Any, has_class_token: bool) -> Any:
    """(n, dim) of (n, tokens, dim), or of a map (n, dim, height, width)."""
    if states.ndim == 4:
        return states.mean((2, 3))
    return states[:, 0] if has_class_token else states.mean(1)


def _check_takes_pictures(folder: Path) -> None:
    """Raises BadConfig for models of words, and of more than pictures."""
    config = read_config(folder)
    kind = config.get("model_type", "unknown")
    if "text_config" in config:
        raise BadConfig(
            f"{folder} is a model of type {kind}, which takes words beside pictures",
            f"Name it as one: clip:model={folder}",
        )
    if not (folder / "preprocessor_config.json").is_file():
        raise BadConfig(
            f"{folder} is a model of type {kind} without an image processor: it takes no pictures",
            "Name a model of pictures, such as image:model=facebook/dinov2-small; a folder needs "
            "its preprocessor_config.json.",
        )


def _check_is_whole(folder: Path, missing: set[str]) -> None:
    """Raises BadConfig where weights are missing: random numbers would stand for them."""
    if missing:
        raise BadConfig(
            f"{folder} lacks weights of its model: {', '.join(sorted(missing)[:3])}",
            "Copy or download it again.",
        )
