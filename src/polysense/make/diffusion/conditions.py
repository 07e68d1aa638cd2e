"""What a model is given of the evidence: words for its prompt, pictures and sounds to follow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from polysense.errors import PolysenseError
from polysense.make.question_text import question_text
from polysense.read.film import decode as film
from polysense.read.image.decode import Pixels, pixels
from polysense.read.sound.decode import Samples, samples
from polysense.types import Evidence, Part, Query, Span

MAX_PROMPT_CHARACTERS = 600
"""Of a prompt: the text encoders of these models read 77 tokens, some 300 to 400 characters of
English, and cut what comes after. Judged, not measured.
"""

MAX_PICTURES = 4
"""Pictures that a model follows at once; judged."""

MAX_SOUNDS, MAX_SOUND_SECONDS = 4, 10.0
"""Sounds that a model follows at once, and of each the seconds from where it was found: CLAP hears
ten. Judged, not measured.
"""

_CITATION = re.compile(r"\s*\[\d+\]")


@dataclass(frozen=True, slots=True)
class Prompt:
    """The words for a model, and the numbers of the evidence in them."""

    text: str
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A retrieved picture, RGB, as a PIL image, and the number of its evidence."""

    image: Any
    n: int


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples of a retrieved sound, mono, and the number of its evidence."""

    samples: Samples
    n: int


def prompt_of(query: Query, evidence: Sequence[Evidence]) -> Prompt:
    """The question's words, then those of the evidence, as many as a model reads."""
    sentences: dict[str, int] = {_plain(question_text(query)): 0}
    for e in evidence:
        words = e.part.data if e.part.modality == "text" else e.hit.chunk.words
        sentences.setdefault(_plain(str(words)), e.n)
    text, numbers = "", []
    for sentence, n in sentences.items():
        room = MAX_PROMPT_CHARACTERS - len(text)
        if not sentence or room <= 0:
            continue
        text = f"{text} {sentence}"[: len(text) + room].strip()
        numbers += [n] if n else []
    return Prompt(text, tuple(numbers))


def _plain(words: str) -> str:
    return " ".join(_CITATION.sub("", words).split())


def pictures_of(evidence: Sequence[Evidence], longest: int) -> list[Picture]:
    """The pictures among the evidence, and a frame of its films, best first, each once, their
    longer side at most `longest`. One that cannot be read is left out.
    """
    pictures: dict[tuple[str, str], Picture] = {}
    for e in evidence:
        key = (e.hit.chunk.asset.id, str(e.span))
        if len(pictures) < MAX_PICTURES and key not in pictures and (part := _picture_part(e)):
            from PIL import Image

            try:
                pictures[key] = Picture(Image.fromarray(pixels(part, longest)), e.n)
            except PolysenseError:  # one that is gone must not cost the others
                continue
    return list(pictures.values())


def _picture_part(e: Evidence) -> Part | None:
    part = e.hit.chunk.part
    if part is None or isinstance(part.data, str):
        return None
    if part.modality == "image" and not part.mime.startswith("video/"):
        return part
    if part.modality not in ("image", "video"):
        return None
    start, end = e.span.seconds or part.span.seconds or (0.0, 0.0)
    try:
        return Part("image", film.frame(part.data, (start + end) / 2))
    except PolysenseError:
        return None


def sounds_of(evidence: Sequence[Evidence], rate: int) -> list[Sound]:
    """The sounds among the evidence, best first, at `rate` samples a second; without those that are
    silent or cannot be read.
    """
    sounds: list[Sound] = []
    for e in evidence:
        part = e.hit.chunk.part
        if part is None or part.modality != "audio" or len(sounds) == MAX_SOUNDS:
            continue
        start, end = e.span.seconds or part.span.seconds or (0.0, MAX_SOUND_SECONDS)
        cut = (start, min(end, start + MAX_SOUND_SECONDS))
        try:
            sound = samples(replace(part, span=Span(seconds=cut)), rate)
        except PolysenseError:  # as with pictures
            continue
        if len(sound) and float(abs(sound).max()) > 0:
            sounds.append(Sound(sound, e.n))
    return sounds


def frames_of(evidence: Sequence[Evidence], count: int) -> tuple[list[Pixels], int]:
    """`count` frames of the first clip among the evidence, spread over its cited seconds, and its
    number; nothing where there is none that can be read.
    """
    for e in evidence:
        part, path = e.hit.chunk.part, e.hit.chunk.asset.path
        seconds = e.span.seconds or e.hit.chunk.span.seconds
        if e.hit.modality != "video" or part is None:
            continue
        data = part.data if isinstance(part.data, (Path, bytes)) else path
        if not isinstance(data, (Path, bytes)):
            continue
        try:
            start, end = seconds or (0.0, film.probe(data).duration)
            times = [start + (end - start) * i / count for i in range(count)]
            return list(film.frames(data, times)), e.n
        except PolysenseError:  # as with pictures
            continue
    return [], 0
