"""PointNet (Qi, Su, Mo and Guibas 2017, arXiv:1612.00593): each point of a surface goes through the
same layers, and what any of them says loudest is what is said of the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from polysense.encoders.mesh.frame import Floats, in_unit_ball
from polysense.read.solid.decode import sample_surface
from polysense.read.solid.triangles import Mesh


@dataclass(frozen=True, slots=True)
class PointNetConfig:
    """Sizes; those of the layers are the paper's.

    dim: numbers a vector. points: points of a surface. widths: of the layers that each point goes
    through. transforms: whether points, and the features after the second layer, are first turned
    by a matrix that a small network of their own makes of them (T-Net, here a quarter as wide as in
    the paper).
    """

    architecture: ClassVar[str] = "pointnet"
    min_layers: ClassVar[int] = 3
    dim: int = 256
    points: int = 1024
    widths: tuple[int, ...] = (64, 64, 64, 128, 1024)
    transforms: bool = True


def points_of(mesh: Mesh, config: PointNetConfig) -> Floats:
    """(points, 3): spread evenly over the surface, within the unit ball."""
    return in_unit_ball(mesh, sample_surface(mesh, config.points)[0])


def stack_points(clouds: Sequence[Floats], device: Any) -> tuple[Any]:
    """What the network takes: (clouds, points, 3)."""
    import torch

    return (torch.from_numpy(np.stack(clouds)).to(device),)


def point_network(config: PointNetConfig) -> Any:
    """The network, a torch.nn.Module with weights at random: (n, points, 3) -> (n, dim).

    `network.features(points)` gives also the matrices of the second T-Net (n, width, width), or
    None without it: `orthogonality` of them is to be a small part of the loss.
    """
    from torch import Tensor, nn

    narrow, wide = config.widths[:2], config.widths[2:]

    class PointNet(nn.Module):  # type: ignore[misc]  # torch is not typed here
        def __init__(self) -> None:
            super().__init__()
            self.config = config
            width = narrow[-1]
            self.turn_points = _transform_network(3) if config.transforms else None
            self.first = _shared_layers((3, *narrow))
            self.turn_features = _transform_network(width) if config.transforms else None
            self.second = _shared_layers((width, *wide))
            self.head = nn.Linear(config.widths[-1], config.dim)

        def features(self, points: Tensor) -> tuple[Tensor, Tensor | None]:
            x = points.transpose(1, 2)
            if self.turn_points is not None:
                x = self.turn_points(x) @ x
            x = self.first(x)
            matrices = None if self.turn_features is None else self.turn_features(x)
            x = x if matrices is None else matrices @ x
            return self.head(self.second(x).amax(dim=2)), matrices

        def forward(self, points: Tensor) -> Tensor:
            return self.features(points)[0]

    return PointNet()


def orthogonality(matrices: Any) -> Any:
    """The mean over (n, k, k) of the squared distance of A A^T from the identity."""
    import torch

    identity = torch.eye(matrices.shape[-1], device=matrices.device, dtype=matrices.dtype)
    return ((identity - matrices @ matrices.transpose(1, 2)) ** 2).sum(dim=(1, 2)).mean()


def _shared_layers(widths: Sequence[int]) -> Any:
    """The same layers for each point: (n, widths[0], points) -> (n, widths[-1], points)."""
    from itertools import pairwise

    from torch import nn

    return nn.Sequential(
        *(
            layer
            for a, b in pairwise(widths)
            for layer in (nn.Conv1d(a, b, 1), nn.BatchNorm1d(b), nn.ReLU())
        )
    )


def _transform_network(width: int) -> Any:
    """(n, width, points) -> (n, width, width): a matrix, the identity before anything is learnt."""
    import torch
    from torch import Tensor, nn

    class TransformNetwork(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.shared = _shared_layers((width, 64, 128, 256))
            self.middle = nn.Sequential(nn.Linear(256, 128), nn.ReLU())
            self.matrix = nn.Linear(128, width * width)
            nn.init.zeros_(self.matrix.weight)
            with torch.no_grad():
                self.matrix.bias.copy_(torch.eye(width).flatten())

        def forward(self, x: Tensor) -> Tensor:
            pooled = self.shared(x).amax(dim=2)
            return self.matrix(self.middle(pooled)).view(-1, width, width)

    return TransformNetwork()
