"""Each loss against values worked out by hand, and its gradient against finite differences."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from polysense.train.losses import (  # noqa: E402
    LOSSES,
    info_nce,
    multi_positive,
    pull_push,
    siglip,
    triplet,
)

A = torch.tensor([[1.0, 0.0], [0.0, 1.0]], dtype=torch.float64)
B = torch.tensor([[0.6, 0.8], [0.0, 1.0]], dtype=torch.float64)
"""Cosines [[.6, 0], [.8, 1]]."""

ONE = torch.tensor(1.0, dtype=torch.float64)
GROUPS = torch.tensor([0, 0, 1])


def log_sum(*values: float) -> float:
    return math.log(sum(math.exp(v) for v in values))


def test_info_nce_by_hand() -> None:
    """Rows: .6 of (.6, 0), 1 of (.8, 1); columns: .6 of (.6, .8), 1 of (0, 1); the mean of four."""
    rows = (log_sum(0.6, 0.0) - 0.6 + log_sum(0.8, 1.0) - 1.0) / 2
    columns = (log_sum(0.6, 0.8) - 0.6 + log_sum(0.0, 1.0) - 1.0) / 2
    assert float(info_nce(A, B, ONE)) == pytest.approx((rows + columns) / 2)


def test_siglip_by_hand() -> None:
    """Every one of the four by itself, with a bias of -1: the right ones up, the others down."""
    logits = [(0.6, 1), (0.0, -1), (0.8, -1), (1.0, 1)]
    expected = sum(math.log(1 + math.exp(-s * (v - 1))) for v, s in logits) / 2
    assert float(siglip(A, B, ONE, -ONE)) == pytest.approx(expected)


def test_triplet_by_hand() -> None:
    """Margin .3: hardest by row (0 for .6, .8 for 1) and by column (.8 for .6, 0 for 1)."""
    lacks = [max(0, 0.3 + 0 - 0.6) + max(0, 0.3 + 0.8 - 0.6), max(0, 0.3 + 0.8 - 1) + 0]
    assert float(triplet(A, B, margin=0.3)) == pytest.approx(sum(lacks) / 4)


def test_pull_push_by_hand() -> None:
    """Squared distances 2 - 2 cosine: pairs .8 and 0; others sqrt(2) and sqrt(.4), margin 1."""
    expected = 0.8 / 2 + ((1 - math.sqrt(0.4)) ** 2) / 2
    assert float(pull_push(A, B, margin=1.0)) == pytest.approx(expected, abs=1e-6)


def test_multi_positive_by_hand() -> None:
    """Both of one group: each row's mean over the two; with groups of one it is info_nce."""
    same = torch.tensor([0, 0])
    rows = [(log_sum(0.6, 0.0) - 0.3), (log_sum(0.8, 1.0) - 0.9)]
    columns = [(log_sum(0.6, 0.8) - 0.7), (log_sum(0.0, 1.0) - 0.5)]
    expected = (sum(rows) + sum(columns)) / 4
    assert float(multi_positive(A, B, same, ONE)) == pytest.approx(expected)
    alone = multi_positive(A, B, torch.tensor([0, 1]), ONE)
    assert float(alone) == pytest.approx(float(info_nce(A, B, ONE)))


CALLS: dict[str, Callable[..., Any]] = {
    "info_nce": lambda a, b, t: info_nce(a, b, t),
    "siglip": lambda a, b, t: siglip(a, b, t, t - 3),
    "triplet": lambda a, b, t: triplet(a, b) + 0 * t,
    "pull_push": lambda a, b, t: pull_push(a, b, 1.3) + 0 * t,
    "multi_positive": lambda a, b, t: multi_positive(a, b, GROUPS, t),
}


@pytest.mark.parametrize("name", LOSSES)
def test_gradients_are_those_of_finite_differences(name: str) -> None:
    """Of both sides and of what is learned."""
    torch.manual_seed(5)
    unit = torch.nn.functional.normalize
    a, b = (unit(torch.randn(3, 4, dtype=torch.float64), dim=1) for _ in range(2))
    temperature = torch.tensor(0.5, dtype=torch.float64)
    inputs = [x.requires_grad_() for x in (a, b, temperature)]
    assert torch.autograd.gradcheck(CALLS[name], inputs, eps=1e-6, atol=1e-5)


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_by_name_learns_what_it_has(name: str) -> None:
    """The right order costs less than a wrong one, and gradients reach its own parameters."""
    loss = LOSSES[name]()
    a = torch.eye(3)
    right, wrong = loss(a, a, torch.arange(3)), loss(a, a.roll(1, 0), torch.arange(3))
    assert right.item() < wrong.item()
    if loss.parameters:
        wrong.backward()
        assert all(p.grad is not None for p in loss.parameters)
