"""Files of triangles are read safely, the right way up, with names."""

from __future__ import annotations

import contextlib
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from polysense.errors import TooLarge, Unreadable, Unsupported
from polysense.read.solid.model_limits import MAX_FACES
from polysense.read.solid.scene import read_mesh

TRIANGLE = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], "<f4").tobytes()


def tree(**changes: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}],
        "bufferViews": [{"buffer": 0, "byteLength": 36}],
        "buffers": [{"byteLength": 36}],
    }
    return whole | changes


def glb(whole: dict[str, Any]) -> bytes:
    text = json.dumps(whole).encode()
    text += b" " * (-len(text) % 4)
    body = (
        struct.pack("<II", len(text), 0x4E4F534A)
        + text
        + struct.pack("<II", len(TRIANGLE), 0x004E4942)
        + TRIANGLE
    )
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


OBJ = """o table_top
v 0 0 0
v 1 0 0
v 0 1 0
f 1 2 3
o left leg
v 0 0 1
v 1 0 1
v 0 1 1
f 4 5 6
"""


@pytest.mark.parametrize(
    "whole",
    [
        tree(accessors=[{"componentType": 5126, "count": 10**10, "type": "VEC3"}]),
        tree(accessors=[{"componentType": 5126, "count": 4 * 10**6, "type": "VEC3"}] * 200),
        tree(
            accessors=[
                {"componentType": 5126, "count": n, "type": "VEC3"}
                for n in (*[4 * 10**6] * 200, -(10**9))
            ]
        ),
        tree(nodes=[{"mesh": 0}] * (MAX_FACES // 100 + 1)),
    ],
    ids=["one huge accessor", "many accessors", "less than nothing", "many nodes"],
)
def test_a_bomb_is_refused_before_it_is_unpacked(whole: dict[str, Any]) -> None:
    with pytest.raises(TooLarge, match=r"bomb\.glb"):
        read_mesh(glb(whole), "glb", "bomb.glb")


@pytest.mark.slow
def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "b.3mf", "w", zipfile.ZIP_DEFLATED) as z,
        z.open("3D/3dmodel.model", "w", force_zip64=True) as f,
    ):
        for _ in range(600):
            f.write(b" " * (1 << 20))
    with pytest.raises(TooLarge, match="600 MiB"):
        read_mesh((tmp_path / "b.3mf").read_bytes(), "3mf", "b.3mf")


def test_instances_of_a_large_mesh_count_each_time() -> None:
    big = tree(
        nodes=[{"mesh": 0}] * 1000,
        accessors=[{"bufferView": 0, "componentType": 5126, "count": 30_000, "type": "VEC3"}],
    )
    with pytest.raises(TooLarge, match="10,000,000 faces"):
        read_mesh(glb(big), "glb", "x.glb")


@pytest.mark.parametrize(
    "uri", ["../secret.bin", "http://localhost:1/x.bin", "/etc/hostname", "sub/../../secret.bin"]
)
def test_nothing_outside_the_folder_is_read(tmp_path: Path, uri: str) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret.bin").write_bytes(TRIANGLE)
    raw = json.dumps(tree(buffers=[{"uri": uri, "byteLength": 36}])).encode()
    with pytest.raises(Unreadable, match="not beside it"):
        read_mesh(raw, "gltf", "x.gltf", folder)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret.bin").write_bytes(TRIANGLE)
    (folder / "link.bin").symlink_to(tmp_path / "secret.bin")
    raw = json.dumps(tree(buffers=[{"uri": "link.bin", "byteLength": 36}])).encode()
    with pytest.raises(Unreadable):
        read_mesh(raw, "gltf", "x.gltf", folder)


def test_a_buffer_beside_the_model_is_found_by_its_quoted_name(tmp_path: Path) -> None:
    (tmp_path / "my mesh.bin").write_bytes(TRIANGLE)
    raw = json.dumps(tree(buffers=[{"uri": "my%20mesh.bin", "byteLength": 36}])).encode()
    assert len(read_mesh(raw, "gltf", "x.gltf", tmp_path).faces) == 1


def test_packed_geometry_is_said_to_be_so() -> None:
    packed = tree(
        meshes=[
            {
                "primitives": [
                    {
                        "attributes": {"POSITION": 0},
                        "extensions": {"KHR_draco_mesh_compression": {}},
                    }
                ]
            }
        ]
    )
    with pytest.raises(Unsupported, match="draco") as e:
        read_mesh(glb(packed), "glb", "x.glb")
    assert "without mesh compression" in e.value.hint


def test_nodes_that_contain_each_other_end() -> None:
    assert (
        len(
            read_mesh(
                glb(tree(nodes=[{"children": [1]}, {"children": [0], "mesh": 0}])), "glb", "x.glb"
            ).faces
        )
        == 1
    )


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"", "glb"),
        (b"glTF\2", "glb"),
        (glb(tree())[:-20], "glb"),
        (glb(tree(nodes=[{"mesh": 7}])), "glb"),
        (b"[" * 100_000, "gltf"),
        (b"\0" * 84, "stl"),
        (b"hello", "stl"),
        (b"hello world", "obj"),
        (b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 99\n", "obj"),
        (b"v 0 0 0\nv 1 0 0\nv 2 0 0\nf 1 2 3\n", "obj"),
        (b"ply\n", "ply"),
        (b"OFF\n", "off"),
        (b"PK", "3mf"),
    ],
)
def test_what_is_broken_or_empty_is_unreadable_and_named(raw: bytes, kind: str) -> None:
    with pytest.raises(Unreadable, match=f"x.{kind}"):
        read_mesh(raw, kind, f"x.{kind}")


@pytest.mark.parametrize("bad", ["nan 0 0", "inf 0 0", "1e300 0 0"])
def test_faces_at_broken_vertices_are_dropped(bad: str) -> None:
    mesh = read_mesh(
        f"v {bad}\nv 1 0 0\nv 0 1 0\nv 1 1 0\nf 1 2 3\nf 2 3 4\n".encode(), "obj", "x.obj"
    )
    assert len(mesh.faces) == 1
    assert np.isfinite(mesh.vertices).all()


def test_the_objects_of_an_obj_are_pieces_in_order() -> None:
    mesh = read_mesh(OBJ.encode(), "obj", "x.obj")
    assert [p.name for p in mesh.pieces] == ["table_top", "left leg"]
    assert mesh.root == "model"


def test_an_object_with_two_materials_is_one_piece(tmp_path: Path) -> None:
    (tmp_path / "x.mtl").write_text("newmtl wood\nKd 0.5 0.3 0.1\nnewmtl steel\nKd 0.6 0.6 0.7\n")
    text = "mtllib x.mtl\n" + OBJ.replace("f 4 5 6", "usemtl wood\nf 4 5 6\nusemtl steel\nf 6 5 1")
    mesh = read_mesh(text.encode(), "obj", "x.obj", tmp_path)
    assert {p.name for p in mesh.pieces} == {"table_top", "left leg"}
    assert {tuple(c) for c in mesh.corner_colours[:, 0].tolist()} >= {
        (128, 76, 26),
        (153, 153, 178),
    }


def test_the_primitives_of_a_gltf_node_are_one_piece_with_a_stable_name() -> None:
    whole = tree(nodes=[{"mesh": 0, "name": "car"}])
    whole["meshes"][0]["primitives"] *= 3
    mesh = read_mesh(glb(whole), "glb", "x.glb")
    assert [p.name for p in mesh.pieces] == ["car"]
    assert (mesh.root, len(mesh.faces)) == ("car", 3)


def test_nodes_are_put_where_their_parents_put_them() -> None:
    whole = tree(
        nodes=[{"children": [1], "translation": [0, 5, 0]}, {"mesh": 0, "scale": [2, 2, 2]}]
    )
    assert read_mesh(glb(whole), "glb", "x.glb").vertices.max(0).tolist() == [2, 7, 0]


def test_gltf_tells_who_made_it() -> None:
    about = {
        "version": "2.0",
        "copyright": "2023 Kay",
        "generator": "Blender",
        "extras": {"title": "An old chest", "id": "a" * 32},
    }
    assert (
        read_mesh(glb(tree(asset=about)), "glb", "x.glb").notes
        == "2023 Kay; An old chest; made with Blender"
    )


@pytest.mark.parametrize(("kind", "up"), [("stl", "z"), ("off", "z"), ("ply", "y"), ("obj", "y")])
def test_up_is_what_the_format_is_used_for(kind: str, up: str) -> None:
    raw = trimesh.creation.box((1, 2, 3)).export(file_type=kind)
    mesh = read_mesh(raw if isinstance(raw, bytes) else raw.encode(), kind, f"x.{kind}")
    assert mesh.up == up
    assert mesh.extents.round(6).tolist() == ([1, 3, 2] if up == "z" else [1, 2, 3])


def test_a_flat_base_tells_what_is_up() -> None:
    cone = trimesh.creation.cone(1, 2)  # stands on z = 0
    cone.apply_transform(trimesh.transformations.rotation_matrix(-np.pi / 2, (1, 0, 0)))
    assert read_mesh(cone.export(file_type="stl"), "stl", "x.stl").up == "y"


def test_a_cloud_of_points_has_a_surface() -> None:
    points = trimesh.creation.icosphere(3).vertices
    mesh = read_mesh(
        trimesh.PointCloud(points, colors=np.tile([200, 10, 10, 255], (len(points), 1))).export(
            file_type="ply"
        ),
        "ply",
        "x.ply",
    )
    assert mesh.is_point_cloud
    assert mesh.has_colours
    assert len(mesh.faces) == 3 * len(points)


@pytest.mark.parametrize("count", [2, 5, 9])
def test_a_cloud_is_as_large_as_its_points_reach(count: int) -> None:
    """Not as the bodies that are drawn for them, which are large where points are few."""
    x, y, z = np.meshgrid(np.linspace(0, 6, count), np.linspace(0, 2, count), (0.0, 5.0))
    points = np.stack([x, y, z], axis=-1).reshape(-1, 3)
    mesh = read_mesh(trimesh.PointCloud(points).export(file_type="ply"), "ply", "x.ply")
    assert np.allclose(sorted(mesh.extents), [2, 5, 6])
    flat = points * (1, 1, 0)
    mesh = read_mesh(trimesh.PointCloud(flat).export(file_type="ply"), "ply", "x.ply")
    assert np.allclose(sorted(mesh.extents), [0, 2, 6])


def test_broken_files_of_others(data: Path) -> None:
    """Meshes that broke other readers are read or refused, never a crash."""
    kinds = {"stl", "obj", "ply", "glb"}
    count = 0
    for path in sorted((data / "broken-files").iterdir()):
        kind = path.suffix[1:].lower()
        if kind in kinds:
            count += 1
            with contextlib.suppress(Unreadable):
                assert len(read_mesh(path.read_bytes(), kind, path.name, path.parent).faces)
    assert count >= 6
