"""Tiles of long pictures: all of it is in some tile, and what two tiles show is one line."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from polysense.read.image import text_tiles


def box(x0: float, y0: float, x1: float, y1: float) -> text_tiles.Quad:
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float32)


@pytest.mark.parametrize(("length", "across"), [(900, 300), (5000, 300), (40_000, 300), (9000, 60)])
def test_tiles_cover_a_picture_and_overlap(length: int, across: int) -> None:
    """A word at an edge is whole in one of them; a picture of any length has a bounded number."""
    tiles = text_tiles.cut(length, across)
    assert (tiles[0][0], tiles[-1][1]) == (0, length)
    assert all(begin < end < following_end for (_, end), (begin, following_end) in pairwise(tiles))
    assert all(end - begin >= across / 2 for (_, end), (begin, _) in pairwise(tiles))
    assert len(tiles) <= text_tiles.MAX_TILES


def test_a_line_over_the_edge_is_one() -> None:
    """A level line that goes on through three tiles; one that two show; the line below is not it."""
    tiles = (
        [box(50, 100, 1000, 140), box(900, 150, 990, 190)],
        [box(900, 101, 2000, 139), box(900, 150, 990, 190), box(920, 200, 990, 240)],
        [box(1900, 100, 2100, 141)],
    )
    lines = text_tiles.join_lines(tiles)
    assert [quad.min(axis=0).tolist() + quad.max(axis=0).tolist() for quad in lines] == [
        [50, 100, 2100, 141],
        [900, 150, 990, 190],
        [920, 200, 990, 240],
    ]


def test_a_line_that_an_edge_cuts_along_is_one() -> None:
    """Of a tall picture: half a line at the end of a tile, the whole of it in the next."""
    lines = text_tiles.join_lines(([box(10, 980, 300, 1000)], [box(10, 980, 302, 1020)]))
    assert [quad.max(axis=0).tolist() for quad in lines] == [[302, 1020]]
