"""Models become chunks: the whole, then each named part, told in words and numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
import trimesh

from polysense.errors import Unreadable
from polysense.read.solid import decode
from polysense.read.solid.mesh import MeshParser, name_words
from polysense.types import Asset, Chunk


def asset(path: Path) -> Asset:
    kind = path.suffix[1:].lower()
    mime = next(mime for mime, file_format in decode.FORMATS.items() if file_format == kind)
    return Asset(
        id="0" * 32, uri=str(path), mime=mime, modality="3d", size=path.stat().st_size, path=path
    )


def parse(path: Path, parts: int = 64) -> list[Chunk]:
    chunks = list(MeshParser(parts=parts).parse(asset(path)))
    assert all(isinstance(c, Chunk) for c in chunks)
    assert len({c.id for c in chunks}) == len(chunks)
    return [c for c in chunks if isinstance(c, Chunk)]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    scene = trimesh.Scene()
    top = trimesh.creation.box((4, 0.2, 4))
    top.visual.face_colors = [10, 60, 200, 255]
    scene.add_geometry(top, node_name="tableTop", geom_name="tableTop")
    scene.geometry["leg"] = trimesh.creation.box((0.2, 2, 0.2))
    for i, (x, z) in enumerate([(-1, -1), (1, -1), (1, 1), (-1, 1)]):
        scene.graph.update(
            f"leg_{i}",
            matrix=trimesh.transformations.translation_matrix((x, -1, z)),
            geometry="leg",
        )
    path = tmp_path / "garden_table.glb"
    path.write_bytes(scene.export(file_type="glb"))
    return path


def test_the_whole_then_each_part_once(table: Path) -> None:
    """Four legs of one shape are one chunk that counts them."""
    whole, *parts = parse(table)
    assert [c.modality for c in (whole, *parts)] == ["3d"] * 3
    assert whole.part is not None
    assert not whole.part.span
    assert whole.meta["faces"] == 60
    parts_by_name = {str(c.span.node): c for c in parts}
    assert set(parts_by_name) == {"tableTop", next(n for n in parts_by_name if n.startswith("leg"))}
    leg = next(c for n, c in parts_by_name.items() if n.startswith("leg"))
    assert leg.meta["instances"] == 4
    assert leg.part is not None
    assert len(decode.load(leg.part).faces) == 12


def test_words_tell_names_colors_and_proportions(table: Path) -> None:
    whole, *parts = parse(table)
    top = next(c for c in parts if c.span.node == "tableTop")
    assert "garden table" in whole.context
    assert "table top" in whole.text
    assert "table top" in top.text
    assert "Flat, lying" in top.text
    assert "blue" in top.text
    assert "12 faces (triangles), 8 vertices, closed surface (watertight)" in top.text
    assert "part of garden table" in top.context


def test_what_a_solid_encloses_is_told_in_its_units(tmp_path: Path) -> None:
    """Of what has a hole, or is no surface, nothing is."""
    box = trimesh.creation.box((10, 20, 40))
    box.units = "mm"
    box.export(tmp_path / "a.3mf")
    box.update_faces([False] + 11 * [True])
    box.export(tmp_path / "b.stl")
    whole, open_one = (parse(tmp_path / name)[0].text for name in ("a.3mf", "b.stl"))
    assert "Volume 8000 cubic millimeter, surface area 2800 square millimeter" in whole
    assert "11 faces (triangles), 8 vertices, open surface (not watertight)" in open_one
    assert "Volume" not in open_one


def test_numbers_are_plain_json(tmp_path: Path) -> None:
    trimesh.creation.box((1, 2, 3)).export(tmp_path / "a.stl")
    (only,) = parse(tmp_path / "a.stl")
    assert not only.span  # the whole file
    assert only.meta == {
        "faces": 12,
        "vertices": 36,
        "extents": [1.0, 3.0, 2.0],
        "area": 22.0,
        "volume": 6.0,
        "watertight": True,
        "units": "",
        "up": "z",
    }


def test_parts_are_bounded_and_the_largest_stay(tmp_path: Path) -> None:
    lines, n = [], 0
    for i in range(20):
        for x, y in ((0, 0), (i + 1, 0), (0, i + 1)):
            lines.append(f"v {x} {y} {i}")
        lines.append(f"o piece_of_size_{chr(65 + i)}\nf {n + 1} {n + 2} {n + 3}")
        n += 3
    (tmp_path / "many.obj").write_text("\n".join(lines))
    chunks = parse(tmp_path / "many.obj", parts=5)
    assert len(chunks) == 6
    assert [str(c.span.node)[-1] for c in chunks[1:]] == [chr(65 + i) for i in range(15, 20)]


def test_a_broken_file_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.glb").write_bytes(b"glTF broken")
    with pytest.raises(Unreadable, match=r"a\.glb"):
        parse(tmp_path / "a.glb")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("floor_tile_big", "floor tile big"),
        ("key_Torus.035", "key"),
        ("Cube.001", ""),
        ("椅子_2", "椅子"),
        ("dowel#1:14", "dowel"),
    ],
)
def test_names_become_words(name: str, expected: str) -> None:
    assert name_words(name) == expected


def test_real_models(data: Path) -> None:
    """Names inside the file, and colours of its texture, are told."""
    banner = parse(data / "shapes-kaykit/banner_blue.gltf.glb")
    chest = parse(data / "shapes-kaykit/chest.glb")
    assert [str(c.span) for c in banner] == ["whole"]
    assert "blue" in banner[0].text.split("Color:")[1].split(".")[0]
    assert "Blender" in banner[0].context
    assert [str(c.span) for c in chest] == ["whole", "chest", "chest_lid"]
    assert "brown" in chest[0].text
