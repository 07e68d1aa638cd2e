"""Clip: any folder that transformers wrote, end to end on a small model of the true architecture
with random weights.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from polysense import Image, Library, kit
from polysense.encoders.clip import Clip
from polysense.errors import BadConfig, MissingDependency, Unsupported
from polysense.ingest.workers import Limits
from polysense.types import Part

from . import tiny_vision

KIN = ("siglip", "siglip2", "chinese_clip")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CLIP of 16 dimensions that reads single bytes."""
    return tiny_vision.save(tiny_vision.clip, tmp_path_factory.mktemp("models") / "tiny clip")


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
    (tmp_path / "model.safetensors").write_bytes(b"")
    for package in ("sentence_transformers", "huggingface_hub"):
        monkeypatch.setitem(sys.modules, package, None)
    for model in (str(tmp_path), "someone/some-model"):
        with pytest.raises(MissingDependency) as error:
            Clip(model=model).encode([Part("text", "a lighthouse")])
        assert "pip install 'polysense[models]'" in error.value.hint


@pytest.fixture(scope="module")
def kin(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One of each family beside CLIP."""
    root = tmp_path_factory.mktemp("kin")
    return {n: tiny_vision.save(getattr(tiny_vision, n), root / f"tiny-{n}") for n in KIN}


@pytest.mark.parametrize("name", KIN)
def test_kin_read_words_as_they_were_trained(
    name: str, kin: dict[str, Path], capfd: pytest.CaptureFixture[str]
) -> None:
    """SigLIP's words are filled up to the full length: the vector is transformers', alone and in a
    batch with longer ones; nothing of the library's own is printed.
    """
    import torch
    from transformers import AutoModel, AutoTokenizer

    capfd.readouterr()
    clip = Clip(model=str(kin[name]), device="cpu")
    together = clip.encode([Part("text", "red"), Part("text", "a blue cat " * 50)])
    assert capfd.readouterr() == ("", "")
    tokens = AutoTokenizer.from_pretrained(kin[name])(
        "red", padding="max_length", max_length=64, return_tensors="pt"
    )
    with torch.no_grad():
        output = AutoModel.from_pretrained(kin[name]).get_text_features(**tokens).pooler_output[0]
    np.testing.assert_allclose(together[0], output / output.norm(), atol=1e-5)
    np.testing.assert_allclose(together[0], clip.encode([Part("text", "red")])[0], atol=1e-5)


@pytest.mark.parametrize("name", KIN)
def test_a_library_of_each_kin_finds_pictures(
    name: str, kin: dict[str, Path], tmp_path: Path
) -> None:
    """Index, search with a picture and with words: each has its nearest, and says why."""
    paths = tiny_vision.colour_files(tmp_path / "in")
    specs = [f"clip:model={kin[name]},languages=", "-photo", "-conse", "-minilm"]
    own, arm = kit(encoders=specs, converters=["-ocr"]), f"dense('clip-tiny-{name}')"
    with Library(tmp_path / "kb", kit=own, limits=Limits(workers=1)) as kb:
        assert kb.index(tmp_path / "in").indexed == 3
        hits = kb.search(Image(paths[2]), k=3, using=arm)
        encoder = kb.kit.encoders["clip"]
        words = ["red", "green blue", "红", "蓝色的灯塔", "a cat", "x", "12", "q z", "sea", "!"]
        vectors = encoder.encode([Part("image", path) for path in paths])
        scores = vectors @ encoder.encode([Part("text", w) for w in words], "query").T
        picture, word = np.unravel_index(scores.argmax(), scores.shape)
        by_words = kb.search(words[word], k=3, using=arm)
    assert [Path(hits[0].uri).name, hits[0].why[0].rank] == ["blue.png", 1]
    assert hits[0].why[0].score == pytest.approx(1, abs=1e-4)
    assert Path(by_words[0].uri) == paths[picture]
    assert by_words[0].why[0].score == pytest.approx(scores.max(), abs=1e-4)


def test_a_model_of_pictures_alone_names_its_plugin(tmp_path: Path) -> None:
    """A ViT's folder loads too, and takes no words."""
    folder = tiny_vision.save(tiny_vision.vit, tmp_path / "vit")
    with pytest.raises(BadConfig, match="is a model of image") as error:
        Clip(model=str(folder), device="cpu").encode([Part("text", "hello")])
    assert error.value.hint.endswith(f"image:model={folder}")
