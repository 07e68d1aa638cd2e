"""Colours have the names that people give them."""

from __future__ import annotations

import numpy as np
import pytest

from polysense.read.language.colour_name import colour_name, lab


def test_lab_of_pure_red() -> None:
    """CIE's own figures, D65."""
    assert np.allclose(lab(np.array([[255.0, 0, 0]])), [[53.24, 80.09, 67.2]], atol=0.1)


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((190, 30, 40), "red"),
        ((120, 75, 45), "brown"),
        ((165, 85, 65), "brown"),
        ((240, 140, 40), "orange"),
        ((240, 215, 60), "yellow"),
        ((60, 150, 60), "green"),
        ((40, 175, 170), "turquoise"),
        ((50, 95, 175), "blue"),
        ((120, 180, 225), "blue"),
        ((120, 60, 160), "purple"),
        ((240, 150, 180), "pink"),
        ((220, 200, 165), "beige"),
        ((128, 128, 128), "grey"),
        ((15, 15, 15), "black"),
        ((250, 250, 250), "white"),
    ],
)
def test_colors_have_their_everyday_names(rgb: tuple[int, int, int], name: str) -> None:
    assert colour_name(*lab(np.array([rgb], float))[0].tolist()) == name
