"""Clip: any folder that transformers wrote, end to end on a small model of the true architecture
with random weights.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from polysense.encoders.clip import Clip
from polysense.errors import BadConfig, MissingDependency, Unsupported
from polysense.types import Part


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CLIP of 16 dimensions that reads single bytes."""
    import torch
    from transformers import CLIPConfig, CLIPModel, CLIPProcessor, CLIPTokenizerFast
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    home = tmp_path_factory.mktemp("models") / "tiny clip"
    home.mkdir()
    torch.manual_seed(0)
    small = {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
    }
    text = {**small, "vocab_size": 600, "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1}
    config = CLIPConfig(
        text_config=text,
        vision_config={**small, "image_size": 32, "patch_size": 8},
        projection_dim=16,
    )
    CLIPModel(config).save_pretrained(home)
    letters = [chr(c) for c in range(33, 127)]
    tokens = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{c}</w>" for c in letters)]
    (home / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}))
    (home / "merges.txt").write_text("#version: 0.2\n")
    tokenizer = CLIPTokenizerFast(vocab=str(home / "vocab.json"), merges=str(home / "merges.txt"))
    images = CLIPImageProcessorPil(
        size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}
    )
    CLIPProcessor(image_processor=images, tokenizer=tokenizer).save_pretrained(home)
    return home


pytestmark = pytest.mark.filterwarnings("ignore")  # transformers warns of its own


def test_words_and_pictures_in_one_space(folder: Path) -> None:
    """Unit vectors in the order asked; too long a text is cut; a blank one has no vector; batches
    leave no trace.
    """
    clip = Clip(model=str(folder), device="cpu", batch=2)
    noise = np.random.default_rng(0).integers(0, 255, (3, 40, 60, 3), np.uint8)
    inputs = [
        Part("text", "a cat " * 500),
        *(Part("image", a) for a in noise),
        Part("text", " "),
        Part("text", "hello"),
    ]
    v = clip.encode(inputs)
    assert v.shape == (6, 16)
    assert v.dtype == np.float32
    assert np.isnan(v).all(axis=1).tolist() == [False] * 4 + [True, False]
    np.testing.assert_allclose(np.linalg.norm(np.delete(v, 4, 0), axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(v[3], clip.encode([inputs[3]], "query")[0], atol=1e-5)
    np.testing.assert_allclose(v[5], clip.encode([inputs[5]], "query")[0], atol=1e-5)
    assert clip.encode([]).shape == (0, 16)


def test_same_vectors_as_transformers(folder: Path) -> None:
    """What is returned is the model's own projection, of pictures prepared as it wants them."""
    import torch
    from PIL import Image
    from transformers import AutoProcessor, CLIPModel

    model, processor = CLIPModel.from_pretrained(folder), AutoProcessor.from_pretrained(folder)
    array = np.random.default_rng(1).integers(0, 255, (48, 48, 3), np.uint8)
    with torch.no_grad():
        out = model(
            **processor(text=["hello"], images=[Image.fromarray(array)], return_tensors="pt")
        )
    ours = Clip(model=str(folder), device="cpu").encode(
        [Part("text", "hello"), Part("image", array)]
    )
    np.testing.assert_allclose(ours[0], out.text_embeds[0], atol=1e-5)
    np.testing.assert_allclose(ours[1], out.image_embeds[0], atol=1e-5)


def test_space_is_the_models(folder: Path, tmp_path: Path) -> None:
    """Other weights are another revision; the space is known without loading the model."""
    space = Clip(model=str(folder)).space
    assert (space.name, space.dim, space.metric) == ("clip-tiny-clip", 16, "cosine")
    other = tmp_path / "tiny clip"
    other.mkdir()
    for path in folder.iterdir():
        (other / path.name).write_bytes(
            path.read_bytes()
            if path.suffix != ".safetensors"
            else path.read_bytes()[:-4] + b"\0\0\1\0"
        )
    assert Clip(model=str(other)).space.name == space.name
    assert Clip(model=str(other)).space.revision != space.revision


def test_constructor_does_no_work() -> None:
    """Listing plug-ins must not look for models."""
    clip = Clip(model="/nowhere", languages="en de")
    assert clip.languages == {"en", "de"}
    assert Clip(languages="").languages is None


@pytest.mark.parametrize(
    "model", ["/nowhere/at/all", "./here", "openai/no-such-model-here", "not a name"]
)
def test_what_is_not_here_is_said(model: str) -> None:
    """The error names the model and what to type; offline asks no network."""
    with pytest.raises((BadConfig, MissingDependency)) as e:
        Clip(model=model, offline=True).encode([Part("text", "hello")])
    assert model.split("/")[-1] in str(e.value)
    assert "clip:model=" in e.value.hint


def test_broken_folders_are_said(folder: Path, tmp_path: Path) -> None:
    """A folder without a model, and one with half of it, are refused, by name."""
    with pytest.raises(BadConfig, match=r"config\.json"):
        Clip(model=str(tmp_path)).encode([])
    (tmp_path / "config.json").write_bytes((folder / "config.json").read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"\0" * 50)
    with pytest.raises(BadConfig, match=tmp_path.name):
        Clip(model=str(tmp_path), device="cpu").encode([Part("text", "hello")])


def test_hostile_words_are_read(folder: Path) -> None:
    """No string may stop a run: half a character, no spaces, far too much."""
    v = Clip(model=str(folder), device="cpu").encode(
        [Part("text", vectors) for vectors in ("\ud800", "\0", "a" * 2_000_000, "中文 ∑")]
    )
    assert np.isfinite(v).all()


def test_loading_is_silent(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What transformers would draw on the terminal stands in the way of our own progress."""
    Clip(model=str(folder), device="cpu").encode([Part("text", "hello")])
    assert capfd.readouterr() == ("", "")


def test_what_is_no_text_is_said(folder: Path) -> None:
    """An array called text is an error of ours, by name."""
    with pytest.raises(Unsupported):
        Clip(model=str(folder), device="cpu").encode([Part("text", np.zeros(3, np.uint8))])


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The base install has neither sentence-transformers nor a client of the hub."""
    (tmp_path / "config.json").write_text("{}")
    for package in ("sentence_transformers", "huggingface_hub"):
        monkeypatch.setitem(sys.modules, package, None)
    for model in (str(tmp_path), "someone/some-model"):
        with pytest.raises(MissingDependency) as error:
            Clip(model=model).encode([Part("text", "a lighthouse")])
        assert "pip install 'polysense[models]'" in error.value.hint
