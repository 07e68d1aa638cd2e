"""Solids are closed, and what is written is what a reader of glTF finds."""

from __future__ import annotations

import io

import numpy as np
import pytest
import trimesh

from polysense.make.solid import gltf


def read(*solids: gltf.Solid) -> trimesh.Scene:
    return trimesh.load(io.BytesIO(gltf.glb(solids, "all")), file_type="glb", force="scene")


def test_boxes_with_names_and_colours() -> None:
    """Each solid is a node of its name, in its place and colour, closed and turned outwards."""
    scene = read(
        gltf.Solid(
            "red", *gltf.box((0, 0, 0), (1, 2, 3)), color=(255, 0, 0), extras={"cell": "B2"}
        ),
        gltf.Solid("其他", *gltf.box((5, 0, 0), (6, 1, 1))),
    )
    assert set(scene.geometry) == {"red", "其他"}
    red = scene.geometry["red"]
    assert red.is_watertight
    assert red.volume == pytest.approx(6)
    assert red.visual.material.baseColorFactor[:3].tolist() == [255, 0, 0]
    assert scene.graph.transforms.edge_data["all", "red"]["metadata"] == {"cell": "B2"}


def test_a_landscape_is_a_closed_block() -> None:
    """Its top is the heights over the base, first row at the back; every vertex has a normal of
    length one.
    """
    heights = np.array([[0.0, 1.0, 2.0], [3.0, 1.0, 0.0]])
    vertices, faces, normals = gltf.landscape(heights, 4, 2, base=0.5)
    block = trimesh.Trimesh(vertices, faces, process=False)
    assert block.is_watertight
    assert block.is_winding_consistent
    assert block.volume > 0
    assert vertices[:6, 1].reshape(2, 3).tolist() == (heights + 0.5).tolist()
    assert vertices[:3, 2].tolist() == [-1, -1, -1]
    assert np.linalg.norm(normals, axis=1) == pytest.approx(np.ones(len(vertices)))


def test_colours_of_vertices_are_linear_light() -> None:
    """IEC 61966-2-1: middle grey of sRGB is about a fifth of the light."""
    assert gltf.srgb_to_linear(np.array([0, 128, 255])) == pytest.approx([0, 0.2159, 1], abs=1e-4)
    vertices, faces = gltf.box((0, 0, 0), (1, 1, 1))
    (painted,) = read(
        gltf.Solid("a", vertices, faces, color=np.full((8, 3), 128, np.uint8))
    ).geometry.values()
    assert np.asarray(painted.visual.vertex_attributes["color"])[0].tolist() == [55, 55, 55, 255]
