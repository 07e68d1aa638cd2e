"""3D models by networks: end to end, from a folder to a hit and its part."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import trimesh

torch = pytest.importorskip("torch", reason="needs the extra models")

from polysense import Library, Mesh, kit, part  # noqa: E402
from polysense.encoders.mesh.architecture import build, save  # noqa: E402
from polysense.encoders.mesh.encoder import MeshNetwork  # noqa: E402
from polysense.encoders.mesh.graph_convolution import GraphConvolutionConfig  # noqa: E402
from polysense.encoders.mesh.pointnet import PointNetConfig  # noqa: E402
from polysense.errors import BadConfig, Unreadable  # noqa: E402
from polysense.ingest.workers import Limits  # noqa: E402
from polysense.retrieve.algebra import dense  # noqa: E402
from polysense.testing import check_encoder  # noqa: E402
from polysense.types import Part  # noqa: E402

CONFIGS = {
    "pointnet": PointNetConfig(dim=16, points=128, widths=(16, 16, 32)),
    "graph_convolution": GraphConvolutionConfig(dim=16, widths=(16, 32)),
}


@pytest.fixture(scope="module", params=CONFIGS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    home = tmp_path_factory.mktemp("models") / f"own-{request.param}"
    save(build(CONFIGS[request.param]), home)
    return home


def solids() -> dict[str, trimesh.Trimesh]:
    """A flat, a long and a round thing."""
    return {
        "plate": trimesh.creation.box((2, 0.1, 2)),
        "pole": trimesh.creation.cylinder(0.1, 3, sections=16),
        "ball": trimesh.creation.icosphere(subdivisions=2),
    }


def test_the_contract(folder: Path) -> None:
    encoder = MeshNetwork(model=str(folder), device="cpu", batch=2)
    vectors = check_encoder(encoder, [Mesh(solid) for solid in solids().values()])
    assert vectors.shape == (3, 16)
    assert encoder.space.name == f"mesh-{folder.name}"


def test_a_solid_is_found_by_its_like(folder: Path, tmp_path: Path) -> None:
    """Index, search, place and reasons, through the library: by the file, and by the same thing
    twice as large, somewhere else, in another format.
    """
    files = tmp_path / "files"
    files.mkdir()
    scene = trimesh.Scene()
    for i, (name, solid) in enumerate(solids().items()):
        solid.export(files / f"{name}.glb")
        scene.add_geometry(
            solid.copy().apply_translation((4 * i, 0, 0)), geom_name=name, node_name=name
        )
    scene.export(files / "room.glb")
    own = kit(encoders=[f"mesh:model={folder},device=cpu", "-minilm", "-conse", "-photo", "-shape"])
    space = own.encoders["mesh"].space.name
    with Library(tmp_path / "kb", kit=own, limits=Limits(workers=1)) as kb:
        assert not kb.index(files).failed
        for name, solid in solids().items():
            hits = kb.search(part(files / f"{name}.glb"), using=dense(space))
            assert hits[0].chunk.asset.name == f"{name}.glb"
            other = solid.copy().apply_scale(2).apply_translation((5, 6, 7))
            hits = kb.search(Mesh(other), using=dense(space), k=2)
            nodes = {h.chunk.asset.name: h.place.node for h in hits}
            assert nodes.keys() == {f"{name}.glb", "room.glb"}
            assert nodes["room.glb"] == name, "the part of the room that is like it"
            assert [(w.space, w.rank) for h in hits for w in h.why] == [(space, 1), (space, 2)]
            assert hits[0].why[0].score > 0.99


def test_a_cloud_has_no_edges(tmp_path: Path, folder: Path) -> None:
    """A graph network has nothing to say of points alone; PointNet is made for them."""
    points = np.random.default_rng(0).normal(size=(300, 3))
    trimesh.PointCloud(points).export(tmp_path / "cloud.ply")
    (vector,) = MeshNetwork(model=str(folder), device="cpu").encode([part(tmp_path / "cloud.ply")])
    assert np.isnan(vector).all() == ("graph" in folder.name)


def test_what_is_no_network_is_said_before_a_file_is_read(tmp_path: Path) -> None:
    """So is a model that nobody named."""
    with pytest.raises(BadConfig, match="names no model"):
        MeshNetwork().check()
    (tmp_path / "config.json").write_text('{"model_type": "clip"}')
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(BadConfig, match="no network over 3D models"):
        MeshNetwork(model=str(tmp_path)).check()


def test_a_broken_model_is_said(folder: Path) -> None:
    with pytest.raises(Unreadable):
        MeshNetwork(model=str(folder)).encode([Part("3d", b"glTF....", "model/gltf-binary")])
