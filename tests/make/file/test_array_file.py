"""What a plug-in gives as an array is a file in an answer."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np
import trimesh
from PIL import Image

from polysense import Library, kit
from polysense.evaluate.validity import check
from polysense.make.file.array_file import as_file
from polysense.read.sound.decode import RATE
from polysense.types import Part


def test_pictures_and_sounds() -> None:
    """Opened by other readers, the same pixels, the same length; what is a file stays the same."""
    pixels = np.random.default_rng(0).integers(0, 255, (20, 30, 3)).astype(np.uint8)
    picture = as_file(Part("image", pixels, meta={"title": "noise"}))
    with Image.open(io.BytesIO(picture.data)) as image:
        assert np.array_equal(np.asarray(image), pixels)
    assert picture.meta["title"] == "noise"
    tone = np.sin(np.arange(RATE, dtype=np.float32) / 20)
    sound = as_file(Part("audio", tone, f"audio/pcm;rate={RATE}"))
    with wave.open(io.BytesIO(sound.data)) as file:
        assert file.getnframes() == RATE
    words = Part("text", "as they are")
    assert as_file(words) is words


def test_a_view_is_an_answer_where_nothing_renders(
    tmp_path: Path,
) -> None:
    """Without the generator that renders models, what is seen of one is still a file."""
    folder = tmp_path / "files"
    folder.mkdir()
    trimesh.creation.torus(2, 0.5).export(folder / "torus.glb")
    with Library(tmp_path / "kb", kit=kit(generators=["-render"])) as kb:
        kb.index(folder)
        answer = kb.ask("the torus", to="image")
    [part] = [p.part for p in answer.parts if p.part.modality == "image"][:1]
    check(part)
