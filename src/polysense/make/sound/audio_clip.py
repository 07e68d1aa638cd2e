"""The exact seconds of recordings, as they are in the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from polysense.errors import BadConfig
from polysense.make.file import encode
from polysense.make.sound.excerpt import (
    Cut,
    Sound,
    asks_for_several,
    cut_file_name,
    read_sound,
    select_cuts,
)
from polysense.protocols import Generator
from polysense.read.sound import decode
from polysense.types import Evidence, Modality, Origin, Part, Query

WIDEN_SECONDS = 0.25
"""Seconds by which a cut may begin earlier and end later, to where it is quietest, so that words
stay whole. Judged, not measured.
"""

GAP_SECONDS = 0.3
"""Seconds of silence between the cuts of a montage."""

# Under -52 dB nothing is heard; judged, not measured.
_SILENCE_LEVEL = 10 ** (-52 / 20)
_FRAME_SECONDS = 0.01


class AudioClip(Generator):
    """The seconds of the evidence, cut out of its file; a montage where several are asked for.

    WAV of the file's own rate and channels. meta has `cuts`: [{evidence, uri, seconds, at}].
    Nothing where these seconds are silent. longest: seconds made at most.
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
        excerpts: list[tuple[Cut, Sound, int]] = []
        for cut in select_cuts(query, evidence, self._longest) if evidence else []:
            sound, rate, start = read_sound(cut, WIDEN_SECONDS, WIDEN_SECONDS)
            sound, first = _snap_to_silence(sound, rate, cut, start)
            if sound.size and float(np.abs(sound).max()) > _SILENCE_LEVEL:
                end = first + sound.shape[1] / rate
                excerpts.append(
                    (replace(cut, start=first, end=end), encode.with_fades(sound, rate), rate)
                )
        if not excerpts or (excerpts[0][0].n != evidence[0].n and not asks_for_several(query)):
            return
        sound, rate, starts = _join_montage([(s, r) for _, s, r in excerpts])
        cuts: list[dict[str, Any]] = [
            {
                "evidence": c.n,
                "uri": c.uri,
                "seconds": [round(c.start, 3), round(c.end, 3)],
                "at": round(t, 3),
            }
            for (c, _, _), t in zip(excerpts, starts, strict=True)
        ]
        meta = {
            "evidence": [c.n for c, _, _ in excerpts],
            "cuts": cuts,
            "seconds": round(sound.shape[1] / rate, 3),
        }
        yield Part(
            "audio",
            encode.wav(sound, rate),
            mime="audio/wav",
            name=cut_file_name([c for c, _, _ in excerpts], "wav"),
            meta=meta,
        )


def _snap_to_silence(sound: Sound, rate: int, cut: Cut, start: float) -> tuple[Sound, float]:
    """The sound from and to where it is quiet, near the cut's ends; and its first second."""
    size = max(1, round(_FRAME_SECONDS * rate))
    power = (
        (sound**2).mean(0)[: sound.shape[1] // size * size].reshape(-1, size).mean(1)
        if sound.shape[1] >= size
        else np.zeros(0)
    )
    if not len(power):
        return sound, start
    level = np.sqrt(power)
    floor = max(_SILENCE_LEVEL, 1.5 * float(level.min()))
    head = round((cut.start - start) * rate) // size
    tail = min(len(level), -(-round((cut.end - start) * rate) // size))
    before, after = level[: head + 1][::-1], level[tail - 1 :] if tail else level
    first = head - _first_quiet(before, floor) if head else 0
    last = tail - 1 + _first_quiet(after, floor) + 1 if len(after) > 1 else tail
    return sound[
        :, first * size : min(sound.shape[1], max(last, first + 1) * size)
    ], start + first * size / rate


def _first_quiet(level: Sound, floor: float) -> int:
    """The first frame that is as good as silent, else the quietest."""
    quiet = np.flatnonzero(level <= floor)
    return int(quiet[0]) if len(quiet) else int(np.argmin(level))


def _join_montage(sounds: Sequence[tuple[Sound, int]]) -> tuple[Sound, int, list[float]]:
    """One after the other with GAP between, at the best rate among them; and when each begins."""
    if len(sounds) == 1:
        return sounds[0][0], sounds[0][1], [0.0]
    rate, channels = max(r for _, r in sounds), max(len(s) for s, _ in sounds)
    blocks: list[Sound] = []
    starts, position = [], 0
    for i, (sound, own_rate) in enumerate(sounds):
        resampled = np.stack(
            [decode.resample(np.ascontiguousarray(c), own_rate, rate) for c in sound]
        )
        resampled = encode.with_fades(
            np.repeat(resampled, channels // len(resampled), axis=0), rate, 0.06
        )
        if i:
            blocks.append(np.zeros((channels, round(GAP_SECONDS * rate)), np.float32))
            position += blocks[-1].shape[1]
        starts.append(position / rate)
        blocks.append(resampled)
        position += resampled.shape[1]
    return np.concatenate(blocks, axis=1), rate, starts
