"""The exact seconds of films, with their sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from polysense.errors import BadConfig
from polysense.make.file import encode
from polysense.make.sound.excerpt import Cut, Sound, chosen, even, frames, heard, named, pace
from polysense.protocols import Generator
from polysense.read.film import decode as video
from polysense.read.sound import decode
from polysense.types import Evidence, Modality, Origin, Part, Query

RATE = 48_000


class VideoClip(Generator):
    """Cuts the seconds of the evidence out of its file, upright, as H.264 and AAC in MP4; several
    joined where several are asked for.

    meta has `cuts`: [{evidence, uri, seconds, at}]. longest: seconds made at most; size: pixels of
    the longer side.
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
        for cut in chosen(query, evidence, self._longest) if evidence else []:
            known = video.probe(cut.data)
            if known.size:
                cuts.append(cut)
                shapes.append((known.size, known.fps))
        if not cuts:
            return
        fps = pace(max(f for _, f in shapes))
        # to a frame
        whole = [
            replace(c, end=c.start + max(1, round((c.end - c.start) * fps)) / float(fps))
            for c in cuts
        ]
        sounds = [_sound(c) for c in whole]
        channels = max(len(s) for s in sounds) if any(s.size for s in sounds) else 0
        form = encode.Form(even(shapes[0][0], self._size), fps, RATE, channels, quality=21)
        with encode.Movie(form) as movie:
            told = [
                t
                for c, s, exact in zip(whole, sounds, cuts, strict=True)
                if (t := _joined(movie, c, s, exact))
            ]
        if told:
            meta = {
                "evidence": [t["evidence"] for t in told],
                "cuts": told,
                "seconds": round(movie.seconds, 3),
            }
            yield Part("video", movie.data, mime="video/mp4", name=named(cuts, "mp4"), meta=meta)


def _sound(cut: Cut) -> Sound:
    """Its sound at RATE, as long as the cut; no samples where it has none."""
    sound, rate, _ = heard(cut)
    if not sound.size:
        return sound
    alike = np.stack([decode.resample(np.ascontiguousarray(c), rate, RATE) for c in sound])
    return encode.faded(_as_long(alike, cut.end - cut.start), RATE)


def _as_long(sound: Sound, seconds: float) -> Sound:
    count = round(seconds * RATE)
    return np.pad(sound[:, :count], ((0, 0), (0, max(0, count - sound.shape[1]))))


def _joined(movie: encode.Movie, cut: Cut, sound: Sound, exact: Cut) -> dict[str, Any] | None:
    """Append a cut to the film; what is told of it, None where it shows nothing."""
    at, channels = movie.seconds, movie.form.channels
    block = Fraction(RATE) / movie.form.fps
    full = (
        _as_long(np.repeat(sound, channels // len(sound), axis=0), cut.end - cut.start)
        if channels
        else sound
    )
    shown = -1
    for shown, frame in enumerate(frames(cut, movie.form.size, movie.form.fps)):
        if channels:
            movie.sound(full[:, round(shown * block) : round((shown + 1) * block)])
        movie.frame(frame)
    if shown < 0:
        return None
    return {
        "evidence": cut.n,
        "uri": cut.uri,
        "seconds": [round(exact.start, 3), round(exact.end, 3)],
        "at": round(at, 3),
    }
