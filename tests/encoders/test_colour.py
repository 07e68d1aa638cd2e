"""Colour: what a thing shows, not what it stands on, asked by colour words alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image, ImageDraw

from polysense.encoders.colour import Colour
from polysense.testing import check_encoder
from polysense.types import Part

COLOUR = Colour()


def disc(colour: str, ground: str = "#f0ece4") -> Part:
    image = Image.new("RGB", (160, 120), ground)
    ImageDraw.Draw(image).ellipse((50, 30, 110, 90), fill=colour)
    return Part("image", np.array(image))


def similarity(words: str, *parts: Part) -> list[float]:
    request = COLOUR.encode([Part("text", words)], "query")[0]
    return [float(x) for x in COLOUR.encode(parts) @ request]


@pytest.mark.parametrize("words", ["red", "a red cup", "aber rot", "plutôt rouge", "但红色的"])
def test_a_colour_is_found_in_every_language(words: str) -> None:
    red, green = similarity(words, disc("#c01818"), disc("#2f8f3f"))
    assert red > 0.9
    assert green < COLOUR.min_score


def test_the_ground_is_not_what_a_picture_shows() -> None:
    on_blue, on_white = similarity("blue", disc("#dd2222", "#2244cc"), disc("#2244cc"))
    assert on_blue < COLOUR.min_score < on_white


def test_writing_has_no_colour() -> None:
    page = np.full((120, 90, 3), 255, np.uint8)
    page[10:110:8, 10:80] = 20
    assert np.isnan(COLOUR.encode([Part("image", page)])).all()


def test_a_model_by_its_own_colours(tmp_path: Path) -> None:
    plain, red = trimesh.creation.box((1, 1, 1)), trimesh.creation.box((1, 1, 1))
    red.visual.face_colors = [200, 20, 20, 255]
    for name, mesh in (("plain", plain), ("red", red)):
        mesh.export(tmp_path / f"{name}.glb")
    parts = [Part("3d", tmp_path / f"{n}.glb", "model/gltf-binary") for n in ("red", "plain")]
    assert similarity("red", parts[0])[0] > 0.9


def test_only_colour_words_ask() -> None:
    """A picture asks for what is like it, whatever its colour."""
    assert COLOUR.asked_by(Part("text", "who keeps the key?")) is None
    assert COLOUR.asked_by(disc("#c01818")) is None
    request = COLOUR.asked_by(Part("text", "a red and white lighthouse"))
    assert request is not None
    assert request.data == "red white"


def test_as_every_encoder() -> None:
    check_encoder(COLOUR, [disc("#c01818"), disc("#2f8f3f", "#222222"), Part("text", "red")])
