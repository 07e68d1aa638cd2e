"""PointNet: what the paper says that it does."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="needs the extra models")

from polysense.encoders.mesh.pointnet import (  # noqa: E402
    PointNetConfig,
    orthogonality,
    point_network,
)

SMALL = PointNetConfig(dim=8, points=32, widths=(16, 16, 32))


def network(config: PointNetConfig = SMALL) -> object:
    torch.manual_seed(0)
    return point_network(config).eval()


def test_the_order_of_points_does_not_count() -> None:
    """A surface has no first point."""
    points = torch.randn(2, 32, 3)
    shuffled = points[:, torch.randperm(32)]
    own = network()
    torch.testing.assert_close(own(points), own(shuffled))
    assert own(points).shape == (2, 8)


def test_a_shape_has_one_vector_alone_and_in_a_batch() -> None:
    points = torch.randn(3, 32, 3)
    own = network()
    torch.testing.assert_close(own(points)[1:2], own(points[1:2]))


def test_transforms_begin_as_the_identity() -> None:
    """So that a network of its own begins to learn from shapes as they stand."""
    points = torch.randn(2, 32, 3)
    _, matrices = network().features(points)
    torch.testing.assert_close(matrices, torch.eye(16).expand(2, 16, 16))
    assert orthogonality(matrices).item() == 0
    assert orthogonality(2 * matrices).item() == pytest.approx(16 * 9)
    without = PointNetConfig(dim=8, points=32, widths=(16, 16, 32), transforms=False)
    assert network(without).features(points)[1] is None


def test_it_learns() -> None:
    """All weights have a gradient, and the loss falls: flat things from long ones."""
    torch.manual_seed(0)
    own = point_network(SMALL)
    scale = torch.tensor([[1.0, 0.05, 1.0], [0.05, 1.0, 0.05]]).repeat(8, 1)[:, None]
    kinds = torch.arange(16) % 2
    head = torch.nn.Linear(8, 2)
    optimizer = torch.optim.Adam([*own.parameters(), *head.parameters()], 5e-3)
    losses = []
    for _ in range(20):
        vectors, matrices = own.features(torch.randn(16, 32, 3) * scale)
        loss = torch.nn.functional.cross_entropy(head(vectors), kinds)
        (loss + 1e-3 * orthogonality(matrices)).backward()
        assert all(p.grad is not None for p in own.parameters())
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    assert losses[-1] < 0.3 * losses[0]
