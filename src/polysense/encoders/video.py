"""Scenes of films and the words for them in one space: X-CLIP (Ni et al. 2022, arXiv:2208.02816),
or the mean of CLIP's vectors of a few frames (Luo et al., "CLIP4Clip", 2021, arXiv:2104.08860).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import InitVar, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from polysense.encoders.clip import Clip
from polysense.encoders.part_mean import mean_by_part
from polysense.encoders.picture_input import picture_revision
from polysense.encoders.pretrained_encoder import Embed, PretrainedEncoder
from polysense.encoders.text_input import legible, words
from polysense.errors import BadConfig
from polysense.protocols import Vectors
from polysense.read.film.frame_sample import sample_frames
from polysense.read.image.decode import pixels
from polysense.types import Part, Role
from polysense.weights.pretrained import (
    import_transformers,
    load_model,
    load_processor,
    read_config,
    to_array,
)

LONGEST = 512
"""Pixels along a frame's longer side, of which the models look at 224 to 336."""

FRAMES = 8
"""Frames of a scene that are looked at where the model does not say how many, as the small X-CLIP
does. CLIP4Clip takes twelve of films of any length; scenes are short. Judged, not measured.
"""

MAX_FRAMES = 128

CLIP_BATCH = 32
"""Frames that CLIP is given at once, as by `clip`."""


@dataclass(kw_only=True, eq=False, repr=False)
class Video(PretrainedEncoder):
    """Scenes by words, pictures and other scenes. `model` is an X-CLIP, or anything that `clip`
    takes: of that, the vectors of the frames are averaged.

    An X-CLIP sees the frames together, and in their order. Its words are taken without the prompts
    that it makes of one video for one text: those need the pair, and a search has only one of them.
    frames: how many of a scene, at even distances; 0 is as the model has it. A picture is asked by
    as a scene in which nothing moves. passages=true puts the words of the library into the space
    too: words then meet passages before scenes, as texts lie nearer to texts.
    `polysense.encoders.pretrained_encoder` has the other options.
    """

    option = "video:model="
    organisation = "microsoft"
    accepts = frozenset({"video"})
    query_modalities = frozenset({"text", "image"})
    signal = "perceptual"

    model: str = "microsoft/xclip-base-patch32"
    frames: int = 0
    passages: bool = False
    batch: int = 8
    languages: InitVar[str] = "en"

    def __post_init__(self, languages: str) -> None:
        super().__post_init__(languages)
        if not 0 <= self.frames <= MAX_FRAMES:
            raise BadConfig(
                f"{self.option}{self.model},frames={self.frames}: not so many frames",
                f"Write 1 to {MAX_FRAMES}, or leave it out.",
            )
        if self.passages:
            self.accepts = frozenset({"video", "text"})

    def _revision(self, folder: Path) -> str:
        own = picture_revision(folder) if self._is_xclip else self._clip.space.revision
        return f"{own}-{self._frame_count}"

    def _width(self, folder: Path) -> int:
        if self._is_xclip:
            return int(read_config(folder).get("projection_dim") or 0)
        return self._clip.space.dim

    @cached_property
    def _is_xclip(self) -> bool:
        return bool(read_config(self._folder).get("model_type") == "xclip")

    @cached_property
    def _clip(self) -> Clip:
        """What sees single frames."""
        return Clip(model=str(self._folder), device=self.device, dtype=self.dtype, batch=CLIP_BATCH)

    @cached_property
    def _frame_count(self) -> int:
        if not self._is_xclip:
            return self.frames or FRAMES
        vision = read_config(self._folder).get("vision_config") or {}
        own = int(vision.get("num_frames") or FRAMES)
        if self.frames not in (0, own):
            raise BadConfig(
                f"{self.option}{self.model} looks at {own} frames, not {self.frames}",
                "Leave frames out.",
            )
        return own

    def _prepare(self, part: Part) -> Any:
        if part.modality == "text":
            return legible(words(part)) or None
        if part.modality == "image":
            still = pixels(part, longest=LONGEST)
            return [still] * (self._frame_count if self._is_xclip else 1)
        return sample_frames(part, self._frame_count, LONGEST)

    def _open(self, folder: Path) -> Embed:
        return self._open_xclip(folder) if self._is_xclip else self._embed_frames

    def _embed_frames(self, inputs: Sequence[Any], role: Role) -> Vectors:
        """Of words what CLIP makes of them, of scenes the mean over their frames."""
        if isinstance(inputs[0], str):
            vectors = self._clip.encode([Part("text", text) for text in inputs], role)
            return np.asarray(vectors, np.float32)
        stills = [Part("image", frame) for frames in inputs for frame in frames]
        return mean_by_part(self._clip.encode(stills, role), [len(frames) for frames in inputs])

    def _open_xclip(self, folder: Path) -> Embed:
        library = import_transformers("X-CLIP")
        import torch

        processor = load_processor(library.AutoProcessor, folder)
        model, _ = load_model(library.XCLIPModel, folder, self.device, self.dtype)
        device = model.device
        room = int(model.config.text_config.max_position_embeddings)
        room = min(room, int(processor.tokenizer.model_max_length))

        def embed_words(texts: Sequence[str]) -> Any:
            tokens = processor.tokenizer(
                list(texts), padding=True, truncation=True, max_length=room, return_tensors="pt"
            ).to(device)
            return model.get_text_features(
                input_ids=tokens["input_ids"], attention_mask=tokens["attention_mask"]
            )

        def embed_scenes(scenes: Sequence[Any]) -> Any:
            # one after the other: processors of pictures have no batch of videos
            looks = [
                processor.image_processor(frames, return_tensors="pt")["pixel_values"]
                for frames in scenes
            ]
            size = looks[0].shape[-3:]
            videos = torch.stack([look.reshape(-1, *size) for look in looks])
            return model.get_video_features(pixel_values=videos.to(device, model.dtype))

        def embed(inputs: Sequence[Any], _: Role) -> Vectors:
            with torch.inference_mode():
                is_text = isinstance(inputs[0], str)
                output = embed_words(inputs) if is_text else embed_scenes(inputs)
            return to_array(output)

        return embed
