"""The exact seconds of a recording or a film: which, their sound at its own rate and channels,
their frames at a steady pace.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.read.sound import container
from polysense.types import Evidence, Query

Sound = NDArray[np.float32]

SHORTEST = 1.0
"""Seconds that a cut lasts at least, where the file is that long: a moment is heard and seen with
what is around it.
"""

MAX_PIXELS = 70_000_000
MOST = 6
"""Cuts in one montage."""

_SLACK = 0.002
_SEVERAL = re.compile(
    r"\b(?:all|every|each|montage|compilation|collage|mix|medley|together|several|both|voices|sounds|recordings|clips|moments|scenes|excerpts)\b"
    r"|所有|全部|每|合集|集锦|拼接|剪辑|几个",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Cut:
    """Seconds start..end of a file, or of a whole file's beginning, as evidence n."""

    n: int
    uri: str
    name: str
    data: Path | bytes
    start: float
    end: float


def several(query: Query) -> bool:
    """Whether the words ask for more than one."""
    return any(
        p.modality == "text" and isinstance(p.data, str) and _SEVERAL.search(p.data) for p in query
    )


def chosen(query: Query, evidence: Sequence[Evidence], longest: float) -> list[Cut]:
    """The cut of the first piece of evidence; of each, where several are asked for, without what
    overlaps. Together at most `longest`.
    """
    many = several(query)
    cuts: list[Cut] = []
    for e in evidence[: 2 * MOST] if many else evidence[:1]:
        cut = cut_of(e, longest / 2 if many and len(evidence) > 1 else longest)
        if (
            cut is not None
            and len(cuts) < MOST
            and not any(c.uri == cut.uri and c.start < cut.end and cut.start < c.end for c in cuts)
        ):
            cuts.append(cut)
    total = 0.0
    kept: list[Cut] = []
    for cut in cuts:
        if not kept or total + cut.end - cut.start <= longest:
            kept.append(cut)
            total += cut.end - cut.start
    return kept


def cut_of(e: Evidence, longest: float) -> Cut | None:
    """Where the evidence lies; None where there is no file. Raises NotFound, Unreadable."""
    chunk = e.hit.chunk
    data = (
        chunk.part.data
        if chunk.part is not None and isinstance(chunk.part.data, Path | bytes)
        else chunk.asset.path
    )
    if not isinstance(data, Path | bytes):
        return None
    with container.opened(data, chunk.asset.name) as file:
        length = container.length(file)
    seconds = (
        e.span.seconds
        or chunk.span.seconds
        or (chunk.part.span.seconds if chunk.part is not None else None)
        or (0.0, length)
    )
    start, end = max(0.0, min(seconds[0], length)), min(max(seconds), length)
    if end - start < SHORTEST:
        middle = (start + end) / 2
        start, end = max(0.0, middle - SHORTEST / 2), min(length, middle + SHORTEST / 2)
    return (
        Cut(e.n, chunk.asset.uri, chunk.asset.name, data, start, min(end, start + longest))
        if end > start
        else None
    )


def heard(cut: Cut, before: float = 0.0, after: float = 0.0) -> tuple[Sound, int, float]:
    """(samples of one or two channels, their rate (the file's own, at most 48 kHz), the second at
    which they begin); no samples where the file has no sound. `before` and `after` widen the cut,
    within the file.
    """
    start, end = max(0.0, cut.start - before), cut.end + after
    with container.opened(cut.data, cut.name) as file:
        if not file.streams.audio or file.streams.audio[0].codec_context is None:
            return np.zeros((1, 0), np.float32), 48_000, start
        stream = file.streams.audio[0]
        rate = min(int(stream.rate or 48_000), 48_000)
        channels = 1 if (stream.channels or 1) == 1 else 2
        out = np.zeros((channels, round((end - start) * rate)), np.float32)
        filled = 0
        for time, block in _blocks(file, stream, rate, channels, start):
            at = round((time - start) * rate)
            if at >= out.shape[1]:
                break
            block, at = (block[:, -at:], 0) if at < 0 else (block, at)
            block = block[:, : out.shape[1] - at]
            out[:, at : at + block.shape[1]] = block
            filled = max(filled, at + block.shape[1]) if block.shape[1] else filled
        return np.clip(np.nan_to_num(out[:, :filled]), -1, 1), rate, start


def _blocks(
    file: Any, stream: Any, rate: int, channels: int, start: float
) -> Iterator[tuple[float, Sound]]:
    """(second, samples) as they are decoded, from a little before `start`; times are exact within
    one run of packets.
    """
    import av

    zero = container.origin(file)
    container.rewind(file, stream, start, (0.3, 5.0, 30.0))
    resampler: Any = None
    shape, base, count = None, 0.0, 0
    for packet in container.packets(file, [stream]):
        for frame in container.decoded(packet):
            expected = base + count / rate
            time = frame.time - zero if frame.time is not None else expected
            now = (frame.format.name, frame.layout.name, frame.sample_rate)
            if (
                resampler is None
                or now != shape
                or abs(time - expected) > 0.05 + frame.samples / frame.sample_rate
            ):
                layout = "mono" if channels == 1 else "stereo"
                resampler, shape = (
                    av.AudioResampler(
                        format="fltp", layout=layout, rate=rate, options={"rematrix_maxval": "1"}
                    ),
                    now,
                )
                base, count = time, 0
            frame.pts = None
            for out in resampler.resample(frame):
                block = out.to_ndarray()
                yield base + count / rate, block
                count += block.shape[1]
    for out in resampler.resample(None) if resampler is not None else []:
        block = out.to_ndarray()
        yield base + count / rate, block
        count += block.shape[1]


def pace(fps: float) -> Fraction:
    """Frames a second to write for a file's own: the same up to 30, above that every second one.

    >>> str(pace(59.94)), str(pace(25.0)), str(pace(0.0))
    ('2997/100', '25', '25')
    """
    fps = fps if 1 <= fps <= 240 else 25.0
    while fps > 30.5:
        fps /= 2
    return Fraction(fps).limit_denominator(1001)


def frames(cut: Cut, size: tuple[int, int], fps: Fraction) -> Iterator[Any]:
    """The frames shown from start to end, upright, `fps` a second, inside `size` on black: RGB
    arrays, or PyAV frames where they fit as they are. As many as the seconds have, the last
    repeated where the pictures end before; none where nothing can be decoded.
    """
    count = max(1, round((cut.end - cut.start) * fps))
    shown: Any = None
    fitted: Any = None
    given = 0
    with container.opened(cut.data, cut.name) as file:
        stream = _pictures(file)
        if stream is None:
            return
        for time, frame in _decoded(file, stream, cut.start):
            while shown is not None and given < count and cut.start + given / fps < time - _SLACK:
                fitted = _fitted(shown, stream, size) if fitted is None else fitted
                yield fitted
                given += 1
            if given >= count:
                return
            shown, fitted = frame, None
        if shown is not None:
            fitted = _fitted(shown, stream, size) if fitted is None else fitted
            for _ in range(count - given):
                yield fitted


def _pictures(file: Any) -> Any:
    from av.stream import Disposition

    for stream in file.streams.video:
        if not stream.disposition & Disposition.attached_pic and stream.codec_context is not None:
            if stream.width * stream.height > MAX_PIXELS:
                return None
            stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
            stream.thread_type = "AUTO"
            return stream
    return None


def _decoded(file: Any, stream: Any, start: float) -> Iterator[tuple[float, Any]]:
    """(second, frame) from a key frame at or before `start`."""
    zero = container.origin(file)
    container.rewind(file, stream, start, (0.0, 3.0, 15.0))
    time = 0.0
    for packet in container.packets(file, [stream]):
        for frame in container.decoded(packet):
            time = frame.time - zero if frame.time is not None else time
            yield time, frame


def _fitted(frame: Any, stream: Any, size: tuple[int, int]) -> Any:
    ratio = float(stream.sample_aspect_ratio or 1) or 1.0
    width, height = (
        (frame.width * ratio if 0.2 < ratio < 5 else float(frame.width)),
        float(frame.height),
    )
    turns = round(frame.rotation / 90) % 4
    wide, high = (height, width) if turns % 2 else (width, height)
    scale = min(size[0] / wide, size[1] / high)
    inner = (min(size[0], max(2, round(wide * scale))), min(size[1], max(2, round(high * scale))))
    if not turns and abs(inner[0] - size[0]) <= 2 and abs(inner[1] - size[1]) <= 2:
        return frame
    flat = frame.to_ndarray(
        format="rgb24",
        width=inner[1] if turns % 2 else inner[0],
        height=inner[0] if turns % 2 else inner[1],
    )
    upright = np.rot90(flat, turns)
    if inner == size:
        return np.ascontiguousarray(upright)
    out = np.zeros((size[1], size[0], 3), np.uint8)
    top, left = (size[1] - inner[1]) // 2, (size[0] - inner[0]) // 2
    out[top : top + inner[1], left : left + inner[0]] = upright
    return out


def even(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """The size, at most `longest` and at least 16 either way, in even numbers.

    >>> even((1920, 1080), 1280), even((3, 1), 1280)
    ((1280, 720), (16, 16))
    """
    scale = min(1.0, longest / max(size))
    width, height = (max(16, round(v * scale / 2) * 2) for v in size)
    return width, height


def named(cuts: Sequence[Cut], ending: str) -> str:
    """A file name that says from where."""
    stem = re.sub(r"[^\w.-]+", "-", cuts[0].name.rsplit(".", 1)[0]).strip("-.")[:60] or "cut"
    return (
        f"{stem}-and-others.{ending}"
        if len(cuts) > 1
        else f"{stem}-{cuts[0].start:.0f}s-{cuts[0].end:.0f}s.{ending}"
    )
