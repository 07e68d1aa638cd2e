"""Sounds that anybody can make are heard as what they are."""

from __future__ import annotations

import numpy as np

from polysense.encoders.sound_events.network import class_names, event_likelihoods
from polysense.types import Part

RATE = 16_000


def likelihoods(samples: np.ndarray) -> np.ndarray:
    part = Part("audio", samples.astype(np.float32), f"audio/pcm;rate={RATE}")
    likely = event_likelihoods(part, threads=1)
    assert likely is not None
    return likely


def rank(likely: np.ndarray, name: str) -> int:
    return int((likely > likely[class_names().index(name)]).sum())


def test_noise_and_a_tone() -> None:
    """The checks with which the network was published: the right class among the first ten."""
    noise = np.random.default_rng(0).uniform(-1, 1, 3 * RATE)
    tone = np.sin(2 * np.pi * 440 * np.arange(3 * RATE) / RATE)
    assert rank(likelihoods(noise), "White noise") == 0
    assert rank(likelihoods(tone), "Sine wave") < 10


def test_a_moment_in_a_long_sound_is_heard() -> None:
    """A second of noise in ten of near silence: the mean alone would not say so."""
    sound = np.random.default_rng(0).normal(0, 2e-4, 10 * RATE)
    sound[4 * RATE : 5 * RATE] = np.random.default_rng(1).uniform(-1, 1, RATE)
    likely = likelihoods(sound)
    names = class_names()
    assert max(likely[names.index(n)] for n in ("White noise", "Noise", "Static")) > 0.1


def test_silence_has_no_events() -> None:
    for samples in (np.zeros(0), np.zeros(RATE)):
        part = Part("audio", samples.astype(np.float32), f"audio/pcm;rate={RATE}")
        assert event_likelihoods(part, threads=1) is None


def test_class_names_are_in_the_order_of_the_outputs() -> None:
    """A line too many in the list would shift every name."""
    names = class_names()
    assert len(set(names)) == 521
    expected = {0: "Speech", 67: "Animal", 281: "Thunder", 494: "Silence", 520: "Field recording"}
    assert {i: names[i] for i in expected} == expected
