"""Pictures by Stable Diffusion (Rombach et al. 2022, arXiv:2112.10752) and SDXL (Podell et al.
2023, arXiv:2307.01952), which follow the pictures and words that were retrieved.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from polysense.errors import BadConfig, ModelFailed
from polysense.make.diffusion.conditions import Picture, Prompt, pictures_of, prompt_of
from polysense.make.diffusion.diffusion_generator import Conditions, DiffusionGenerator
from polysense.make.file.encode import Pixels
from polysense.read.image.decode import png
from polysense.types import Evidence, Part, Query
from polysense.weights.pipelines import PICTURES, import_diffusers
from polysense.weights.pretrained import find_folder, load_faults

CONDITIONS = ("", "ip_adapter", "image", "embeddings", "words")
"""How a retrieved picture is followed; "" is the first of these that the folder can."""

MAX_SIDE = 2048
"""Pixels along a side: memory and time grow with the square of the area. Judged, not measured."""

ADAPTER_FOLDER = "ip_adapter"
"""Where, beside a model, its IP-Adapter is looked for."""

_HUB_FILE = re.compile(
    r"(?P<model>[\w.-]+/[\w.-]+)/(?P<folder>.+)/(?P<file>[^/]+\.(?:safetensors|bin))"
)
"""A file of a model of a hub."""


@dataclass(kw_only=True, eq=False, repr=False)
class StableDiffusion(DiffusionGenerator):
    """Draws a picture of the question and its evidence, by Stable Diffusion or SDXL.

    The words of both are the prompt. Retrieved pictures are followed, as `condition` says: by
    "ip_adapter", an adapter to the prompt (Ye et al. 2023, arXiv:2308.06721) in the model's folder
    `ip_adapter`, or in the folder or file that this option names; as "image", the first of them is
    drawn over; by "embeddings", those that its own CLIP makes of them are read in the place of
    words (KNN-Diffusion, Sheynin et al. 2022, arXiv:2204.02849), for models that were trained so;
    "" is the adapter where there is one, else the image. strength (0..1) says how far they are
    left: 0 keeps the picture, 1 leaves the words alone. size is the side in pixels, 0 the model's
    own.
    `polysense.make.diffusion.diffusion_generator` has the other options.
    """

    kind = PICTURES
    accepts = frozenset({"text", "image", "video"})
    emits = "image"

    model: str = "stabilityai/stable-diffusion-xl-base-1.0"
    condition: str = ""
    ip_adapter: str = ""
    strength: float = 0.6
    size: int = 0
    negative: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.condition not in CONDITIONS or not 0 <= self.strength <= 1:
            raise BadConfig(
                f"stable_diffusion: condition={self.condition}, strength={self.strength}",
                f"Conditions are {', '.join(CONDITIONS[1:])}; strength is 0 to 1.",
            )
        if self.size % 8 or not 0 <= self.size <= MAX_SIDE:
            raise BadConfig(
                f"stable_diffusion: size={self.size}",
                f"Give a multiple of 8, up to {MAX_SIDE}; 0 is the model's own.",
            )

    def check(self) -> None:
        super().check()
        if self.condition == "ip_adapter":
            _ = self._adapter(self._folder)

    def _open(self, folder: Path) -> Any:
        pipeline = super()._open(folder)
        if self.condition in ("", "ip_adapter") and (adapter := self._adapter(folder)):
            with load_faults(adapter.parent, "diffusers"):
                pipeline.load_ip_adapter(
                    str(adapter.parent),
                    subfolder="",
                    weight_name=adapter.name,
                    image_encoder_folder="image_encoder",
                    local_files_only=True,
                )
                pipeline.image_encoder.to(pipeline.device, pipeline.dtype)
        return pipeline

    def _class_name(self, folder: Path) -> str:
        return super()._class_name(folder).replace("Img2Img", "")  # that is made of it when needed

    def _adapter(self, folder: Path) -> Path | None:
        """The weights of the adapter; None where there is none. Raises BadConfig where the settings
        ask for one, MissingDependency where the hub does not give it.
        """
        home = Path(self.ip_adapter).expanduser() if self.ip_adapter else folder / ADAPTER_FOLDER
        name = _HUB_FILE.fullmatch(self.ip_adapter)
        if name and not home.exists():
            at = name["folder"]
            files = (
                f"{at}/{name['file']} {at}/image_encoder/*.json {at}/image_encoder/*.safetensors"
            )
            option = "stable_diffusion:model=...,ip_adapter="
            home = find_folder(name["model"], option, offline=self.offline, files=files)
            home = home / at / name["file"]
        if home.is_file():
            return home
        weights = sorted(p for e in ("safetensors", "bin") for p in home.glob(f"*.{e}"))
        is_asked_for = bool(self.ip_adapter) or self.condition == "ip_adapter"
        if len(weights) > 1 or (not weights and is_asked_for):
            raise BadConfig(
                f"{home} holds {len(weights) or 'no'} IP-Adapter{'s' if weights else ''}",
                "Name the file of its weights, beside which image_encoder/ lies: "
                "stable_diffusion:model=...,ip_adapter=FOLDER/ip-adapter.safetensors",
            )
        return next(iter(weights), None)

    def _conditions(
        self, pipeline: Any, query: Query, evidence: Sequence[Evidence]
    ) -> Conditions | None:
        prompt = prompt_of(query, evidence)
        side = self.size or int(pipeline.unet.config.sample_size * pipeline.vae_scale_factor)
        pictures = pictures_of(evidence, side) if self.condition != "words" else []
        if not pictures and not prompt.evidence:
            return None
        shape = {"height": side, "width": side, "negative_prompt": self.negative or None}
        if not pictures:
            return Conditions(
                {"prompt": prompt.text, **shape, **_no_picture(pipeline)}, prompt.evidence
            )
        if self.condition == "embeddings":
            return self._by_embeddings(pipeline, pictures, shape)
        if _has_adapter(pipeline):
            return self._by_adapter(pipeline, prompt, pictures, shape)
        return self._by_image(pipeline, prompt, pictures[0], side)

    def _by_adapter(
        self, pipeline: Any, prompt: Prompt, pictures: Sequence[Picture], shape: dict[str, Any]
    ) -> Conditions:
        """All pictures beside the words (IP-Adapter)."""
        pipeline.set_ip_adapter_scale(1.0 - self.strength)
        arguments = {"prompt": prompt.text, "ip_adapter_image": [[p.image for p in pictures]]}
        return Conditions({**arguments, **shape}, _numbers(pictures, prompt), "ip_adapter")

    def _by_image(self, pipeline: Any, prompt: Prompt, picture: Picture, side: int) -> Conditions:
        """The first picture, drawn over."""
        name = type(pipeline).__name__.replace("Pipeline", "Img2ImgPipeline")
        other = getattr(import_diffusers("a picture drawn over"), name).from_pipe(pipeline)
        arguments = {
            "prompt": prompt.text,
            "image": picture.image.resize((side, side)),
            "strength": self.strength,
            "negative_prompt": self.negative or None,
        }
        return Conditions(arguments, _numbers([picture], prompt), "image", other)

    def _by_embeddings(
        self, pipeline: Any, pictures: Sequence[Picture], shape: dict[str, Any]
    ) -> Conditions:
        """The embeddings of all pictures in the place of those of words (KNN-Diffusion)."""
        import torch

        encoder, processor = pipeline.image_encoder, pipeline.feature_extractor
        width = pipeline.unet.config.cross_attention_dim
        if encoder is None or processor is None or encoder.config.projection_dim != width:
            raise BadConfig(
                f"{self.model} does not read the embeddings of pictures",
                "Leave out condition=embeddings: the retrieved picture is drawn over then.",
            )
        pixels = processor(images=[p.image for p in pictures], return_tensors="pt").pixel_values
        with torch.inference_mode():
            vectors = encoder(pixels.to(encoder.device, encoder.dtype)).image_embeds[None]
        arguments = {
            "prompt_embeds": vectors,
            "negative_prompt_embeds": torch.zeros_like(vectors),
            **{k: v for k, v in shape.items() if k != "negative_prompt"},
        }
        return Conditions(arguments, tuple(p.n for p in pictures), "embeddings")

    def _parts(self, output: Any) -> list[Part]:
        flags = getattr(output, "nsfw_content_detected", None) or [False]
        if any(flags):
            raise ModelFailed(
                f"the safety checker of {Path(self.model).name} has withheld the picture",
                "Ask otherwise, or try another seed=.",
            )
        pixels: Pixels = np.asarray(output.images[0].convert("RGB"))
        return [Part("image", png(pixels), "image/png", "drawing.png")]


def _has_adapter(pipeline: Any) -> bool:
    return getattr(pipeline.unet, "encoder_hid_proj", None) is not None


def _no_picture(pipeline: Any) -> dict[str, Any]:
    """A model with an adapter wants a picture: none is a black one, that counts for nothing."""
    if not _has_adapter(pipeline):
        return {}
    from PIL import Image

    pipeline.set_ip_adapter_scale(0.0)
    return {"ip_adapter_image": [Image.new("RGB", (64, 64))]}


def _numbers(pictures: Sequence[Picture], prompt: Prompt) -> tuple[int, ...]:
    return tuple(dict.fromkeys((*(p.n for p in pictures), *prompt.evidence)))
