"""A picture becomes a plate whose heights are its light."""

from __future__ import annotations

import io

import numpy as np
import pytest
import trimesh

from polysense.make.solid.heightmap import Heightmap
from polysense.testing import check_converter
from polysense.types import Part


def picture(array: np.ndarray) -> Part:
    return Part("image", np.ascontiguousarray(array, dtype=np.uint8), "image/raw")


def read(part: Part) -> trimesh.Trimesh:
    (mesh,) = trimesh.load(io.BytesIO(part.data), file_type="glb", force="scene").geometry.values()
    return mesh


def halves() -> np.ndarray:
    """Dark below, light above, red at the right."""
    pixels = np.zeros((300, 400, 3), np.uint8)
    pixels[:150] = 240
    pixels[:, 300:, 1:] = 0
    return pixels


def test_closed_flat_behind_and_as_large_as_said() -> None:
    """Watertight, a hundred millimetres wide, its back one plane, at most two hundred cells a side."""
    (part,) = check_converter(Heightmap(), picture(halves()))
    mesh = read(part)
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.volume > 0
    assert mesh.extents == pytest.approx((0.1, 0.075, 0.008), rel=1e-3)
    back = mesh.triangles[mesh.face_normals[:, 2] < -0.999][:, :, 2]
    assert np.ptp(back) == 0
    assert max(part.meta["cells"]) <= 200


def test_light_stands_high_and_colours_stay() -> None:
    """Upper left (white) stands before lower left (black); the colours, linear in the file, are the
    picture's.
    """
    mesh = read(next(iter(Heightmap().convert(picture(halves())))))
    front = mesh.vertices[:, 2] > 0.001
    x, y, z = mesh.vertices.T
    white, black = front & (x < 0.02) & (y > 0.045), front & (x < 0.02) & (y < 0.03)
    assert z[white].min() > 0.0075
    assert z[black].max() < 0.0025
    colors = mesh.visual.vertex_attributes["color"]
    assert colors[white][:, :3].min() > 215  # 240 in sRGB is 0.87 of the light
    red = front & (x > 0.03) & (y > 0.045)
    assert (colors[red][:, 0] > 200).all()
    assert (colors[red][:, 1:3] < 5).all()


@pytest.mark.parametrize("shape", [(1, 1), (7, 300), (300, 2), (8, 8000)])
def test_too_little_for_a_shape(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    assert list(Heightmap().convert(picture(rng.integers(0, 255, (*shape, 3))))) == []


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_blank_picture_gives_nothing(level: int) -> None:
    """Blank, and blank with the noise of a camera."""
    blank = np.full((300, 300, 3), level)
    assert list(Heightmap().convert(picture(blank))) == []
    noise = np.random.default_rng(0).integers(-2, 3, blank.shape)
    assert list(Heightmap().convert(picture((blank + noise).clip(0, 255)))) == []


def test_a_small_mark_on_white_is_a_picture() -> None:
    """A thin drawing covers less than a hundredth of its page."""
    page = np.full((400, 400, 3), 255)
    page[196:206, 180:230] = 0
    assert len(list(Heightmap().convert(picture(page)))) == 1


def test_noise_and_narrow_pictures_are_closed_too() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (900, 80, 3))
    mesh = read(next(iter(Heightmap().convert(picture(noise)))))
    assert mesh.is_watertight
    assert mesh.extents.max() <= 0.2001
