"""The words of a recording around the evidence, as a table of cues; without words, its loudness."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from polysense.errors import PolysenseError
from polysense.make.table.csv_part import MOST_ROWS, file_name, table
from polysense.protocols import Generator
from polysense.read.film import decode as video
from polysense.read.sound import decode, timeline
from polysense.types import Chunk, Evidence, Modality, Part, Query, Span

# All judged, not measured.
CONTEXT_SECONDS = 30.0
"""Seconds before and after the evidence that are given as well."""

MOST_SECONDS = 600.0
"""Of a sound without words, this much at most is looked at."""

QUIET = -45.0
"""Decibels (of full scale, RMS) below which a sound counts as quiet."""

QUIET_BELOW_PEAK = 30.0
"""Decibels below its loudest moment that count as quiet as well."""

_LEVEL_SECONDS = 0.05  # of sound whose loudness is one level
_SHORTEST_STRETCH = 0.4  # seconds; what is shorter belongs to what is before it
_MOMENT = 1.0  # seconds of evidence below which the sound around it is looked at
_SILENCE = -96.0  # decibels: the least that 16 bits can hold
_SPEAKER = re.compile(r"(?:[-–]\s*)?([^\W\d_a-z][\w.'’ -]{0,30}):\s+(?=\S)(.+)", re.S)


class _Cue(NamedTuple):
    start: float
    end: float
    words: str
    source: str


class Transcript(Generator):
    """Start, end, speaker and words of a recording's cues within 30 seconds of the evidence.

    Column `cited` marks those in evidence. Subtitles beside or inside the file come first, then the
    words recognised when indexing. Without words: stretches with their loudness.
    """

    accepts: frozenset[Modality] = frozenset({"audio", "video"})
    emits: Modality = "table"
    cost = 0.15

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        if not evidence:
            return
        first = evidence[0]
        about = [e for e in evidence if e.hit.chunk.asset.id == first.hit.chunk.asset.id]
        cues, uncertain = _nearby_cues(first, about)
        if cues:
            yield _cue_table(about, cues, uncertain)
            return
        yield from _loudness_table(first)


def _nearby_cues(first: Evidence, about: Sequence[Evidence]) -> tuple[list[_Cue], str]:
    """The cues around the evidence; and what recognised the words, where nobody wrote them."""
    windows = [_window(e) for e in about]
    chunk, path = first.hit.chunk, _path(first)
    for track in _tracks(path) if path else []:
        if chunk.span.node and chunk.span.node != track.name:
            continue
        near = [c for c in track.cues if any(a <= c.end and c.start <= b for a, b in windows)]
        if near:
            return [
                _Cue(c.start, c.end, " ".join(c.text.split()), track.name) for c in near[:MOST_ROWS]
            ], ""
    cues: dict[tuple[float, float, str], _Cue] = {}
    for e in about:
        for cue in _chunk_cues(e.hit.chunk):
            cues[cue.start, cue.end, cue.words] = cue
    derived = str(chunk.meta.get("derived", ""))
    return sorted(cues.values())[:MOST_ROWS], derived


def _chunk_cues(chunk: Chunk) -> list[_Cue]:
    """The words that a chunk holds, each piece with its seconds, else all with the chunk's."""
    pieces = [(chunk.text[m.start : m.end], m.span.seconds) for m in chunk.marks]
    if not any(seconds for _, seconds in pieces):
        pieces = [(chunk.text, chunk.span.seconds)]
    timed_words = [(" ".join(t.split()), s) for t, s in pieces if s]
    return [_Cue(s[0], s[1], t, chunk.asset.name) for t, s in timed_words if t]


def _window(e: Evidence) -> tuple[float, float]:
    seconds = e.span.seconds or e.hit.chunk.span.seconds
    if seconds is None:
        return 0.0, float("inf")
    return seconds[0] - CONTEXT_SECONDS, seconds[1] + CONTEXT_SECONDS


def _path(e: Evidence) -> Path | None:
    data = e.hit.chunk.part.data if e.hit.chunk.part else e.part.data
    path = e.hit.chunk.asset.path or (data if isinstance(data, Path) else None)
    return path if path is not None and path.is_file() else None


def _tracks(path: Path) -> list[timeline.Track]:
    """Subtitles beside a file, then those inside it."""
    tracks, _ = timeline.sidecar_tracks(path)
    try:
        inside = video.embedded_subtitles(path)
        tracks += [
            timeline.Track(f"subtitles {n}", language, cues)
            for n, (language, cues) in enumerate(inside, 1)
        ]
    except PolysenseError:
        pass  # a sound file, or broken: what is beside it counts
    return timeline.distinct_tracks(tracks)


def _cue_table(about: Sequence[Evidence], cues: Sequence[_Cue], uncertain: str) -> Part:
    speaker_matches = [_SPEAKER.fullmatch(c.words) for c in cues]
    speakers = any(speaker_matches)
    evidence_spans = [
        (e.n, s) for e in about if (s := e.span.seconds) and e.span != e.hit.chunk.span
    ]
    rows = []
    for c, m in zip(cues, speaker_matches, strict=True):
        words = m[2] if m and speakers else c.words
        marks = " ".join(f"[{n}]" for n, (a, b) in evidence_spans if a < c.end and c.start < b)
        who = [m[1].strip() if m else ""] if speakers else []
        name = about[0].hit.chunk.asset.name
        source = name if c.source == name else f"{name} ({c.source})"
        place = str(Span(seconds=(c.start, c.end)))
        rows.append([_seconds(c.start), _seconds(c.end), *who, words, marks, source, place])
    meta: dict[str, Any] = {"evidence": [e.n for e in about]}
    if uncertain:
        meta["note"] = f"The words were recognised by {uncertain}; they may be wrong."
    columns = ["start (s)", "end (s)", *(["speaker"] if speakers else []), "words", "cited"]
    return table(columns, rows, file_name(about[0], "transcript"), meta)


def _seconds(t: float) -> str:
    return f"{t:.3f}".rstrip("0").rstrip(".")


def _loudness_table(e: Evidence) -> Iterator[Part]:
    """Where a sound without words is loud and where it is quiet."""
    chunk = e.hit.chunk
    part = chunk.part if chunk.part is not None else e.part
    path = _path(e)
    data = path if path is not None else part.data
    if isinstance(data, str):
        return
    start, end = e.span.seconds or chunk.span.seconds or (0.0, MOST_SECONDS)
    if end - start < _MOMENT:  # a moment of a film: the sound around it
        start, end = max(0.0, start - CONTEXT_SECONDS / 2), end + CONTEXT_SECONDS / 2
    end = min(end, start + MOST_SECONDS)
    levels = _levels(Part("audio", data, part.mime, chunk.asset.name, Span(seconds=(start, end))))
    if not len(levels):
        return
    name = chunk.asset.name
    rows = []
    for a, b, loud, db in _stretches(levels):
        span = Span(seconds=(round(start + a, 3), round(start + b, 3)))
        level = f"{db:.1f}" if db > _SILENCE else "silent"
        kind = "loud" if loud else "quiet"
        rows.append([_seconds(start + a), _seconds(start + b), level, kind, name, str(span)])
    meta: dict[str, Any] = {
        "evidence": [e.n],
        "note": "No words are known of this sound: these are its loud and quiet stretches.",
    }
    columns = ["start (s)", "end (s)", "loudness (dBFS)", "kind"]
    yield table(columns, rows[:MOST_ROWS], file_name(e, "loudness"), meta)


def _levels(part: Part) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The mean square of each _LEVEL_SECONDS."""
    samples = decode.samples(part)
    size = round(decode.RATE * _LEVEL_SECONDS)
    count = len(samples) // size
    if not count:
        return np.zeros(0)
    blocks = samples[: count * size].reshape(count, size).astype(np.float64)
    return np.asarray((blocks**2).mean(axis=1))


def _stretches(
    levels: np.ndarray[Any, np.dtype[np.float64]],
) -> list[tuple[float, float, bool, float]]:
    """(start, end, whether it is loud, its loudness) of each stretch of a sound."""
    db = _decibels(levels)
    loud = np.zeros(len(db), bool)
    if db.max() > QUIET:
        loud = db > max(QUIET, float(db.max()) - QUIET_BELOW_PEAK)
    reach = round(_SHORTEST_STRETCH / _LEVEL_SECONDS / 2)
    near = np.convolve(loud, np.ones(2 * reach + 1), "same") > 0  # crackling is one sound
    loud = near if near.any() else loud
    edges = [0, *(int(i) + 1 for i in np.flatnonzero(np.diff(loud.astype(int)))), len(db)]
    stretches: list[tuple[int, int, bool]] = []
    for a, b in pairwise(edges):
        is_short = (b - a) * _LEVEL_SECONDS < _SHORTEST_STRETCH
        if stretches and (is_short or stretches[-1][2] == bool(loud[a])):
            stretches[-1] = (stretches[-1][0], b, stretches[-1][2])
        else:
            stretches.append((a, b, bool(loud[a])))
    step = _LEVEL_SECONDS
    return [
        (a * step, b * step, is_loud, float(_decibels(levels[a:b].mean())))
        for a, b, is_loud in stretches
    ]


def _decibels(levels: Any) -> Any:
    """Mean squares as decibels of full scale, _SILENCE at least."""
    return 10 * np.log10(np.maximum(levels, 10 ** (_SILENCE / 10)))
