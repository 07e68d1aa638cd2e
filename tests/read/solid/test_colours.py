"""Colours of vertices, faces, materials and textures arrive at the corners."""

from __future__ import annotations

import numpy as np
import trimesh
from PIL import Image

from polysense.read.solid import decode
from polysense.read.solid.colours import DEFAULT_GREY
from polysense.read.solid.scene import read_mesh
from polysense.read.solid.triangles import Mesh

THIRDS = np.full((1, 3), 1 / 3)


def quad(**visual: object) -> trimesh.Trimesh:
    return trimesh.Trimesh(
        [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]],
        [[0, 1, 2], [0, 2, 3]],
        process=False,
        **visual,
    )


def color(mesh: Mesh, face: int) -> list[int]:
    return decode.colours_at(mesh, np.array([face]), THIRDS)[0].round().astype(int).tolist()


def test_faces_and_vertices_have_their_colors() -> None:
    faces = read_mesh(
        quad(face_colors=[[255, 0, 0, 255], [0, 0, 255, 255]]).export(file_type="ply"),
        "ply",
        "x.ply",
    )
    vertices = read_mesh(
        quad(vertex_colors=[[0, 250, 0, 255]] * 4).export(file_type="ply"), "ply", "x.ply"
    )
    assert sorted([color(faces, 0), color(faces, 1)]) == [[0, 0, 255], [255, 0, 0]]
    assert color(vertices, 1) == [0, 250, 0]
    assert faces.has_colours
    assert vertices.has_colours


def test_a_texture_is_looked_up_right_side_up() -> None:
    """The upper half of the picture is red; v is 1 there."""
    picture = np.zeros((8, 8, 3), np.uint8)
    picture[:4, :, 0], picture[4:, :, 2] = 255, 255
    uv = np.array([[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]])
    material = trimesh.visual.material.PBRMaterial(baseColorTexture=Image.fromarray(picture))
    raw = quad(visual=trimesh.visual.TextureVisuals(uv=uv, material=material)).export(
        file_type="glb"
    )
    mesh = read_mesh(raw, "glb", "x.glb")
    low = [i for i, t in enumerate(mesh.triangles) if t[:, 1].mean() < 0.5]
    assert [color(mesh, i) for i in range(2)] == [
        [0, 0, 255] if i in low else [255, 0, 0] for i in range(2)
    ]


def test_colors_of_gltf_are_linear_light() -> None:
    """A factor of one half looks like 188, not 128."""
    material = trimesh.visual.material.PBRMaterial(baseColorFactor=[0.5, 0.5, 0.5, 1.0])
    raw = quad(visual=trimesh.visual.TextureVisuals(uv=np.zeros((4, 2)), material=material)).export(
        file_type="glb"
    )
    assert abs(color(read_mesh(raw, "glb", "x.glb"), 0)[0] - 188) <= 1


def test_what_has_no_color_is_plain() -> None:
    mesh = read_mesh(quad().export(file_type="stl"), "stl", "x.stl")
    assert color(mesh, 0) == [DEFAULT_GREY] * 3
    assert not mesh.has_colours
