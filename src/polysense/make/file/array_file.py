"""Pixels and samples as files: what is a part of an answer is kept, sent and opened."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from polysense.read.image.decode import png
from polysense.read.sound.decode import RATE, samples, wav
from polysense.types import Part


def as_file(part: Part) -> Part:
    """A picture's array as a PNG, a sound's as a WAV; any other part as it is.

    >>> as_file(Part("image", np.zeros((2, 2, 3), np.uint8))).mime
    'image/png'
    """
    if not isinstance(part.data, np.ndarray):
        return part
    if part.modality == "image":
        return replace(part, data=png(part.data), mime="image/png")
    if part.modality == "audio":
        return replace(part, data=wav(samples(part), RATE), mime="audio/wav")
    return part
