"""Films by diffusion: of words and a retrieved clip by ModelScope's model (Wang et al. 2023,
arXiv:2308.06571), of a retrieved picture by Stable Video Diffusion (Blattmann et al. 2023,
arXiv:2311.15127).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from polysense.errors import BadConfig
from polysense.make.diffusion.conditions import frames_of, pictures_of, prompt_of
from polysense.make.diffusion.diffusion_generator import Conditions, DiffusionGenerator
from polysense.make.file.encode import Movie, MovieFormat
from polysense.types import Evidence, Part, Query
from polysense.weights.pipelines import FILMS, import_diffusers

MAX_FRAMES, MAX_SIDE = 128, 1280
"""Of a film: memory grows with frames times area. Judged, not measured."""

STABLE_VIDEO_SIZE = (1024, 576)
"""Width and height that Stable Video Diffusion was trained on."""

QUALITY = 18
"""x264's crf: what a model took minutes for is kept well. Judged, not measured."""


@dataclass(kw_only=True, eq=False, repr=False)
class VideoDiffusion(DiffusionGenerator):
    """Makes a short film of the question and its evidence, without sound.

    The folder says of what. TextToVideoSDPipeline: of the words of both, drawn over a retrieved
    clip, or a picture that stands still, where there is one; strength (0..1) says how far that is
    left, 1 leaves the words alone. StableVideoDiffusionPipeline: it moves the first retrieved
    picture, or the first frame of a clip. width and height are pixels, multiples of 8, 0 the
    model's own; frames and fps how many, and how many a second.
    `polysense.make.diffusion.diffusion_generator` has the other options.
    """

    kind = FILMS
    accepts = frozenset({"text", "image", "video"})
    emits = "video"

    width: int = 0
    height: int = 0
    frames: int = 16
    fps: int = 8
    strength: float = 0.6
    negative: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        sides = (self.width, self.height)
        if any(side % 8 or not 0 <= side <= MAX_SIDE for side in sides):
            raise BadConfig(
                f"video_diffusion: width={self.width}, height={self.height}",
                f"Give multiples of 8, up to {MAX_SIDE}; 0 is the model's own.",
            )
        if not (2 <= self.frames <= MAX_FRAMES and 1 <= self.fps <= 60 and 0 <= self.strength <= 1):
            raise BadConfig(
                f"video_diffusion: frames={self.frames}, fps={self.fps}, strength={self.strength}",
                f"Give 2 to {MAX_FRAMES} frames, 1 to 60 a second, a strength of 0 to 1.",
            )

    def _conditions(
        self, pipeline: Any, query: Query, evidence: Sequence[Evidence]
    ) -> Conditions | None:
        if hasattr(pipeline, "image_encoder"):
            return self._move_picture(evidence)
        prompt = prompt_of(query, evidence)
        own = int(pipeline.unet.config.sample_size * pipeline.vae_scale_factor)
        size = (self.width or own, self.height or own)
        words = {"prompt": prompt.text, "negative_prompt": self.negative or None}
        scene, n = self._scene(evidence, size) if self.strength < 1 else ([], 0)
        if not scene and not prompt.evidence:
            return None
        if not scene:
            shape = {"width": size[0], "height": size[1], "num_frames": self.frames}
            return Conditions({**words, **shape, "output_type": "np"}, prompt.evidence)
        kind = import_diffusers("a film of a clip").VideoToVideoSDPipeline
        arguments = {**words, "video": scene, "strength": self.strength, "output_type": "np"}
        numbers = tuple(dict.fromkeys((n, *prompt.evidence)))
        return Conditions(arguments, numbers, "video", kind(**pipeline.components))

    def _scene(self, evidence: Sequence[Evidence], size: tuple[int, int]) -> tuple[list[Any], int]:
        """Frames to draw over, as PIL images: of a clip, else a picture again and again."""
        from PIL import Image

        frames, n = frames_of(evidence, self.frames)
        if frames:
            return [Image.fromarray(f).resize(size) for f in frames], n
        pictures = pictures_of(evidence, max(size))[:1]
        return [p.image.resize(size) for p in pictures] * self.frames, sum(p.n for p in pictures)

    def _move_picture(self, evidence: Sequence[Evidence]) -> Conditions | None:
        width, height = (
            side or own
            for side, own in zip((self.width, self.height), STABLE_VIDEO_SIZE, strict=True)
        )
        pictures = pictures_of(evidence, max(width, height))[:1]
        if not pictures:
            return None
        arguments = {
            "image": pictures[0].image.resize((width, height)),
            "width": width,
            "height": height,
            "num_frames": self.frames,
            "fps": self.fps,
            "output_type": "np",
        }
        return Conditions(arguments, (pictures[0].n,), "image")

    def _parts(self, output: Any) -> list[Part]:
        frames = np.nan_to_num(np.asarray(output.frames[0], np.float32))
        pixels = np.rint(np.clip(frames, 0, 1) * 255).astype(np.uint8)
        height, width = (side - side % 2 for side in pixels.shape[1:3])
        form = MovieFormat((width, height), Fraction(self.fps), channels=0, quality=QUALITY)
        with Movie(form) as movie:
            for frame in pixels:
                movie.add_frame(frame)
        meta = {"frames": len(pixels), "seconds": round(len(pixels) / self.fps, 3)}
        return [Part("video", movie.data, "video/mp4", "film.mp4", meta=meta)]
