"""A recording cut into stretches: even ones, or along the words that are said."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from polysense.errors import PolysenseError
from polysense.read.file.text import PASSAGE, count
from polysense.read.sound.subtitles import cues as subtitles
from polysense.read.sound.subtitles.cues import Cue
from polysense.types import Mark, Span

WINDOW = 30.0
"""Seconds a stretch may have."""

SUBTITLES = (".vtt", ".srt")

_PAUSE = 5.0
_SHORTEST = 1.0
_ROUNDED = 20.0


class Track(NamedTuple):
    """One reading of what is said: the name of its file or track, its language ("" where unknown),
    its cues.
    """

    name: str
    language: str
    cues: Sequence[Cue]


class Stretch(NamedTuple):
    """From start to end (seconds), with what is said there, each cue marked; without words, text is
    empty.
    """

    start: float
    end: float
    text: str = ""
    marks: tuple[Mark, ...] = ()

    @property
    def span(self) -> Span:
        """Its place."""
        return Span(seconds=(self.start, self.end))


def even(start: float, end: float, longest: float = WINDOW) -> list[Stretch]:
    """As few equal stretches as keep each under `longest`.

    >>> [(s.start, s.end) for s in even(0, 50)]
    [(0.0, 25.0), (25.0, 50.0)]
    """
    parts = max(1, math.ceil((end - start) / longest - 1e-6))
    edges = [round(start + (end - start) * i / parts, 3) for i in range(parts + 1)]
    return [Stretch(a, b) for a, b in pairwise(edges) if b > a]


def spoken(cues: Iterable[Cue], longest: float = WINDOW) -> Iterator[Stretch]:
    """Cues in order, grouped to stretches of up to `longest` seconds: cut at pauses, and, once long
    enough, where a sentence ends.
    """
    group: list[Cue] = []
    for cue in sorted((c for c in cues if c.text.strip()), key=lambda c: (c.start, c.end)):
        if group and _full(group, cue, longest):
            yield _joined(group)
            group = []
        group.append(cue)
    if group:
        yield _joined(group)


def covered(cues: Iterable[Cue], duration: float, longest: float = WINDOW) -> list[Stretch]:
    """All of 0..duration: stretches along the words, short pauses added to the words before them,
    long ones on their own without words.

    >>> [(s.start, s.end, s.text) for s in covered([Cue(1.0, 3.0, "One."), Cue(50.0, 58.0, "Two.")], 60.0)]
    [(0.0, 3.0, 'One.'), (3.0, 26.5, ''), (26.5, 50.0, ''), (50.0, 60.0, 'Two.')]
    """
    found: list[Stretch] = []
    at, duration = 0.0, round(duration, 3)
    for said in spoken(cues, longest):
        start = min(max(said.start, at), duration)
        if start - at > _PAUSE:
            found += even(at, start, longest)
        elif found and found[-1].text:
            found[-1] = found[-1]._replace(end=start)
        else:
            start = at
        at = max(start, min(said.end, duration))
        if at > start:
            found.append(said._replace(start=start, end=at))
        elif found and found[-1].text and said.start < duration:  # said over what is said already
            found[-1] = _both(found[-1], said)
    if duration - at > _PAUSE or not found:
        found += even(at, duration, longest)
    else:
        found[-1] = found[-1]._replace(end=duration)
    return found


def _both(a: Stretch, b: Stretch) -> Stretch:
    shift = len(a.text) + 1
    return a._replace(
        text=f"{a.text} {b.text}",
        marks=(*a.marks, *(Mark(m.start + shift, m.end + shift, m.span) for m in b.marks)),
    )


def tracks(recording: Path) -> tuple[list[Track], list[str]]:
    """What the subtitle files beside a recording say; and which of them cannot be read, and why."""
    found: list[Track] = []
    lost: list[str] = []
    for path in sidecars(recording):
        try:
            found.append(Track(path.name, language(path, recording), list(subtitles.cues(path))))
        except (PolysenseError, OSError) as e:
            lost.append(str(e))
    return found, lost


def distinct(given: Iterable[Track]) -> list[Track]:
    """Without those that say nothing, or the same as one before, or are in the same language as one
    before.

    >>> cue = Cue(0, 1, "Hi")
    >>> [t.name for t in distinct([Track("a.vtt", "", [cue]), Track("a.srt", "", [cue]), Track("a.de.vtt", "de", [Cue(0, 1, "Hallo")])])]
    ['a.vtt', 'a.de.vtt']
    """
    found: list[Track] = []
    seen = set[str]()
    for track in given:
        words = " ".join(c.text for c in track.cues).split()
        if (
            words
            and " ".join(words) not in seen
            and track.language not in (t.language for t in found)
        ):
            found.append(track)
            seen.add(" ".join(words))
    return found


def sidecars(path: Path) -> list[Path]:
    """The subtitle files beside a recording: of friday.mp4, friday.vtt and friday.en.srt; the one
    without a language first.

    Where friday.two.mp4 lies there too, friday.two.vtt belongs to that.
    """
    try:
        beside = [p for p in path.parent.iterdir() if p.name.startswith(path.stem + ".")]
    except OSError:
        return []
    others = tuple(
        f"{p.stem}." for p in beside if p.suffix.lower() not in SUBTITLES and p.stem != path.stem
    )
    found = [p for p in beside if p.suffix.lower() in SUBTITLES and not p.name.startswith(others)]
    return sorted(found, key=lambda p: (p.stem != path.stem, p.name))


def language(sidecar: Path, recording: Path) -> str:
    """What the name says of its language: "en" for talk.en.vtt beside talk.mp4.

    >>> language(Path("talk.en.vtt"), Path("talk.mp4"))
    'en'
    """
    return sidecar.stem.removeprefix(recording.stem).strip(".").lower()


def _full(group: list[Cue], cue: Cue, longest: float) -> bool:
    start, end = group[0].start, max(c.end for c in group)
    if (
        cue.end - start > longest
        or cue.start - end > _PAUSE
        or count(" ".join(c.text for c in group)) + count(cue.text) > PASSAGE
    ):
        return True
    return end - start > _ROUNDED and group[-1].text.rstrip().endswith(
        (".", "!", "?", "。", "！", "？", "…")
    )


def _joined(group: list[Cue]) -> Stretch:
    text, marks = "", []
    for cue in group:
        said = " ".join(cue.text.split())
        begin = len(text) + bool(text)
        text = f"{text} {said}" if text else said
        marks.append(Mark(begin, len(text), Span(seconds=(round(cue.start, 3), round(cue.end, 3)))))
    start, end = float(group[0].start), max(c.end for c in group)
    return Stretch(round(start, 3), round(max(end, start + _SHORTEST), 3), text, tuple(marks))
