"""Parts: a row a part of a model; its numbers compared with trimesh's own."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
import trimesh

from polysense.errors import PolysenseError
from polysense.make.table.model_parts import ModelParts
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span


def evidence(path: Path, node: str | None = None) -> Evidence:
    asset = Asset(path.name, str(path), "model/gltf-binary", "3d", 1, path=path)
    part = Part("3d", path, "model/gltf-binary", path.name, Span(node=node))
    return Evidence(1, Hit(Chunk(asset, Span(node=node), "3d", part), 1.0), part, Span(node=node))


def lamp(path: Path) -> Path:
    """A red box with a blue ball above it."""
    box, ball = trimesh.creation.box((2, 1, 3)), trimesh.creation.icosphere(2, 0.5)
    box.visual.face_colors, ball.visual.face_colors = (255, 0, 0, 255), (0, 0, 255, 255)
    scene = trimesh.Scene()
    scene.add_geometry(box, node_name="foot", geom_name="foot")
    scene.add_geometry(
        ball,
        node_name="bulb",
        geom_name="bulb",
        transform=trimesh.transformations.translation_matrix((0, 4, 0)),
    )
    path.write_bytes(scene.export(file_type="glb"))
    return path


def rows(e: Evidence) -> list[dict[str, str]]:
    (part,) = ModelParts().generate((), [e])
    return list(csv.DictReader(io.StringIO(part.data.decode())))


def test_every_part_with_its_numbers(tmp_path: Path) -> None:
    """The whole, then each part: size, centre, colour, and volume where it is closed."""
    whole, foot, bulb = rows(evidence(lamp(tmp_path / "lamp.glb")))
    size = [k for k in foot if k.startswith("size")]
    centre = [k for k in foot if k.startswith("centre")]
    assert ([foot[k] for k in size], [bulb[k] for k in centre]) == (
        ["2", "1", "3"],
        ["0", "4", "0"],
    )
    assert (
        foot["part"],
        foot["triangles"],
        foot["colour"],
        foot["watertight"],
        foot["volume"],
    ) == ("foot", "12", "#ff0000", "yes", "6")
    ball = trimesh.creation.icosphere(2, 0.5)
    assert float(bulb["volume"]) == pytest.approx(ball.volume, rel=1e-4)
    assert int(whole["triangles"]) == 12 + len(ball.faces)
    assert (bulb["source"], bulb["place"]) == ("lamp.glb", "bulb")


def test_a_part_that_is_cited_is_told_within_its_model(tmp_path: Path) -> None:
    """The table is of the whole file, whichever part was found."""
    assert [r["part"] for r in rows(evidence(lamp(tmp_path / "lamp.glb"), "bulb"))][1:] == [
        "foot",
        "bulb",
    ]


def test_an_open_mesh_has_no_volume(tmp_path: Path) -> None:
    """One triangle encloses nothing; a model of one part is one row."""
    path = tmp_path / "leaf.glb"
    path.write_bytes(
        trimesh.Scene(trimesh.Trimesh([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]])).export(
            file_type="glb"
        )
    )
    (row,) = rows(evidence(path))
    assert (row["watertight"], row["volume"], row["triangles"]) == ("no", "", "1")


def test_broken_models(tmp_path: Path) -> None:
    """An error that names the file; nothing of no evidence."""
    (tmp_path / "bad.glb").write_bytes(b"glTF" + b"\0" * 30)
    with pytest.raises(PolysenseError, match=r"bad\.glb"):
        rows(evidence(tmp_path / "bad.glb"))
    assert list(ModelParts().generate((), [])) == []


def test_contract(tmp_path: Path) -> None:
    """The public check."""
    check_generator(ModelParts(), [evidence(lamp(tmp_path / "lamp.glb"))])
