"""A recording cut into stretches: even ones, or along the words that are said."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from polysense.errors import PolysenseError
from polysense.read.file.text import PASSAGE_WORDS, count_words
from polysense.read.sound.subtitles import formats
from polysense.read.sound.subtitles.cues import Cue
from polysense.types import Span, TextSpan

WINDOW_SECONDS = 30.0
"""Seconds a stretch may have; judged, not measured."""

SUBTITLE_ENDINGS = formats.ENDINGS

# Judged, not measured: a longer pause ends a stretch and is one of its own where long enough; a
# stretch of words lasts at least a second; from twenty on it ends with a sentence.
_PAUSE_SECONDS = 5.0
_MIN_SECONDS = 1.0
_ENOUGH_SECONDS = 20.0


class Track(NamedTuple):
    """Subtitles in one language ("" where unknown), by the name of their file or track."""

    name: str
    language: str
    cues: Sequence[Cue]


class Stretch(NamedTuple):
    """From start to end (seconds), with what is said there, if anything, each cue marked."""

    start: float
    end: float
    text: str = ""
    marks: tuple[TextSpan, ...] = ()

    @property
    def span(self) -> Span:
        """Its place."""
        return Span(seconds=(self.start, self.end))


def even_stretches(start: float, end: float, longest: float = WINDOW_SECONDS) -> list[Stretch]:
    """As few equal stretches as keep each under `longest`.

    >>> [(s.start, s.end) for s in even_stretches(0, 50)]
    [(0.0, 25.0), (25.0, 50.0)]
    """
    parts = max(1, math.ceil((end - start) / longest - 1e-6))
    edges = [round(start + (end - start) * i / parts, 3) for i in range(parts + 1)]
    return [Stretch(a, b) for a, b in pairwise(edges) if b > a]


def speech_stretches(cues: Iterable[Cue], longest: float = WINDOW_SECONDS) -> Iterator[Stretch]:
    """Cues in order, grouped to stretches of up to `longest` seconds.

    They are cut at pauses and, once long enough, where a sentence ends.
    """
    group: list[Cue] = []
    for cue in sorted((c for c in cues if c.text.strip()), key=lambda c: (c.start, c.end)):
        if group and _is_full(group, cue, longest):
            yield _join_cues(group)
            group = []
        group.append(cue)
    if group:
        yield _join_cues(group)


def all_stretches(
    cues: Iterable[Cue], duration: float, longest: float = WINDOW_SECONDS
) -> list[Stretch]:
    """All of 0..duration in stretches along the words.

    Short pauses are added to the words before them, long ones stand on their own without words.

    >>> cues = [Cue(1.0, 3.0, "One."), Cue(50.0, 58.0, "Two.")]
    >>> [(s.start, s.end, s.text) for s in all_stretches(cues, 60.0)]
    [(0.0, 3.0, 'One.'), (3.0, 26.5, ''), (26.5, 50.0, ''), (50.0, 60.0, 'Two.')]
    """
    stretches: list[Stretch] = []
    covered_to, duration = 0.0, round(duration, 3)
    for speech in speech_stretches(cues, longest):
        start = min(max(speech.start, covered_to), duration)
        if start - covered_to > _PAUSE_SECONDS:
            stretches += even_stretches(covered_to, start, longest)
        elif stretches and stretches[-1].text:
            stretches[-1] = stretches[-1]._replace(end=start)
        else:
            start = covered_to
        covered_to = max(start, min(speech.end, duration))
        if covered_to > start:
            stretches.append(speech._replace(start=start, end=covered_to))
        elif stretches and stretches[-1].text and speech.start < duration:  # two speak at once
            stretches[-1] = _append(stretches[-1], speech)
    if duration - covered_to > _PAUSE_SECONDS or not stretches:
        stretches += even_stretches(covered_to, duration, longest)
    else:
        stretches[-1] = stretches[-1]._replace(end=duration)
    return stretches


def _append(a: Stretch, b: Stretch) -> Stretch:
    shift = len(a.text) + 1
    return a._replace(
        text=f"{a.text} {b.text}",
        marks=(*a.marks, *(TextSpan(m.start + shift, m.end + shift, m.span) for m in b.marks)),
    )


def sidecar_tracks(recording: Path) -> tuple[list[Track], list[str]]:
    """The subtitle files beside a recording; and which of them cannot be read, and why."""
    tracks: list[Track] = []
    errors: list[str] = []
    for path in sidecars(recording):
        try:
            tracks.append(
                Track(path.name, sidecar_language(path, recording), list(formats.read_cues(path)))
            )
        except (PolysenseError, OSError, ValueError) as e:
            errors.append(str(e))
    return tracks, errors


def distinct_tracks(tracks: Iterable[Track]) -> list[Track]:
    """Without empty ones, and those of the same words or language as one before.

    >>> english, german = Cue(0, 1, "Hi"), Cue(0, 1, "Hallo")
    >>> tracks = [Track("a.vtt", "", [english]), Track("a.srt", "", [english])]
    >>> [t.name for t in distinct_tracks([*tracks, Track("a.de.vtt", "de", [german])])]
    ['a.vtt', 'a.de.vtt']
    """
    distinct: list[Track] = []
    texts = set[str]()
    for track in tracks:
        words = " ".join(c.text for c in track.cues).split()
        if (
            words
            and " ".join(words) not in texts
            and track.language not in (t.language for t in distinct)
        ):
            distinct.append(track)
            texts.add(" ".join(words))
    return distinct


def sidecars(path: Path) -> list[Path]:
    """The subtitle files beside a recording, the one without a language first.

    Of friday.mp4: friday.vtt and friday.en.srt. Where friday.two.mp4 lies there too, friday.two.vtt
    belongs to that.
    """
    try:
        siblings = [p for p in path.parent.iterdir() if p.name.startswith(path.stem + ".")]
    except OSError:
        return []
    longer_stems = tuple(
        f"{p.stem}."
        for p in siblings
        if p.suffix.lower() not in SUBTITLE_ENDINGS and p.stem != path.stem
    )
    subtitle_files = [
        p
        for p in siblings
        if p.suffix.lower() in SUBTITLE_ENDINGS and not p.name.startswith(longer_stems)
    ]
    return sorted(subtitle_files, key=lambda p: (p.stem != path.stem, p.name))


def sidecar_language(sidecar: Path, recording: Path) -> str:
    """What the name says of its language: "en" for talk.en.vtt beside talk.mp4.

    >>> sidecar_language(Path("talk.en.vtt"), Path("talk.mp4"))
    'en'
    """
    return sidecar.stem.removeprefix(recording.stem).strip(".").lower()


def _is_full(group: list[Cue], cue: Cue, longest: float) -> bool:
    start, end = group[0].start, max(c.end for c in group)
    if (
        cue.end - start > longest
        or cue.start - end > _PAUSE_SECONDS
        or count_words(" ".join(c.text for c in group)) + count_words(cue.text) > PASSAGE_WORDS
    ):
        return True
    return end - start > _ENOUGH_SECONDS and group[-1].text.rstrip().endswith(
        (".", "!", "?", "。", "！", "？", "…")
    )


def _join_cues(group: list[Cue]) -> Stretch:
    text, marks = "", []
    for cue in group:
        cue_text = " ".join(cue.text.split())
        begin = len(text) + bool(text)
        text = f"{text} {cue_text}" if text else cue_text
        marks.append(
            TextSpan(begin, len(text), Span(seconds=(round(cue.start, 3), round(cue.end, 3))))
        )
    start, end = float(group[0].start), max(c.end for c in group)
    return Stretch(round(start, 3), round(max(end, start + _MIN_SECONDS), 3), text, tuple(marks))
