"""A 3D part becomes triangles; triangles become points and pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import trimesh

from polysense.errors import NotFound, Unreadable, Unsupported
from polysense.read.solid import decode
from polysense.read.solid.decode import Mesh
from polysense.types import Part, Span


def to_mesh(trimesh_mesh: trimesh.Trimesh) -> Mesh:
    return Mesh.plain(np.array(trimesh_mesh.vertices), np.array(trimesh_mesh.faces))


def foreground(picture: np.ndarray) -> np.ndarray:
    return (picture.astype(int) < decode.BACKGROUND - 5).any(2)


@pytest.fixture
def chest(tmp_path: Path) -> Path:
    scene = trimesh.Scene()
    scene.add_geometry(trimesh.creation.box((2, 1, 1)), node_name="box", geom_name="box")
    lid = trimesh.creation.cylinder(0.5, 2)
    scene.add_geometry(
        lid,
        node_name="lid",
        geom_name="lid",
        transform=trimesh.transformations.translation_matrix((0, 1, 0)),
    )
    path = tmp_path / "chest.glb"
    path.write_bytes(scene.export(file_type="glb"))
    return path


@pytest.mark.parametrize("kind", ["glb", "gltf", "obj", "stl", "ply", "off", "3mf"])
def test_every_format_is_read_by_its_mime(tmp_path: Path, kind: str) -> None:
    ball = trimesh.creation.icosphere(2)
    if kind == "gltf":
        for name, raw in ball.export(file_type="gltf").items():
            (tmp_path / name).write_bytes(raw)
    else:
        ball.export(tmp_path / f"model.{kind}")
    mime = next(mime for mime, file_format in decode.FORMATS.items() if file_format == kind)
    (tmp_path / f"model.{kind}").rename(tmp_path / "blob")
    mesh = decode.load(Part("3d", tmp_path / "blob", mime))
    assert len(mesh.faces) == 320
    assert mesh.volume == pytest.approx(ball.volume, rel=1e-3)


def test_bytes_are_read_as_a_file_is(chest: Path) -> None:
    assert len(decode.load(Part("3d", chest.read_bytes(), "model/gltf-binary")).faces) == len(
        decode.load(Part("3d", chest)).faces
    )


def test_a_node_selects_a_part(chest: Path) -> None:
    whole, lid = (
        decode.load(Part("3d", chest)),
        decode.load(Part("3d", chest, span=Span(node="lid"))),
    )
    assert len(lid.faces) == len(whole.faces) - 12
    assert lid.vertices[:, 1].min() > 0.4
    assert len(decode.load(Part("3d", chest, span=Span(node=decode.WHOLE_NODE))).faces) == len(
        whole.faces
    )
    with pytest.raises(Unreadable, match="no part named 'wheel'"):
        decode.load(Part("3d", chest, span=Span(node="wheel")))


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.stl"
    trimesh.creation.box().export(path)
    before = decode.load(Part("3d", path))
    trimesh.creation.icosphere(2).export(path)
    assert (len(before.faces), len(decode.load(Part("3d", path)).faces)) == (12, 320)


def test_what_is_no_model_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("words")
    with pytest.raises(Unsupported, match=r"a\.txt"):
        decode.load(Part("3d", tmp_path / "a.txt"))
    with pytest.raises(NotFound):
        decode.load(Part("3d", tmp_path / "gone.stl"))
    with pytest.raises(Unsupported, match="str"):
        decode.load(Part("3d", "a box"))


def test_points_are_spread_by_area() -> None:
    """A box of 1 x 1 x 8 has one seventeenth of its surface at either end; the same points come
    each time.
    """
    mesh = to_mesh(trimesh.creation.box((1, 1, 8)))
    points, faces = decode.sample_surface(mesh, 3400)
    assert abs((points[:, 2] > 3.9999).sum() - 100) <= 2
    assert np.allclose(np.abs(points / [0.5, 0.5, 4]).max(1), 1)
    assert (points == decode.sample_surface(mesh, 3400)[0]).all()
    assert faces.max() == 11


def test_up_is_up_and_right_is_right() -> None:
    """From the front, +Y is at the top and +X at the right; from the left side (azimuth 90), +Z is
    at the left.
    """
    arm = trimesh.creation.box(bounds=((0.8, 0, -0.1), (1, 1, 0.1)))
    upper = to_mesh(trimesh.util.concatenate([trimesh.creation.box((2, 0.2, 0.2)), arm]))
    front = foreground(decode.render(upper, 0, 0, 64))
    assert front[:32, 32:].sum() > 3 * front[:32, :32].sum()
    assert front[20, 50:].any()
    turned = upper.vertices[:, [2, 1, 0]]
    side = foreground(decode.render(Mesh.plain(turned, upper.faces), 90, 0, 64))
    assert side[20, :14].any()
    assert not side[20, 50:].any()


def test_a_ball_is_round_and_lit_from_above() -> None:
    picture = decode.render(to_mesh(trimesh.creation.icosphere(4)), 0, 0, 100)
    silhouette = foreground(picture)
    assert picture.shape == (100, 100, 3)
    assert silhouette.sum() == pytest.approx(np.pi * 45**2, rel=0.02)
    assert picture[15:40, 30:60].mean() > picture[65:90, 30:60].mean() + 20


def test_inside_out_faces_look_the_same() -> None:
    box = trimesh.creation.box()
    mesh = to_mesh(box)
    assert (
        decode.render(mesh, 30) == decode.render(Mesh.plain(mesh.vertices, mesh.faces[:, ::-1]), 30)
    ).all()


def test_views_are_different_and_deterministic() -> None:
    mesh = to_mesh(trimesh.creation.box((1, 2, 3)))
    pictures = decode.render_views(mesh, 3, 64)
    assert [p.shape for p in pictures] == [(64, 64, 3)] * 3
    assert len({p.tobytes() for p in pictures}) == 3
    assert all(
        (a == b).all() for a, b in zip(pictures, decode.render_views(mesh, 3, 64), strict=True)
    )


def test_a_fine_mesh_is_simplified_without_holes() -> None:
    fine = to_mesh(trimesh.creation.icosphere(6))
    coarse = decode.simplify(fine, 20_000)
    assert len(coarse.faces) <= 20_000
    assert coarse.areas.sum() == pytest.approx(fine.areas.sum(), rel=0.02)
    both = [foreground(decode.render(m, 30, size=96)) for m in (fine, coarse)]
    assert (both[0] != both[1]).mean() < 0.01


def test_real_models_are_drawn_in_their_colors(data: Path) -> None:
    blue, red = (
        decode.render(
            decode.load(
                Part("3d", data / f"shapes-kaykit/banner_{c}.gltf.glb", "model/gltf-binary")
            ),
            30,
        )
        for c in ("blue", "red")
    )
    mean = [p[foreground(p)].mean(0) for p in (blue, red)]
    assert mean[0].argmax() == 2
    assert mean[1].argmax() == 0
