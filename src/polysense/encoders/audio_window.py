"""What the encoders of sound share: how much of a part they hear."""

from __future__ import annotations

from dataclasses import replace

from polysense.read.sound.decode import RATE, Samples, samples
from polysense.types import Part


def listen(part: Part, longest: float) -> Samples:
    """At most the first `longest` seconds of a part, at RATE."""
    start, end = part.span.seconds or (0.0, longest)
    return samples(
        replace(part, span=replace(part.span, seconds=(start, min(end, start + longest)))),
        rate=RATE,
    )
