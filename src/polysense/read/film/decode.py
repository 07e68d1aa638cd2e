"""Moving pictures: what a file holds, the frame at a second, where scenes change, the subtitles
inside.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import TooLarge, Unreadable
from polysense.read.sound import container
from polysense.read.sound.subtitles.cues import Cue
from polysense.read.sound.timeline import even

MAX_PIXELS = 70_000_000
"""A frame with more is refused: 8K has 33 million."""

MAX_SCENE = 30.0
"""Seconds a scene may have; longer ones are cut into equal parts."""

MAX_SCENES = 3000
MAX_CUES = 50_000

_BUDGET = 40e9
"""Pixels that looking for scenes may decode (a minute or two of work); in longer videos only key
frames are looked at.
"""

_SLACK = 0.001
_RATE = 8
_SMALL = (32, 18)
_MARKUP = re.compile(r"\{\\[^{}]*\}|\\[Nnh]|\n|</?[a-z][^<>]*>")


@dataclass(frozen=True, slots=True)
class Probe:
    """What a video file holds: seconds, (width, height) as shown, frames a second, degrees
    clockwise that it is turned.
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
    with container.opened(path) as file:
        duration, tags = container.length(file), container.metadata(file)
        sound, subtitles = (
            bool(file.streams.audio),
            tuple(str(s.language or "") for s in file.streams.subtitles),
        )
        stream = _pictures(file)
        if stream is None:
            return Probe(duration, sound=sound, subtitles=subtitles, tags=tags)
        shown = next(
            (f for p in container.packets(file, [stream]) for f in container.decoded(p)), None
        )
        if shown is None:
            return Probe(duration, sound=sound, subtitles=subtitles, tags=tags)
        turned = round(-shown.rotation / 90) % 4 * 90
        width, height = _shape(stream, shown)
        size = (height, width) if turned % 180 else (width, height)
        return Probe(
            duration,
            size,
            float(stream.average_rate or stream.guessed_rate or 0),
            turned,
            sound,
            subtitles,
            tags,
        )


def frame(path: Path | bytes, t: float) -> NDArray[np.uint8]:
    """RGB uint8 (height, width, 3) of the frame that is shown at second t, upright; the first or
    last one beyond the ends.
    """
    with container.opened(path) as file:
        stream = _pictures(file)
        if stream is None:
            raise Unreadable(
                f"{_name(path)} has no pictures", "Give a video, or ask for its sound."
            )
        found = _at(file, stream, max(t, 0.0))
        if found is None:
            file.seek(0)
            stream.codec_context.skip_frame = "NONKEY"
            found = next(iter(deque(_frames(file, stream), maxlen=1)), None)
        if found is None:
            raise Unreadable(f"{_name(path)}: no frame of it can be decoded")
        width, height = _shape(stream, found)
        array = found.to_ndarray(format="rgb24", width=width, height=height)
        return np.ascontiguousarray(np.rot90(array, round(found.rotation / 90)))


def scenes(path: Path | bytes, longest: float = MAX_SCENE) -> list[tuple[float, float]]:
    """(start, end) seconds of stretches between cuts, none longer than `longest`, that together
    cover the video.

    Small pictures of frames an eighth of a second apart are compared; a cut stands out against the
    changes around it (as PySceneDetect's AdaptiveDetector has it).
    """
    with container.opened(path) as file:
        duration, stream = container.length(file), _pictures(file)
        if stream is None:
            return []
        pixels = stream.width * stream.height * duration * float(stream.average_rate or 25)
        sparse = pixels > _BUDGET
        stream.codec_context.skip_frame = "NONKEY" if sparse else "NONREF"
        times, changes = _changes(file, stream)
    if not times:
        return []
    duration = min(max(duration, times[-1]), times[-1] + longest)  # the sound may go on
    longest = max(longest, 2 * duration / MAX_SCENES)
    edges = [0.0]
    shortest = max(0.9, 2 * duration / MAX_SCENES)
    for i in _cuts(np.array(changes), sparse):
        if times[i] - edges[-1] >= shortest and duration - times[i] >= shortest:
            edges.append(times[i])
    edges.append(duration)
    return [(s.start, s.end) for a, b in pairwise(edges) for s in even(a, b, longest)]


def embedded_subtitles(path: Path | bytes) -> list[tuple[str, list[Cue]]]:
    """(language, cues) of each track of words in the file; the language is "" where it says none.
    Pictures of words are left out.
    """
    with container.opened(path) as file:
        streams, zero = list(file.streams.subtitles), container.origin(file)
        tracks: dict[int, list[Cue]] = {s.index: [] for s in streams}
        for packet in container.packets(file, streams):
            if packet.pts is None or sum(map(len, tracks.values())) >= MAX_CUES:
                continue
            start = float(packet.pts * packet.time_base) - zero
            said = " ".join(" ".join(_words(s) for s in container.decoded(packet)).split())
            if said:
                tracks[packet.stream_index].append(
                    Cue(
                        max(0.0, start),
                        start + float((packet.duration or 0) * packet.time_base),
                        said,
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


def _name(path: Path | bytes) -> str:
    return path.name if isinstance(path, Path) else "a video"


def _pictures(file: Any) -> Any:
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


def _shape(stream: Any, shown: Any) -> tuple[int, int]:
    """Width and height with square pixels."""
    ratio = float(stream.sample_aspect_ratio or 1) or 1.0
    return (max(2, round(shown.width * ratio)) if 0.2 < ratio < 5 else shown.width), shown.height


def _frames(file: Any, stream: Any) -> Iterator[Any]:
    for packet in container.packets(file, [stream]):
        yield from container.decoded(packet)


def _at(file: Any, stream: Any, t: float) -> Any:
    """The last frame that begins by second t, else the first of all. Transport streams have no
    index: seeking may land too late.
    """
    for back in (0.0, 3.0, 15.0):
        found = _after(file, stream, t, max(0.0, t - back))
        if found is not None and (
            found.time is None or found.time - container.origin(file) <= t + _SLACK
        ):
            return found
    return _after(file, stream, t, 0.0)


def _after(file: Any, stream: Any, t: float, start: float) -> Any:
    """The same, decoding from the key frame before `start`."""
    zero, found = container.origin(file), None
    file.seek(int((zero + start) * 1_000_000) if start else min(0, int(zero * 1_000_000)))
    for packet in container.packets(file, [stream]):
        due = (
            float(packet.pts * packet.time_base) - zero
            if packet.pts is not None and packet.time_base
            else t
        )
        stream.codec_context.skip_frame = "NONREF" if due < t - 1 else "DEFAULT"
        for shown in container.decoded(packet):
            if found is not None and shown.time is not None and shown.time - zero > t + _SLACK:
                return found
            found = shown
    return found


def _changes(file: Any, stream: Any) -> tuple[list[float], list[float]]:
    """At each sampled frame: its second, and how much of the picture (0..1) changed since the one
    before.
    """
    times: list[float] = []
    changes: list[float] = []
    zero, before = container.origin(file), None
    for shown in _frames(file, stream):
        if shown.time is None or (times and shown.time - zero < times[-1] + 1 / _RATE - 0.01):
            continue
        small = (
            shown.reformat(*_SMALL, format="rgb24", interpolation="AREA")
            .to_ndarray()
            .astype(np.int16)
        )
        times.append(max(0.0, shown.time - zero))
        changes.append(0.0 if before is None else float(np.abs(small - before).mean()) / 255)
        before = small
    return times, changes


def _cuts(changes: NDArray[np.float64], sparse: bool) -> list[int]:
    """Where the picture is another one: by how much it changed, against its neighbours; key frames
    have no close neighbours.
    """
    if sparse:
        return [int(i) for i in np.flatnonzero(changes > 0.1)]
    found = []
    for i in range(1, len(changes)):
        around = np.concatenate((changes[max(1, i - 4) : i], changes[i + 1 : i + 5]))
        usual = float(np.median(around)) if len(around) else 0.0
        if (
            changes[i] > (0.012 if usual < 0.003 else 0.05)
            and changes[i] > 3 * usual
            and changes[i] >= around.max(initial=0) * 0.7
        ):
            found.append(i)
    return found


def _words(subtitle: Any) -> str:
    raw = getattr(subtitle, "dialogue", None) or getattr(subtitle, "text", None) or b""
    return _MARKUP.sub(" ", bytes(raw).decode("utf-8", "replace"))
