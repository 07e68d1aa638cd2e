"""Words spoken aloud by espeak-ng, whose voices lie inside the wheel espeakng-loader."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from polysense.errors import BadConfig
from polysense.make.sound.speech.espeak import RATE, Engine
from polysense.make.sound.speech.languages import (
    VOICES,
    ideograph_language,
    latin_language,
    script_runs,
)
from polysense.protocols import Converter
from polysense.read.file import text
from polysense.read.sound import decode
from polysense.types import Modality, Part

MAX_CHARS = 240
"""Characters given to the engine at once: longer sentences are cut at commas, or between words."""

_SENTENCE_PAUSE, _LINE_PAUSE, _VOICE_PAUSE = 0.32, 0.6, 0.06
"""Seconds of silence after a sentence, after a line, and where the voice changes; judged by ear."""

_HEAD_SECONDS, _TAIL_SECONDS = 0.1, 0.25
"""Silence before and after all of it, so that players cut off nothing."""

_PEAK = 0.85
"""The loudest sample, of 1: nothing is clipped when the sound is encoded again."""

_PACE_FACTORS = {"cmn": 1.3}
"""How much faster a voice must speak: the engine's Mandarin has three syllables a second, people
have four.
"""

_MAX_TEXT_CHARS = 20_000
_CITATION = re.compile(r"\s*\[(\d+(?:\s*[,;–-]\s*\d+)*)\]")
_FINAL_STOP = re.compile(r"\s*([.!?。！？…]*)\s*$")
_SOURCE_PHRASES = {
    "en": "from {}",
    "zh": "来自{}",
    "de": "aus {}",
    "fr": "d'après {}",
    "es": "de {}",
    "it": "da {}",
    "ru": "из {}",
}
_PAGE_WORDS = {"en": "page", "de": "Seite", "fr": "page", "es": "página"}
_LINE_WORDS = {"en": "line", "de": "Zeile", "fr": "ligne", "es": "línea"}
_PAGE_PHRASES = {code: rf"{word} \1" for code, word in _PAGE_WORDS.items()} | {"zh": r"第\1页"}
_LINE_PHRASES = {code: rf"{word} \1" for code, word in _LINE_WORDS.items()} | {"zh": r"第\1行"}
_CELL_PHRASES = {"en": r"cells \1 to \2", "zh": r"\1到\2"}
# Times and "whole" are not said.
_PLACE_PHRASES: tuple[tuple[re.Pattern[str], dict[str, str]], ...] = (
    (re.compile(r"\bp\. (\d+)"), _PAGE_PHRASES),
    (re.compile(r"\bL(\d+)(?:-(\d+))?\b"), _LINE_PHRASES),
    (re.compile(r"\b([A-Z]{1,3}\d+):([A-Z]{1,3}\d+)\b"), _CELL_PHRASES),
    (re.compile(r",? (?:\d+:)?\d\d:\d\d(?:-(?:\d+:)?\d\d:\d\d)?"), {}),
    (re.compile(r", whole$"), {}),
)
_FILE_ENDING = re.compile(
    r"\.(?:pdf|docx?|pptx?|xlsx?|csv|tsv|md|txt|html?|epub|ipynb|eml|jpe?g|png|gif|svg|webp|tiff?"
    r"|wav|mp3|ogg|flac|mp4|mov|webm|glb|gltf|obj|stl|ply|py|js|ts|rs|go|c|cpp|java|json|xml|zip)\b",
    re.I,
)
_MARKUP = (
    (re.compile(r"```.*?(?:```|\Z)|`([^`\n]*)`", re.S), r"\1"),
    (re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)"), r"\1"),
    (re.compile(r"https?://(?:www\.)?([^/\s]+)\S*"), r"\1"),
    (re.compile(r"^\s*(?:#{1,6}|>|[-*•])\s+", re.M), ""),
    (re.compile(r"(\*\*|__|\*|~~)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"\s*\|\s*"), ", "),
)


@dataclass(frozen=True, slots=True)
class _TimedSentence:
    start: float
    end: float
    words: str
    language: str


class Speech(Converter):
    """Speaks words, each run of a script in the voice of its language.

    "[1]" is said as the name that meta["sources"] gives it, else not at all. meta["spoken"] of the
    words, where they have it, is said in their place: what is written for the eye is not always for
    the ear. meta has `cues`: [start, end, words] of each sentence, and `languages`. speed in words
    a minute (80 to 450), pitch 0 to 99, voice one of espeak-ng's variants ("f2"; "" for none),
    limit the seconds that are spoken at most.
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
        """One WAV of 16 bits, mono, 22.05 kHz; nothing where there is nothing to say.

        Raises MissingDependency without the engine.
        """
        plain_text = speakable_text(str(part.meta.get("spoken") or part.data)[:_MAX_TEXT_CHARS])
        sounds: list[decode.Samples] = []
        cues: list[_TimedSentence] = []
        position = 0.0
        with Engine() as engine:
            for sentence, pause in _sentences(plain_text, part.meta.get("sources") or {}):
                sound, language = self._speak_sentence(
                    engine, sentence, plain_text, self._limit - position
                )
                if not len(sound):
                    continue
                cues.append(
                    _TimedSentence(
                        position,
                        position + len(sound) / RATE,
                        _CITATION.sub("", sentence.words).strip(),
                        language,
                    )
                )
                sounds += [sound, np.zeros(int(pause * RATE), np.float32)]
                position += len(sound) / RATE + pause
                if position >= self._limit - 0.5:
                    break
        if cues:
            yield self._part(np.concatenate(sounds[:-1]), cues, str(part.meta.get("title", "")))

    def _speak_sentence(
        self, engine: Engine, sentence: _Sentence, full_text: str, max_seconds: float
    ) -> tuple[decode.Samples, str]:
        """The sentence, run by run, and the language of most of it."""
        default_language = latin_language(sentence.words, latin_language(full_text))
        sounds: list[decode.Samples] = []
        weights: dict[str, int] = {}
        for language, words in script_runs(
            sentence.spoken_words, default_language, ideograph_language(full_text)
        ):
            if language not in VOICES:
                continue
            for chunk in _chunks(words):
                sound = self._speak(
                    engine,
                    chunk,
                    VOICES[language],
                    max_seconds - sum(p.size for p in sounds) / RATE,
                )
                if len(sound):
                    sounds += [sound, np.zeros(int(_VOICE_PAUSE * RATE), np.float32)]
                    weights[language] = weights.get(language, 0) + len(sound)
        if not weights:
            return np.zeros(0, np.float32), ""
        return np.concatenate(sounds[:-1]), max(weights, key=lambda k: weights[k])

    def _speak(self, engine: Engine, words: str, voice: str, max_seconds: float) -> decode.Samples:
        if max_seconds <= 0.05 or not re.search(r"\w", words):
            return np.zeros(0, np.float32)
        variant = f"{voice}+{self._voice}" if self._voice else voice
        speed = min(450, round(self._speed * _PACE_FACTORS.get(voice, 1.0)))
        return engine.say(words, variant, speed, self._pitch, max_seconds)

    @staticmethod
    def _part(sound: decode.Samples, cues: list[_TimedSentence], title: str) -> Part:
        sound = np.pad(sound, (int(_HEAD_SECONDS * RATE), int(_TAIL_SECONDS * RATE))) * (
            _PEAK / max(float(np.abs(sound).max()), 1e-3)
        )
        timed_sentences = [
            [round(c.start + _HEAD_SECONDS, 3), round(c.end + _HEAD_SECONDS, 3), c.words]
            for c in cues
        ]
        meta: dict[str, Any] = {
            "cues": timed_sentences,
            "languages": sorted({c.language for c in cues}),
            "seconds": round(len(sound) / RATE, 3),
        }
        stem = re.sub(r"[^\w.-]+", "-", title.rsplit(".", 1)[0]).strip("-")[:60] or "answer"
        return Part(
            "audio", decode.wav(sound, RATE), mime="audio/wav", name=f"{stem}.wav", meta=meta
        )


@dataclass(frozen=True, slots=True)
class _Sentence:
    """As written, and as spoken: with the names of its sources."""

    words: str
    spoken_words: str


def speakable_text(words: str) -> str:
    """Without what is not to be spoken: Markdown, addresses, control characters."""
    words = unicodedata.normalize("NFC", words.encode("utf-8", "replace").decode())
    for pattern, replacement in _MARKUP:
        words = pattern.sub(replacement, words)
    silent = ("Cc", "Cf", "Co", "Cn", "Cs")
    return "".join(
        " " if c == "\ufffd" or (unicodedata.category(c) in silent and c not in "\n\t") else c
        for c in words
    )


def _sentences(plain_text: str, sources: Mapping[str, Any]) -> Iterator[tuple[_Sentence, float]]:
    """Each sentence, and how long a pause follows it.

    A source is named where it is first cited, or cited after another.
    """
    previous_citations: list[str] = []
    for line in plain_text.split("\n"):
        spans = list(text.sentences(_move_citations(line)))
        for i, (start, end) in enumerate(spans):
            words = " ".join(_move_citations(line)[start:end].split())
            citations = [n for group in _CITATION.findall(words) for n in re.findall(r"\d+", group)]
            if not re.search(r"\w", _CITATION.sub("", words)):
                continue
            new_citations = citations if citations and citations != previous_citations else []
            previous_citations = citations or previous_citations
            yield (
                _Sentence(words, _with_sources(words, new_citations, sources)),
                _LINE_PAUSE if i + 1 == len(spans) else _SENTENCE_PAUSE,
            )


def _move_citations(line: str) -> str:
    """With each citation moved before the stop of the sentence that it follows.

    >>> _move_citations("High water is at noon. [1] Low water is later. [2]")
    'High water is at noon [1]. Low water is later [2].'
    """
    return re.sub(r"([.!?。！？…]+)((?:\s*\[\d+(?:\s*[,;–-]\s*\d+)*\])+)", r"\2\1", line)


def _with_sources(words: str, citations: list[str], sources: Mapping[str, Any]) -> str:
    spoken_words = _CITATION.sub("", words)
    language = (
        "zh"
        if ideograph_language(spoken_words) == "zh" and re.search(r"[\u4e00-\u9fff]", spoken_words)
        else latin_language(spoken_words)
    )
    names = list(
        dict.fromkeys(_source_name(str(sources[n]), language) for n in citations if n in sources)
    )
    if not names:
        return spoken_words
    stop = _FINAL_STOP.search(spoken_words)
    end = stop[1] if stop else ""
    phrase = _SOURCE_PHRASES.get(language, "{}").format(", ".join(names))
    return f"{spoken_words[: stop.start() if stop else None]}, {phrase}{end or '.'}"


def _source_name(source: str, language: str) -> str:
    """A source as people say it.

    >>> _source_name("tide-mill_notes.pdf, p. 4", "en")
    'tide mill notes, page 4'
    """
    for pattern, phrases in _PLACE_PHRASES:
        source = pattern.sub(phrases.get(language, phrases.get("en", "")), source)
    return " ".join(re.sub(r"[-_]+", " ", _FILE_ENDING.sub("", source)).split())[:120]


def _chunks(words: str) -> Iterator[str]:
    """As few pieces as keep each under LONGEST, cut after commas and the like, else between words.

    >>> [len(c) for c in _chunks("word, " * 100)]
    [239, 239, 119]
    """
    while len(words) > MAX_CHARS:
        cut = max((m.end() for m in re.finditer(r"[,;:，；：、]\s*", words[:MAX_CHARS])), default=0)
        cut = cut if cut > MAX_CHARS // 3 else words.rfind(" ", 0, MAX_CHARS) + 1
        cut = cut or MAX_CHARS
        yield words[:cut].strip()
        words = words[cut:]
    if words.strip():
        yield words.strip()
