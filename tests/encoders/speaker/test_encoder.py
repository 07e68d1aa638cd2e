"""Speaker: the same voice saying something else lies near; what is no voice has no place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from polysense.encoders.speaker import Speaker
from polysense.encoders.speaker.encoder import MOST_WINDOWS, windows
from polysense.encoders.speaker.frames import BANDS, WINDOW
from polysense.types import Part

from .vowels import part, vowel


@pytest.mark.parametrize("n", [0, 50, 48000])
def test_silence_noise_and_tones_are_nan(n: int) -> None:
    t = np.arange(n) / 16000
    noise = np.random.default_rng(0).normal(0, 0.1, n)
    rows = Speaker(threads=1).encode(
        [part(np.zeros(n)), part(noise), part(np.sin(2 * np.pi * 200 * t))]
    )
    assert rows.shape == (3, Speaker.space.dim)
    assert np.isnan(rows).all()


def test_no_parts_have_no_rows() -> None:
    assert Speaker().encode([]).shape == (0, Speaker.space.dim)


def test_rows_are_unit_for_short_voices_and_long_ones() -> None:
    sounds = vowel(120), vowel(120, 0.8), vowel(210, 5.0)
    rows = Speaker(threads=1).encode([part(sound) for sound in sounds])
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert rows[0] @ rows[1] > rows[0] @ rows[2]


def test_windows_of_a_long_recording_are_spread_over_all_of_it() -> None:
    """Each frame tells where it stands."""
    mels = np.repeat(np.arange(6000, dtype=np.float32)[:, None], BANDS, axis=1)
    first = windows(mels)[:, 0, 0]
    assert len(first) == MOST_WINDOWS
    assert (first[0], first[-1]) == (0, 6000 - WINDOW)
    assert (np.diff(first) > WINDOW).all()


def test_what_is_shorter_than_a_window_is_heard_as_long_as_it_is() -> None:
    """Silence at its end would be a part of the voice."""
    mels = np.ones((40, BANDS), np.float32)
    assert windows(mels).shape == (1, 40, BANDS)
    assert windows(np.ones((WINDOW, BANDS), np.float32)).shape == (1, WINDOW, BANDS)


def test_water_has_no_voice(data: Path) -> None:
    clips = sorted((data / "audio-esc10/002 - Rain").iterdir())[:4]
    assert np.isnan(Speaker(threads=1).encode([Part("audio", clip) for clip in clips])).all()


def test_another_digit_in_the_same_voice_is_nearest(data: Path) -> None:
    """Guards R@1 of .99 on all 240 digits, on 48 of them."""
    names = sorted(path.stem for path in (data / "audio-digits").glob("[0-7]_*_1.wav"))
    digit, voice = (np.array([name.split("_")[i] for name in names]) for i in (0, 1))
    rows = Speaker(threads=1).encode(
        [Part("audio", data / f"audio-digits/{name}.wav") for name in names]
    )
    assert not np.isnan(rows).any()
    rows = np.nan_to_num(rows)
    alike = np.where(digit[:, None] == digit, -2, rows @ rows.T)
    assert (voice[alike.argmax(axis=1)] == voice).mean() > 0.9
