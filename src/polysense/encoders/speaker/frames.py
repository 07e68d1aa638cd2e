"""What the speaker encoder hears: mel bands of the stretches in which somebody speaks."""

from __future__ import annotations

import numpy as np

from polysense.read.sound import spectrum
from polysense.read.sound.decode import RATE
from polysense.read.sound.spectrum import Floats

WINDOW, BANDS = 160, 40
"""Frames of 10 ms that the network reads at once, and mel bands of each."""

LOUDNESS = 10 ** (-30 / 20)
"""Root mean square to which quieter recordings are raised, as in training: -30 dBFS."""

_GAIN = np.float32(150.0)  # the sum of squares of the window that training divided by
_QUIET_DB = 35
"""Decibels below the loudest frames from which on a frame is a pause. Judged, not measured."""

_PAUSE = 31
"""Frames: shorter pauses belong to speech."""


def frames(sound: Floats) -> Floats:
    """Mel power, (frames, BANDS), of the stretches of samples at RATE where someone speaks, pauses
    cut; empty where nobody does.
    """
    if not spectrum.voicing(sound, RATE).has_voice:
        return np.empty((0, BANDS), np.float32)
    level = float(np.sqrt(np.mean(sound**2)))
    power = spectrum.stft(sound * max(1.0, LOUDNESS / level), 400, RATE // 100) * _GAIN
    loudness = 10 * np.log10(power.sum(axis=1) + spectrum.POWER_FLOOR)
    loud = loudness > np.percentile(loudness, 95) - _QUIET_DB
    near = np.convolve(loud, np.ones(_PAUSE))[_PAUSE // 2 : _PAUSE // 2 + len(loud)] > 0
    return np.asarray(power[near] @ spectrum.mel_bank(BANDS, 400, RATE).T, np.float32)
