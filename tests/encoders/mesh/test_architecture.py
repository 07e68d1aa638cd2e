"""Networks in folders: what is saved is what is loaded; what is none is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the extra models")

from polysense.encoders.mesh.architecture import (  # noqa: E402
    CONFIG,
    WEIGHTS,
    MeshConfig,
    build,
    load,
    load_config,
    save,
)
from polysense.encoders.mesh.graph_convolution import GraphConvolutionConfig  # noqa: E402
from polysense.encoders.mesh.pointnet import PointNetConfig  # noqa: E402
from polysense.errors import BadConfig  # noqa: E402

CONFIGS = (
    PointNetConfig(dim=8, points=16, widths=(8, 8, 16), transforms=False),
    GraphConvolutionConfig(dim=8, widths=(8, 8), max_faces=99),
)


@pytest.mark.parametrize("config", CONFIGS, ids=lambda c: c.architecture)
def test_a_network_survives_its_folder(tmp_path: Path, config: MeshConfig) -> None:
    """Sizes and weights alike, the statistics of normalisation among them."""
    torch.manual_seed(0)
    network = build(config)
    save(network, tmp_path / "new" / "folder")
    again = load(tmp_path / "new" / "folder")
    assert again.config == load_config(tmp_path / "new" / "folder") == config
    assert not again.training
    own, other = network.state_dict(), again.state_dict()
    assert own.keys() == other.keys()
    assert all(torch.equal(own[n], other[n]) for n in own)


@pytest.mark.parametrize(
    "config",
    [
        "no json",
        "[]",
        "{}",
        '{"model_type": "clip"}',
        '{"architecture": "pointnet", "dim": 0}',
        '{"architecture": "pointnet", "dim": true}',
        '{"architecture": "pointnet", "points": 99999999999}',
        '{"architecture": "pointnet", "widths": [8, 8]}',
        '{"architecture": "graph_convolution", "widths": []}',
        '{"architecture": "graph_convolution", "widths": "64"}',
    ],
)
def test_what_is_no_network_is_said(tmp_path: Path, config: str) -> None:
    """By the folder's name, before anything of that size is made."""
    (tmp_path / CONFIG).write_text(config)
    with pytest.raises(BadConfig, match=tmp_path.name):
        load_config(tmp_path)


def test_weights_that_do_not_fit_are_said(tmp_path: Path) -> None:
    """Of another size, cut off, or not there."""
    save(build(CONFIGS[0]), tmp_path)
    config = json.loads((tmp_path / CONFIG).read_text())
    (tmp_path / CONFIG).write_text(json.dumps({**config, "dim": 9}))
    with pytest.raises(BadConfig, match=tmp_path.name):
        load(tmp_path)
    (tmp_path / WEIGHTS).write_bytes(b"\0" * 20)
    with pytest.raises(BadConfig, match=tmp_path.name):
        load(tmp_path)
    (tmp_path / WEIGHTS).unlink()
    with pytest.raises(BadConfig, match=tmp_path.name):
        load(tmp_path)
