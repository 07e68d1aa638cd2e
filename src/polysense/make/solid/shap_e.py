"""3D models by Shap-E (Jun and Nichol 2023, arXiv:2305.02463): of words, or of a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import BadConfig, ModelFailed
from polysense.make.diffusion.conditions import pictures_of, prompt_of
from polysense.make.diffusion.diffusion_generator import Conditions, DiffusionGenerator
from polysense.make.solid.gltf import Solid, glb
from polysense.types import Evidence, Part, Query
from polysense.weights.pipelines import SOLIDS

MIN_GRID, MAX_GRID = 8, 256
"""Points along a side at which the model is asked whether they are inside: time and memory grow
with the cube. Judged, not measured; the authors' own is 128.
"""

PICTURE_SIDE = 512
"""Pixels of the picture that is followed; CLIP sees 224."""


@dataclass(kw_only=True, eq=False, repr=False)
class ShapE(DiffusionGenerator):
    """Makes a 3D model of the question and its evidence, by Shap-E, as binary glTF with colours.

    The folder says of what: of the words of both, or of the first retrieved picture (its pipeline
    for images, as in openai/shap-e-img2img). grid is how many points along a side tell the surface.
    `polysense.make.diffusion.diffusion_generator` has the other options.
    """

    kind = SOLIDS
    accepts = frozenset({"text", "image", "video"})
    emits = "3d"

    model: str = "openai/shap-e"
    grid: int = 128

    def __post_init__(self) -> None:
        super().__post_init__()
        if not MIN_GRID <= self.grid <= MAX_GRID:
            raise BadConfig(f"shap_e: grid={self.grid}", f"Give {MIN_GRID} to {MAX_GRID}.")

    def _conditions(
        self, pipeline: Any, query: Query, evidence: Sequence[Evidence]
    ) -> Conditions | None:
        form = {"output_type": "latent"}
        if hasattr(pipeline, "image_encoder"):
            pictures = pictures_of(evidence, PICTURE_SIDE)[:1]
            if not pictures:
                return None
            return Conditions({"image": pictures[0].image, **form}, (pictures[0].n,), "image")
        prompt = prompt_of(query, evidence)
        if not prompt.evidence:
            return None
        return Conditions({"prompt": prompt.text, **form}, prompt.evidence)

    def _run(self, pipeline: Any, conditions: Conditions) -> Any:
        import torch

        latents = super()._run(pipeline, conditions).images[:1]
        renderer = pipeline.shap_e_renderer.to(latents.device)
        surfaces: list[Any] = []
        hook = renderer.mesh_decoder.register_forward_hook(lambda *call: surfaces.append(call[-1]))
        try:
            with torch.no_grad():
                return renderer.decode_to_mesh(latents, latents.device, grid_size=self.grid)
        except (RuntimeError, ValueError):  # what it says of colours where there are no vertices
            if surfaces and not len(surfaces[0].verts):
                return None
            raise
        finally:
            hook.remove()

    def _parts(self, output: Any) -> list[Part]:
        if output is None:
            raise ModelFailed(
                f"{Path(self.model).name} made a model without a surface",
                "Try another seed=, more steps=, or other words.",
            )
        x, y, z = output.verts.float().cpu().numpy().astype(np.float64).T
        channels = [output.vertex_channels[c].float().cpu().numpy() for c in "RGB"]
        solid = Solid(
            "model",
            np.stack([x, z, -y], axis=1),  # its own z is up
            output.faces.cpu().numpy().astype(np.int64),
            _srgb(np.stack(channels, axis=1)),
        )
        meta = {"vertices": len(solid.vertices), "faces": len(solid.faces)}
        data = glb([solid], "model")
        return [Part("3d", data, "model/gltf-binary", "model.glb", meta=meta)]


def _srgb(linear: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """Linear light 0..1 as sRGB 0..255 (IEC 61966-2-1)."""
    v = np.clip(linear, 0.0, 1.0)
    srgb = np.where(v <= 0.0031308, 12.92 * v, 1.055 * v ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(255 * srgb), np.uint8)
