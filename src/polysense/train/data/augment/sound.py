"""A sound moved in time, louder or softer, with noise, and with stretches and bands left out (Park
et al., "SpecAugment", Interspeech 2019).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polysense.errors import MissingDependency
from polysense.read.sound.decode import RATE, samples, wav
from polysense.types import Part
from polysense.weights.pretrained import INSTALL

MAX_SHIFT = 0.2
"""Of the length that a sound is moved by, around its end."""

MAX_GAIN = 6.0
"""Decibels, up or down."""

NOISE_BELOW = (20.0, 40.0)
"""Decibels under the sound that noise lies at."""

MASKED_TIME, MASKED_BANDS = 0.1, 0.1
"""The shares of time and of frequencies that are left out at most. Judged."""

_FRAME = 512


def vary_sound(part: Part, draw: np.random.Generator) -> Part:
    """Another recording of a sound, mono WAV of RATE samples a second. Raises Unreadable,
    MissingDependency.
    """
    sound = np.asarray(samples(part), np.float32)
    if not len(sound):
        return part
    sound = np.roll(sound, int(len(sound) * draw.uniform(-MAX_SHIFT, MAX_SHIFT)))
    sound = _masked(sound, draw) * np.float32(10 ** (draw.uniform(-MAX_GAIN, MAX_GAIN) / 20))
    level = float(np.sqrt(np.mean(sound**2))) * 10 ** (-draw.uniform(*NOISE_BELOW) / 20)
    noisy = sound + draw.normal(0, 1, len(sound)) * level
    return Part("audio", wav(np.clip(noisy, -1, 1).astype(np.float32), RATE), mime="audio/wav")


def _masked(sound: NDArray[np.float32], draw: np.random.Generator) -> NDArray[np.float32]:
    """With a stretch of time and a band of frequencies silent; overlapping windows, so that no edge
    is heard.
    """
    try:
        from scipy.signal import istft, stft
    except ImportError as e:
        raise MissingDependency("varying sounds needs scipy", INSTALL) from e
    if len(sound) < 2 * _FRAME:
        return sound
    _, _, bins = stft(sound, RATE, nperseg=_FRAME)
    for axis, most in ((1, MASKED_TIME), (0, MASKED_BANDS)):
        size = int(bins.shape[axis] * draw.uniform(0, most))
        start = int(draw.integers(0, bins.shape[axis] - size + 1))
        cut = [slice(None), slice(None)]
        cut[axis] = slice(start, start + size)
        bins[tuple(cut)] = 0
    _, back = istft(bins, RATE, nperseg=_FRAME)
    return np.asarray(back[: len(sound)], np.float32)
