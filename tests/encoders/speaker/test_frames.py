"""The network hears what it was trained on: speech at one volume, without long silence."""

from __future__ import annotations

import numpy as np

from polysense.encoders.speaker.frames import BANDS, frames

from .vowels import vowel


def test_pauses_are_cut() -> None:
    sound = vowel(120)
    apart = frames(np.concatenate([sound, np.zeros(80000, np.float32), sound]))
    assert apart.shape[1] == BANDS
    assert len(apart) < 480


def test_quiet_recordings_are_raised() -> None:
    sound = vowel(120)
    np.testing.assert_allclose(frames(0.001 * sound), frames(0.01 * sound), rtol=0.02, atol=1e-6)
