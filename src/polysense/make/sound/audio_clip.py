"""The exact seconds of recordings, as they are in the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from polysense.errors import BadConfig
from polysense.make.file import encode
from polysense.make.sound.excerpt import Cut, Sound, chosen, heard, named, several
from polysense.protocols import Generator
from polysense.read.sound import decode
from polysense.types import Evidence, Modality, Origin, Part, Query

WIDEN = 0.25
"""Seconds by which a cut may begin earlier and end later, to where it is quietest: words are not
cut in halves.
"""

GAP = 0.3
"""Seconds of silence between the cuts of a montage."""

_SILENCE = 10 ** (-52 / 20)
_FRAME = 0.01


class AudioClip(Generator):
    """Cuts the seconds of the evidence out of its file, as WAV of its own rate and channels; a
    montage where several are asked for.

    meta has `cuts`: [{evidence, uri, seconds, at}]. Nothing where these seconds are silent.
    longest: seconds made at most.
    """

    accepts: frozenset[Modality] = frozenset({"audio", "video"})
    emits: Modality = "audio"
    cost = 0.05
    origin: Origin = "retrieved"

    def __init__(self, *, longest: float = 180.0) -> None:
        if not 1 <= longest <= 3600:
            raise BadConfig(f"audio_clip: longest {longest}", "Give 1 to 3600 seconds.")
        self._longest = longest

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """One WAV file. Raises NotFound, Unreadable."""
        pieces: list[tuple[Cut, Sound, int]] = []
        for cut in chosen(query, evidence, self._longest) if evidence else []:
            sound, rate, start = heard(cut, WIDEN, WIDEN)
            sound, first = _to_silence(sound, rate, cut, start)
            if sound.size and float(np.abs(sound).max()) > _SILENCE:
                end = first + sound.shape[1] / rate
                pieces.append((replace(cut, start=first, end=end), encode.faded(sound, rate), rate))
        if not pieces or (pieces[0][0].n != evidence[0].n and not several(query)):
            return
        sound, rate, at = _montage([(s, r) for _, s, r in pieces])
        cuts: list[dict[str, Any]] = [
            {
                "evidence": c.n,
                "uri": c.uri,
                "seconds": [round(c.start, 3), round(c.end, 3)],
                "at": round(t, 3),
            }
            for (c, _, _), t in zip(pieces, at, strict=True)
        ]
        meta = {
            "evidence": [c.n for c, _, _ in pieces],
            "cuts": cuts,
            "seconds": round(sound.shape[1] / rate, 3),
        }
        yield Part(
            "audio",
            encode.wav(sound, rate),
            mime="audio/wav",
            name=named([c for c, _, _ in pieces], "wav"),
            meta=meta,
        )


def _to_silence(sound: Sound, rate: int, cut: Cut, start: float) -> tuple[Sound, float]:
    """Cut where it is quietest, within the widened ends, as near as may be to the cut; and the
    second at which that begins.
    """
    size = max(1, round(_FRAME * rate))
    power = (
        (sound**2).mean(0)[: sound.shape[1] // size * size].reshape(-1, size).mean(1)
        if sound.shape[1] >= size
        else np.zeros(0)
    )
    if not len(power):
        return sound, start
    level = np.sqrt(power)
    floor = max(_SILENCE, 1.5 * float(level.min()))
    head = round((cut.start - start) * rate) // size
    tail = min(len(level), -(-round((cut.end - start) * rate) // size))
    before, after = level[: head + 1][::-1], level[tail - 1 :] if tail else level
    first = head - _nearest(before, floor) if head else 0
    last = tail - 1 + _nearest(after, floor) + 1 if len(after) > 1 else tail
    return sound[
        :, first * size : min(sound.shape[1], max(last, first + 1) * size)
    ], start + first * size / rate


def _nearest(level: Sound, floor: float) -> int:
    """The first place that is as good as silent, else the quietest."""
    quiet = np.flatnonzero(level <= floor)
    return int(quiet[0]) if len(quiet) else int(np.argmin(level))


def _montage(pieces: Sequence[tuple[Sound, int]]) -> tuple[Sound, int, list[float]]:
    """One after the other with GAP between, at the best rate among them; and when each begins."""
    if len(pieces) == 1:
        return pieces[0][0], pieces[0][1], [0.0]
    rate, channels = max(r for _, r in pieces), max(len(s) for s, _ in pieces)
    joined: list[Sound] = []
    at, now = [], 0
    for i, (sound, own) in enumerate(pieces):
        alike = np.stack([decode.resample(np.ascontiguousarray(c), own, rate) for c in sound])
        alike = encode.faded(np.repeat(alike, channels // len(alike), axis=0), rate, 0.06)
        if i:
            joined.append(np.zeros((channels, round(GAP * rate)), np.float32))
            now += joined[-1].shape[1]
        at.append(now / rate)
        joined.append(alike)
        now += alike.shape[1]
    return np.concatenate(joined, axis=1), rate, at
