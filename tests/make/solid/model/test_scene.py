"""Models as they are changed: scaled on their foot, tinted, set side by side, written."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import trimesh

from polysense.errors import Unreadable
from polysense.make.solid.model.scene import (
    SceneObject,
    arrange_side_by_side,
    is_glb,
    load_object,
    scale,
    tint,
    to_glb,
)
from polysense.types import Part


def box(name: str = "mill", size: tuple[float, float, float] = (1, 2, 3)) -> SceneObject:
    return SceneObject(name, ((name, trimesh.creation.box(size)),))


def part(kind: str, size: tuple[float, float, float] = (1, 2, 3)) -> Part:
    raw = trimesh.creation.box(size).export(file_type=kind)
    return Part("3d", raw if isinstance(raw, bytes) else raw.encode(), name=f"mill.{kind}")


def test_a_model_grows_on_its_foot() -> None:
    """Twice as large, it still stands where it stood."""
    before, after = box().bounds, scale(box(), 2).bounds
    assert np.ptp(after, axis=0) == pytest.approx(2 * np.ptp(before, axis=0))
    assert after[0, 1] == pytest.approx(before[0, 1])
    assert after[:, [0, 2]].mean(0) == pytest.approx(before[:, [0, 2]].mean(0))


def test_models_stand_side_by_side_without_touching() -> None:
    """In their order from left to right, on the ground, in rows, about the origin."""
    objects = arrange_side_by_side([box(str(n), (1 + n % 3, 2, 1)) for n in range(9)])
    bounds = [o.bounds for o in objects]
    assert [o.name for o in objects] == [str(n) for n in range(9)]
    assert all(b[0, 1] == pytest.approx(0) for b in bounds)
    for i, one in enumerate(bounds):
        for other in bounds[:i]:
            apart = (one[0] >= other[1] - 1e-6) | (other[0] >= one[1] - 1e-6)
            assert apart[[0, 2]].any(), "two of them touch"
    low, high = np.min([b[0] for b in bounds], 0), np.max([b[1] for b in bounds], 0)
    assert low[2] + high[2] == pytest.approx(0, abs=1e-6)


def test_a_tint_keeps_light_and_dark() -> None:
    """What was darker stays darker, so that parts are told apart; all have the hue asked for."""
    pieces = []
    for name, grey in (("light", 220), ("dark", 60)):
        mesh = trimesh.creation.box((1, 1, 1))
        mesh.visual.vertex_colors = [grey, grey, grey, 255]
        pieces.append((name, mesh))
    shades = {
        name: np.asarray(piece.visual.vertex_colors)[0, :3].astype(int)
        for name, piece in tint(SceneObject("mill", tuple(pieces)), (220, 30, 30)).pieces
    }
    assert shades["light"].sum() > shades["dark"].sum()
    assert all(s[0] > s[1] and s[0] > s[2] for s in shades.values())


def test_what_is_written_is_read_as_it_was() -> None:
    """One GLB with a node for each object, under names that stay apart."""
    raw = to_glb([box("mill"), box("mill")], "two mills")
    again = trimesh.load(io.BytesIO(raw), file_type="glb", force="scene")
    assert len(again.geometry) == 2
    assert {"mill", "mill 2"} <= set(again.graph.nodes)
    assert sum(len(g.faces) for g in again.geometry.values()) == 24


def test_formats_are_brought_to_metres_and_y_up() -> None:
    """A GLB is taken as it is; a print of 80 is 80 mm, not 80 m, and says so."""
    glb = part("glb")
    assert is_glb(glb)
    assert load_object(glb, "mill").note == ""
    stl = load_object(part("stl", (80, 20, 20)), "mill")
    assert np.ptp(stl.bounds, axis=0).max() == pytest.approx(0.08)
    assert "millimetres" in stl.note
    assert np.ptp(
        load_object(part("stl", (2, 1, 1)), "mill").bounds, axis=0
    ).max() == pytest.approx(2)


def test_broken_models_are_refused(tmp_path: Path) -> None:
    """Before another reader sees them."""
    with pytest.raises(Unreadable):
        load_object(Part("3d", b"glTF\x02\0\0\0", "model/gltf-binary", "mill.glb"), "mill")
