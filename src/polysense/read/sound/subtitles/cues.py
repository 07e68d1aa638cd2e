"""Subtitles: WebVTT and SubRip to cues, cues to passages."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from polysense.read.file import text as texts
from polysense.types import Mark, Span

PAUSE = 12.0
"""Seconds of silence that end a passage."""

MAX_SECONDS = 60.0
"""A passage is no longer than this, so that it still is a place in a recording."""

MAX_CUES = 200_000

_ROLLED = 20
"""Lines that captions may roll up over; two or three are usual."""

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,6}))?"
_TIMING = re.compile(rf"^[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}", re.M)
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,200})?\s{1,20}([^<>]{1,80})>")
_TAG = re.compile(r"<[^<>\n]{0,200}>|\{\\[^{}\n]{0,200}\}")


@dataclass(frozen=True, slots=True)
class Cue:
    """What is said from `start` to `end`, in seconds; lines are (first, last) of its words in the
    file, from 1.
    """

    start: float
    end: float
    text: str
    lines: tuple[int, int] = (1, 1)


@dataclass(frozen=True, slots=True)
class Passage:
    """Some cues in a row: their words, a line a cue, where they are, and a mark for each."""

    text: str
    span: Span
    marks: tuple[Mark, ...]


def cues(source: Path | str) -> list[Cue]:
    """The cues of a .vtt or .srt file, or of its words, in order of time; without styling, who
    speaks before a colon.

    Cues that cannot be read are left out; a file without any gives an empty list. Raises TooLarge.

    >>> cues("1\\n00:00:01,500 --> 00:00:03,000\\n<i>Hello,</i>\\nyou &amp; me\\n")
    [Cue(start=1.5, end=3.0, text='Hello,\\nyou & me', lines=(3, 4))]
    """
    said = texts.read(source) if isinstance(source, Path) else source
    number = texts.Lines(said)
    found: list[Cue] = []
    timings = list(_TIMING.finditer(said))[:MAX_CUES]
    for n, m in enumerate(timings, 1):
        following = timings[n] if n < len(timings) else None
        start, end = _seconds(*m.group(1, 2, 3, 4)), _seconds(*m.group(5, 6, 7, 8))
        begin = said.find("\n", m.end()) + 1
        stop = following.start() if following else len(said)
        if not begin or begin >= stop:
            continue
        body, *more = re.split(r"\n[ \t]*\n", said[begin:stop], maxsplit=1)
        if following and not more:  # no blank line: the number of the next cue stands below
            body = re.sub(r"\n[ \t]*\d+[ \t]*\n?$", "", body)
        words = "\n".join(
            filter(None, (" ".join(line.split()) for line in _bare(body).split("\n")))
        )
        if words:
            found.append(
                Cue(start, max(start, end), words, number.of(begin, begin + len(body.rstrip())))
            )
    return _unrolled(sorted(found, key=lambda cue: (cue.start, cue.end)))


def _seconds(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> float:
    return round(
        int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction or 0}"), 3
    )


def _bare(body: str) -> str:
    """Without tags; <v Mary> becomes "Mary: "."""
    return html.unescape(_TAG.sub("", _VOICE.sub(r"\1: ", body)))


def _unrolled(found: Sequence[Cue]) -> list[Cue]:
    """Captions that roll up tell each line twice, the second time on top of the next one: keep the
    first.
    """
    kept: list[Cue] = []
    before: list[str] = []
    for cue in found:
        lines = cue.text.split("\n")
        again = 0
        if kept and cue.start - kept[-1].end < 0.5:
            again = next(
                (
                    n
                    for n in range(min(len(before), len(lines), _ROLLED), 0, -1)
                    if before[-n:] == lines[:n]
                ),
                0,
            )
        if fresh := lines[again:]:
            kept.append(replace(cue, text="\n".join(fresh)))
        else:
            kept[-1] = replace(kept[-1], end=max(kept[-1].end, cue.end))
        before = lines
    return kept


def passages_of(
    found: Iterable[Cue], limit_words: int = texts.PASSAGE, lines: bool = False
) -> Iterator[Passage]:
    """Cues in groups of at most `limit_words` words and MAX_SECONDS, apart where there is a long
    pause.

    span and marks tell seconds; with `lines`, the lines in the subtitle file too.

    >>> [p.text for p in passages_of([Cue(0, 1, "One."), Cue(1, 2, "Two."), Cue(99, 100, "Later.")])]
    ['One.\\nTwo.', 'Later.']
    """
    group: list[Cue] = []
    words = 0
    for cue in found:
        size = texts.count(cue.text)
        late = bool(group) and (
            cue.start - group[-1].end > PAUSE or cue.end - group[0].start > MAX_SECONDS
        )
        if group and (late or words + size > limit_words):
            yield _passage(group, lines)
            group, words = [], 0
        group.append(cue)
        words += size
    if group:
        yield _passage(group, lines)


def _passage(group: Sequence[Cue], lines: bool) -> Passage:
    marks: list[Mark] = []
    at = 0
    for cue in group:
        marks.append(
            Mark(
                at,
                at + len(cue.text),
                Span(seconds=(cue.start, cue.end), lines=cue.lines if lines else None),
            )
        )
        at += len(cue.text) + 1
    whole = marks[0].span
    for mark in marks[1:]:
        whole = whole.union(mark.span)
    return Passage("\n".join(cue.text for cue in group), whole, tuple(marks))
