"""Letters have their holes, their size and their places, and become closed solids."""

from __future__ import annotations

import pytest
import trimesh

from polysense.make.solid import text_mesh


@pytest.mark.parametrize(("char", "holes"), [("o", 1), ("8", 2), ("i", 0), ("B", 2), ("回", 2)])
def test_holes_are_holes(char: str, holes: int) -> None:
    pytest.importorskip("pylopdf_fonts_zh_cn")
    shape = text_mesh.outline(char, 1)
    assert sum(len(p.interiors) for p in getattr(shape, "geoms", [shape])) == holes


def test_capitals_have_the_size_that_is_asked() -> None:
    """They stand on the line, and the line is as wide as is said."""
    x0, y0, x1, y1 = text_mesh.outline("HEH", 10).bounds
    assert (y0, y1) == pytest.approx((0, 10), abs=0.1)
    assert 0 <= x0 < x1 <= text_mesh.text_width("HEH", 10)
    # the space between ideographs is one of them wide
    assert text_mesh.text_width("H\u3000\nH", 10) > text_mesh.text_width("HH", 10) + 10


def test_what_cannot_be_drawn_is_known() -> None:
    """Scripts that join or run leftwards, and characters without a glyph; control characters are no
    letters.
    """
    assert text_mesh.is_drawable("Tide mill, 1787 ©")
    assert not text_mesh.is_drawable("مرحبا")
    assert not text_mesh.is_drawable("\U00013000")
    assert text_mesh.plain_text(" a\x00\u200b\n b") == "a b"
    assert text_mesh.outline("\U00013000", 1).is_empty


def test_solids_are_closed_and_as_large_as_their_outline() -> None:
    """One solid a piece: the dot of an i stands alone."""
    shape = text_mesh.outline("i8", 1)
    pieces = [trimesh.Trimesh(v, f, process=False) for v, f in text_mesh.extrude(shape, -1, 2)]
    assert len(pieces) == 3
    assert all(p.is_watertight and p.is_winding_consistent for p in pieces)
    assert sum(p.volume for p in pieces) == pytest.approx(3 * shape.area)
