"""Graph convolution: the graph of a mesh, and the paper's formula."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra models")

from polysense.encoders.mesh.graph_convolution import (  # noqa: E402
    FEATURES,
    GraphConvolutionConfig,
    MeshGraph,
    graph_network,
    graph_of,
    join_graphs,
)
from polysense.read.solid.triangles import Mesh  # noqa: E402

SMALL = GraphConvolutionConfig(dim=8, widths=(12, 16))
SQUARE = np.array([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])


def network() -> object:
    torch.manual_seed(0)
    return graph_network(SMALL).eval()


def square() -> MeshGraph:
    graph = graph_of(Mesh.plain(SQUARE, np.array([[0, 1, 2], [0, 2, 3]])), SMALL)
    assert graph is not None
    return graph


def test_the_graph_is_the_edges_of_the_mesh() -> None:
    """Each both ways and once; normals are those of the surface."""
    graph = square()
    assert graph.features.shape == (4, FEATURES)
    sides = {tuple(e) for e in graph.edges.T.tolist()}
    assert len(sides) == graph.edges.shape[1] == 2 * 5
    assert all((b, a) in sides and a != b for a, b in sides)
    np.testing.assert_allclose(graph.features[:, 3:], [[0, 0, 1]] * 4, atol=1e-6)


def test_seams_do_not_cut_it() -> None:
    """Files repeat a corner for each face that has another colour there."""
    apart = Mesh.plain(SQUARE[[0, 1, 2, 0, 2, 3]], np.arange(6).reshape(2, 3))
    graph = graph_of(apart, SMALL)
    assert graph is not None
    assert graph.features.shape == (4, FEATURES)
    assert graph.edges.shape == (2, 10)


def test_a_layer_is_the_papers() -> None:
    """ReLU(D^-1/2 (A + I) D^-1/2 H W), written out with whole matrices."""
    graph, own = square(), network()
    features, edges, owners = join_graphs([graph], "cpu")
    adjacency = np.eye(4)
    adjacency[graph.edges[0], graph.edges[1]] = 1
    scale = np.diag(adjacency.sum(1) ** -0.5)
    mixing = torch.tensor(scale @ adjacency @ scale, dtype=torch.float32)
    states = features
    for layer in own.layers:
        states = torch.relu(mixing @ states @ layer.weight.T + layer.bias)
    pooled = torch.cat([states.mean(0), states.amax(0)])
    torch.testing.assert_close(own(features, edges, owners)[0], own.head(pooled))


def test_graphs_of_one_batch_do_not_touch() -> None:
    """Each has the vector that it has alone."""
    first, own = square(), network()
    triangle = graph_of(Mesh.plain(SQUARE[:3] * (3, 1, 1), np.array([[0, 1, 2]])), SMALL)
    together = own(*join_graphs([first, triangle, first], "cpu"))
    for row, graph in zip(together, (first, triangle, first), strict=True):
        torch.testing.assert_close(row, own(*join_graphs([graph], "cpu"))[0])


def test_a_fine_mesh_is_simplified() -> None:
    """A scan of a million faces is looked at coarsely, not for minutes."""
    import trimesh

    ball = trimesh.creation.icosphere(subdivisions=5)
    mesh = Mesh.plain(np.asarray(ball.vertices), np.asarray(ball.faces))
    graph = graph_of(mesh, GraphConvolutionConfig(max_faces=2_000))
    assert graph is not None
    assert len(graph.features) < 1_500


def test_it_learns() -> None:
    """All weights have a gradient, and the loss falls: flat things from long ones."""
    import trimesh

    torch.manual_seed(0)
    graphs = []
    for i in range(8):
        box = trimesh.creation.box((1, 0.1 + 0.01 * i, 1) if i % 2 else (0.1, 1 + 0.01 * i, 0.1))
        mesh = Mesh.plain(np.asarray(box.vertices), np.asarray(box.faces))
        graphs.append(graph_of(mesh, SMALL))
    arguments, kinds = join_graphs(graphs, "cpu"), torch.arange(8) % 2
    own, head = graph_network(SMALL), torch.nn.Linear(8, 2)
    optimizer = torch.optim.Adam([*own.parameters(), *head.parameters()], 1e-2)
    losses = []
    for _ in range(40):
        loss = torch.nn.functional.cross_entropy(head(own(*arguments)), kinds)
        loss.backward()
        assert all(p.grad is not None for p in own.parameters())
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    assert losses[-1] < 0.3 * losses[0]
