"""ConSE: photos found by words, and silence where ImageNet has no word."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from polysense.encoders.conse import CERTAIN, NEAREST, TEXT_CLASSES, Conse, _phrases, posterior
from polysense.types import Part
from polysense.weights import onnx_model

EXPECTED = {
    "dog": "n02089078",
    "a bird": "n01532829",
    "a fish": "n01440764",
    "a guitar": "n02676566",
    "furniture": "n02791124",
}


def test_classes_are_whole() -> None:
    """1000 classes in the order of the network's outputs, each with a name and a definition."""
    phrases = list(_phrases())
    assert len(phrases) == 1000
    assert [phrases[i][0] for i in (0, 1, 207, 281, 999)] == [
        "tench",
        "goldfish",
        "golden retriever",
        "tabby",
        "toilet tissue",
    ]
    assert all(name and ": " in definition for name, _, definition in phrases)
    assert {phrases[i][0] for i in TEXT_CLASSES} >= {"menu", "web site", "envelope"}


def test_posterior_gate() -> None:
    """Certainty passes and sums to one; a flat guess and a page of writing say nothing."""
    logits = np.zeros((3, 1000), np.float32)
    logits[0, 207] = logits[2, TEXT_CLASSES[2]] = 12
    p = posterior(logits)
    assert p[0].argmax() == 207
    np.testing.assert_allclose(p[0].sum(), 1, atol=1e-5)
    assert np.isnan(p[1:]).all()
    assert NEAREST / 1000 < CERTAIN


def test_photos_by_words(data: Path) -> None:
    """Words that no file name holds find the photo: the network's classes carry them."""
    files = {
        path.name.split("_")[0]: path for path in sorted((data / "photos-labelled").glob("*.JPEG"))
    }
    expected = {word: synset for word, synset in EXPECTED.items() if synset in files}
    photos = list(expected.values())
    conse = Conse(threads=1)
    picture_vectors = conse.encode([Part("image", files[synset]) for synset in photos])
    queries = conse.encode([Part("text", word) for word in expected], "query")
    assert len(photos) >= 4
    np.testing.assert_allclose(np.linalg.norm(picture_vectors, axis=1), 1, atol=1e-5)
    assert ((queries @ picture_vectors.T).argmax(axis=1) == np.arange(len(photos))).mean() >= 0.8


def test_silent_on_what_imagenet_does_not_know(data: Path) -> None:
    """Formulas and receipts get no vector, so that they are never shown as nematodes and menus."""
    conse = Conse(threads=1)
    for folder, pattern in (("math-formulas", "*.png"), ("receipts/img", "*.jpg")):
        some = sorted((data / folder).glob(pattern))[:6]
        assert some
        assert np.isnan(conse.encode([Part("image", path) for path in some])).all(), folder


def test_mixed_and_empty() -> None:
    """Rows come back in the order asked, whatever their modality."""
    conse = Conse(threads=1)
    blank = Part("image", np.full((40, 40, 3), 7, np.uint8))
    v = conse.encode([Part("text", "a dog"), blank, Part("text", " "), Part("text", "a cat")])
    assert np.isnan(v).all(axis=1).tolist() == [False, True, True, False]
    np.testing.assert_allclose(v[3], conse.encode([Part("text", "a cat")], "query")[0], atol=1e-6)
    assert conse.encode([]).shape == (0, 384)


@pytest.mark.slow
def test_broken_class_vectors_are_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged cache must mend itself."""
    cache = onnx_model.folder()
    first = Conse(threads=1).encode([Part("text", "a dog")])
    monkeypatch.setenv("POLYSENSE_CACHE", str(tmp_path))
    for path in cache.glob("minilm-*"):
        (tmp_path / path.name).symlink_to(path)
    name = f"conse-{Conse.space.revision}"
    (tmp_path / name).mkdir()
    (tmp_path / name / "classes.npy").write_bytes(b"\x93NUMPY")
    monkeypatch.setattr(
        "polysense.encoders.conse._phrases",
        lambda: iter([("dog", "a photo of a dog", "dog: an animal")] * 1000),
    )
    again = Conse(threads=1)
    assert again._classes.shape == (1000, 384)
    assert first.shape == (1, 384)
