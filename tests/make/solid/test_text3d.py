"""Words become letters that can be read and printed, or nothing."""

from __future__ import annotations

import io

import pytest
import trimesh

from polysense.make.solid.text3d import Text3d
from polysense.read.solid import decode
from polysense.testing import check_converter
from polysense.types import Part


def read(part: Part) -> trimesh.Scene:
    return trimesh.load(io.BytesIO(part.data), file_type="glb", force="scene")


def test_every_piece_is_closed() -> None:
    """Plate and lines are watertight, turned outwards, the plate stands on the ground, the letters
    before and into it.
    """
    (part,) = check_converter(
        Text3d(),
        Part("text", "The mill was built in 1787 by Ansel Tarrow. [1] It needs no stream."),
    )
    scene = read(part)
    assert all(
        g.is_watertight and g.is_winding_consistent and g.volume > 0
        for g in scene.geometry.values()
    )
    plate = scene.geometry["plate"]
    letters = [g for n, g in scene.geometry.items() if n != "plate"]
    assert len(letters) > 1
    for g in letters:
        assert g.bounds[0][2] < plate.bounds[1][2] < g.bounds[1][2]
        assert (g.bounds[0][:2] > plate.bounds[0][:2]).all()
        assert (g.bounds[1][:2] < plate.bounds[1][:2]).all()
    assert plate.bounds[0][1] == pytest.approx(0, abs=1e-6)
    assert 0.06 < plate.extents[0] < 0.13
    assert part.meta["words"] == "The mill was built in 1787 by Ansel Tarrow."


@pytest.mark.parametrize(
    ("char", "through"), [("o", 1), ("8", 2), ("i", 0), ("©", 1), ("回", 2), ("B", 2)]
)
def test_holes_are_holes(char: str, through: int) -> None:
    """Counted on the solid itself, by Euler's formula: a letter with n holes, in m pieces, has 2m -
    2n more vertices and faces than edges.
    """
    pytest.importorskip("pylopdf_fonts_zh_cn")
    (part,) = (
        Text3d().convert(Part("text", f"{char}"))
        if char.isalnum()
        else Text3d().convert(Part("text", f"a{char}"))
    )
    letters = next(g for n, g in read(part).geometry.items() if n != "plate")
    pieces = letters.body_count
    extra = 0 if char.isalnum() else 1  # the "a" that makes it words, with one hole
    assert letters.euler_number == 2 * pieces - 2 * (through + extra)


def test_it_can_be_read() -> None:
    """What OCR finds in a picture of it is what it says."""
    from polysense.read.image.ocr import Ocr

    (part,) = Text3d().convert(Part("text", "Tide Mill 1787"))
    picture = decode.render(decode.load(part), 0.0, 10.0, 640)
    text = " ".join(str(p.data) for p in Ocr().convert(Part("image", picture, "image/raw")))
    assert "Tide" in text
    assert "1787" in text


@pytest.mark.parametrize("words", ["", "  ", "...", "مرحبا", "שלום", "नमस्ते", "\0\u202e", "\ud800"])
def test_what_cannot_be_drawn_is_not(words: str) -> None:
    """No empty boxes in place of letters, no script with its letters in the wrong order."""
    assert list(Text3d().convert(Part("text", words))) == []


@pytest.mark.parametrize("words", ["a" * 100_000, "x " * 50_000, "潮汐磨坊" * 500, "One. " * 2000])
def test_long_words_are_bounded(words: str) -> None:
    (part,) = Text3d().convert(Part("text", words))
    scene = read(part)
    assert len(part.meta["words"]) <= 200
    assert sum(len(g.faces) for g in scene.geometry.values()) < 150_000
    assert scene.extents.max() < 0.13
