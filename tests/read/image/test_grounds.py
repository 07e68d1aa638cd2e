"""What is clear in a picture: light things are seen, and dark ones, and both."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from polysense.read.image import grounds


def square(colours: list[str], mode: str = "RGBA") -> Image.Image:
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    for i, colour in enumerate(colours):
        image.paste(colour, (20 + 30 * i, 40, 40 + 30 * i, 60))
    return image.convert(mode)


@pytest.mark.parametrize(
    ("colours", "corners"),
    [(["black"], [255]), (["white"], [24]), (["white", "black"], [255, 24]), ([], [255])],
)
def test_everything_is_seen_on_some_ground(colours: list[str], corners: list[int]) -> None:
    """A logo for dark pages is not white on white."""
    flat = [np.asarray(image) for image in grounds.flatten(square(colours))]
    assert [int(array[0, 0, 0]) for array in flat] == corners
    for i in range(len(colours)):
        assert any(abs(int(a[50, 30 + 30 * i, 0]) - int(a[0, 0, 0])) > 200 for a in flat)


def test_a_picture_with_a_ground_of_its_own_is_shown_once() -> None:
    """Nothing clear, or no more than round corners."""
    assert len(grounds.flatten(square(["white", "black"], "RGB"))) == 1
    rounded = Image.new("RGBA", (100, 100), "white")
    rounded.paste((0, 0, 0, 0), (0, 0, 5, 5))
    (flat,) = grounds.flatten(rounded)
    assert flat.getpixel((0, 0)) == (255, 255, 255)
