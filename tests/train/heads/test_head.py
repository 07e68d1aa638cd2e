"""Heads as numbers: the same by numpy, by the graph and by the network they come from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from polysense.train.gap import CLOSINGS
from polysense.train.heads.head import Head
from polysense.train.heads.ridge import fit_ridge
from polysense.weights.onnx_model import open_session

DRAW = np.random.default_rng(0)


def test_torch_and_the_graph_give_the_same_vectors(tmp_path: Path) -> None:
    """A head of each kind: to 1e-5 of what the network gave, with a GELU in it or without."""
    torch = pytest.importorskip("torch")
    from polysense.train.heads.network import build_network, to_head

    for kind in ("linear", "low_rank", "mlp"):
        torch.manual_seed(3)
        network = build_network(kind, 48, 32, 24).eval()
        x = np.random.default_rng(0).normal(size=(50, 48)).astype(np.float32)
        with torch.no_grad():
            expected = torch.nn.functional.normalize(network(torch.from_numpy(x)), dim=1).numpy()
        head = to_head(network)
        head.export(tmp_path / "head.onnx", 48, 32)
        (served,) = open_session(tmp_path / "head.onnx").run(None, {"features": x})
        assert np.abs(served - expected).max() < 1e-5
        assert np.abs(head(x) - expected).max() < 1e-5


@pytest.mark.parametrize("closing", CLOSINGS)
def test_what_closes_the_gap_is_in_the_graph(tmp_path: Path, closing: str) -> None:
    """Behind ridge regression: numpy and the graph agree, and rows of NaN stay so."""
    x = DRAW.normal(size=(60, 12)).astype(np.float32)
    y = DRAW.normal(size=(60, 8)).astype(np.float32) + 1
    head = fit_ridge(x, y, 0.1)
    head = head.then(*CLOSINGS[closing](head(x)))
    x[3] = np.nan
    head.export(tmp_path / "head.onnx", 12, 8)
    (served,) = open_session(tmp_path / "head.onnx").run(None, {"features": x})
    assert np.allclose(served, head(x), atol=1e-5, equal_nan=True)
    assert np.isnan(served[3]).all()
    assert np.allclose(np.linalg.norm(np.delete(served, 3, 0), axis=1), 1, atol=1e-5)


def test_ridge_is_the_same_by_either_system() -> None:
    """More features than pairs are solved by the smaller system: the same map, to rounding."""
    x, y = DRAW.normal(size=(20, 20)), DRAW.normal(size=(20, 3))
    square = fit_ridge(x, y, 0.1)
    wide = fit_ridge(np.c_[x, np.zeros((20, 1))], y, 0.1 * 21 / 20)
    assert np.allclose(square(x), wide(np.c_[x, np.zeros((20, 1))]), atol=1e-5)


def test_a_map_that_is_linear_is_found() -> None:
    """Of points of a known map, by hand: twice the first number, the second turned round."""
    x = DRAW.normal(size=(200, 2)).astype(np.float32)
    y = np.stack([2 * x[:, 0], -x[:, 1]], axis=1)
    vectors = fit_ridge(x, y, 1e-9)(np.array([[1.0, 1.0]], np.float32))
    assert vectors[0] == pytest.approx([2 / 5**0.5, -1 / 5**0.5], abs=1e-4)


def test_no_layers_change_nothing() -> None:
    """An anchor without a head."""
    x = DRAW.normal(size=(2, 3)).astype(np.float32)
    assert np.array_equal(Head(())(x), x)
