"""What was trained of a network, and nothing frozen."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.errors import BadConfig
from polysense.weights.trained_part import load_trained, parameters_to_train, save_trained

pytest.importorskip("safetensors", reason="needs the extra models")


def test_frozen_weights_are_not_written(tmp_path: Path) -> None:
    """Another network of the same shape takes what was trained, and keeps its frozen part; one of
    another shape is told.
    """
    torch = pytest.importorskip("torch", reason="needs the extra models")
    one, other = (torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Linear(2, 2)) for _ in "ab")
    for network in (one, other):
        network[0].requires_grad_(False)
    frozen = other[0].weight.clone()
    save_trained(one, tmp_path / "part.safetensors")
    load_trained(other, tmp_path / "part.safetensors")
    assert sorted(parameters_to_train(other)) == ["1.bias", "1.weight"]
    assert torch.equal(other[1].weight, one[1].weight)
    assert torch.equal(other[0].weight, frozen)
    with pytest.raises(BadConfig, match="another network"):
        load_trained(torch.nn.Linear(3, 2), tmp_path / "part.safetensors")
