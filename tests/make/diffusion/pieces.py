"""Evidence for models that make things: words, a picture, a sound."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import numpy as np

from polysense.events import GenerationStep
from polysense.make.file.encode import Movie, MovieFormat
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Query, Span

ASK: Query = (Part("text", "Draw the lighthouse."),)
RED, BLUE = (200, 30, 30), (30, 30, 200)


def words(n: int = 1, text: str = "Its tower is white.") -> Evidence:
    asset = Asset(f"{n:032x}", f"/kb/{n}.txt", "text/plain", "text", len(text))
    chunk = Chunk(asset, Span(lines=(1, 1)), "text", text=text)
    return Evidence(n, Hit(chunk, 1.0), Part("text", text), chunk.span, 1.0)


def picture(n: int = 1, colour: tuple[int, int, int] = RED) -> Evidence:
    part = Part("image", np.full((48, 40, 3), colour, np.uint8))
    return native(n, part, Span(box=(0, 0, 1, 1)))


def native(n: int, part: Part, span: Span) -> Evidence:
    """A thing itself as evidence."""
    asset = Asset(f"{n:032x}", f"/kb/{n}.{part.modality}", part.mime, part.modality, 1)
    chunk = Chunk(asset, span, part.modality, part)
    return Evidence(n, Hit(chunk, 1.0), part, span, 1.0)


def parts(stream: Iterable[Part | GenerationStep]) -> list[Part]:
    """What was made, without the steps."""
    return [item for item in stream if isinstance(item, Part)]


def sound(n: int = 1, hertz: float = 440.0) -> Evidence:
    """A tone of a second."""
    t = np.arange(16_000, dtype=np.float32) / 16_000
    part = Part("audio", np.sin(2 * np.pi * hertz * t) * 0.5, "audio/pcm;rate=16000")
    return native(n, part, Span(seconds=(0, 1)))


def clip(n: int, colour: tuple[int, int, int] = RED) -> Evidence:
    """A second of one colour, as a film."""
    with Movie(MovieFormat((64, 48), Fraction(8), channels=0)) as movie:
        for _ in range(8):
            movie.add_frame(np.full((48, 64, 3), colour, np.uint8))
    return native(n, Part("video", movie.data, "video/mp4"), Span(seconds=(0, 1)))
