"""Axes on a card: their size, their typefaces, and words that stay words."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from polysense.make.image.axes import new_figure, style_axes, to_image


def drawing(title: str, grid: str = "y") -> np.ndarray:
    figure = new_figure((320, 240))
    axes = figure.add_subplot()
    axes.set_position([0.25, 0.3, 0.7, 0.6])
    axes.plot([0, 1], [0, 1])
    axes.set_xlabel(title)
    style_axes(axes, grid)
    return np.asarray(to_image(figure))


def test_a_figure_has_the_size_that_is_asked_for() -> None:
    """In pixels: the card reserves the room for it."""
    assert drawing("tide").shape == (240, 320, 3)


def test_every_script_is_drawn() -> None:
    """Each character comes from a typeface that has it: boxes for missing ones would look alike."""
    latin, chinese, other = (drawing(t) for t in ("", "潮水", "月亮"))
    assert not np.array_equal(latin, chinese)
    assert not np.array_equal(chinese, other)


def test_a_dollar_is_money() -> None:
    """matplotlib reads what stands between two as mathematics, and fails over half of it."""
    assert not np.array_equal(drawing(r"$3 and 5$ \frac"), drawing(""))


def test_the_grid_goes_the_way_that_values_go() -> None:
    """Bars that lie have theirs upright."""
    assert not np.array_equal(drawing("tide", "x"), drawing("tide", "y"))


def test_threads_draw_the_same() -> None:
    """The server draws several at once; matplotlib's caches are shared."""
    with ThreadPoolExecutor(4) as pool:
        pictures = list(pool.map(drawing, ["潮 tide"] * 8))
    assert all(np.array_equal(pictures[0], p) for p in pictures)
