"""Networks over 3D models learn the kinds of generated shapes, and are loaded like any folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra models")

import trimesh  # noqa: E402

from polysense import cli, registry  # noqa: E402
from polysense.encoders.mesh.architecture import MeshConfig, build, load  # noqa: E402
from polysense.encoders.mesh.graph_convolution import GraphConvolutionConfig  # noqa: E402
from polysense.encoders.mesh.pointnet import PointNetConfig  # noqa: E402
from polysense.ingest.progress import SilentProgress  # noqa: E402
from polysense.train.data.labelled import labelled_files  # noqa: E402
from polysense.train.mesh.figures import kind_figures, ranks_of_kind  # noqa: E402
from polysense.train.mesh.network import MeshSettings, train_mesh  # noqa: E402
from polysense.train.run.fit import FitSettings  # noqa: E402

CONFIGS: dict[str, MeshConfig] = {
    "pointnet": PointNetConfig(dim=16, points=64, widths=(16, 16, 32), transforms=False),
    "graph_convolution": GraphConvolutionConfig(dim=16, widths=(16, 32)),
}


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Boxes, rods and rings of many proportions, by name."""
    folder = tmp_path_factory.mktemp("shapes")
    draw = np.random.default_rng(0)
    for i in range(12):
        box = trimesh.creation.box(draw.uniform(0.5, 2, 3))
        rod = trimesh.creation.cylinder(draw.uniform(0.05, 0.2), draw.uniform(1, 3), sections=12)
        ring = trimesh.creation.torus(1, draw.uniform(0.1, 0.45), 12, 8)
        for name, mesh in (("box", box), ("rod", rod), ("ring", ring)):
            mesh.export(folder / f"{name}_{i:02}.glb")
    return folder


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize(
    "name", ["pointnet", pytest.param("graph_convolution", marks=pytest.mark.slow)]
)
def test_kinds_are_learned_and_served(shapes: Path, tmp_path: Path, name: str) -> None:
    pairs, _ = labelled_files(shapes, "3d")
    fit = FitSettings(steps=30, batch=16, learning_rate=5e-3, every=10)
    settings = MeshSettings(CONFIGS[name], upright=True, fit=fit)
    result = train_mesh(pairs, tmp_path, settings=settings, anyway=True, progress=SilentProgress())
    metrics = result.card.metrics
    assert metrics["kind by network"]["recall@1"] > 0.6
    assert set(metrics["kind by shape"]) == set(metrics["kind by network"])
    losses = [v for _, v in result.card.losses]
    assert np.mean(losses[-5:]) < np.mean(losses[:5])
    encoder = registry.load("encoders", f"mesh:model={tmp_path}")
    vector = encoder.encode([pairs[0].first])
    assert vector.shape == (1, 16)
    assert load(tmp_path).config == CONFIGS[name]
    torch.manual_seed(0)
    untrained = build(CONFIGS[name]).state_dict()
    assert any(not torch.equal(v, untrained[n]) for n, v in load(tmp_path).state_dict().items())


def test_a_network_that_is_no_better_is_not_written(
    shapes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Boxes, rods and rings are told apart without a network."""
    out = tmp_path / "out"
    args = [str(shapes), "--network", "graph_convolution", "--steps", "1", "-o", str(out), "--json"]
    assert cli.main(["train", "mesh", *args]) == 1
    printed = json.loads(capsys.readouterr().out)
    assert not printed["written"]
    assert printed["metrics"]["over what"] == "shape"
    assert [p.name for p in out.iterdir()] == ["training"]


def test_ranks_are_of_the_first_of_a_kind() -> None:
    pool = np.eye(3, dtype=np.float32)
    queries = np.array([[1, 0.5, 0], [0, 0, 1], [0, 1, 0]], np.float32)
    ranks = ranks_of_kind(queries, ["b", "c", "nowhere"], pool, ["a", "b", "c"])
    assert ranks.ranks.tolist() == [2, 1]
    assert kind_figures(queries, ["b", "c", "nowhere"], pool, ["a", "b", "c"])["mAP"] == 0.75
