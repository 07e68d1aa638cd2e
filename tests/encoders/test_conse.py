"""ConSE: photos and models found by words, and silence where ImageNet has no word."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from polysense.encoders.conse import CERTAIN, NEAREST, TEXT_CLASSES, Conse, _phrases, posterior
from polysense.encoders.photo import Photo
from polysense.read.solid.views import Views
from polysense.types import Part

EXPECTED = {
    "dog": "n02089078",
    "a bird": "n01532829",
    "a fish": "n01440764",
    "a guitar": "n02676566",
    "furniture": "n02791124",
}


def test_classes_are_whole() -> None:
    """1000 classes in the order of the network's outputs, each with a name and a definition."""
    names, captions, definitions = _phrases()
    assert len(names) == len(captions) == len(definitions) == 1000
    assert [names[i] for i in (0, 1, 207, 281, 999)] == [
        "tench",
        "goldfish",
        "golden retriever",
        "tabby",
        "toilet tissue",
    ]
    assert all(names)
    assert all(": " in definition for definition in definitions)
    assert {names[i] for i in TEXT_CLASSES} >= {"menu", "web site", "envelope"}


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
    parts = [Part("text", "a dog"), blank, Part("text", " "), Part("text", "a cat")]
    v = conse.encode(parts, "query")
    assert np.isnan(v).all(axis=1).tolist() == [False, True, True, False]
    np.testing.assert_allclose(v[3], conse.encode([Part("text", "a cat")], "query")[0], atol=1e-6)
    assert conse.encode([]).shape == (0, 384)


def test_other_languages_find_the_same_photo(data: Path) -> None:
    """By USE: a Chinese word finds what an English one does."""
    files = sorted((data / "photos-labelled").glob("*.JPEG"))[::12]
    conse = Conse(threads=1)
    photos = np.nan_to_num(conse.encode([Part("image", path) for path in files]))
    english, chinese = (
        conse.encode([Part("text", word) for word in words], "query")
        for words in (("a bird", "a fish", "a guitar"), ("鸟", "鱼", "吉他"))
    )
    assert np.isfinite(chinese).all()
    first_photos = (chinese @ photos.T).argmax(axis=1)
    firsts = np.argsort(-(english @ photos.T), axis=1)[:, :5]
    assert all(photo in first for photo, first in zip(first_photos, firsts, strict=True))


def test_models_are_found_by_words(data: Path) -> None:
    """By what their views show, though no model is named for it."""
    objects = data / "shapes-objects"
    files = [
        objects / "cow" / "cow-low-resolution.obj",
        objects / "cat" / "cat-low-resolution.obj",
        objects / "boot" / "boot.obj",
        objects / "hand" / "hand_lowres.obj",
        data / "shapes-kaykit" / "chair.gltf.glb",
        data / "shapes-kaykit" / "barrel_small.gltf.glb",
    ]
    conse = Conse(threads=1)
    models = conse.encode([Part("3d", file) for file in files])
    words = ("a cow", "a cat", "a boot", "hand", "a chair", "barrel")
    queries = conse.encode([Part("text", word) for word in words], "query")
    rank = (np.argsort(-(queries @ models.T), axis=1) == np.arange(6)[:, None]).argmax(axis=1)
    assert (rank == 0).mean() >= 0.6
    assert (rank <= 1).mean() >= 0.8


def test_a_model_is_made_of_what_photo_has_of_it(data: Path) -> None:
    """A library that keeps those draws nothing again."""
    file = data / "shapes-kaykit" / "chair.gltf.glb"
    photos = Photo(threads=1).encode(list(Views().convert(Part("3d", file))))
    mean = photos.mean(axis=0) / np.linalg.norm(photos.mean(axis=0))
    conse = Conse(threads=1)
    assert conse.base("3d") == Photo.space
    assert conse.base("image") is None
    assert np.isnan(conse.encode([Part("3d", file)], "query")).all()
    np.testing.assert_allclose(
        conse.derive(mean[None], "3d"), conse.encode([Part("3d", file)]), atol=1e-4
    )
