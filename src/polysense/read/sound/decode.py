"""Any Part that can be heard -> samples: sound files, the sound track of a video, arrays."""

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

_AVERAGE_CHANNELS = {"rematrix_maxval": "1"}
"""Channels are averaged; added up, they would be cut off at their loudest."""

# Frames further than this from where the one before ended begin a new run: timestamps of one run
# jitter by less. Judged, not measured.
_GAP_SECONDS = 0.05
# Decoding begins this much before the start, so that the decoder has settled; further back where a
# file without an index lands too late.
_LEAD_SECONDS = (0.25, 5.0, 30.0)


def samples(part: Part, rate: int = RATE) -> Samples:
    """Mono float32 in -1..1 at `rate`: the whole sound of `part`, or exactly its span.seconds.

    Shorter than asked only where the sound ends. Raises NotFound, Unsupported, TooLarge,
    Unreadable.

    >>> samples(Part("audio", np.zeros(8000, np.float32), "audio/pcm;rate=8000"), rate=16000).shape
    (16000,)
    """
    start, end = part.span.seconds or (0.0, float("inf"))
    if isinstance(part.data, np.ndarray):
        source_rate = _array_rate(part.mime, rate)
        cut = part.data[
            round(max(start, 0) * source_rate) : None
            if end == float("inf")
            else round(end * source_rate)
        ]
        return resample(np.asarray(cut, np.float32).reshape(-1), source_rate, rate)
    if not isinstance(part.data, (Path, bytes)):
        raise Unsupported("words make no sound")
    name = part.name or (part.data.name if isinstance(part.data, Path) else "a recording")
    limit = min(end - start, MAX_SECONDS)
    blocks, count = [], 0
    for block in _continuous_blocks(
        part.data, name, rate, max(start, 0.0), start + limit + 1 / rate
    ):
        blocks.append(block)
        count += len(block)
    if end - start > MAX_SECONDS and count > MAX_SECONDS * rate:
        hint = "Give a piece of it, or index it: it is read in windows then."
        raise TooLarge(f"{name} is longer than {MAX_SECONDS / 3600:.0f} hours", hint)
    whole = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
    return whole if end == float("inf") else whole[: round((end - max(start, 0.0)) * rate)]


def windows(
    path: Path | bytes, seconds: float, hop: float, rate: int = RATE
) -> Iterator[tuple[float, Samples]]:
    """(start, samples) of stretches of `seconds`, one every `hop`; the last may be shorter.

    One pass over a file of any length.
    """
    size, step = round(seconds * rate), round(hop * rate)
    buffer = np.zeros(0, np.float32)
    first, yielded_end = 0, 0  # sample numbers: where the buffer begins, up to where all is yielded
    for block in _continuous_blocks(
        path, path.name if isinstance(path, Path) else "a recording", rate
    ):
        buffer = np.concatenate((buffer, block))
        while len(buffer) >= size:
            yield first / rate, buffer[:size].copy()
            yielded_end = first + size
            buffer, first = buffer[step:], first + step
    if len(buffer) and first + len(buffer) > yielded_end:
        yield first / rate, buffer


def duration(path: Path | bytes) -> float:
    """Seconds. Raises NotFound, Unreadable."""
    with container.open_container(path) as file:
        return container.length_seconds(file)


def tags(path: Path | bytes) -> dict[str, str]:
    """The tags of the file: title, artist, album, date, ... (keys in lower case)."""
    with container.open_container(path) as file:
        return container.metadata(file)


def wav(sound: Samples, rate: int = RATE) -> bytes:
    """The samples as a 16-bit WAV file.

    >>> len(wav(np.zeros(100, np.float32)))
    244
    """
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(np.nan_to_num(sound), -1, 1) * 32767).astype("<i2").tobytes())
    return out.getvalue()


def resample(sound: Samples, from_rate: int, to_rate: int) -> Samples:
    """The same sound at another rate."""
    if from_rate == to_rate or not len(sound):
        return sound
    import av

    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(sound[None]), format="fltp", layout="mono"
    )
    frame.sample_rate = from_rate
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=to_rate)
    return np.concatenate(
        [f.to_ndarray()[0] for f in (*resampler.resample(frame), *resampler.resample(None))]
    )


def _array_rate(mime: str, default: int) -> int:
    match = re.search(r"rate=(\d+)", mime)
    rate = int(match[1]) if match else default
    if not 1000 <= rate <= 768_000:
        raise Unreadable(
            f"{rate} samples a second is no rate of sound",
            'Give it in the mime, like "audio/pcm;rate=16000".',
        )
    return rate


def _continuous_blocks(
    data: Path | bytes, name: str, rate: int, start: float = 0.0, end: float = float("inf")
) -> Iterator[Samples]:
    """Blocks that together are the sound from `start` to `end`; gaps of the file are silent."""
    end = min(end, start + container.MAX_SECONDS)
    with container.open_container(data, name) as file:
        if not file.streams.audio:
            raise Unreadable(
                f"{name} has no sound", "Give a recording, or a video with a sound track."
            )
        position, total = 0, round((end - start) * rate)  # samples yielded, and to yield
        for time, block in _decoded_blocks(file, rate, start):
            block_position = round((time - start) * rate)
            if block_position < position:
                block, block_position = block[position - block_position :], position
            if not len(block):
                continue
            if block_position > position:
                for size in range(0, min(block_position, total) - position, 60 * rate):
                    yield np.zeros(
                        min(60 * rate, min(block_position, total) - position - size), np.float32
                    )
            if block_position < total:
                yield block[: total - block_position]
            position = min(block_position + len(block), total)
            if position >= total:
                return


def _decoded_blocks(file: Any, rate: int, start: float) -> Iterator[tuple[float, Samples]]:
    """(second, mono samples) as they are decoded, from a little before `start`.

    Times are exact within one run of packets.
    """
    import av

    stream, zero_seconds = file.streams.audio[0], container.start_seconds(file)
    container.rewind(file, stream, start, _LEAD_SECONDS)
    resampler, shape, run_start, count = None, None, 0.0, 0
    for packet in container.packets(file, [stream]):
        for frame in container.decode_packet(packet):
            frame_shape = (frame.format.name, frame.layout.name, frame.sample_rate)
            expected = run_start + count / rate
            time = frame.time - zero_seconds if frame.time is not None else expected
            jumped = abs(time - expected) > _GAP_SECONDS + frame.samples / frame.sample_rate
            if resampler is None or frame_shape != shape or jumped:
                if resampler is not None:
                    yield from _flush(resampler, expected)
                resampler, shape = (
                    av.AudioResampler(
                        format="fltp", layout="mono", rate=rate, options=_AVERAGE_CHANNELS
                    ),
                    frame_shape,
                )
                run_start, count = time, 0
            frame.pts = None
            for out in resampler.resample(frame):
                block = np.clip(np.nan_to_num(out.to_ndarray()[0]), -1, 1)
                yield run_start + count / rate, block
                count += len(block)
    if resampler is not None:
        yield from _flush(resampler, run_start + count / rate)


def _flush(resampler: Any, time: float) -> Iterator[tuple[float, Samples]]:
    for out in resampler.resample(None):
        yield time, np.clip(np.nan_to_num(out.to_ndarray()[0]), -1, 1)
