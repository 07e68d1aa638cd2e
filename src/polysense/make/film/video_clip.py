"""The exact seconds of films, with their sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from polysense.errors import BadConfig
from polysense.make.file import encode
from polysense.make.sound.excerpt import (
    Cut,
    Sound,
    cut_file_name,
    even_size,
    frames,
    output_fps,
    read_sound,
    select_cuts,
)
from polysense.protocols import Generator
from polysense.read.film import decode as video
from polysense.read.sound import decode
from polysense.types import Evidence, Modality, Origin, Part, Query

RATE = 48_000  # samples a second


class VideoClip(Generator):
    """Cuts the seconds of the evidence out of its file, upright; joins several that are asked for.

    H.264 and AAC in MP4. meta has `cuts`: [{evidence, uri, seconds, at}]. longest: seconds made at
    most; size: pixels of the longer side.
    """

    accepts: frozenset[Modality] = frozenset({"video"})
    emits: Modality = "video"
    cost = 0.05
    origin: Origin = "retrieved"

    def __init__(self, *, longest: float = 60.0, size: int = 1280) -> None:
        if not (1 <= longest <= 600 and 64 <= size <= 3840):
            raise BadConfig(
                f"video_clip: longest {longest}, size {size}",
                "Give 1 to 600 seconds, 64 to 3840 pixels.",
            )
        self._longest, self._size = longest, size

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """One MP4 file; nothing where there are no pictures. Raises NotFound, Unreadable."""
        cuts, shapes = [], []
        for cut in select_cuts(query, evidence, self._longest) if evidence else []:
            info = video.probe(cut.data)
            if info.size:
                cuts.append(cut)
                shapes.append((info.size, info.fps))
        if not cuts:
            return
        fps = output_fps(max(f for _, f in shapes))
        # whole frames, so that sound and pictures end together
        aligned_cuts = [
            replace(c, end=c.start + max(1, round((c.end - c.start) * fps)) / float(fps))
            for c in cuts
        ]
        sounds = [_cut_sound(c) for c in aligned_cuts]
        channels = max(len(s) for s in sounds) if any(s.size for s in sounds) else 0
        form = encode.MovieFormat(
            even_size(shapes[0][0], self._size), fps, RATE, channels, quality=21
        )
        with encode.Movie(form) as movie:
            entries = [
                t
                for c, s, requested in zip(aligned_cuts, sounds, cuts, strict=True)
                if (t := _append_cut(movie, c, s, requested))
            ]
        if entries:
            meta = {
                "evidence": [t["evidence"] for t in entries],
                "cuts": entries,
                "seconds": round(movie.seconds, 3),
            }
            yield Part(
                "video", movie.data, mime="video/mp4", name=cut_file_name(cuts, "mp4"), meta=meta
            )


def _cut_sound(cut: Cut) -> Sound:
    """Its sound at RATE, as long as the cut; no samples where it has none."""
    sound, rate, _ = read_sound(cut)
    if not sound.size:
        return sound
    resampled = np.stack([decode.resample(np.ascontiguousarray(c), rate, RATE) for c in sound])
    return encode.with_fades(_fit_length(resampled, cut.end - cut.start), RATE)


def _fit_length(sound: Sound, seconds: float) -> Sound:
    count = round(seconds * RATE)
    return np.pad(sound[:, :count], ((0, 0), (0, max(0, count - sound.shape[1]))))


def _append_cut(
    movie: encode.Movie, cut: Cut, sound: Sound, requested: Cut
) -> dict[str, Any] | None:
    """Append a cut to the film; its entry in meta, None where it shows nothing."""
    at, channels = movie.seconds, movie.format.channels
    block = Fraction(RATE) / movie.format.fps
    sound_of_frames = (
        _fit_length(np.repeat(sound, channels // len(sound), axis=0), cut.end - cut.start)
        if channels
        else sound
    )
    index = -1
    for index, frame in enumerate(frames(cut, movie.format.size, movie.format.fps)):
        if channels:
            movie.add_sound(sound_of_frames[:, round(index * block) : round((index + 1) * block)])
        movie.add_frame(frame)
    if index < 0:
        return None
    return {
        "evidence": cut.n,
        "uri": cut.uri,
        "seconds": [round(requested.start, 3), round(requested.end, 3)],
        "at": round(at, 3),
    }
