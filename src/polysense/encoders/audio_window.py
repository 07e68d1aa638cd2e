"""What the encoders of sound share: how much of a part they hear, and in which pieces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from polysense.read.sound.decode import RATE, Samples, samples
from polysense.types import Part

SILENCE_RMS = 1e-4
"""Root mean square under which models of sounds are not asked. Judged, not measured."""


def listen(part: Part, longest: float, rate: int = RATE) -> Samples:
    """At most the first `longest` seconds of a part, at `rate`."""
    start, end = part.span.seconds or (0.0, longest)
    return samples(
        replace(part, span=replace(part.span, seconds=(start, min(end, start + longest)))),
        rate=rate,
    )


def is_silent(sound: Samples) -> bool:
    """Whether there is nothing to hear."""
    return not len(sound) or float(np.sqrt(np.mean(sound**2))) < SILENCE_RMS


def equal_windows(sound: Samples, longest: int) -> list[Samples]:
    """The sound in as few pieces of one length as have `longest` samples at most.

    What is left over at the end, less than a sample a piece, is dropped.

    >>> [len(w) for w in equal_windows(np.zeros(25, np.float32), 10)]
    [8, 8, 8]
    """
    count = max(1, -(-len(sound) // longest))
    size = len(sound) // count
    return [sound[i * size : (i + 1) * size] for i in range(count)]
