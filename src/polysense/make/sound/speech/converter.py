"""Words spoken aloud on a CPU without a model hub, by espeak-ng; its voices lie inside the wheel
espeakng-loader.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from polysense.errors import BadConfig
from polysense.make.sound.speech.espeak import RATE, Engine
from polysense.make.sound.speech.languages import VOICES, ideographs, latin, runs
from polysense.protocols import Converter
from polysense.read.file import text
from polysense.read.sound import decode
from polysense.types import Modality, Part

LONGEST = 240
"""Characters given to the engine at once: longer sentences are cut at commas, then between words.
"""

_SENTENCE, _LINE, _TURN = 0.32, 0.6, 0.06
"""Seconds of silence after a sentence, after a line, and where the voice changes."""

_LOUD = 0.85
_PACE = {"cmn": 1.3}
"""By how much a voice must be hurried to the usual pace: the engine's Mandarin has three syllables
a second, people have four.
"""

_MOST_TEXT = 20_000
_CITED = re.compile(r"\s*\[(\d+(?:\s*[,;–-]\s*\d+)*)\]")
_STOP = re.compile(r"\s*([.!?。！？…]*)\s*$")
_FROM = {
    "en": "from {}",
    "zh": "来自{}",
    "de": "aus {}",
    "fr": "d'après {}",
    "es": "de {}",
    "it": "da {}",
    "ru": "из {}",
}
_PLACES: tuple[tuple[re.Pattern[str], dict[str, str]], ...] = (
    (
        re.compile(r"\bp\. (\d+)"),
        {
            "en": r"page \1",
            "zh": r"第\1页",
            "de": r"Seite \1",
            "fr": r"page \1",
            "es": r"página \1",
        },
    ),
    (
        re.compile(r"\bL(\d+)(?:-(\d+))?\b"),
        {
            "en": r"line \1",
            "zh": r"第\1行",
            "de": r"Zeile \1",
            "fr": r"ligne \1",
            "es": r"línea \1",
        },
    ),
    (
        re.compile(r"\b([A-Z]{1,3}\d+):([A-Z]{1,3}\d+)\b"),
        {"en": r"cells \1 to \2", "zh": r"\1到\2"},
    ),
    (re.compile(r",? (?:\d+:)?\d\d:\d\d(?:-(?:\d+:)?\d\d:\d\d)?"), {}),
    (re.compile(r", whole$"), {}),
)
_ENDING = re.compile(r"\.(?:pdf|docx?|pptx?|xlsx?|csv|tsv|md|txt|html?|epub|ipynb|eml|jpe?g|png|gif|svg|webp|tiff?|wav|mp3|ogg|flac|mp4|mov"
                     r"|webm|glb|gltf|obj|stl|ply|py|js|ts|rs|go|c|cpp|java|json|xml|zip)\b", re.I)  # fmt: skip
_MARKUP = (
    (re.compile(r"```.*?(?:```|\Z)|`([^`\n]*)`", re.S), r"\1"),
    (re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)"), r"\1"),
    (re.compile(r"https?://(?:www\.)?([^/\s]+)\S*"), r"\1"),
    (re.compile(r"^\s*(?:#{1,6}|>|[-*•])\s+", re.M), ""),
    (re.compile(r"(\*\*|__|\*|~~)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"\s*\|\s*"), ", "),
)


@dataclass(frozen=True, slots=True)
class _Cue:
    start: float
    end: float
    words: str
    language: str


class Speech(Converter):
    """Speaks words, each run in the voice of its language; "[1]" is said as the name that
    meta["sources"] gives it, else not at all.

    meta["spoken"] of the words, where they have it, is said in their place: what is written for the
    eye is not always for the ear. meta has `cues`: [start, end, words] of each sentence, and
    `languages`. speed in words a minute (80 to 450), pitch 0 to 99, voice one of espeak-ng's
    variants ("f2"; "" for none), limit the seconds that are spoken at most.
    """

    source: Modality = "text"
    targets: frozenset[Modality] = frozenset({"audio"})
    cost = 0.25

    def __init__(
        self, *, speed: int = 150, pitch: int = 45, voice: str = "f2", limit: float = 300.0
    ) -> None:
        if not (
            80 <= speed <= 450
            and 0 <= pitch <= 99
            and 0 < limit <= 3600
            and re.fullmatch(r"\w*", voice)
        ):
            raise BadConfig(
                f"speech: speed {speed}, pitch {pitch}, voice {voice!r}, limit {limit}",
                "See `Speech` for what they may be.",
            )
        self._speed, self._pitch, self._voice, self._limit = speed, pitch, voice, limit

    def convert(self, part: Part) -> Iterator[Part]:
        """One WAV of 16 bits, mono, 22.05 kHz; nothing where there is nothing to say. Raises
        Lacking without the engine.
        """
        said = plain(str(part.meta.get("spoken") or part.data)[:_MOST_TEXT])
        pieces: list[decode.Samples] = []
        cues: list[_Cue] = []
        at = 0.0
        with Engine() as engine:
            for sentence, pause in _sentences(said, part.meta.get("sources") or {}):
                sound, language = self._spoken(engine, sentence, said, self._limit - at)
                if not len(sound):
                    continue
                cues.append(
                    _Cue(
                        at, at + len(sound) / RATE, _CITED.sub("", sentence.words).strip(), language
                    )
                )
                pieces += [sound, np.zeros(int(pause * RATE), np.float32)]
                at += len(sound) / RATE + pause
                if at >= self._limit - 0.5:
                    break
        if cues:
            yield self._part(np.concatenate(pieces[:-1]), cues, str(part.meta.get("title", "")))

    def _spoken(
        self, engine: Engine, sentence: _Sentence, whole: str, most: float
    ) -> tuple[decode.Samples, str]:
        """The sentence, run by run, and the language of most of it."""
        tongue = latin(sentence.words, latin(whole))
        pieces: list[decode.Samples] = []
        weights: dict[str, int] = {}
        for language, words in runs(sentence.aloud, tongue, ideographs(whole)):
            if language not in VOICES:
                continue
            for chunk in _chunks(words):
                sound = self._said(
                    engine, chunk, VOICES[language], most - sum(p.size for p in pieces) / RATE
                )
                if len(sound):
                    pieces += [sound, np.zeros(int(_TURN * RATE), np.float32)]
                    weights[language] = weights.get(language, 0) + len(sound)
        if not weights:
            return np.zeros(0, np.float32), ""
        return np.concatenate(pieces[:-1]), max(weights, key=lambda k: weights[k])

    def _said(self, engine: Engine, words: str, voice: str, most: float) -> decode.Samples:
        if most <= 0.05 or not re.search(r"\w", words):
            return np.zeros(0, np.float32)
        variant = f"{voice}+{self._voice}" if self._voice else voice
        speed = min(450, round(self._speed * _PACE.get(voice, 1.0)))
        return engine.say(words, variant, speed, self._pitch, most)

    @staticmethod
    def _part(sound: decode.Samples, cues: list[_Cue], title: str) -> Part:
        sound = np.pad(sound, (int(0.1 * RATE), int(0.25 * RATE))) * (
            _LOUD / max(float(np.abs(sound).max()), 1e-3)
        )
        told = [[round(c.start + 0.1, 3), round(c.end + 0.1, 3), c.words] for c in cues]
        meta: dict[str, Any] = {
            "cues": told,
            "languages": sorted({c.language for c in cues}),
            "seconds": round(len(sound) / RATE, 3),
        }
        stem = re.sub(r"[^\w.-]+", "-", title.rsplit(".", 1)[0]).strip("-")[:60] or "answer"
        return Part(
            "audio", decode.wav(sound, RATE), mime="audio/wav", name=f"{stem}.wav", meta=meta
        )


@dataclass(frozen=True, slots=True)
class _Sentence:
    """As written, and as said: with the names of its sources."""

    words: str
    aloud: str


def plain(said: str) -> str:
    """Without marks that are seen and not said: Markdown, addresses, control characters."""
    said = unicodedata.normalize("NFC", said.encode("utf-8", "replace").decode())
    for pattern, instead in _MARKUP:
        said = pattern.sub(instead, said)
    silent = ("Cc", "Cf", "Co", "Cn", "Cs")
    return "".join(
        " " if c == "\ufffd" or (unicodedata.category(c) in silent and c not in "\n\t") else c
        for c in said
    )


def _sentences(said: str, sources: Mapping[str, Any]) -> Iterator[tuple[_Sentence, float]]:
    """Each sentence, and how long a pause follows it. A source is named where it is first cited, or
    cited after another.
    """
    last: list[str] = []
    for line in said.split("\n"):
        spans = list(text.sentences(_kept(line)))
        for i, (start, end) in enumerate(spans):
            words = " ".join(_kept(line)[start:end].split())
            cited = [n for found in _CITED.findall(words) for n in re.findall(r"\d+", found)]
            if not re.search(r"\w", _CITED.sub("", words)):
                continue
            new = cited if cited and cited != last else []
            last = cited or last
            yield (
                _Sentence(words, _with_sources(words, new, sources)),
                _LINE if i + 1 == len(spans) else _SENTENCE,
            )


def _kept(line: str) -> str:
    """A citation after the stop belongs to the sentence that it follows: it goes before the stop.

    >>> _kept("High water is at noon. [1] Low water is later. [2]")
    'High water is at noon [1]. Low water is later [2].'
    """
    return re.sub(r"([.!?。！？…]+)((?:\s*\[\d+(?:\s*[,;–-]\s*\d+)*\])+)", r"\2\1", line)


def _with_sources(words: str, cited: list[str], sources: Mapping[str, Any]) -> str:
    aloud = _CITED.sub("", words)
    language = (
        "zh" if ideographs(aloud) == "zh" and re.search(r"[\u4e00-\u9fff]", aloud) else latin(aloud)
    )
    names = list(dict.fromkeys(_named(str(sources[n]), language) for n in cited if n in sources))
    if not names:
        return aloud
    stop = _STOP.search(aloud)
    end = stop[1] if stop else ""
    return f"{aloud[: stop.start() if stop else None]}, {_FROM.get(language, '{}').format(', '.join(names))}{end or '.'}"


def _named(source: str, language: str) -> str:
    """A source as people say it.

    >>> _named("tide-mill_notes.pdf, p. 4", "en")
    'tide mill notes, page 4'
    """
    for pattern, instead in _PLACES:
        source = pattern.sub(instead.get(language, instead.get("en", "")), source)
    return " ".join(re.sub(r"[-_]+", " ", _ENDING.sub("", source)).split())[:120]


def _chunks(words: str) -> Iterator[str]:
    """As few pieces as keep each under LONGEST, cut after commas and the like, else between words.

    >>> [len(c) for c in _chunks("word, " * 100)]
    [239, 239, 119]
    """
    while len(words) > LONGEST:
        cut = max((m.end() for m in re.finditer(r"[,;:，；：、]\s*", words[:LONGEST])), default=0)
        cut = cut if cut > LONGEST // 3 else words.rfind(" ", 0, LONGEST) + 1
        cut = cut or LONGEST
        yield words[:cut].strip()
        words = words[cut:]
    if words.strip():
        yield words.strip()
