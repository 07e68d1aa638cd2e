"""Pictures as models take them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from polysense.encoders.picture_input import LONGEST, picture, picture_revision
from polysense.types import Part


def test_a_picture_is_rgb_and_of_bounded_size() -> None:
    """Whatever it was; models get three channels."""
    grey = Part("image", np.full((2 * LONGEST, 40), 90, np.uint8))
    image = picture(grey)
    assert (image.mode, max(image.size)) == ("RGB", LONGEST)
    assert picture(grey, 100).size == (2, 100)


def test_what_prepares_pictures_is_a_part_of_the_revision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Vectors differ a little with torchvision: they are not mixed."""
    (tmp_path / "config.json").write_text("{}")
    revisions = []
    for backend in ("pil", "torchvision"):
        monkeypatch.setattr("polysense.encoders.picture_input.image_backend", lambda b=backend: b)
        revisions.append(picture_revision(tmp_path))
    assert revisions[1] == f"{revisions[0]}-torchvision"
