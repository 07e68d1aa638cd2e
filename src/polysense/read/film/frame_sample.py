"""Which frames of a film models look at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from polysense.errors import Unsupported
from polysense.read.film import decode
from polysense.types import Part


def sample_frames(part: Part, count: int, longest: int) -> list[NDArray[np.uint8]]:
    """RGB uint8 (height, width, 3) of `count` frames of a video part: those in the middle of as
    many stretches of one length, each with `longest` pixels at most along its longer side.

    Raises NotFound, TooLarge, Unreadable, Unsupported.
    """
    if not isinstance(part.data, Path | bytes):
        raise Unsupported(f"{part!r} is no film", "Give a file of a video, or its bytes.")
    start, end = part.span.seconds or (0.0, decode.probe(part.data).duration)
    times = [start + (end - start) * (i + 0.5) / count for i in range(count)]
    return [_reduced(frame, longest) for frame in decode.frames(part.data, times)]


def clip_seconds(part: Part) -> float:
    """How long a video part is. Raises NotFound, TooLarge, Unreadable."""
    if part.span.seconds:
        return part.span.seconds[1] - part.span.seconds[0]
    return decode.probe(part.data).duration


def _reduced(frame: NDArray[np.uint8], longest: int) -> NDArray[np.uint8]:
    from PIL import Image

    if max(frame.shape[:2]) <= longest:
        return frame
    picture = Image.fromarray(frame)
    picture.thumbnail((longest, longest), reducing_gap=2.0)
    return np.asarray(picture)
