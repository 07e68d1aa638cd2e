"""Any Part that can be heard -> samples: sound files of every common format, the sound track of a
video, arrays.
"""

from __future__ import annotations

import io
import re
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import TooLarge, Unreadable, Unsupported
from polysense.read.sound import container
from polysense.types import Part

Samples = NDArray[np.float32]

RATE = 16_000
"""Samples a second that speech models read."""

MAX_SECONDS = 2 * 3600.0
"""More at once is refused (two hours at 16 kHz are 460 MB); `windows` reads any length."""

_MIXED = {"rematrix_maxval": "1"}
"""Channels are averaged; added up, they would be cut off at their loudest."""

_GAP = 0.05
_LEAD = 0.25


def samples(part: Part, rate: int = RATE) -> Samples:
    """Mono float32 in -1..1 at `rate`: the whole of what `part` sounds like, or exactly its
    span.seconds.

    Shorter than asked only where the sound ends. Raises NotFound, Unsupported, TooLarge,
    Unreadable.

    >>> samples(Part("audio", np.zeros(8000, np.float32), "audio/pcm;rate=8000"), rate=16000).shape
    (16000,)
    """
    start, end = part.span.seconds or (0.0, float("inf"))
    if isinstance(part.data, np.ndarray):
        own = _own_rate(part.mime, rate)
        cut = part.data[
            round(max(start, 0) * own) : None if end == float("inf") else round(end * own)
        ]
        return resample(np.asarray(cut, np.float32).reshape(-1), own, rate)
    if not isinstance(part.data, (Path, bytes)):
        raise Unsupported("words make no sound")
    name = part.name or (part.data.name if isinstance(part.data, Path) else "a recording")
    limit = min(end - start, MAX_SECONDS)
    heard, have = [], 0
    for block in _timeline(part.data, name, rate, max(start, 0.0), start + limit + 1 / rate):
        heard.append(block)
        have += len(block)
    if end - start > MAX_SECONDS and have > MAX_SECONDS * rate:
        hint = "Give a piece of it, or index it: it is read in windows then."
        raise TooLarge(f"{name} is longer than {MAX_SECONDS / 3600:.0f} hours", hint)
    whole = np.concatenate(heard) if heard else np.zeros(0, np.float32)
    return whole if end == float("inf") else whole[: round((end - max(start, 0.0)) * rate)]


def windows(
    path: Path | bytes, seconds: float, hop: float, rate: int = RATE
) -> Iterator[tuple[float, Samples]]:
    """(start, samples) of stretches of `seconds`, every `hop`, in one pass over a file of any
    length; the last may be shorter.
    """
    size, step = round(seconds * rate), round(hop * rate)
    # the sample numbers at which `kept` begins, and up to which all was yielded
    kept, first, seen = np.zeros(0, np.float32), 0, 0
    for block in _timeline(path, path.name if isinstance(path, Path) else "a recording", rate):
        kept = np.concatenate((kept, block))
        while len(kept) >= size:
            yield first / rate, kept[:size].copy()
            seen = first + size
            kept, first = kept[step:], first + step
    if len(kept) and first + len(kept) > seen:
        yield first / rate, kept


def duration(path: Path | bytes) -> float:
    """Seconds. Raises NotFound, Unreadable."""
    with container.opened(path) as file:
        return container.length(file)


def tags(path: Path | bytes) -> dict[str, str]:
    """What the file says about itself: title, artist, album, date, ... (keys in lower case)."""
    with container.opened(path) as file:
        return container.metadata(file)


def wav(heard: Samples, rate: int = RATE) -> bytes:
    """The samples as a 16-bit WAV file.

    >>> len(wav(np.zeros(100, np.float32)))
    244
    """
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(np.nan_to_num(heard), -1, 1) * 32767).astype("<i2").tobytes())
    return out.getvalue()


def resample(heard: Samples, have: int, want: int) -> Samples:
    """The same sound at another rate."""
    if have == want or not len(heard):
        return heard
    import av

    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(heard[None]), format="fltp", layout="mono"
    )
    frame.sample_rate = have
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=want)
    return np.concatenate(
        [f.to_ndarray()[0] for f in (*resampler.resample(frame), *resampler.resample(None))]
    )


def _own_rate(mime: str, default: int) -> int:
    found = re.search(r"rate=(\d+)", mime)
    rate = int(found[1]) if found else default
    if not 1000 <= rate <= 768_000:
        raise Unreadable(
            f"{rate} samples a second is no rate of sound",
            'Give it in the mime, like "audio/pcm;rate=16000".',
        )
    return rate


def _timeline(
    data: Path | bytes, name: str, rate: int, start: float = 0.0, end: float = float("inf")
) -> Iterator[Samples]:
    """Blocks that together are the sound from `start` to `end`; where the file has gaps, silence."""
    end = min(end, start + container.MAX_SECONDS)
    with container.opened(data, name) as file:
        if not file.streams.audio:
            raise Unreadable(
                f"{name} has no sound", "Give a recording, or a video with a sound track."
            )
        at, wanted = 0, round((end - start) * rate)  # samples yielded, and to yield
        for time, block in _blocks(file, rate, start):
            place = round((time - start) * rate)
            if place < at:
                block, place = block[at - place :], at
            if not len(block):
                continue
            if place > at:
                for size in range(0, min(place, wanted) - at, 60 * rate):
                    yield np.zeros(min(60 * rate, min(place, wanted) - at - size), np.float32)
            if place < wanted:
                yield block[: wanted - place]
            at = min(place + len(block), wanted)
            if at >= wanted:
                return


def _blocks(file: Any, rate: int, start: float) -> Iterator[tuple[float, Samples]]:
    """(second, mono samples) as they are decoded, from a little before `start`. Times are exact
    within one run of packets.
    """
    import av

    stream, zero = file.streams.audio[0], container.origin(file)
    container.rewind(file, stream, start, (_LEAD, 5.0, 30.0))
    resampler, shape, base, count = None, None, 0.0, 0
    for packet in container.packets(file, [stream]):
        for frame in container.decoded(packet):
            now = (frame.format.name, frame.layout.name, frame.sample_rate)
            expected = base + count / rate
            time = frame.time - zero if frame.time is not None else expected
            jumped = abs(time - expected) > _GAP + frame.samples / frame.sample_rate
            if resampler is None or now != shape or jumped:
                if resampler is not None:
                    yield from _flush(resampler, expected)
                resampler, shape = (
                    av.AudioResampler(format="fltp", layout="mono", rate=rate, options=_MIXED),
                    now,
                )
                base, count = time, 0
            frame.pts = None
            for out in resampler.resample(frame):
                block = np.clip(np.nan_to_num(out.to_ndarray()[0]), -1, 1)
                yield base + count / rate, block
                count += len(block)
    if resampler is not None:
        yield from _flush(resampler, base + count / rate)


def _flush(resampler: Any, time: float) -> Iterator[tuple[float, Samples]]:
    for out in resampler.resample(None):
        yield time, np.clip(np.nan_to_num(out.to_ndarray()[0]), -1, 1)
