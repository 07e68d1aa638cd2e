"""A model becomes pictures that tell from where they were taken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import trimesh

from polysense import Image, Library, Mesh, kit, part
from polysense.errors import BadConfig, Unreadable
from polysense.ingest.workers import Limits
from polysense.protocols import Converter
from polysense.read.solid.views import Views
from polysense.retrieve.algebra import dense
from polysense.types import Part

from ...encoders.tiny_media import clip_folder


def test_views_from_all_around(tmp_path: Path) -> None:
    trimesh.creation.box((1, 2, 3)).export(tmp_path / "a.glb")
    converter: Converter = Views(count=3, size=64)
    pictures = list(converter.convert(Part("3d", tmp_path / "a.glb")))
    assert [p.modality for p in pictures] == ["image"] * 3
    assert [p.meta["azimuth"] for p in pictures] == [30.0, 150.0, 270.0]
    assert all(
        isinstance(p.data, np.ndarray) and p.data.shape == (64, 64, 3) and p.data.dtype == np.uint8
        for p in pictures
    )
    assert {p.meta["elevation"] for p in pictures} == {20.0}


def test_no_view_of_what_is_broken(tmp_path: Path) -> None:
    (tmp_path / "a.glb").write_bytes(b"no")
    with pytest.raises(Unreadable):
        list(Views().convert(Part("3d", tmp_path / "a.glb")))


@pytest.mark.parametrize(("count", "size"), [(0, 224), (65, 224), (4, 4), (4, 10**6)])
def test_a_setting_without_sense_is_refused(count: int, size: int) -> None:
    with pytest.raises(BadConfig):
        Views(count=count, size=size)


@pytest.mark.filterwarnings("ignore")  # transformers warns of its own
def test_clip_finds_a_model_by_its_views(tmp_path: Path) -> None:
    """Multi-view CLIP: a model has the unit mean of what CLIP makes of its views, and is found by a
    picture of one of them, and by itself.
    """
    folder = clip_folder(tmp_path / "clip-tiny")
    files = tmp_path / "files"
    files.mkdir()
    solids = {
        "plate": trimesh.creation.box((2, 0.1, 2)),
        "pole": trimesh.creation.cylinder(0.1, 3),
        "ball": trimesh.creation.icosphere(),
    }
    for (name, solid), colour in zip(solids.items(), np.eye(3, 4) * 200, strict=True):
        solid.visual.vertex_colors = (*colour[:3], 255)
        solid.export(files / f"{name}.ply")
    own = kit(
        encoders=[f"clip:model={folder},device=cpu", "-minilm", "-conse", "-photo", "-shape"],
        converters=["-ocr"],
    )
    clip, views = own.encoders["clip"], own.converters["views"]
    assert own.adapter_for(clip, "3d") is views
    with Library(tmp_path / "kb", kit=own, limits=Limits(workers=1)) as kb:
        assert not kb.index(files).failed
        for name, solid in solids.items():
            model = part(files / f"{name}.ply")
            pictures = list(views.convert(model))
            mean = clip.encode(pictures).mean(axis=0)
            (chunk,) = kb.chunks(files / f"{name}.ply")
            (vector,) = kb.store.vectors(clip.space, [chunk.id]).values()
            np.testing.assert_allclose(vector, mean / np.linalg.norm(mean), atol=1e-3)
            for query in (model, Mesh(solid), Image(pictures[1].data)):
                hits = kb.search(query, using=dense(clip.space.name), modality="3d")
                assert hits[0].chunk.asset.name == f"{name}.ply"
                assert [w.space for w in hits[0].why] == [clip.space.name]
