"""Frames of scenes, as planes of luma and chroma."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from polysense.make.film import scenes

SIZE = (256, 144)
PLANES = (216, 256)  # luma, and two chroma planes of a quarter of its size


def picture(width: int, height: int) -> np.ndarray:
    """Noise: no border of one colour."""
    return np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)


def test_a_still_picture_drifts() -> None:
    """As many frames as asked for, each a little different, inwards as outwards in reverse."""
    stage = scenes.compose_stage(picture(320, 180), SIZE)
    inward = list(scenes.still_frames(stage, SIZE, True)(8))
    outward = list(scenes.still_frames(stage, SIZE, False)(8))
    assert [f.shape for f in inward] == [PLANES] * 8
    assert all((a != b).any() for a, b in pairwise(inward))
    assert all((a == b).all() for a, b in zip(inward, outward[::-1], strict=True))


def test_a_photograph_fills_the_screen_and_a_page_stands_whole() -> None:
    """Of a page nothing is cut off, whatever its shape: its border is of one colour."""
    photo_stage = scenes.compose_stage(picture(320, 180), SIZE)
    page = np.full((180, 320, 3), 255, np.uint8)
    page[60:120, 60:260] = 0
    stage = scenes.compose_stage(page, SIZE)
    assert stage.shape == photo_stage.shape
    assert photo_stage[0].std() > 30
    assert stage[0].max() < 60 < stage.max()


def test_blending_is_a_share_of_both() -> None:
    black, white = np.zeros(PLANES, np.uint8), np.full(PLANES, 200, np.uint8)
    assert (scenes.blend(black, white, 0.0) == black).all()
    assert (scenes.blend(black, white, 1.0) == white).all()
    assert scenes.blend(black, white, 0.5).mean() == pytest.approx(100, abs=1)


def test_planes_are_split_without_a_copy() -> None:
    planes = np.zeros(PLANES, np.uint8)
    luma, u, v = scenes.split_planes(planes, SIZE)
    assert (luma.shape, u.shape, v.shape) == ((144, 256), (72, 128), (72, 128))
    luma[...] = 9
    assert (planes[:144] == 9).all()


def test_an_overlay_covers_the_lower_edge_alone() -> None:
    """Where it is opaque it hides the picture, where it is clear the picture stays."""
    rgba = np.zeros((40, 256, 4), np.uint8)
    rgba[:, :128, 3] = 255
    frame = scenes.Overlay(rgba, SIZE).apply(np.full(PLANES, 120, np.uint8))
    luma, _, _ = scenes.split_planes(frame, SIZE)
    assert (luma[:104] == 120).all()
    assert luma[110:, :120].max() < 40
    assert (luma[110:, 136:] == 120).all()


def test_loud_seconds_have_long_bars() -> None:
    sound = np.concatenate([np.zeros(7200), np.ones(7200)]).astype(np.float32)
    bars = (scenes.loudness_bars(sound, SIZE)[..., 0] > 200).sum(0)
    assert bars[140:220].max() > 4 * bars[30:110].max()


def test_a_dark_frame_is_dark() -> None:
    """Films fade from it and to it."""
    luma, _, _ = scenes.split_planes(scenes.dark_frame(SIZE), SIZE)
    assert luma.max() < 40
