"""Moving pictures: the frame at a second, where scenes change, the subtitles inside."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import TooLarge, Unreadable
from polysense.read.sound import container
from polysense.read.sound.subtitles.cues import Cue
from polysense.read.sound.timeline import even_stretches

MAX_PIXELS = 70_000_000
"""A frame with more is refused: 8K has 33 million."""

MAX_SCENE = 30.0
"""Seconds a scene may have; longer ones are cut into equal parts. Judged, not measured."""

MIN_SCENE_SECONDS = 0.9
"""Seconds a scene must have; judged, not measured."""

MAX_SCENES = 3000
MAX_CUES = 50_000

_PIXEL_BUDGET = 40e9
"""Pixels that looking for scenes may decode (a minute or two of work); of longer videos, only the
key frames.
"""

# Timestamps are rounded: a frame this much after a second counts as shown at it.
_SLACK_SECONDS = 0.001
# Seconds before the one asked for at which decoding begins, the least first: transport streams have
# no index, and seeking may land too late.
_SEEK_MARGINS = (0.0, 3.0, 15.0)

# How scenes are told apart; judged, not measured. Thumbnails of frames are compared. At a cut, the
# mean change of a pixel (0..1) is above _MIN_CHANGE (in pictures that hardly move, above
# _MIN_CHANGE_STILL), more than _CHANGE_RATIO times the median of its neighbours', and no less than
# _PEAK_SHARE of the largest of them. Key frames are too far apart to have such neighbours.
_SAMPLES_PER_SECOND = 8
_THUMBNAIL_SIZE = (32, 18)
_MIN_CHANGE = 0.05
_MIN_CHANGE_STILL = 0.012
_STILL = 0.003
_CHANGE_RATIO = 3
_NEIGHBOURS = 4
_PEAK_SHARE = 0.7
_MIN_CHANGE_KEY_FRAMES = 0.1

_MARKUP = re.compile(r"\{\\[^{}]*\}|\\[Nnh]|\n|</?[a-z][^<>]*>")


@dataclass(frozen=True, slots=True)
class Probe:
    """What a video file holds.

    duration in seconds, size as (width, height) of what is shown, rotation in degrees clockwise.
    """

    duration: float
    size: tuple[int, int] | None = None
    fps: float = 0.0
    rotation: int = 0
    sound: bool = False
    subtitles: tuple[str, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)


def probe(path: Path | bytes) -> Probe:
    """What the file holds; size is None without pictures. Raises NotFound, TooLarge, Unreadable."""
    with container.open_container(path) as file:
        duration, tags = container.length_seconds(file), container.metadata(file)
        sound, subtitles = (
            bool(file.streams.audio),
            tuple(str(s.language or "") for s in file.streams.subtitles),
        )
        stream = _video_stream(file)
        if stream is None:
            return Probe(duration, sound=sound, subtitles=subtitles, tags=tags)
        first_frame = next(
            (f for p in container.packets(file, [stream]) for f in container.decode_packet(p)), None
        )
        if first_frame is None:
            return Probe(duration, sound=sound, subtitles=subtitles, tags=tags)
        rotation = round(-first_frame.rotation / 90) % 4 * 90
        width, height = _display_size(stream, first_frame)
        size = (height, width) if rotation % 180 else (width, height)
        return Probe(
            duration,
            size,
            float(stream.average_rate or stream.guessed_rate or 0),
            rotation,
            sound,
            subtitles,
            tags,
        )


def frame(path: Path | bytes, t: float) -> NDArray[np.uint8]:
    """RGB uint8 (height, width, 3) of the frame shown at second t, upright.

    The first or the last one beyond the ends.
    """
    return next(frames(path, [t]))


def frames(path: Path | bytes, times: Sequence[float]) -> Iterator[NDArray[np.uint8]]:
    """As `frame`, of several seconds of one file, which is opened once."""
    with container.open_container(path) as file:
        stream = _video_stream(file)
        if stream is None:
            raise Unreadable(
                f"{_display_name(path)} has no pictures", "Give a video, or ask for its sound."
            )
        for t in times:
            video_frame = _frame_at(file, stream, max(t, 0.0))
            if video_frame is None:
                file.seek(0)
                stream.codec_context.skip_frame = "NONKEY"
                video_frame = next(iter(deque(_frames(file, stream), maxlen=1)), None)
            if video_frame is None:
                raise Unreadable(f"{_display_name(path)}: no frame of it can be decoded")
            width, height = _display_size(stream, video_frame)
            array = video_frame.to_ndarray(format="rgb24", width=width, height=height)
            yield np.ascontiguousarray(np.rot90(array, round(video_frame.rotation / 90)))


def scenes(path: Path | bytes, longest: float = MAX_SCENE) -> list[tuple[float, float]]:
    """(start, end) seconds of scenes, none longer than `longest`, that together cover the video.

    Small pictures of frames an eighth of a second apart are compared; a cut stands out against the
    changes around it (as PySceneDetect's AdaptiveDetector has it).
    """
    with container.open_container(path) as file:
        duration, stream = container.length_seconds(file), _video_stream(file)
        if stream is None:
            return []
        pixels = stream.width * stream.height * duration * float(stream.average_rate or 25)
        key_frames_only = pixels > _PIXEL_BUDGET
        stream.codec_context.skip_frame = "NONKEY" if key_frames_only else "NONREF"
        times, changes = _picture_changes(file, stream)
    if not times:
        return []
    duration = min(max(duration, times[-1]), times[-1] + longest)  # the sound may go on
    longest = max(longest, 2 * duration / MAX_SCENES)
    edges = [0.0]
    shortest = max(MIN_SCENE_SECONDS, 2 * duration / MAX_SCENES)
    for i in _find_cuts(np.array(changes), key_frames_only):
        if times[i] - edges[-1] >= shortest and duration - times[i] >= shortest:
            edges.append(times[i])
    edges.append(duration)
    return [(s.start, s.end) for a, b in pairwise(edges) for s in even_stretches(a, b, longest)]


def embedded_subtitles(path: Path | bytes) -> list[tuple[str, list[Cue]]]:
    """(language, cues) of each subtitle track in the file; the language may be "".

    Pictures of words are left out.
    """
    with container.open_container(path) as file:
        streams, zero = list(file.streams.subtitles), container.start_seconds(file)
        tracks: dict[int, list[Cue]] = {s.index: [] for s in streams}
        for packet in container.packets(file, streams):
            if packet.pts is None or sum(map(len, tracks.values())) >= MAX_CUES:
                continue
            start = float(packet.pts * packet.time_base) - zero
            text = " ".join(
                " ".join(_subtitle_text(s) for s in container.decode_packet(packet)).split()
            )
            if text:
                tracks[packet.stream_index].append(
                    Cue(
                        max(0.0, start),
                        start + float((packet.duration or 0) * packet.time_base),
                        text,
                    )
                )
        languages = {
            s.index: "" if s.language in (None, "und") else str(s.language) for s in streams
        }
    return [
        (languages[i], sorted(cues, key=lambda c: (c.start, c.end)))
        for i, cues in tracks.items()
        if cues
    ]


def _display_name(path: Path | bytes) -> str:
    return path.name if isinstance(path, Path) else "a video"


def _video_stream(file: Any) -> Any:
    """The stream of pictures that is no cover; None where there is none."""
    from av.stream import Disposition

    for stream in file.streams.video:
        if not stream.disposition & Disposition.attached_pic and stream.codec_context is not None:
            if stream.width * stream.height > MAX_PIXELS:
                raise TooLarge(f"a frame of {stream.width} x {stream.height} pixels is too large")
            stream.codec_context.options = {
                "max_pixels": str(MAX_PIXELS),
                "skip_loop_filter": "nokey",
            }
            return stream
    return None


def _display_size(stream: Any, video_frame: Any) -> tuple[int, int]:
    """Width and height with square pixels."""
    ratio = float(stream.sample_aspect_ratio or 1) or 1.0
    return (
        max(2, round(video_frame.width * ratio)) if 0.2 < ratio < 5 else video_frame.width
    ), video_frame.height


def _frames(file: Any, stream: Any) -> Iterator[Any]:
    for packet in container.packets(file, [stream]):
        yield from container.decode_packet(packet)


def _frame_at(file: Any, stream: Any, t: float) -> Any:
    """The last frame that begins by second t, else the first of all."""
    for margin in _SEEK_MARGINS:
        video_frame = _decode_from(file, stream, t, max(0.0, t - margin))
        if video_frame is not None and (
            video_frame.time is None
            or video_frame.time - container.start_seconds(file) <= t + _SLACK_SECONDS
        ):
            return video_frame
    return _decode_from(file, stream, t, 0.0)


def _decode_from(file: Any, stream: Any, t: float, start: float) -> Any:
    """The same, decoding from the key frame before `start`."""
    zero, latest = container.start_seconds(file), None
    file.seek(int((zero + start) * 1_000_000) if start else min(0, int(zero * 1_000_000)))
    for packet in container.packets(file, [stream]):
        packet_seconds = (
            float(packet.pts * packet.time_base) - zero
            if packet.pts is not None and packet.time_base
            else t
        )
        stream.codec_context.skip_frame = "NONREF" if packet_seconds < t - 1 else "DEFAULT"
        for video_frame in container.decode_packet(packet):
            if (
                latest is not None
                and video_frame.time is not None
                and video_frame.time - zero > t + _SLACK_SECONDS
            ):
                return latest
            latest = video_frame
    return latest


def _picture_changes(file: Any, stream: Any) -> tuple[list[float], list[float]]:
    """Of each sampled frame: its second, and how much changed (0..1) since the one before."""
    times: list[float] = []
    changes: list[float] = []
    zero, previous = container.start_seconds(file), None
    for video_frame in _frames(file, stream):
        if video_frame.time is None or (
            times and video_frame.time - zero < times[-1] + 1 / _SAMPLES_PER_SECOND - 0.01
        ):
            continue
        thumbnail = (
            video_frame.reformat(*_THUMBNAIL_SIZE, format="rgb24", interpolation="AREA")
            .to_ndarray()
            .astype(np.int16)
        )
        times.append(max(0.0, video_frame.time - zero))
        changes.append(
            0.0 if previous is None else float(np.abs(thumbnail - previous).mean()) / 255
        )
        previous = thumbnail
    return times, changes


def _find_cuts(changes: NDArray[np.float64], key_frames_only: bool) -> list[int]:
    """Where the picture is another one, by how much it changed against its neighbours."""
    if key_frames_only:
        return [int(i) for i in np.flatnonzero(changes > _MIN_CHANGE_KEY_FRAMES)]
    cuts = []
    for i in range(1, len(changes)):
        neighbours = np.concatenate(
            (changes[max(1, i - _NEIGHBOURS) : i], changes[i + 1 : i + 1 + _NEIGHBOURS])
        )
        median_change = float(np.median(neighbours)) if len(neighbours) else 0.0
        if (
            changes[i] > (_MIN_CHANGE_STILL if median_change < _STILL else _MIN_CHANGE)
            and changes[i] > _CHANGE_RATIO * median_change
            and changes[i] >= neighbours.max(initial=0) * _PEAK_SHARE
        ):
            cuts.append(i)
    return cuts


def _subtitle_text(subtitle: Any) -> str:
    raw = getattr(subtitle, "dialogue", None) or getattr(subtitle, "text", None) or b""
    return _MARKUP.sub(" ", bytes(raw).decode("utf-8", "replace"))
