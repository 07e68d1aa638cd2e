"""A trained space serves words and pictures without torch, and refuses towers that have changed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.train.tiny import ANCHOR, COLOURS, SILENT, SOURCE, colour_pairs, load_encoder, picture

from polysense.encoders.aligned.encoder import Aligned
from polysense.errors import BadConfig, ModelMismatch
from polysense.testing import check_encoder
from polysense.train.align.alignment import align
from polysense.train.align.settings import AlignSettings
from polysense.train.run.fit import FitSettings
from polysense.types import Part


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a space of colours, taught by a linear head."""
    folder = tmp_path_factory.mktemp("aligned") / "colours"
    quick = FitSettings(steps=60, batch=64, every=20, learning_rate=1e-2)
    settings = AlignSettings(fit=quick)
    align(colour_pairs(), SOURCE, ANCHOR, folder, settings=settings, progress=SILENT)
    return folder


def test_the_space_serves_words_and_pictures(space: Path) -> None:
    """A new picture is nearest to the words for it; what has no words has no vector."""
    encoder = Aligned(load_encoder=load_encoder, model=str(space))
    words = encoder.encode([Part("text", f"{c} top") for c in COLOURS], "query")
    pictures = encoder.encode([picture(c, "top", 9000 + i) for i, c in enumerate(COLOURS)])
    nearest = (words @ pictures.T).argmax(axis=1)
    assert (nearest == np.arange(len(COLOURS))).mean() >= 0.4
    assert np.isnan(encoder.encode([Part("text", " ")])).all()
    assert encoder.accepts == {"image"}
    assert encoder.query_modalities == {"image", "text"}
    assert encoder.space.name == "aligned-colours"


def test_serving_needs_no_torch(space: Path) -> None:
    """A search by a trained head imports neither torch nor what trains."""
    code = (
        "import sys; from tests.train.tiny import load_encoder, picture;"
        "from polysense.encoders.aligned.encoder import Aligned;"
        f"e = Aligned(load_encoder=load_encoder, model={str(space)!r});"
        "assert e.encode([picture('red', 'top', 1)]).shape == (1, 32);"
        "assert not {'torch', 'transformers', 'peft'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])


def test_heads_over_another_revision_are_refused(space: Path, tmp_path: Path) -> None:
    """An encoder that has changed since gives other vectors."""
    folder = tmp_path / "old"
    folder.mkdir()
    for path in space.glob("*.*"):
        (folder / path.name).write_bytes(path.read_bytes())
    config = json.loads((folder / "aligned.json").read_text())
    config["towers"]["image"]["revision"] = "0"
    (folder / "aligned.json").write_text(json.dumps(config))
    with pytest.raises(ModelMismatch, match="trained over histogram"):
        Aligned(load_encoder=load_encoder, model=str(folder)).check()


def test_it_keeps_the_contract(space: Path) -> None:
    """As every encoder, of pictures and of words as queries."""
    encoder = Aligned(load_encoder=load_encoder, model=str(space))
    parts = [picture("red", "top", 1), picture("blue", "left", 2), Part("text", "red top")]
    assert check_encoder(encoder, parts).shape == (2, 32)


def test_what_is_derived_is_what_is_encoded(space: Path) -> None:
    """Of vectors that a library keeps, and of the files again: the same."""
    encoder = Aligned(load_encoder=load_encoder, model=str(space))
    parts = [picture(c, "top", i) for i, c in enumerate(COLOURS)]
    stored = load_encoder("histogram").encode(parts)
    assert encoder.base("image") == load_encoder("histogram").space
    assert encoder.base("audio") is None
    assert np.array_equal(encoder.derive(stored, "image"), encoder.encode(parts))


def test_no_folder_is_told() -> None:
    """The line that names one."""
    with pytest.raises(BadConfig, match="names no folder"):
        Aligned(load_encoder=load_encoder).check()
