"""VisionBackbone: folders of models of pictures alone, end to end on small ones of the true
architectures.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from polysense import Image, Library, kit
from polysense.encoders.image import VisionBackbone
from polysense.errors import BadConfig
from polysense.ingest.workers import Limits
from polysense.testing import check_encoder
from polysense.types import Part

from . import tiny_vision

pytest.importorskip("transformers", reason="models of pictures need transformers")
pytestmark = pytest.mark.filterwarnings("ignore")  # transformers warns of its own

MODELS = ("vit", "vit_classifier", "dinov2", "resnet", "convnext", "mobilevit")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One of each family."""
    root = tmp_path_factory.mktemp("models")
    return {n: tiny_vision.save(getattr(tiny_vision, n), root / f"tiny-{n}") for n in MODELS}


def noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (40, 60, 3), np.uint8)


@pytest.mark.parametrize("name", MODELS)
def test_each_family_keeps_the_contract(name: str, folders: dict[str, Path]) -> None:
    """Unit vectors, the same alone and in a batch, of the width that the config tells."""
    encoder = VisionBackbone(model=str(folders[name]), device="cpu", batch=2)
    assert encoder.space.name == f"image-tiny-{name}"
    assert encoder.space.dim == 32
    check_encoder(encoder, [Part("image", noise(i)) for i in range(3)])


@pytest.mark.parametrize("name", ["vit", "resnet", "mobilevit", "dinov2"])
def test_the_vector_is_what_the_model_pools(name: str, folders: dict[str, Path]) -> None:
    """The model's own pooler, as transformers gives it."""
    import torch
    from PIL import Image as Pil
    from transformers import AutoImageProcessor, AutoModel

    processor = AutoImageProcessor.from_pretrained(folders[name])
    model = AutoModel.from_pretrained(folders[name])
    with torch.no_grad():
        output = model(**processor(Pil.fromarray(noise(1)), return_tensors="pt"))
    expected = output.pooler_output.flatten()
    ours = VisionBackbone(model=str(folders[name]), device="cpu").encode([Part("image", noise(1))])
    np.testing.assert_allclose(ours[0], expected / expected.norm(), atol=1e-5)


def test_random_numbers_never_stand_for_a_pooler(folders: dict[str, Path]) -> None:
    """A classifier's folder has no pooler: two loads give the same class token."""
    import torch

    vectors = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        encoder = VisionBackbone(model=str(folders["vit_classifier"]), device="cpu")
        vectors.append(encoder.encode([Part("image", noise(3))]))
    np.testing.assert_allclose(*vectors, atol=1e-6)


@pytest.mark.parametrize("name", ["vit", "resnet", "mobilevit"])
def test_a_library_finds_the_picture(name: str, folders: dict[str, Path], tmp_path: Path) -> None:
    """Index, search by a picture, and find it, with its space as the reason."""
    paths = tiny_vision.colour_files(tmp_path / "in")
    own = kit(
        encoders=[f"image:model={folders[name]}", "-photo", "-conse", "-minilm"],
        converters=["-ocr"],
    )
    with Library(tmp_path / "kb", kit=own, limits=Limits(workers=1)) as kb:
        assert kb.index(tmp_path / "in").indexed == 3
        hits = kb.search(Image(paths[1]), k=3)
    assert Path(hits[0].uri).name == "green.png"
    why = {w.space: w for w in hits[0].why}[f"image-tiny-{name}"]
    assert why.rank == 1
    assert why.score == pytest.approx(1, abs=1e-4)


def test_what_is_no_model_of_pictures_is_said(folders: dict[str, Path], tmp_path: Path) -> None:
    """A model of words and pictures names the plug-in that takes it; others say what is missing."""
    both = tiny_vision.save(tiny_vision.clip, tmp_path / "clip")
    with pytest.raises(BadConfig) as error:
        VisionBackbone(model=str(both), device="cpu").encode([Part("image", noise(1))])
    assert error.value.hint.endswith(f"clip:model={both}")
    words = tmp_path / "words"
    words.mkdir()
    (words / "config.json").write_text('{"model_type": "bert", "hidden_size": 8}')
    (words / "model.safetensors").write_bytes(b"")
    with pytest.raises(BadConfig, match="type bert without an image processor"):
        VisionBackbone(model=str(words), device="cpu").encode([Part("image", noise(1))])
    half = tiny_vision.without_weights(folders["vit"], tmp_path / "half")
    with pytest.raises(BadConfig, match="lacks weights"):
        VisionBackbone(model=str(half), device="cpu").encode([Part("image", noise(1))])


def test_loading_is_silent(folders: dict[str, Path], capfd: pytest.CaptureFixture[str]) -> None:
    """What transformers would say of the missing pooler is dealt with, and not said."""
    VisionBackbone(model=str(folders["vit_classifier"]), device="cpu").encode(
        [Part("image", noise(1))]
    )
    assert capfd.readouterr() == ("", "")


def test_weights_that_are_cut_off_are_told(folders: dict[str, Path], tmp_path: Path) -> None:
    """By the run that meets them; the pictures wait for a whole model, and have a vector then."""
    import shutil

    home, photo = tmp_path / "tiny-vit", tmp_path / "photo.png"
    shutil.copytree(folders["vit"], home)
    weights = home / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[: len(whole) // 2])
    tiny_vision.colour_files(tmp_path)[0].rename(photo)
    own = kit(encoders=[f"image:model={home},device=cpu"], converters=[])
    with Library(tmp_path / "kb", kit=own, limits=Limits(workers=1)) as kb:
        with pytest.raises(BadConfig, match="cannot be loaded"):
            kb.index(photo)
        assert kb.status()["spaces"]["image-tiny-vit"]["done"] == 0
