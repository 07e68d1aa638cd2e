"""The exact seconds of a recording or film: their sound as it is, their frames at a steady rate."""

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

MIN_SECONDS = 1.0
"""Seconds that a cut lasts at least: a moment is heard and seen with what is around it."""

MAX_PIXELS = 70_000_000
MAX_CUTS = 6
"""Cuts in one montage; judged, not measured."""

# Timestamps are rounded: a frame this much late is still shown at its second.
_SLACK_SECONDS = 0.002
# Frames of sound further than this from where the one before ended begin a new run. Judged.
_GAP_SECONDS = 0.05
# Seconds before the cut at which decoding begins, of sound and of pictures; the later ones where a
# file without an index lands too late.
_SOUND_MARGINS = (0.3, 5.0, 30.0)
_PICTURE_MARGINS = (0.0, 3.0, 15.0)
_MAX_RATE = 48_000
_SEVERAL_WORDS = re.compile(
    r"\b(?:all|every|each|montage|compilation|collage|mix|medley|together|several|both|"
    r"voices|sounds|recordings|clips|moments|scenes|excerpts)\b"
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


def asks_for_several(query: Query) -> bool:
    """Whether the words of a question ask for more than one cut."""
    return any(
        p.modality == "text" and isinstance(p.data, str) and _SEVERAL_WORDS.search(p.data)
        for p in query
    )


def select_cuts(query: Query, evidence: Sequence[Evidence], max_seconds: float) -> list[Cut]:
    """The cut of the first piece of evidence; of each, where several are asked for.

    Without what overlaps, and together at most `max_seconds` long.
    """
    wants_several = asks_for_several(query)
    cuts: list[Cut] = []
    for e in evidence[: 2 * MAX_CUTS] if wants_several else evidence[:1]:
        cut = cut_from(e, max_seconds / 2 if wants_several and len(evidence) > 1 else max_seconds)
        if (
            cut is not None
            and len(cuts) < MAX_CUTS
            and not any(c.uri == cut.uri and c.start < cut.end and cut.start < c.end for c in cuts)
        ):
            cuts.append(cut)
    total = 0.0
    selection: list[Cut] = []
    for cut in cuts:
        if not selection or total + cut.end - cut.start <= max_seconds:
            selection.append(cut)
            total += cut.end - cut.start
    return selection


def cut_from(evidence: Evidence, max_seconds: float) -> Cut | None:
    """Where the evidence lies; None where there is no file. Raises NotFound, Unreadable."""
    chunk = evidence.hit.chunk
    data = (
        chunk.part.data
        if chunk.part is not None and isinstance(chunk.part.data, Path | bytes)
        else chunk.asset.path
    )
    if not isinstance(data, Path | bytes):
        return None
    with container.open_container(data, chunk.asset.name) as file:
        length = container.length_seconds(file)
    seconds = (
        evidence.span.seconds
        or chunk.span.seconds
        or (chunk.part.span.seconds if chunk.part is not None else None)
        or (0.0, length)
    )
    start, end = max(0.0, min(seconds[0], length)), min(max(seconds), length)
    if end - start < MIN_SECONDS:
        middle = (start + end) / 2
        start, end = max(0.0, middle - MIN_SECONDS / 2), min(length, middle + MIN_SECONDS / 2)
    return (
        Cut(
            evidence.n,
            chunk.asset.uri,
            chunk.asset.name,
            data,
            start,
            min(end, start + max_seconds),
        )
        if end > start
        else None
    )


def read_sound(cut: Cut, before: float = 0.0, after: float = 0.0) -> tuple[Sound, int, float]:
    """(samples of one or two channels, their rate, the second at which they begin).

    The rate is the file's own, at most 48 kHz. No samples where the file has no sound. `before` and
    `after` widen the cut, within the file.
    """
    start, end = max(0.0, cut.start - before), cut.end + after
    with container.open_container(cut.data, cut.name) as file:
        if not file.streams.audio or file.streams.audio[0].codec_context is None:
            return np.zeros((1, 0), np.float32), _MAX_RATE, start
        stream = file.streams.audio[0]
        rate = min(int(stream.rate or _MAX_RATE), _MAX_RATE)
        channels = 1 if (stream.channels or 1) == 1 else 2
        out = np.zeros((channels, round((end - start) * rate)), np.float32)
        length = 0
        for time, block in _decoded_blocks(file, stream, rate, channels, start):
            position = round((time - start) * rate)
            if position >= out.shape[1]:
                break
            block, position = (block[:, -position:], 0) if position < 0 else (block, position)
            block = block[:, : out.shape[1] - position]
            out[:, position : position + block.shape[1]] = block
            length = max(length, position + block.shape[1]) if block.shape[1] else length
        return np.clip(np.nan_to_num(out[:, :length]), -1, 1), rate, start


def _decoded_blocks(
    file: Any, stream: Any, rate: int, channels: int, start: float
) -> Iterator[tuple[float, Sound]]:
    """(second, samples) as they are decoded, from a little before `start`.

    Times are exact within one run of packets.
    """
    import av

    zero = container.start_seconds(file)
    container.rewind(file, stream, start, _SOUND_MARGINS)
    resampler: Any = None
    shape, run_start, count = None, 0.0, 0
    for packet in container.packets(file, [stream]):
        for frame in container.decode_packet(packet):
            expected = run_start + count / rate
            time = frame.time - zero if frame.time is not None else expected
            frame_shape = (frame.format.name, frame.layout.name, frame.sample_rate)
            if (
                resampler is None
                or frame_shape != shape
                or abs(time - expected) > _GAP_SECONDS + frame.samples / frame.sample_rate
            ):
                layout = "mono" if channels == 1 else "stereo"
                resampler, shape = (
                    av.AudioResampler(
                        format="fltp", layout=layout, rate=rate, options={"rematrix_maxval": "1"}
                    ),
                    frame_shape,
                )
                run_start, count = time, 0
            frame.pts = None
            for out in resampler.resample(frame):
                block = out.to_ndarray()
                yield run_start + count / rate, block
                count += block.shape[1]
    for out in resampler.resample(None) if resampler is not None else []:
        block = out.to_ndarray()
        yield run_start + count / rate, block
        count += block.shape[1]


def output_fps(fps: float) -> Fraction:
    """Frames a second to write for a file's own: the same up to 30, above that every second one.

    >>> str(output_fps(59.94)), str(output_fps(25.0)), str(output_fps(0.0))
    ('2997/100', '25', '25')
    """
    fps = fps if 1 <= fps <= 240 else 25.0
    while fps > 30.5:
        fps /= 2
    return Fraction(fps).limit_denominator(1001)


def frames(cut: Cut, size: tuple[int, int], fps: Fraction) -> Iterator[Any]:
    """The frames shown from start to end, upright, `fps` a second, inside `size` on black.

    RGB arrays, or PyAV frames where they fit as they are. As many as the seconds have, the last
    repeated where the pictures end before; none where nothing can be decoded.
    """
    count = max(1, round((cut.end - cut.start) * fps))
    current: Any = None
    picture: Any = None
    frame_number = 0
    with container.open_container(cut.data, cut.name) as file:
        stream = _video_stream(file)
        if stream is None:
            return
        for time, frame in _decode_from(file, stream, cut.start):
            while (
                current is not None
                and frame_number < count
                and cut.start + frame_number / fps < time - _SLACK_SECONDS
            ):
                picture = _fit_frame(current, stream, size) if picture is None else picture
                yield picture
                frame_number += 1
            if frame_number >= count:
                return
            current, picture = frame, None
        if current is not None:
            picture = _fit_frame(current, stream, size) if picture is None else picture
            for _ in range(count - frame_number):
                yield picture


def _video_stream(file: Any) -> Any:
    from av.stream import Disposition

    for stream in file.streams.video:
        if not stream.disposition & Disposition.attached_pic and stream.codec_context is not None:
            if stream.width * stream.height > MAX_PIXELS:
                return None
            stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
            stream.thread_type = "AUTO"
            return stream
    return None


def _decode_from(file: Any, stream: Any, start: float) -> Iterator[tuple[float, Any]]:
    """(second, frame) from a key frame at or before `start`."""
    zero = container.start_seconds(file)
    container.rewind(file, stream, start, _PICTURE_MARGINS)
    time = 0.0
    for packet in container.packets(file, [stream]):
        for frame in container.decode_packet(packet):
            time = frame.time - zero if frame.time is not None else time
            yield time, frame


def _fit_frame(frame: Any, stream: Any, size: tuple[int, int]) -> Any:
    ratio = float(stream.sample_aspect_ratio or 1) or 1.0
    width, height = (
        (frame.width * ratio if 0.2 < ratio < 5 else float(frame.width)),
        float(frame.height),
    )
    turns = round(frame.rotation / 90) % 4
    upright_width, upright_height = (height, width) if turns % 2 else (width, height)
    scale = min(size[0] / upright_width, size[1] / upright_height)
    inner = (
        min(size[0], max(2, round(upright_width * scale))),
        min(size[1], max(2, round(upright_height * scale))),
    )
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


def even_size(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """The size, at most `longest` and at least 16 either way, in even numbers.

    >>> even_size((1920, 1080), 1280), even_size((3, 1), 1280)
    ((1280, 720), (16, 16))
    """
    scale = min(1.0, longest / max(size))
    width, height = (max(16, round(v * scale / 2) * 2) for v in size)
    return width, height


def cut_file_name(cuts: Sequence[Cut], ending: str) -> str:
    """A file name that says from where."""
    stem = re.sub(r"[^\w.-]+", "-", cuts[0].name.rsplit(".", 1)[0]).strip("-.")[:60] or "cut"
    return (
        f"{stem}-and-others.{ending}"
        if len(cuts) > 1
        else f"{stem}-{cuts[0].start:.0f}s-{cuts[0].end:.0f}s.{ending}"
    )
