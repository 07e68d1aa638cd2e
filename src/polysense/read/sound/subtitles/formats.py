"""Subtitles in any format: WebVTT and SubRip, SubStation Alpha, lyrics, YouTube's SBV, TTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from polysense.read.file import text as texts
from polysense.read.sound.subtitles.cues import MAX_CUES, Cue, parse_cues

MIMES = frozenset(
    {
        *("text/vtt", "application/x-subrip", "text/x-ssa"),
        *("text/x-lrc", "text/x-sbv", "application/ttml+xml"),
    }
)
ENDINGS = (".vtt", ".srt", ".ass", ".ssa", ".lrc", ".sbv", ".ttml")

_CLOCK = r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2}(?:[.:,]\d{1,6})?)"
_SCRIPT = re.compile(r"^\[Events\][ \t]*$", re.M | re.I)
_DIALOGUE = re.compile(r"^(Format|Dialogue):[ \t]*(.*)$", re.M | re.I)
_OVERRIDE = re.compile(r"\{[^{}\n]{0,2000}\}")
_DRAWING = re.compile(r"\{[^{}\n]{0,2000}\\p[1-9][^{}\n]{0,2000}\}.*?(?=\{[^{}\n]{0,2000}\\p0|$)")
_LYRIC = re.compile(rf"^((?:[ \t]*\[{_CLOCK}\])+)[ \t]*(.*)$", re.M)
_LYRIC_TIME = re.compile(rf"\[{_CLOCK}\]")
_LYRIC_TAG = re.compile(r"\[([A-Za-z#]{1,10}):([^\[\]]*)\]")
_LYRIC_TAGS = {
    "ti": "Title", "ar": "Artist", "al": "Album", "au": "Author", "lr": "Lyricist", "by": "By",
    "#": "Comment",
}  # fmt: skip
_WORD_TIME = re.compile(r"<[\d:.]{1,20}>")
_LAST_LYRIC_SECONDS = 5.0
"""Seconds that the last line of a song is taken to last, for nothing tells; judged."""

_SBV = re.compile(rf"^{_CLOCK},{_CLOCK}[ \t]*\n((?:[ \t]*\S.*\n?)+)", re.M)
_DECLARATION = re.compile(r"^\ufeff?\s*<\?xml[^>]{0,300}\?>")
_TTML_ROOT = re.compile(r"<(?:\w+:)?tt[\s>]")
_OFFSET = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)(h|m|s|ms|f|t)")
_UNIT_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_FRAMES_A_SECOND = 30.0  # TTML 1, 6.2.4, where nothing else is told


def read_cues(source: Path | str) -> list[Cue]:
    """The cues of a file of subtitles, or of its text, in order of time; see `parse_cues`.

    >>> read_cues("[00:12.00]Rain on the roof\\n[00:17.50]Bring me home\\n")[0]
    Cue(start=12.0, end=17.5, text='Rain on the roof', lines=(1, 1))
    """
    text = texts.read_text(source) if isinstance(source, Path) else source
    if "-->" not in text or _SCRIPT.search(text):
        for reader in (_script_cues, _markup_cues, _pair_cues, _lyric_cues):
            if cues := sorted(islice(reader(text), MAX_CUES), key=lambda c: (c.start, c.end)):
                return cues
    return parse_cues(text)


def _script_cues(text: str) -> Iterator[Cue]:
    """SubStation Alpha: what is said, without comments, styling and drawings."""
    events = _SCRIPT.search(text)
    fields = ["layer", "start", "end", "style", "name", *("",) * 4, "text"]
    line_index = texts.LineIndex(text)
    for m in _DIALOGUE.finditer(text, events.end()) if events else ():
        if m[1].lower() == "format":
            fields = [name.strip().lower() for name in m[2].split(",")]
            continue
        values = dict(zip(fields, m[2].split(",", len(fields) - 1), strict=False))
        start, end = (_clock_seconds(values.get(name, "")) for name in ("start", "end"))
        words = _OVERRIDE.sub("", _DRAWING.sub("", values.get("text", "")))
        words = words.replace("\\h", " ").replace("\\N", "\n").replace("\\n", "\n")
        words = "\n".join(filter(None, (" ".join(line.split()) for line in words.split("\n"))))
        if words and start is not None and end is not None:
            speaker = (values.get("name") or values.get("actor") or "").strip()
            words = f"{speaker}: {words}" if speaker else words
            yield Cue(start, max(start, end), words, line_index.lines_of(m.start(), m.end()))


def _lyric_cues(text: str) -> Iterator[Cue]:
    """LRC: a line until the next one; what is sung again has several times."""
    line_index = texts.LineIndex(text)
    cues: list[Cue] = []
    for m in _LYRIC.finditer(text):
        lines = line_index.lines_of(m.start(1), m.end())
        words = " ".join(_WORD_TIME.sub("", m[m.lastindex or 0]).split())
        for time in _LYRIC_TIME.finditer(m[1]):
            start = _clock_seconds(time[0][1:-1]) or 0.0
            cues.append(Cue(start, start + _LAST_LYRIC_SECONDS, words, lines))
    cues.sort(key=lambda cue: cue.start)
    for n, cue in enumerate(cues):
        end = cues[n + 1].start if n + 1 < len(cues) else cue.end
        if cue.text and len(cues) > 1:
            yield replace(cue, end=end)


def untimed_lyrics(text: str) -> Iterator[tuple[int, str]]:
    """(line, words) of what has no time in a file of lyrics: its title, its artist, notes.

    >>> list(untimed_lyrics("[ti:Rain]\\n[00:12.00]On the roof\\n(hums)\\n"))
    [(1, 'Title: Rain'), (3, '(hums)')]
    """
    for number, line in enumerate(text.split("\n"), 1):
        if tag := _LYRIC_TAG.fullmatch(line.strip()):
            if (name := tag[1].lower()) in _LYRIC_TAGS and tag[2].strip():
                yield number, f"{_LYRIC_TAGS[name]}: {tag[2].strip()}"
        elif line.strip("\ufeff \t") and not _LYRIC.match(line):
            yield number, " ".join(line.split())


def _pair_cues(text: str) -> Iterator[Cue]:
    """SBV: the two times on a line, the words below."""
    line_index = texts.LineIndex(text)
    for m in _SBV.finditer(text):
        start, end = (_seconds(*m.group(n, n + 1, n + 2)) for n in (1, 4))
        words = "\n".join(" ".join(line.split()) for line in m[7].strip().split("\n"))
        lines = line_index.lines_of(m.start(7), m.start(7) + len(m[7].rstrip()))
        yield Cue(start, max(start, end), words, lines)


def _markup_cues(text: str) -> Iterator[Cue]:
    """TTML (and DFXP): its paragraphs."""
    if not _TTML_ROOT.search(text[:4096]):
        return
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    text = _DECLARATION.sub(lambda m: "\n" * m[0].count("\n"), text)  # they are letters by now
    root = etree.fromstring(text.encode(), parser) if text.strip() else None
    if root is None:
        return
    options = {etree.QName(name).localname: value for name, value in root.attrib.items()}
    rates = {
        "f": _rate(options.get("frameRate", ""), _FRAMES_A_SECOND),
        "t": _rate(options.get("tickRate", ""), 1.0),
    }
    for p in root.iter("{*}p"):
        for line_break in p.iter("{*}br"):
            line_break.text = "\n"
        words = "".join(p.itertext())
        words = "\n".join(filter(None, (" ".join(s.split()) for s in words.split("\n"))))
        start = _offset_seconds(p.get("begin", ""), rates)
        if not words or start is None:
            continue
        end = _offset_seconds(p.get("end", ""), rates)
        if end is None:
            end = start + (_offset_seconds(p.get("dur", ""), rates) or 0.0)
        line = p.sourceline or 1
        yield Cue(start, max(start, end), words, (line, line))


def _clock_seconds(time: str) -> float | None:
    """Seconds of hours, minutes and seconds; frames, after a last colon, are left out."""
    m = re.fullmatch(_CLOCK, time.strip())
    return _seconds(m[1], m[2], m[3]) if m else None


def _seconds(hours: str | None, minutes: str, seconds: str) -> float:
    whole = float(seconds.replace(",", ".").split(":")[0])
    return round(int(hours or 0) * 3600 + int(minutes) * 60 + whole, 3)


def _offset_seconds(time: str, rates: dict[str, float]) -> float | None:
    if m := _OFFSET.fullmatch(time.strip()):
        return round(float(m[1]) * (_UNIT_SECONDS.get(m[2]) or 1 / rates[m[2]]), 3)
    return _clock_seconds(time)


def _rate(value: str, otherwise: float) -> float:
    return float(value) if value.isdecimal() and 0 < len(value) < 10 and int(value) else otherwise
