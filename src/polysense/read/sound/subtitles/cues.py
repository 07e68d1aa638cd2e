"""Subtitles: WebVTT and SubRip to cues, cues to passages."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from polysense.read.file import text as texts
from polysense.types import Span, TextSpan

PAUSE_SECONDS = 12.0
"""Seconds of silence that end a passage; judged, not measured."""

MAX_PASSAGE_SECONDS = 60.0
"""A passage is no longer than this, so that it still is a place in a recording; judged."""

MAX_CUES = 200_000

_MAX_ROLLING_LINES = 20
"""Lines that captions may roll up over; two or three are usual."""

_ROLLING_GAP_SECONDS = 0.5
"""Captions further apart than this do not roll up; judged, not measured."""

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,6}))?"
_TIMING_LINE = re.compile(rf"^[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}", re.M)
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,200})?\s{1,20}([^<>]{1,80})>")
_TAG = re.compile(r"<[^<>\n]{0,200}>|\{\\[^{}\n]{0,200}\}")


@dataclass(frozen=True, slots=True)
class Cue:
    """What is said from `start` to `end`, in seconds.

    lines are (first, last) of its words in the file, from 1.
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
    marks: tuple[TextSpan, ...]


def parse_cues(source: Path | str) -> list[Cue]:
    """The cues of a .vtt or .srt file, or of its text, in order of time, without styling.

    Who speaks stands before a colon. Cues that cannot be read are left out; a file without any
    gives an empty list. Raises TooLarge.

    >>> parse_cues("1\\n00:00:01,500 --> 00:00:03,000\\n<i>Hello,</i>\\nyou &amp; me\\n")
    [Cue(start=1.5, end=3.0, text='Hello,\\nyou & me', lines=(3, 4))]
    """
    text = texts.read_text(source) if isinstance(source, Path) else source
    line_index = texts.LineIndex(text)
    parsed: list[Cue] = []
    timings = list(_TIMING_LINE.finditer(text))[:MAX_CUES]
    for n, m in enumerate(timings, 1):
        following = timings[n] if n < len(timings) else None
        start, end = _parse_seconds(*m.group(1, 2, 3, 4)), _parse_seconds(*m.group(5, 6, 7, 8))
        begin = text.find("\n", m.end()) + 1
        stop = following.start() if following else len(text)
        if not begin or begin >= stop:
            continue
        body, *more = re.split(r"\n[ \t]*\n", text[begin:stop], maxsplit=1)
        if following and not more:  # no blank line: the number of the next cue stands below
            body = re.sub(r"\n[ \t]*\d+[ \t]*\n?$", "", body)
        words = "\n".join(
            filter(None, (" ".join(line.split()) for line in _strip_tags(body).split("\n")))
        )
        if words:
            parsed.append(
                Cue(
                    start,
                    max(start, end),
                    words,
                    line_index.lines_of(begin, begin + len(body.rstrip())),
                )
            )
    return _merge_rolling_captions(sorted(parsed, key=lambda cue: (cue.start, cue.end)))


def _parse_seconds(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> float:
    return round(
        int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction or 0}"), 3
    )


def _strip_tags(body: str) -> str:
    """Without tags; <v Mary> becomes "Mary: "."""
    return html.unescape(_TAG.sub("", _VOICE.sub(r"\1: ", body)))


def _merge_rolling_captions(cues: Sequence[Cue]) -> list[Cue]:
    """Without the repeats of captions that roll up: each line stands again above the next one."""
    merged: list[Cue] = []
    previous_lines: list[str] = []
    for cue in cues:
        lines = cue.text.split("\n")
        repeated = 0
        if merged and cue.start - merged[-1].end < _ROLLING_GAP_SECONDS:
            repeated = next(
                (
                    n
                    for n in range(min(len(previous_lines), len(lines), _MAX_ROLLING_LINES), 0, -1)
                    if previous_lines[-n:] == lines[:n]
                ),
                0,
            )
        if new_lines := lines[repeated:]:
            merged.append(replace(cue, text="\n".join(new_lines)))
        else:
            merged[-1] = replace(merged[-1], end=max(merged[-1].end, cue.end))
        previous_lines = lines
    return merged


def cue_passages(
    cues: Iterable[Cue], limit_words: int = texts.PASSAGE_WORDS, lines: bool = False
) -> Iterator[Passage]:
    """Cues in groups of at most `limit_words` words and a minute, apart at long pauses.

    span and marks tell seconds; with `lines`, the lines in the subtitle file too.

    >>> cues = [Cue(0, 1, "One."), Cue(1, 2, "Two."), Cue(99, 100, "Later.")]
    >>> [p.text for p in cue_passages(cues)]
    ['One.\\nTwo.', 'Later.']
    """
    group: list[Cue] = []
    words = 0
    for cue in cues:
        size = texts.count_words(cue.text)
        is_apart = bool(group) and (
            cue.start - group[-1].end > PAUSE_SECONDS
            or cue.end - group[0].start > MAX_PASSAGE_SECONDS
        )
        if group and (is_apart or words + size > limit_words):
            yield _join_cues(group, lines)
            group, words = [], 0
        group.append(cue)
        words += size
    if group:
        yield _join_cues(group, lines)


def _join_cues(group: Sequence[Cue], lines: bool) -> Passage:
    marks: list[TextSpan] = []
    position = 0
    for cue in group:
        marks.append(
            TextSpan(
                position,
                position + len(cue.text),
                Span(seconds=(cue.start, cue.end), lines=cue.lines if lines else None),
            )
        )
        position += len(cue.text) + 1
    whole = marks[0].span
    for mark in marks[1:]:
        whole = whole.union(mark.span)
    return Passage("\n".join(cue.text for cue in group), whole, tuple(marks))
