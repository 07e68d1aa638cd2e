"""Spectra are what the textbooks say, and a voice is told from what is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from polysense.read.sound import spectrum
from polysense.read.sound.decode import samples
from polysense.types import Part

RATE = 16_000
T = np.arange(RATE) / RATE


def test_a_tone_lies_in_its_bin_and_its_band() -> None:
    power = spectrum.stft(np.sin(2 * np.pi * 1000 * T).astype(np.float32))
    assert power[50].argmax() == round(1000 * 512 / RATE)
    mels = spectrum.log_mel(power, 64)
    centres = spectrum.mel_bank(64) @ np.linspace(0, 8000, 257) / spectrum.mel_bank(64).sum(axis=1)
    assert abs(centres[mels[50].argmax()] - 1000) < 60


def test_white_noise_is_flat_and_its_power_its_variance() -> None:
    """The window's energy is divided out, so that decibels mean something."""
    noise = np.random.default_rng(0).normal(0, 0.1, 4 * RATE).astype(np.float32)
    assert spectrum.stft(noise)[5:-5].mean() == pytest.approx(0.01, rel=0.05)


def test_the_cosine_transform_keeps_energy() -> None:
    mels = np.random.default_rng(0).normal(size=(5, 24)).astype(np.float32)
    cepstra = spectrum.mfcc(mels, 24)
    np.testing.assert_allclose((cepstra**2).sum(axis=1), (mels**2).sum(axis=1), rtol=1e-4)


def test_deltas_of_a_ramp_are_its_slope() -> None:
    np.testing.assert_allclose(
        spectrum.deltas(3.0 * np.arange(20, dtype=np.float32)[:, None])[2:-2], 3.0
    )


@pytest.mark.parametrize("hertz", [80, 133, 250, 390])
def test_pitch_finds_the_period_of_a_buzz_not_its_octave(hertz: int) -> None:
    buzz = sum(np.sin(2 * np.pi * hertz * k * T) / k for k in range(1, 12)).astype(np.float32)
    pitches, clarity = spectrum.pitch(buzz)
    assert np.median(pitches) == pytest.approx(hertz, rel=0.03)
    assert np.median(clarity) > 0.9


@pytest.mark.parametrize("n", [0, 1, 100, 5000])
def test_short_and_silent_sounds_are_no_trouble(n: int) -> None:
    silent = np.zeros(n, np.float32)
    assert np.isfinite(spectrum.log_mel(spectrum.stft(silent))).all()
    assert not spectrum.voicing(silent).has_voice


def test_people_have_a_voice_and_rain_has_none(data: Path) -> None:
    """`speech` decides what is recognised at all: every sentence must pass, no water."""
    for name in ("LJ001-0001", "LJ001-0004"):
        voicing = spectrum.voicing(
            samples(Part("audio", data / f"speech-ljspeech/wavs/{name}.wav"))
        )
        assert voicing.has_voice
        assert voicing.has_speech
        assert 150 < np.median(voicing.hertz) < 280, "a woman reads"
    for kind in ("002 - Rain", "003 - Sea waves", "008 - Chainsaw"):
        for clip in sorted((data / "audio-esc10" / kind).iterdir())[:2]:
            assert not spectrum.voicing(samples(Part("audio", clip))).has_speech
