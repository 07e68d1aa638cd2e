"""The model asked for, unchanged or changed as the words say; read back by its own bytes, not by
what wrote it.
"""

from __future__ import annotations

import io
import json
import struct
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from PIL import Image

from polysense.errors import NotFound, Unreadable
from polysense.make.solid.model.generator import Model
from polysense.read.solid import decode
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

MIME = {"glb": "model/gltf-binary", "obj": "model/obj", "stl": "model/stl"}


def tree(raw: bytes) -> dict[str, Any]:
    """The JSON of a GLB, by the specification (glTF 2.0, 4.4), lengths checked."""
    magic, version, total = struct.unpack_from("<4sII", raw)
    length, kind = struct.unpack_from("<I4s", raw, 12)
    assert (magic, version, total, kind) == (b"glTF", 2, len(raw), b"JSON")
    return dict(json.loads(raw[20 : 20 + length]))


def bounds(raw: bytes) -> np.ndarray:
    return np.asarray(trimesh.load(io.BytesIO(raw), file_type="glb", force="scene").bounds)


def textured() -> trimesh.Trimesh:
    box = trimesh.creation.box((1, 2, 1))
    picture = Image.fromarray(np.random.default_rng(0).integers(60, 250, (32, 32, 3), np.uint8))
    box.visual = trimesh.visual.TextureVisuals(
        uv=np.random.default_rng(1).random((len(box.vertices), 2)), image=picture
    )
    box.visual.material = trimesh.visual.material.PBRMaterial(
        baseColorTexture=picture, name="wood", roughnessFactor=0.3
    )
    return box


def evidence(
    folder: Path, n: int, name: str, shape: Any = None, node: str | None = None
) -> Evidence:
    path = folder / name
    if not path.exists():
        geometry = shape if shape is not None else trimesh.creation.box((1, 2, 1))
        path.write_bytes(
            raw
            if isinstance(raw := geometry.export(file_type=path.suffix[1:]), bytes)
            else raw.encode()
        )
    mime = MIME[path.suffix[1:]]
    asset = Asset(str(n), str(path), mime, "3d", 1, path=path)
    span = Span(node=node or "model")
    chunk = Chunk(
        asset, span, "3d", Part("3d", path, mime, name, Span(node=node) if node else Span()), name
    )
    return Evidence(n, Hit(chunk, 1.0), chunk.part or Part("3d", b""), span)


def generate_part(words: str, *evidence: Evidence) -> Part:
    (part,) = Model().generate((Part("text", words),), evidence)
    assert part.mime == "model/gltf-binary"
    assert tree(part.data)
    return part


def test_untouched_it_is_the_file_itself(tmp_path: Path) -> None:
    """Byte for byte, with all that no library would keep."""
    e = evidence(tmp_path, 1, "barrel.glb", textured())
    part = generate_part("a barrel", e)
    assert part.data == (tmp_path / "barrel.glb").read_bytes()
    assert (part.name, part.meta["evidence"]) == ("barrel.glb", [1])
    assert "changes" not in part.meta
    check_generator(Model(), [e])


@pytest.mark.parametrize(
    ("words", "height"),
    [
        ("twice as big", 4.0),
        ("half the size", 1.0),
        ("10 cm tall", 0.1),
        ("高30厘米", 0.3),
        ("放大三倍", 6.0),
        ("50 mm wide", 0.1),
    ],
)
def test_scaled_as_asked(tmp_path: Path, words: str, height: float) -> None:
    """To the size said, with its texture; what was done is told."""
    part = generate_part(f"the barrel, {words}", evidence(tmp_path, 1, "barrel.glb", textured()))
    low, high = bounds(part.data)
    assert high[1] - low[1] == pytest.approx(height, rel=1e-4)
    assert part.meta["changes"][0].startswith("scaled by")
    gltf_tree = tree(part.data)
    assert len(gltf_tree["images"]) == 1
    assert gltf_tree["materials"][0]["name"] == "wood"


@pytest.mark.parametrize(
    ("words", "rgb"),
    [("the box in red", (204, 36, 41)), ("#ff8800", (255, 136, 0)), ("红色的箱子", (204, 36, 41))],
)
def test_coloured_as_asked(tmp_path: Path, words: str, rgb: tuple[int, int, int]) -> None:
    """What is seen has the hue asked for, of textures and of plain colours."""
    for name, shape in (("box.glb", textured()), ("plain.glb", trimesh.creation.box((1, 1, 1)))):
        part = generate_part(words, evidence(tmp_path, 1, name, shape))
        pixels = decode.render(decode.load(part), 30).reshape(-1, 3).astype(float)
        mean = pixels[(pixels < 245).any(1)].mean(0)
        assert np.argsort(mean).tolist() == np.argsort(rgb).tolist()
        assert part.meta["changes"][0].startswith("tinted")


def test_a_colour_that_tells_which_is_no_wish(tmp_path: Path) -> None:
    part = generate_part("show me the red barrel", evidence(tmp_path, 1, "barrel.glb", textured()))
    assert "changes" not in part.meta


def test_a_scene_side_by_side(tmp_path: Path) -> None:
    """As many as asked for, all on the ground, none in another; what is not there is said."""
    barrel = evidence(tmp_path, 1, "barrel_large.glb", trimesh.creation.cylinder(0.5, 1.0))
    table = evidence(tmp_path, 2, "table-long.glb", trimesh.creation.box((3, 1, 1)))
    part = generate_part("a scene with a barrel, two tables and a dragon", barrel, table)
    scene = trimesh.load(io.BytesIO(part.data), file_type="glb", force="scene")
    boxes = sorted((g.bounds for g in scene.dump()), key=lambda b: b[0][0])
    assert len(boxes) == 3
    assert all(b[0][1] == pytest.approx(0, abs=1e-6) for b in boxes)
    assert all(a[1][0] < b[0][0] for a, b in pairwise(boxes))
    assert part.meta["evidence"] == [1, 2]
    assert part.meta["missing"] == ["dragon"]
    names = {n["name"] for n in tree(part.data)["nodes"]}
    assert {"barrel_large", "table-long 1", "table-long 2"} <= names


def test_these_together_even_where_one_is_broken(tmp_path: Path) -> None:
    (tmp_path / "broken.glb").write_bytes(b"glTFno")
    three = [
        evidence(tmp_path, 1, "a.glb"),
        evidence(tmp_path, 2, "broken.glb"),
        evidence(tmp_path, 3, "c.stl"),
    ]
    part = generate_part("put these together", *three)
    assert part.meta["evidence"] == [1, 3]
    assert part.meta["missing"] == ["broken"]


def test_a_named_part_alone(tmp_path: Path) -> None:
    scene = trimesh.Scene()
    scene.add_geometry(trimesh.creation.box((2, 1, 1)), node_name="chest", geom_name="chest")
    lid = trimesh.transformations.translation_matrix((0, 5, 0))
    scene.add_geometry(
        trimesh.creation.box((2, 0.2, 1)), node_name="lid", geom_name="lid", transform=lid
    )
    part = generate_part("the lid", evidence(tmp_path, 1, "chest.glb", scene, node="lid"))
    low, high = bounds(part.data)
    assert (high - low) == pytest.approx((2, 0.2, 1))
    assert part.name == "lid.glb"


def test_who_asks_for_the_whole_gets_no_part_of_it(tmp_path: Path) -> None:
    """Search may find a model by any of its parts."""
    scene = trimesh.Scene()
    scene.add_geometry(trimesh.creation.box((2, 1, 1)), node_name="seat", geom_name="seat")
    scene.add_geometry(
        trimesh.creation.box((0.1, 4, 0.1)), node_name="chair_leg_2", geom_name="leg"
    )
    low, high = bounds(
        generate_part(
            "the keeper's chair", evidence(tmp_path, 1, "chair.glb", scene, node="chair_leg_2")
        ).data
    )
    assert (high - low) == pytest.approx((2, 4, 1))


def test_other_formats_become_gltf(tmp_path: Path) -> None:
    """An STL of a print is millimetres and Z up: it comes out in metres, upright; the change is
    told.
    """
    shape = trimesh.creation.cone(20, 90)
    part = generate_part("the cone", evidence(tmp_path, 1, "cone.stl", shape))
    low, high = bounds(part.data)
    assert (high - low)[1] == pytest.approx(0.09, rel=1e-3)
    assert "converted" in part.meta["changes"][0]
    assert part.name == "cone.glb"


def test_what_is_gone_or_broken_says_so(tmp_path: Path) -> None:
    e = evidence(tmp_path, 1, "a.glb")
    (tmp_path / "a.glb").unlink()
    with pytest.raises(NotFound, match=r"a\.glb"):
        list(Model().generate((), [e]))
    (tmp_path / "a.glb").write_bytes(b"glTFno")
    with pytest.raises(Unreadable):
        list(Model().generate((), [e]))
    assert list(Model().generate((), [])) == []


@pytest.mark.parametrize(
    "words",
    [
        "0 cm tall",
        "1e99 times bigger",
        "99999999999999 times larger",
        "0%  of the size",
        "a scene with 900 tables",
    ],
)
def test_senseless_wishes_are_passed_over(tmp_path: Path, words: str) -> None:
    part = generate_part(words, evidence(tmp_path, 1, "table.glb"))
    assert np.isfinite(bounds(part.data)).all()
    assert "scaled" not in str(part.meta)
