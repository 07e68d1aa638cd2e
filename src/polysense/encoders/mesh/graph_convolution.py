"""A graph convolutional network (Kipf and Welling 2017, arXiv:1609.02907) over the vertices and
edges of a mesh.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from polysense.encoders.mesh.frame import Floats, in_unit_ball
from polysense.read.solid.decode import simplify
from polysense.read.solid.triangles import Mesh

FEATURES = 6
"""Numbers a vertex has: its place within the unit ball, and its normal."""


@dataclass(frozen=True, slots=True)
class GraphConvolutionConfig:
    """dim: numbers a vector. widths: of the layers. max_faces: a finer mesh is simplified first."""

    architecture: ClassVar[str] = "graph_convolution"
    min_layers: ClassVar[int] = 1
    dim: int = 256
    widths: tuple[int, ...] = (64, 128, 256)
    max_faces: int = 20_000


class MeshGraph(NamedTuple):
    """features (vertices, FEATURES); edges (2, edges): each both ways, none to itself."""

    features: Floats
    edges: NDArray[np.int64]


def graph_of(mesh: Mesh, config: GraphConvolutionConfig) -> MeshGraph | None:
    """The graph of a mesh, corners at one place as one vertex; None for a cloud of points, which
    has no edges.
    """
    if mesh.is_point_cloud:
        return None
    mesh = simplify(mesh, config.max_faces)
    ids, faces = np.unique(mesh.welded_faces, return_inverse=True)
    faces = faces.reshape(-1, 3)
    corners = faces.ravel()
    count = np.maximum(np.bincount(corners, minlength=len(ids)), 1)[:, None]
    places = _sums(corners, mesh.triangles.reshape(-1, 3), len(ids)) / count
    normals = _sums(corners, np.repeat(mesh.cross_products, 3, axis=0), len(ids))
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    sides = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    sides = sides[sides[:, 0] != sides[:, 1]]
    edges = np.unique(np.concatenate([sides, sides[:, ::-1]]), axis=0).T
    features = np.concatenate([in_unit_ball(mesh, places), normals], axis=1)
    return MeshGraph(features.astype(np.float32), np.ascontiguousarray(edges))


def _sums(ids: NDArray[np.int64], rows: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """(count, 3): the sum of the rows of each id."""
    return np.stack([np.bincount(ids, column, count) for column in rows.T], axis=1)


def join_graphs(graphs: Sequence[MeshGraph], device: Any) -> tuple[Any, Any, Any]:
    """What the network takes: several graphs as one, and of which each vertex is."""
    import torch

    sizes = [len(g.features) for g in graphs]
    starts = np.cumsum([0, *sizes[:-1]])
    features = np.concatenate([g.features for g in graphs])
    edges = np.concatenate([g.edges + s for g, s in zip(graphs, starts, strict=True)], axis=1)
    owners = np.repeat(np.arange(len(graphs)), sizes)
    return (
        torch.from_numpy(features).to(device),
        torch.from_numpy(edges).to(device),
        torch.from_numpy(owners).to(device),
    )


def graph_network(config: GraphConvolutionConfig) -> Any:
    """The network, a torch.nn.Module with weights at random: features (vertices, FEATURES), edges
    (2, edges) and owners (vertices,), the number of each vertex's graph -> (graphs, dim).

    A layer is ReLU(D^-1/2 (A + I) D^-1/2 H W + b), by sums over edges; a graph is the mean of its
    vertices beside what any of them says loudest.
    """
    import torch
    from torch import Tensor, nn

    class GraphNetwork(nn.Module):  # type: ignore[misc]  # torch is not typed here
        def __init__(self) -> None:
            super().__init__()
            self.config = config
            self.layers = nn.ModuleList(
                nn.Linear(a, b) for a, b in pairwise((FEATURES, *config.widths))
            )
            self.head = nn.Linear(2 * config.widths[-1], config.dim)

        def forward(self, features: Tensor, edges: Tensor, owners: Tensor) -> Tensor:
            source, target = edges
            ones = torch.ones(len(features), device=features.device, dtype=features.dtype)
            scale = ones.index_add(0, target, ones[target]).rsqrt()  # of degrees, with the loop
            weights = (scale[source] * scale[target])[:, None]
            loops = (scale**2)[:, None]
            for layer in self.layers:
                own = nn.functional.linear(features, layer.weight)
                mixed = (own * loops).index_add(0, target, own[source] * weights)
                features = torch.relu(mixed + layer.bias)
            return self.head(_pool(features, owners))

    return GraphNetwork()


def _pool(features: Any, owners: Any) -> Any:
    """(graphs, 2 widths): the mean and the largest of each feature over a graph's vertices, which
    stand one graph after the other.
    """
    import torch

    graphs = features.split(torch.bincount(owners).tolist())
    return torch.stack([torch.cat([g.mean(dim=0), g.amax(dim=0)]) for g in graphs])
