"""The same shape lies at one spot however it is turned, sized, cut into triangles or stored; other
shapes do not.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh

from polysense.encoders.shape import Shape, describe
from polysense.errors import Unreadable
from polysense.protocols import Encoder
from polysense.read.solid import decode as media
from polysense.read.solid.decode import Mesh
from polysense.types import Part


def solid(mesh: trimesh.Trimesh) -> Mesh:
    return Mesh.plain(np.array(mesh.vertices), np.array(mesh.faces))


def chair() -> trimesh.Trimesh:
    seat = trimesh.creation.box((1, 0.1, 1))
    back = trimesh.creation.box(bounds=((-0.5, 0, -0.5), (0.5, 1, -0.4)))
    legs = [
        trimesh.creation.box(bounds=((x - 0.05, -1, z - 0.05), (x + 0.05, 0, z + 0.05)))
        for x in (-0.4, 0.4)
        for z in (-0.4, 0.4)
    ]
    return trimesh.util.concatenate([seat, back, *legs])


def painted(mesh: Mesh, color: tuple[int, int, int]) -> Mesh:
    return replace(
        mesh,
        has_colours=True,
        corner_colours=np.broadcast_to(np.array(color, np.uint8), mesh.corner_colours.shape),
    )


def moved(mesh: Mesh, seed: int, noise: float = 0.0) -> Mesh:
    """Turned, mirrored perhaps, sized and put elsewhere; every vertex off by a share of the size."""
    rng = np.random.default_rng(seed)
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    size = np.linalg.norm(mesh.extents)
    vertices = mesh.vertices + noise * size * rng.normal(size=mesh.vertices.shape)
    return replace(
        mesh, vertices=vertices @ turn.T * np.exp(rng.normal()) + 100 * rng.normal(size=3)
    )


def test_turning_sizing_and_moving_change_nothing() -> None:
    mesh = solid(chair())
    assert min(float(describe(mesh) @ describe(moved(mesh, seed))) for seed in range(3)) > 0.99


def test_cutting_into_smaller_triangles_changes_little() -> None:
    meshes = chair()
    assert describe(solid(meshes)) @ describe(solid(meshes.subdivide().subdivide())) > 0.97


def test_order_of_faces_and_corners_changes_nothing() -> None:
    mesh, rng = solid(chair()), np.random.default_rng(0)
    faces = np.roll(mesh.faces[rng.permutation(len(mesh.faces))], 1, axis=1)
    assert describe(mesh) @ describe(Mesh.plain(mesh.vertices, faces)) > 0.999


def test_a_chair_is_no_ball_and_nearer_to_a_stool() -> None:
    stool = (
        trimesh.creation.box((1, 0.1, 1)),
        *(trimesh.creation.box(bounds=((x, -1, x), (x + 0.1, 0, x + 0.1))) for x in (-0.5, 0.4)),
    )
    a, b, c = (
        describe(solid(m))
        for m in (chair(), trimesh.util.concatenate(list(stool)), trimesh.creation.icosphere(3))
    )
    assert a @ c < 0.3
    assert a @ b > a @ c + 0.2


def test_colors_only_tell_apart_what_has_one_shape() -> None:
    mesh = solid(chair())
    red = painted(mesh, (200, 20, 20))
    a, b, c = (
        describe(red),
        describe(painted(mesh, (20, 20, 200))),
        describe(painted(solid(trimesh.creation.icosphere(3)), (200, 20, 20))),
    )
    assert a @ describe(moved(red, 1)) > a @ b > a @ c + 0.4


def test_the_encoder_keeps_its_promises(tmp_path: Path) -> None:
    encoder: Encoder = Shape()
    chair().export(tmp_path / "a.stl")
    chair().export(tmp_path / "a.ply")
    rows = encoder.encode([Part("3d", tmp_path / "a.stl"), Part("3d", tmp_path / "a.ply")])
    assert rows.shape == (2, encoder.space.dim)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    assert rows[0] @ rows[1] > 0.999
    assert (
        rows == encoder.encode([Part("3d", tmp_path / "a.stl"), Part("3d", tmp_path / "a.ply")])
    ).all()
    assert encoder.encode([]).shape == (0, encoder.space.dim)


def test_what_is_no_model_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.stl").write_bytes(b"no")
    with pytest.raises(Unreadable):
        Shape().encode([Part("3d", tmp_path / "a.stl")])


def test_the_same_object_is_found_across_formats(data: Path) -> None:
    """Every tenth object as OBJ, among all GLB of its first letters' neighbours."""
    objects = sorted((data / "shapes-kaykit/obj").glob("*.obj"))[::6]
    models = sorted((data / "shapes-kaykit").glob("*.glb"))
    names = [m.name.split(".")[0] for m in models]
    expected = {names.index(o.stem) for o in objects if o.stem in names}
    near = sorted(expected | set(range(0, len(models), 5)))
    rows = Shape().encode([Part("3d", models[i], "model/gltf-binary") for i in near])
    queries = Shape().encode([Part("3d", o, "model/obj") for o in objects])
    hits = [names[near[i]] for i in (queries @ rows.T).argmax(1)]
    assert np.mean([f == o.stem for f, o in zip(hits, objects, strict=True)]) >= 0.9


def test_noise_does_not_lose_real_objects(data: Path) -> None:
    paths = [
        p for p in sorted((data / "shapes-objects").rglob("*.obj")) if p.stat().st_size < 300_000
    ]
    meshes = [media.load(Part("3d", p, "model/obj")) for p in paths]
    rows = np.array([describe(m) for m in meshes])
    queries = np.array([describe(moved(m, i, noise=0.0025)) for i, m in enumerate(meshes)])
    assert np.mean((queries @ rows.T).argmax(1) == np.arange(len(rows))) >= 0.85
