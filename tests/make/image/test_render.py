"""Rendered models, opened by Pillow; models made by trimesh."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from polysense.errors import PolysenseError
from polysense.make.image.render import SIZE, Render
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

ASK = (Part("text", "the lid"),)


def evidence(path: Path, node: str | None = None) -> Evidence:
    mime = {"glb": "model/gltf-binary", "stl": "model/stl", "ply": "model/ply"}[path.suffix[1:]]
    span = Span(node=node or "model")
    part = Part("3d", path, mime, path.name, Span(node=node) if node else Span())
    chunk = Chunk(Asset("0", str(path), mime, "3d", 1, path=path), span, "3d", part)
    return Evidence(1, Hit(chunk, 1.0), part, span)


def pot(path: Path) -> Path:
    """A red pot with a blue lid."""
    scene = trimesh.Scene()
    for name, height, z, colour in (
        ("pot", 1.0, 0.0, [200, 30, 30, 255]),
        ("lid", 0.2, 0.7, [30, 30, 200, 255]),
    ):
        part = trimesh.creation.cylinder(0.6, height, sections=48)
        part.apply_transform(trimesh.transformations.rotation_matrix(np.pi / 2, [1, 0, 0]))
        part.apply_translation([0, z, 0])
        part.visual.face_colors = colour
        scene.add_geometry(part, node_name=name, geom_name=name)
    path.write_bytes(scene.export(file_type="glb"))
    return path


def open_png(part: Part) -> np.ndarray:
    with Image.open(io.BytesIO(part.data)) as image:
        assert (image.format, image.size) == ("PNG", (SIZE, SIZE))
        return np.asarray(image.convert("RGB")).astype(int)


def count_red(picture: np.ndarray) -> int:
    return int(((picture[..., 0] > picture[..., 2] + 60) & (picture[..., 1] < 70)).sum())


def count_blue(picture: np.ndarray) -> int:
    return int((picture[..., 2] > picture[..., 0] + 60).sum())


def test_contract(tmp_path: Path) -> None:
    """Streams PNG parts, the same each time."""
    check_generator(Render(), [evidence(pot(tmp_path / "a.glb"))])


@pytest.mark.slow
def test_the_part_that_is_meant_keeps_its_colour(tmp_path: Path) -> None:
    """The whole shows both colours; of the lid only the lid's is left, the pot is pale but there."""
    path = pot(tmp_path / "a.glb")
    whole, lid = (
        open_png(*Render().generate(ASK, [evidence(path)])),
        open_png(*Render().generate(ASK, [evidence(path, "lid")])),
    )
    assert count_red(whole) > 20_000
    assert count_blue(whole) > 10_000
    assert count_blue(lid) > 10_000
    assert count_red(lid) == 0
    [part] = Render().generate(ASK, [evidence(path, "lid")])
    assert (part.meta["node"], part.meta["highlighted"]) == ("lid", True)


def test_it_fills_the_picture_and_throws_a_shadow(tmp_path: Path) -> None:
    """The model spans most of the picture; the ground beside its foot is darker on one side."""
    picture = open_png(*Render().generate(ASK, [evidence(pot(tmp_path / "a.glb"))]))
    coloured = np.ptp(picture, axis=2) > 60
    rows = np.flatnonzero(coloured.any(1))
    assert 0.6 * SIZE < rows[-1] - rows[0] < 0.85 * SIZE
    foot = picture[int(rows[-1]) - 120].mean(1)
    assert foot[-330:-100].min() < foot[30:200].min() - 20


@pytest.mark.slow
def test_hostile_models(tmp_path: Path) -> None:
    """A flat sheet, a sliver, very many faces, points and broken files: drawn, or told, or nothing."""
    flat = trimesh.Trimesh([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]])
    thin = trimesh.creation.box((1e-9, 1, 1e-9))
    many = trimesh.creation.icosphere(subdivisions=7)
    for i, model in enumerate((flat, thin, many)):
        path = tmp_path / f"{i}.stl"
        path.write_bytes(model.export(file_type="stl"))
        assert open_png(*Render().generate(ASK, [evidence(path)])).shape == (SIZE, SIZE, 3)
    for raw in (b"", b"solid\nendsolid\n", b"\0" * 84):
        (tmp_path / "bad.stl").write_bytes(raw)
        with pytest.raises(PolysenseError):
            list(Render().generate(ASK, [evidence(tmp_path / "bad.stl")]))
