"""A voice that anybody can make."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from polysense.types import Part


def vowel(hertz: float, seconds: float = 2.0) -> NDArray[np.float32]:
    """A buzz through two resonances that move, as a voice's do."""
    t = np.arange(int(16000 * seconds)) / 16000
    low, high = 500 + 250 * np.sin(2 * np.pi * 2 * t), 1500 + 700 * np.sin(2 * np.pi * 3 * t)
    pitch = 2 * np.pi * np.cumsum(hertz * (1 + 0.1 * np.sin(2 * np.pi * t))) / 16000
    loud = [
        np.exp(-(((k * hertz - low) / 150) ** 2)) + 0.3 * np.exp(-(((k * hertz - high) / 200) ** 2))
        for k in range(1, 25)
    ]
    sound = sum(a * np.sin(k * pitch) for k, a in enumerate(loud, 1))
    return (0.2 * sound * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * t))).astype(np.float32)


def part(sound: NDArray[np.floating]) -> Part:
    return Part("audio", sound.astype(np.float32), "audio/pcm;rate=16000")
