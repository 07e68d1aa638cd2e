"""What is said in a recording around the evidence, as a table of cues; of a sound without words,
where it is loud and where quiet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from polysense.errors import PolysenseError
from polysense.make.table.csv_part import MOST_ROWS, named, table
from polysense.protocols import Generator
from polysense.read.film import decode as video
from polysense.read.sound import decode, timeline
from polysense.types import Chunk, Evidence, Modality, Part, Query, Span

AROUND = 30.0
"""Seconds before and after the evidence that are told as well."""

MOST_SECONDS = 600.0
"""Of a sound without words, this much at most is looked at."""

QUIET = -45.0
"""Decibels (of full scale, RMS) below which a sound counts as quiet; or what lies this far below
its loudest, RANGE.
"""

RANGE = 30.0
_STEP, _SHORTEST = 0.05, 0.4
_FLOOR = -96.0
_SPEAKER = re.compile(r"(?:[-–]\s*)?([^\W\d_a-z][\w.'’ -]{0,30}):\s+(?=\S)(.+)", re.S)


class _Said(NamedTuple):
    start: float
    end: float
    words: str
    source: str


class Transcript(Generator):
    """Start, end and words of the cues of a recording within AROUND seconds of the evidence, the
    cited ones marked; who speaks if known.

    Subtitles beside or inside the file come first, then the words recognised when indexing. Without
    words: stretches with their loudness.
    """

    accepts: frozenset[Modality] = frozenset({"audio", "video"})
    emits: Modality = "table"
    cost = 0.15

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        if not evidence:
            return
        first = evidence[0]
        about = [e for e in evidence if e.hit.chunk.asset.id == first.hit.chunk.asset.id]
        cues, uncertain = _spoken(first, about)
        if cues:
            yield _words(about, cues, uncertain)
            return
        yield from _loudness(first)


def _spoken(first: Evidence, about: Sequence[Evidence]) -> tuple[list[_Said], str]:
    """The cues around the evidence; and who recognised the words, where they were not written by
    people.
    """
    windows = [_window(e) for e in about]
    chunk, path = first.hit.chunk, _path(first)
    for track in _tracks(path) if path else []:
        if chunk.span.node and chunk.span.node != track.name:
            continue
        near = [c for c in track.cues if any(a <= c.end and c.start <= b for a, b in windows)]
        if near:
            return [
                _Said(c.start, c.end, " ".join(c.text.split()), track.name)
                for c in near[:MOST_ROWS]
            ], ""
    found: dict[tuple[float, float, str], _Said] = {}
    for e in about:
        for said in _marked(e.hit.chunk):
            found[said.start, said.end, said.words] = said
    derived = str(chunk.meta.get("derived", ""))
    return sorted(found.values())[:MOST_ROWS], derived


def _marked(chunk: Chunk) -> list[_Said]:
    """The words that a chunk holds, each piece with its seconds; the whole where there are no finer
    ones.
    """
    pieces = [(chunk.text[m.start : m.end], m.span.seconds) for m in chunk.marks]
    if not any(seconds for _, seconds in pieces):
        pieces = [(chunk.text, chunk.span.seconds)]
    held = [(" ".join(t.split()), s) for t, s in pieces if s]
    return [_Said(s[0], s[1], t, chunk.asset.name) for t, s in held if t]


def _window(e: Evidence) -> tuple[float, float]:
    seconds = e.span.seconds or e.hit.chunk.span.seconds
    return (0.0, float("inf")) if seconds is None else (seconds[0] - AROUND, seconds[1] + AROUND)


def _path(e: Evidence) -> Path | None:
    own = e.hit.chunk.part.data if e.hit.chunk.part else e.part.data
    path = e.hit.chunk.asset.path or (own if isinstance(own, Path) else None)
    return path if path is not None and path.is_file() else None


def _tracks(path: Path) -> list[timeline.Track]:
    """Subtitles beside a file, then those inside it."""
    found, _ = timeline.tracks(path)
    try:
        inside = video.embedded_subtitles(path)
        found += [
            timeline.Track(f"subtitles {n}", language, cues)
            for n, (language, cues) in enumerate(inside, 1)
        ]
    except PolysenseError:
        pass  # a sound file, or broken: what is beside it counts
    return timeline.distinct(found)


def _words(about: Sequence[Evidence], cues: Sequence[_Said], uncertain: str) -> Part:
    told = [_SPEAKER.fullmatch(c.words) for c in cues]
    speakers = any(told)
    cited = [(e.n, s) for e in about if (s := e.span.seconds) and e.span != e.hit.chunk.span]
    rows = []
    for c, m in zip(cues, told, strict=True):
        said = m[2] if m and speakers else c.words
        marks = " ".join(f"[{n}]" for n, (a, b) in cited if a < c.end and c.start < b)
        who = [m[1].strip() if m else ""] if speakers else []
        name = about[0].hit.chunk.asset.name
        source = name if c.source == name else f"{name} ({c.source})"
        rows.append(
            [
                _seconds(c.start),
                _seconds(c.end),
                *who,
                said,
                marks,
                source,
                str(Span(seconds=(c.start, c.end))),
            ]
        )
    meta: dict[str, Any] = {"evidence": [e.n for e in about]}
    if uncertain:
        meta["note"] = f"The words were recognised by {uncertain}; they may be wrong."
    columns = ["start (s)", "end (s)", *(["speaker"] if speakers else []), "words", "cited"]
    return table(columns, rows, named(about[0], "transcript"), meta)


def _seconds(t: float) -> str:
    return f"{t:.3f}".rstrip("0").rstrip(".")


def _loudness(e: Evidence) -> Iterator[Part]:
    """Where a sound without words is loud and where it is quiet."""
    chunk = e.hit.chunk
    given = chunk.part if chunk.part is not None else e.part
    path = _path(e)
    data = path if path is not None else given.data
    if isinstance(data, str):
        return
    start, end = e.span.seconds or chunk.span.seconds or (0.0, MOST_SECONDS)
    if end - start < 1:  # a moment of a film: the sound around it
        start, end = max(0.0, start - AROUND / 2), end + AROUND / 2
    end = min(end, start + MOST_SECONDS)
    levels = _levels(Part("audio", data, given.mime, chunk.asset.name, Span(seconds=(start, end))))
    if not len(levels):
        return
    name = chunk.asset.name
    rows = []
    for a, b, loud, db in _stretches(levels):
        span = Span(seconds=(round(start + a, 3), round(start + b, 3)))
        shown = f"{db:.1f}" if db > _FLOOR else "silent"
        rows.append(
            [
                _seconds(start + a),
                _seconds(start + b),
                shown,
                "loud" if loud else "quiet",
                name,
                str(span),
            ]
        )
    meta: dict[str, Any] = {
        "evidence": [e.n],
        "note": "No words are known of this sound: these are its loud and quiet stretches.",
    }
    yield table(
        ["start (s)", "end (s)", "loudness (dBFS)", "kind"],
        rows[:MOST_ROWS],
        named(e, "loudness"),
        meta,
    )


def _levels(part: Part) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The mean square of each _STEP seconds."""
    heard = decode.samples(part)
    size = round(decode.RATE * _STEP)
    count = len(heard) // size
    if not count:
        return np.zeros(0)
    blocks = heard[: count * size].reshape(count, size).astype(np.float64)
    return np.asarray((blocks**2).mean(axis=1))


def _stretches(
    levels: np.ndarray[Any, np.dtype[np.float64]],
) -> list[tuple[float, float, bool, float]]:
    """(start, end, whether it is loud, its loudness): stretches shorter than _SHORTEST belong to
    what is before them.
    """
    db = 10 * np.log10(np.maximum(levels, 10 ** (_FLOOR / 10)))
    loud = db > max(QUIET, float(db.max()) - RANGE) if db.max() > QUIET else np.zeros(len(db), bool)
    reach = round(_SHORTEST / _STEP / 2)
    near = np.convolve(loud, np.ones(2 * reach + 1), "same") > 0  # crackling is one sound
    loud = near if near.any() else loud
    edges = [0, *(int(i) + 1 for i in np.flatnonzero(np.diff(loud.astype(int)))), len(db)]
    kept: list[tuple[int, int, bool]] = []
    for a, b in pairwise(edges):
        if kept and ((b - a) * _STEP < _SHORTEST or kept[-1][2] == bool(loud[a])):
            kept[-1] = (kept[-1][0], b, kept[-1][2])
        else:
            kept.append((a, b, bool(loud[a])))
    return [
        (
            a * _STEP,
            b * _STEP,
            is_loud,
            float(10 * np.log10(max(levels[a:b].mean(), 10 ** (_FLOOR / 10)))),
        )
        for a, b, is_loud in kept
    ]
