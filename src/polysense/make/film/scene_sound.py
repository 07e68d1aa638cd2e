"""What is heard in a scene of a film, when each of its words is said, and the captions for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from polysense.make.film import caption
from polysense.make.film.scenes import Size
from polysense.make.sound.excerpt import Cut
from polysense.read.sound import decode
from polysense.types import Evidence, Part

RATE = 48_000  # samples a second

LEAD = 0.35
"""Seconds before what is said."""

MAX_SCENE = 20.0
"""Seconds of what is heard in one scene."""

_SILENCE_PEAK = 10 ** (-52 / 20)
"""A sound whose peak is lower, -52 dB of full scale, is silent."""

_PEAK_LEVEL, _MAX_GAIN = 0.85, 4.0
"""The peak that all sounds are brought to, by a gain of this at most."""

_MIN_OVERLAP = 0.3
"""Seconds of a transcript's mark that must be heard. None of these numbers was measured."""

Cue = tuple[float, float, str]
"""From, to (seconds of the scene), words."""


@dataclass(frozen=True, slots=True)
class SceneSound:
    """Samples at RATE that begin `lead` seconds into a scene, and what is said when.

    is_original: they belong to its moving pictures.
    """

    samples: NDArray[np.float32]
    cues: tuple[Cue, ...] = ()
    lead: float = LEAD
    is_original: bool = False
    language: str = ""

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


def original_sound(cut: Cut) -> SceneSound | None:
    """The film's own sound in its seconds, to the sample; None where it is silent."""
    part = Part("video", cut.data, name=cut.name)
    sound = _normalise_peak(
        decode.samples(replace(part, span=replace(part.span, seconds=(cut.start, cut.end))), RATE)
    )
    return SceneSound(sound, lead=0.0, is_original=True) if len(sound) else None


def narration(e: Evidence) -> SceneSound | None:
    """The sound form: words spoken, with when each sentence is, or the seconds of a recording."""
    form = e.form("audio") or (e.hit.chunk.part if e.hit.modality == "audio" else None)
    if form is None:
        return None
    start, end = form.span.seconds or (0.0, MAX_SCENE)
    sound = _normalise_peak(
        decode.samples(
            replace(form, span=replace(form.span, seconds=(start, min(end, start + MAX_SCENE)))),
            RATE,
        )
    )
    cues = tuple(
        (LEAD + a, LEAD + b, str(w))
        for a, b, w in form.meta.get("cues", ())
        if a < len(sound) / RATE
    )
    return (
        SceneSound(sound, cues, language=str(next(iter(form.meta.get("languages", ())), "")))
        if len(sound)
        else None
    )


def _normalise_peak(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """As loud as the others, within reason; nothing where it is silent."""
    peak = float(np.abs(sound).max()) if len(sound) else 0.0
    return sound * min(_PEAK_LEVEL / peak, _MAX_GAIN) if peak > _SILENCE_PEAK else sound[:0]


def timed_cues(e: Evidence, cut: Cut | None, sound: SceneSound) -> Sequence[Cue]:
    """When what is said in a recording is said, by its transcript's marks; nothing without any."""
    if sound.cues:
        return sound.cues
    form = e.form("audio")
    cuts = form.meta.get("cuts") if form else None
    begins = cut.start if cut and sound.is_original else cuts[0]["seconds"][0] if cuts else None
    if begins is None:
        return ()
    chunk, ends = e.hit.chunk, begins + sound.seconds
    marks = [
        (m.span.seconds, chunk.text[m.start : m.end].strip()) for m in chunk.marks if m.span.seconds
    ]
    shift = sound.lead - begins
    return [
        (max(0.0, a + shift), b + shift, text)
        for (a, b), text in marks
        if text and min(b, ends) - max(a, begins) > _MIN_OVERLAP
    ]


def caption_pages(
    sound: SceneSound, cues: Sequence[Cue], fallback: str, seconds: float, size: Size
) -> Iterator[Cue]:
    """What is said, page by page of a caption, each as long as its share of the letters."""
    whole_scene = (sound.lead, sound.lead + sound.seconds) if sound.seconds else (0.2, seconds)
    for start, end, text in cues or ([(*whole_scene, fallback)] if fallback else []):
        pages = caption.pages(text, size)
        letter_count, page_start = sum(map(len, pages)), start
        for page in pages:
            page_seconds = (end - start) * len(page) / letter_count
            yield page_start, page_start + page_seconds, page
            page_start += page_seconds


def is_recording(e: Evidence) -> bool:
    """Whether what is heard is a recording itself, which bars stand for better than words."""
    form = e.form("audio")
    return e.hit.modality in ("audio", "video") and not (form is not None and form.meta.get("cues"))
