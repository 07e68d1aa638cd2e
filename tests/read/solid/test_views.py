"""A model becomes pictures that tell from where they were taken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import trimesh

from polysense.errors import BadConfig, Unreadable
from polysense.protocols import Converter
from polysense.read.solid.views import Views
from polysense.types import Part


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
    assert {p.meta["elevation"] for p in pictures} == {30.0}


def test_no_view_of_what_is_broken(tmp_path: Path) -> None:
    (tmp_path / "a.glb").write_bytes(b"no")
    with pytest.raises(Unreadable):
        list(Views().convert(Part("3d", tmp_path / "a.glb")))


@pytest.mark.parametrize(("count", "size"), [(0, 224), (65, 224), (4, 4), (4, 10**6)])
def test_a_setting_without_sense_is_refused(count: int, size: int) -> None:
    with pytest.raises(BadConfig):
        Views(count=count, size=size)
