"""What is said of words: sentences as people say them, without what is for the eye, and with the
names of their sources.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from polysense.make.sound.speech.languages import ideograph_language, latin_language
from polysense.read.file import text
from polysense.types import Part

MAX_CHARS = 240
"""Characters given to a voice at once: longer sentences are cut at commas, or between words."""

_SENTENCE_PAUSE, _LINE_PAUSE = 0.32, 0.6
"""Seconds of silence after a sentence, and after a line; judged by ear."""

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
class Sentence:
    """As written, without citations; as spoken, with the names of its sources; and the seconds of
    silence after it.
    """

    words: str
    spoken_words: str
    pause: float


def plain_text(part: Part) -> str:
    """What is to be spoken of words: those for the ear, where it has them."""
    return speakable_text(str(part.meta.get("spoken") or part.data)[:_MAX_TEXT_CHARS])


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


def sentences(plain_text: str, sources: Mapping[str, Any]) -> Iterator[Sentence]:
    """Each sentence in which there is something to say.

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
            yield Sentence(
                _CITATION.sub("", words).strip(),
                _with_sources(words, new_citations, sources),
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


def chunks(words: str) -> Iterator[str]:
    """As few pieces as keep each under MAX_CHARS, cut after commas or else between words.

    >>> [len(c) for c in chunks("word, " * 100)]
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
