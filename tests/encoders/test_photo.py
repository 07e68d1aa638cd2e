"""Photo: a picture is found by its copies, cut, turned, small or dark; one forward pass serves
every encoder.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from polysense.encoders import efficientnet
from polysense.encoders.photo import Photo
from polysense.errors import PolysenseError
from polysense.types import Part, Span

CROPS = 24


def picture(array: np.ndarray) -> Part:
    return Part("image", array)


@pytest.fixture(scope="module")
def photos(data: Path) -> list[Path]:
    return sorted((data / "photos-labelled").glob("*.JPEG"))[:CROPS]


@pytest.fixture(scope="module")
def indexed(photos: list[Path]) -> np.ndarray:
    return Photo(threads=1).encode([Part("image", path) for path in photos])


def test_unit_vectors_in_order() -> None:
    """Shape, length and order hold whatever the batch; a blank picture has no vector."""
    noise = np.random.default_rng(0).integers(0, 255, (efficientnet.BATCH + 3, 60, 80, 3), np.uint8)
    noise[4] = 200
    v = Photo(threads=1).encode([picture(a) for a in noise])
    assert v.shape == (len(noise), Photo.space.dim)
    assert v.dtype == np.float32
    assert np.isnan(v).all(axis=1).tolist() == [i == 4 for i in range(len(noise))]
    vectors = np.delete(np.arange(len(noise)), 4)
    np.testing.assert_allclose(np.linalg.norm(v[vectors], axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(
        v[9], Photo(threads=1).encode([picture(noise[9])], "query")[0], atol=1e-5
    )
    assert Photo(threads=1).encode([]).shape == (0, 1280)


@pytest.mark.parametrize("change", ["flip", "crop", "small", "dark", "gray"])
def test_copies_are_found(photos: list[Path], indexed: np.ndarray, change: str) -> None:
    """The nearest neighbour of a changed photo is the photo."""

    def changed(path: Path) -> Part:
        image = Image.open(path).convert("RGB")
        w, h = image.size
        if change == "flip":
            image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        elif change == "crop":
            image = image.crop((w // 6, h // 6, w - w // 6, h - h // 6))
        elif change == "small":
            image = image.resize((w // 3, h // 3))
        elif change == "dark":
            image = image.point(lambda v: v * 0.4)
        else:
            image = image.convert("L").convert("RGB")
        return picture(np.asarray(image))

    queries = Photo(threads=1).encode([changed(path) for path in photos], "query")
    assert ((queries @ indexed.T).argmax(axis=1) == np.arange(len(photos))).mean() >= 0.95


def test_regions_differ_and_seen_files_are_seen_once(
    photos: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one encoder looked at, the next need not decode; another region or a changed file is
    looked at anew.
    """
    calls = []
    monkeypatch.setattr(
        efficientnet,
        "pixels",
        lambda part, longest: (
            calls.append(part) or np.asarray(Image.open(part.data).convert("RGB"))
        ),
    )
    monkeypatch.setattr(efficientnet, "_recent", efficientnet._Recent(8))
    whole, left = Part("image", photos[0]), Part("image", photos[0], span=Span(box=(0, 0, 0.5, 1)))
    first, second = Photo(threads=1).encode([whole]), Photo(threads=1).encode([whole, left])
    assert calls == [whole, left]
    np.testing.assert_array_equal(first[0], second[0])


def test_memory_is_bounded() -> None:
    """A long run must not keep every picture."""
    recent, row = efficientnet._Recent(2), np.zeros(3, np.float32)
    for key in "abc":
        recent.keep(key, row)
    assert [recent.get(key, row) for key in "abc"] == [False, True, True]
    recent.keep(None, row)
    assert not recent.get(None, row)


def test_what_is_in_use_is_remembered() -> None:
    """What was just looked at again is not what is forgotten next."""
    recent, row = efficientnet._Recent(2), np.zeros(3, np.float32)
    recent.keep("a", row)
    recent.keep("b", row)
    assert recent.get("a", row)
    recent.keep("c", row)
    assert [recent.get(key, row) for key in "abc"] == [True, False, True]


@pytest.mark.filterwarnings("ignore")
def test_broken_pictures_raise_our_errors(data: Path) -> None:
    """A broken file is an error of ours, never a crash."""
    for path in sorted((data / "broken-files").iterdir())[:40]:
        if path.suffix.lower() in (".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif"):
            try:
                v = Photo(threads=1).encode([Part("image", path)])
            except PolysenseError:
                continue
            assert v.shape == (1, 1280)


@pytest.mark.slow
def test_classifies_as_published(data: Path) -> None:
    """Pixels are prepared as in training: top-1 on 260 photos, one a class, stays at 90 %."""
    from importlib.resources import files

    rows = [
        line.split("\t")
        for line in (data / "photos-labelled" / "labels.tsv").read_text("utf-8").splitlines()
    ]
    _, logits = efficientnet.extract_features(
        [Part("image", data / "photos-labelled" / name) for name, _ in rows]
    )
    classes = (
        files("polysense.encoders")
        .joinpath("imagenet_classes.txt")
        .read_text("utf-8")
        .lower()
        .splitlines()[2:]
    )
    right = [
        label.lower() in classes[n]
        for (_, label), n in zip(rows, logits.argmax(axis=1), strict=True)
    ]
    assert np.mean(right) > 0.85
