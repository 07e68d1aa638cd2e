"""Objects of open3d, in and out."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import trimesh

from polysense import Mesh, part
from polysense.errors import BadQuery, MissingDependency
from polysense.read.solid.decode import load
from polysense.read.solid.open3d_objects import is_open3d, to_open3d

RED_BOX = trimesh.creation.box((1, 2, 3))
RED_BOX.visual.vertex_colors = (200, 30, 40, 255)


def test_other_objects_are_left_alone() -> None:
    """Nothing is imported to know whose an object is."""
    assert not is_open3d(RED_BOX)
    assert not is_open3d("open3d")


def test_without_it_the_line_that_installs_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "open3d", None)
    with pytest.raises(MissingDependency) as error:
        to_open3d(Mesh(RED_BOX))
    assert "polysense[open3d]" in error.value.hint


@pytest.fixture
def o3d() -> object:
    return pytest.importorskip(
        "open3d",
        reason="open3d is not installed (900 MB, and libusb-1.0): pip install 'polysense[open3d]'",
        exc_type=(ImportError, OSError),
    )


def test_a_mesh_goes_out_and_in_again(o3d: object) -> None:
    """Triangles and colours stay what they are."""
    there = to_open3d(Mesh(RED_BOX))
    assert isinstance(there, o3d.geometry.TriangleMesh)
    assert len(there.triangles) == 12
    assert there.get_surface_area() == pytest.approx(RED_BOX.area)
    back = Mesh(there)
    assert (back.modality, back.mime) == ("3d", "model/ply")
    mesh = load(back)
    assert mesh.extents.tolist() == pytest.approx([1, 2, 3])
    assert mesh.has_colours
    np.testing.assert_allclose(mesh.corner_colours[0, 0], load(Mesh(RED_BOX)).corner_colours[0, 0])


def test_a_mesh_without_colours_keeps_its_vertices(o3d: object) -> None:
    there = to_open3d(Mesh(trimesh.creation.box((1, 2, 3))))
    assert len(there.vertices) == 8
    assert not there.has_vertex_colors()
    ball = o3d.geometry.TriangleMesh.create_sphere(radius=2.0)
    assert load(Mesh(ball)).extents.tolist() == pytest.approx([4, 4, 4], abs=0.1)


def test_a_cloud_goes_in_and_out_again(o3d: object, tmp_path: Path) -> None:
    """Points, not the small triangles that stand for them here; Y is up then."""
    points = np.random.default_rng(0).normal(size=(50, 3))
    cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(points))
    cloud.colors = o3d.utility.Vector3dVector(np.tile([1.0, 0, 0], (50, 1)))
    raw = Mesh(cloud)
    (tmp_path / "cloud.ply").write_bytes(raw.data)
    assert load(raw).is_point_cloud
    assert part(tmp_path / "cloud.ply").modality == "3d"
    there = to_open3d(raw)
    assert isinstance(there, o3d.geometry.PointCloud)
    east, north, high = points.T
    np.testing.assert_allclose(
        np.asarray(there.points), np.stack([east, high, -north], axis=1), atol=1e-5
    )
    np.testing.assert_allclose(np.asarray(there.colors)[0], [1, 0, 0])


def test_what_is_no_model_is_said(o3d: object) -> None:
    with pytest.raises(BadQuery, match="LineSet"):
        Mesh(o3d.geometry.LineSet())
    with pytest.raises(BadQuery, match="empty"):
        Mesh(o3d.geometry.TriangleMesh())
