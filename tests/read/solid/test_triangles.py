"""What follows from triangles: areas, closedness, volume, smooth normals."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from polysense.read.solid.triangles import Mesh


def plain(solid: trimesh.Trimesh, seams: bool = False) -> Mesh:
    vertices, faces = np.array(solid.vertices), np.array(solid.faces)
    return (
        Mesh.plain(vertices[faces].reshape(-1, 3), np.arange(faces.size).reshape(-1, 3))
        if seams
        else Mesh.plain(vertices, faces)
    )


@pytest.mark.parametrize("seams", [False, True])
def test_a_box_is_closed_and_has_its_volume(seams: bool) -> None:
    """Also where each face has corners of its own, as in STL."""
    mesh = plain(trimesh.creation.box((1, 2, 3)), seams)
    assert mesh.watertight
    assert mesh.volume == pytest.approx(6)
    assert mesh.areas.sum() == pytest.approx(22)


def test_a_box_without_a_face_is_open() -> None:
    mesh = plain(trimesh.creation.box())
    assert not mesh.select_faces(np.arange(12) > 0).watertight


def test_round_things_are_smooth_and_boxes_are_not() -> None:
    ball, box = plain(trimesh.creation.icosphere(3), seams=True), plain(trimesh.creation.box())
    outwards = ball.triangles / np.linalg.norm(ball.triangles, axis=2, keepdims=True)
    assert (ball.normals * outwards).sum(2).min() > 0.99
    assert (np.sort(np.abs(box.normals), axis=2)[..., 2] > 0.999).all()


def test_only_keeps_what_belongs_to_the_faces() -> None:
    mesh = plain(trimesh.creation.box()).select_faces(np.arange(12) < 2)
    assert (
        len(mesh.faces)
        == len(mesh.piece_index)
        == len(mesh.corner_colours)
        == len(mesh.texture_index)
        == 2
    )
    assert len(mesh.vertices) == 4
