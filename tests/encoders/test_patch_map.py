"""The region of a page that answers, from the vectors of its patches and of a question's tokens."""

from __future__ import annotations

import numpy as np
import pytest

from polysense.encoders.patch_map import REGION_SHARE, matching_box, nearest_grid, patch_map

AXES = np.eye(4, dtype=np.float32)
PAPER, INK, STAIN = AXES[:3]


def page(**cells: tuple[np.ndarray, list[tuple[int, int]]]) -> np.ndarray:
    """(16, 4): a page of 4 x 4 patches of paper, with other things in some cells."""
    patches = np.tile(PAPER, (4, 4, 1))
    for vector, where in cells.values():
        for row, column in where:
            patches[row, column] = vector
    return patches.reshape(16, 4)


def test_the_box_is_around_the_patches_that_answer() -> None:
    """However many of the question's tokens are like the paper everywhere."""
    patches = page(ink=(INK, [(1, 2), (2, 2), (2, 3)]))
    query = np.stack([PAPER] * 20 + [INK])
    assert matching_box(query, patches, (4, 4)) == (0.5, 0.25, 1.0, 0.75)
    assert patch_map(query, patches, (4, 4)).argmax() == 6


def test_a_stray_patch_does_not_stretch_the_box() -> None:
    """Of two regions it is the one with the most in it."""
    patches = page(ink=(INK, [(0, 0), (0, 1), (3, 3)]))
    assert matching_box(INK[None], patches, (4, 4)) == (0.0, 0.0, 0.5, 0.25)


def test_what_stands_out_little_is_no_part_of_it() -> None:
    """Patches below REGION_SHARE of the best are left out, those above are in."""
    for share, right in ((REGION_SHARE - 0.1, 0.25), (REGION_SHARE + 0.1, 0.5)):
        near = np.asarray([np.sqrt(1 - share**2), share, 0, 0], np.float32)
        patches = page(ink=(INK, [(0, 0)]), near=(near, [(0, 1)]))
        assert matching_box(INK[None], patches, (4, 4)) == (0.0, 0.0, right, 0.25)


def test_nothing_that_stands_out_is_no_place() -> None:
    """A blank page, a question about something else, and a page that is all about it."""
    assert matching_box(INK[None], page(), (4, 4)) is None
    assert matching_box(STAIN[None], page(ink=(INK, [(1, 1)])), (4, 4)) is None
    corners = [(0, 0), (1, 1), (2, 2), (3, 3)]
    assert matching_box(INK[None], page(ink=(INK, corners)), (4, 4)) is None


@pytest.mark.parametrize(("grid", "ratio"), [((32, 23), 0.707), ((18, 42), 2.33), ((5, 5), 1.0)])
def test_the_grid_has_the_proportions_of_the_page(grid: tuple[int, int], ratio: float) -> None:
    """Of a model that keeps them, only the number of patches is known."""
    assert nearest_grid(grid[0] * grid[1], ratio) == grid
