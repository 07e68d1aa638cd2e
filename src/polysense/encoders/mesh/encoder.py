"""The shapes of 3D models by a network of your own: PointNet, or graph convolution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from polysense.encoders.mesh.architecture import ARCHITECTURES, MeshConfig, load, load_config
from polysense.encoders.pretrained_encoder import Embed, PretrainedEncoder
from polysense.protocols import Vectors
from polysense.read.solid.decode import load as load_mesh
from polysense.types import Part, Role
from polysense.weights.pretrained import (
    best_device,
    dtype_of,
    to_array,
)


@dataclass(kw_only=True, eq=False, repr=False)
class MeshNetwork(PretrainedEncoder):
    """3D models by a network over points of their surface (PointNet), or over their vertices and
    edges (graph convolution), whose folder `polysense.encoders.mesh.architecture.save` wrote.

    None is published for this: it is for networks that were trained on models of one's own.
    Without one, `shape` compares models by a descriptor, and `clip` by their views.
    `polysense.encoders.pretrained_encoder` has the other options.
    """

    option = "mesh:model="
    accepts = frozenset({"3d"})
    signal = "perceptual"

    batch: int = 16

    @cached_property
    def _config(self) -> MeshConfig:
        return load_config(self._folder)

    def _prepare(self, part: Part) -> Any:
        prepare = ARCHITECTURES[self._config.architecture].prepare
        return prepare(load_mesh(part), self._config)

    def _open(self, folder: Path) -> Embed:
        network, join = load(folder), ARCHITECTURES[self._config.architecture].join
        import torch

        device = self.device or best_device()
        dtype = dtype_of(self.dtype, device)
        network = network.to(device, None if dtype == "auto" else dtype)
        own_dtype = next(network.parameters()).dtype

        def embed(inputs: Sequence[Any], _: Role) -> Vectors:
            arguments = join(inputs, device)
            numbers = [a.to(own_dtype) if a.is_floating_point() else a for a in arguments]
            with torch.inference_mode():
                return to_array(network(*numbers))

        return embed

    def _width(self, folder: Path) -> int:
        return self._config.dim
