"""What Whisper sees of a sound: 80 mel bands of 25 ms, every 10 ms, as it was trained on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polysense.read.sound import spectrum
from polysense.read.sound.decode import RATE, Samples

WINDOW_SECONDS = 30
"""Seconds of sound that the model takes at once; less is followed by silence."""
BANDS, SIZE, HOP = 80, 400, 160


def log_mel(sound: Samples) -> NDArray[np.float32]:
    """(80, 3000) of the first 30 seconds of a sound at 16 kHz: powers as logarithms, what is more
    than 80 dB below the loudest cut off, brought to about -1..1 (Radford et al. 2022, section 2.2).
    """
    padded = np.zeros(WINDOW_SECONDS * RATE, np.float32)
    sound = sound[: len(padded)]
    padded[: len(sound)] = sound
    padded = np.pad(padded, SIZE // 2, mode="reflect")
    window = np.hanning(SIZE + 1)[:-1].astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(padded, SIZE)[:-1:HOP]
    power = np.zeros((len(frames), SIZE // 2 + 1), np.float32)
    last = -(-(len(sound) + SIZE) // HOP)  # the frames after it are silent
    power[:last] = np.abs(np.fft.rfft(frames[:last] * window)) ** 2
    mels = power @ spectrum.mel_bank(BANDS, SIZE, RATE).T
    decibels = np.log10(np.maximum(mels, 1e-10))
    decibels = np.maximum(decibels, decibels.max() - 8.0)
    return np.ascontiguousarray(((decibels + 4.0) / 4.0).T, np.float32)
