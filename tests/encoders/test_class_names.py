"""Words meet classes by what they mean, in English and in other languages; nothing else does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from polysense.encoders.class_names import DIM, ClassNames
from polysense.encoders.sound_events.encoder import SoundEvents
from polysense.encoders.sound_events.network import class_names
from polysense.types import Part
from polysense.weights import onnx_model


def phrases() -> list[list[str]]:
    return [["dog", "cat", "church bell"], ["a barking dog", "a cat", "the bell of a church"]]


@pytest.fixture(scope="module")
def classes() -> ClassNames:
    """Those of sounds: 521 that people have words for."""
    return SoundEvents(threads=1).classes


def nearest(classes: ClassNames, words: str) -> str | None:
    """The class that words mean; None where they mean none."""
    vector = classes.of_words([Part("text", words)])
    similarity = (vector @ classes.mixtures(np.eye(521)).T)[0]
    return class_names()[similarity.argmax()] if np.isfinite(similarity).all() else None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("a barking dog", {"Dog", "Bark"}),
        ("狗叫", {"Dog", "Bark"}),
        ("ein Hund bellt", {"Dog", "Bark"}),
        ("le chien aboie", {"Dog", "Bark"}),
        ("下雨", {"Rain", "Raindrop", "Rain on surface"}),
        ("Regen", {"Rain", "Raindrop", "Rain on surface"}),
        ("la lluvia", {"Rain", "Raindrop", "Rain on surface"}),
        ("дождь идёт", {"Rain", "Raindrop", "Rain on surface"}),
        ("Hubschrauber", {"Helicopter"}),
        ("直升机", {"Helicopter"}),
    ],
)
def test_words_of_any_language_mean_their_class(
    classes: ClassNames, words: str, expected: set[str]
) -> None:
    """A Chinese question finds a barking dog as an English one does."""
    assert nearest(classes, words) in expected


def test_a_question_about_something_else_means_no_class(classes: ClassNames) -> None:
    """Else the mean of what is least far would be near to something."""
    for words in ("这份合同什么时候到期？", "Wann läuft der Vertrag aus, und wer unterschreibt?"):
        assert nearest(classes, words) is None


def test_english_goes_by_what_it_says_itself(classes: ClassNames) -> None:
    """Words that no class has keep their own meaning: they are no mixture of classes."""
    [own] = classes.of_words([Part("text", "When does the contract expire?")])
    similarity = own @ classes.mixtures(np.eye(521)).T
    assert np.isfinite(own).all()
    assert similarity.max() < 0.4


def test_rows_have_unit_length_and_blank_words_none(classes: ClassNames) -> None:
    rows = classes.of_words([Part("text", "cats"), Part("text", " "), Part("text", "猫")])
    assert rows.shape == (3, DIM)
    np.testing.assert_allclose(np.linalg.norm(rows[[0, 2]], axis=1), 1, atol=1e-5)
    assert np.isnan(rows[1]).all()
    assert classes.of_words([]).shape == (0, DIM)


def test_a_damaged_cache_mends_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a file must not stay."""
    cache = onnx_model.folder()
    monkeypatch.setenv("POLYSENSE_CACHE", str(tmp_path))
    for path in cache.glob("minilm-*"):
        (tmp_path / path.name).symlink_to(path)
    first = ClassNames("beasts", "2", phrases, threads=1).of_words([Part("text", "a dog")])
    [file] = tmp_path.glob("beasts-2-minilm-*/classes.npy")
    file.write_bytes(file.read_bytes()[:40])
    again = ClassNames("beasts", "2", phrases, threads=1).of_words([Part("text", "a dog")])
    np.testing.assert_array_equal(first, again)
