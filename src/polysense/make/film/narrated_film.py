"""A narrated film of the evidence: its pictures, clips and turning models, with captions.

What is said of them is heard; captions name the sources.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np

from polysense.errors import BadConfig, PolysenseError
from polysense.make.file import encode
from polysense.make.film import caption
from polysense.make.film.scene_sound import (
    MAX_SCENE,
    RATE,
    SceneSound,
    caption_pages,
    is_recording,
    narration,
    original_sound,
    timed_cues,
)
from polysense.make.film.scenes import (
    MODEL_VIEWS,
    FrameSource,
    Overlay,
    Size,
    blend,
    compose_stage,
    dark_frame,
    loudness_bars,
    model_frames,
    still_frames,
    video_frames,
)
from polysense.make.question_text import question_text
from polysense.make.sound.excerpt import Cut, cut_from
from polysense.protocols import Generator
from polysense.read.image import decode as image
from polysense.read.solid import decode as mesh_decode
from polysense.types import Evidence, Modality, Part, Query

FPS = Fraction(25)

TAIL, SILENT_SCENE = 0.55, 4.5
"""Seconds after what is said, and of a scene in which nothing is."""

MIN_SCENE = 3.0
"""Seconds of a scene, but for a clip, which lasts as long as it is."""

MAX_SCENES = 6
"""Pieces of evidence that a film shows at most."""

_OVERRUN = 2
"""Seconds by which a scene may be longer than what is heard in it."""

_FADE = 0.4
"""Seconds in which a scene fades in over the one before."""

_MAX_CAPTION_CHARS = 480
"""Characters of a passage that become captions: read aloud, half a minute."""

_PICTURE_SIDE = 1440
"""Pixels along the longer side of a still picture: enough to drift over."""

_CITATION_MARK = re.compile(r"\s*\[\d+\]")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Scene:
    """One piece of evidence on the screen.

    Captions lie over the pictures unless these are of the words themselves.
    """

    evidence: Evidence
    seconds: float
    sound: SceneSound
    frames: FrameSource
    has_caption: bool = True

    @property
    def source(self) -> str:
        return _source_label(self.evidence)


class NarratedFilm(Generator):
    """A film of the evidence, a scene for each piece, with captions in the picture and as a track.

    H.264 and AAC in MP4. meta has `scenes`: [{evidence, at, seconds}]. size: pixels of its width,
    in steps of 256; longest: seconds made at most.
    """

    accepts: frozenset[Modality] = frozenset(
        {"text", "image", "audio", "video", "3d", "code", "table", "graph"}
    )
    emits: Modality = "video"
    cost = 0.35
    needs: frozenset[Modality] = frozenset({"image", "audio"})

    def __init__(self, *, size: int = 1024, longest: float = 90.0) -> None:
        if not (256 <= size <= 1920 and 5 <= longest <= 600):
            raise BadConfig(
                f"film: size {size}, longest {longest}",
                "Give 256 to 1920 pixels of width, 5 to 600 seconds.",
            )
        self._size, self._longest = (size // 256 * 256, size // 256 * 144), longest

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """One MP4 file; nothing where the first piece has neither a picture nor sound."""
        scenes: list[_Scene] = []
        for e in evidence[:MAX_SCENES]:
            scene = _build_scene(e, self._size, len(scenes))
            if scene is None and not scenes:
                return
            if scene is not None and (
                not scenes or sum(s.seconds for s in scenes) + scene.seconds <= self._longest
            ):
                scenes.append(scene)
        if not scenes:
            return
        title = question_text(query)[:120]
        language = (
            next((s.sound.language for s in scenes if s.sound.language), "en")
            if any(s.sound.cues for s in scenes)
            else ""
        )
        with encode.Movie(
            encode.MovieFormat(self._size, FPS, RATE, 1, language, caption.clean(title))
        ) as movie:
            writer = _SceneWriter(movie)
            entries = [writer.add(s, is_last=s is scenes[-1]) for s in scenes]
        meta = {
            "evidence": [t["evidence"] for t in entries],
            "scenes": entries,
            "seconds": round(movie.seconds, 3),
        }
        yield Part("video", movie.data, mime="video/mp4", name="film.mp4", meta=meta)


class _SceneWriter:
    """Writes scenes one after the other, each fading in over the last picture before it.

    Captions do not fade.
    """

    def __init__(self, movie: encode.Movie) -> None:
        self._movie, self._size = movie, movie.format.size
        self._dark = self._last = dark_frame(self._size)

    def add(self, scene: _Scene, is_last: bool) -> dict[str, Any]:
        """Append a scene; the last one fades out."""
        start, count, fade_frames = (
            self._movie.seconds,
            max(1, round(scene.seconds * FPS)),
            round(_FADE * FPS),
        )
        self._say(scene, start, count)
        before, picture, pictures = self._last, self._last, scene.frames(count)
        overlays: dict[str, Overlay] = {}
        for i, words in enumerate(_captions_by_frame(scene, count)):
            picture = next(pictures, picture)
            if scene.has_caption and words not in overlays:
                overlays[words] = Overlay(
                    caption.draw_caption(words, scene.source, scene.evidence.n, self._size),
                    self._size,
                )
            frame = blend(before, picture, (i + 1) / fade_frames) if i < fade_frames else picture
            frame = overlays[words].apply(frame) if scene.has_caption else frame
            frames_left = count - i - 1
            self._movie.add_frame(
                blend(self._dark, frame, frames_left / fade_frames)
                if is_last and frames_left < fade_frames
                else frame
            )
        self._last = picture
        return {
            "evidence": scene.evidence.n,
            "at": round(start, 3),
            "seconds": round(count / float(FPS), 3),
        }

    def _say(self, scene: _Scene, offset: float, count: int) -> None:
        seconds = count / float(FPS)
        samples = np.zeros(round((offset + seconds) * RATE) - round(offset * RATE), np.float32)
        lead = round(scene.sound.lead * RATE)
        sound = encode.with_fades(scene.sound.samples[: max(0, len(samples) - lead)], RATE, 0.03)
        samples[lead : lead + len(sound)] = sound
        self._movie.add_sound(samples[None])
        for i, (start, end, words) in enumerate(scene.sound.cues):
            source = f"\n— {scene.source}" if i == 0 else ""
            if start < seconds:
                self._movie.add_subtitle(
                    offset + start,
                    offset + min(end, seconds),
                    f"{words} [{scene.evidence.n}]{source}",
                )


def _captions_by_frame(scene: _Scene, count: int) -> Iterator[str]:
    """The words of the caption at each frame: those said last."""
    cues = scene.sound.cues
    for i in range(count):
        yield next(
            (w for start, _, w in reversed(cues) if start <= i / FPS), cues[0][2] if cues else ""
        )


def _build_scene(e: Evidence, size: Size, number: int) -> _Scene | None:
    """What is seen and heard of a piece of evidence; None where it is neither."""
    words = _evidence_text(e)
    cut = _none_if_unreadable(lambda: cut_from(e, MAX_SCENE)) if e.hit.modality == "video" else None
    frames = (
        video_frames(cut, size, FPS)
        if cut
        else _turning_model(e, size, number)
        if e.hit.modality == "3d"
        else None
    )
    sound = _none_if_unreadable(lambda: original_sound(cut)) if frames and cut else None
    sound = (
        sound or _none_if_unreadable(lambda: narration(e)) or SceneSound(np.zeros(0, np.float32))
    )
    seconds = _scene_seconds(sound, cut if frames else None)
    pages = caption_pages(sound, timed_cues(e, cut, sound), words, seconds, size)
    sound = replace(sound, cues=tuple(pages))
    scene = _Scene(e, seconds, sound, frames or still_frames(caption.backdrop(size), size, True))
    return scene if frames else _with_still(scene, words, size, number)


def _scene_seconds(sound: SceneSound, clip: Cut | None) -> float:
    """How long a scene is: as its sound, or as the clip that is seen in it."""
    seconds = sound.lead + sound.seconds + TAIL if sound.seconds else SILENT_SCENE
    if clip is None:
        return min(max(seconds, MIN_SCENE), MAX_SCENE + _OVERRUN)
    length = clip.end - clip.start
    if not sound.is_original and sound.seconds:
        length = max(seconds, length)
    return min(length, MAX_SCENE + _OVERRUN)


def _with_still(scene: _Scene, words: str, size: Size, number: int) -> _Scene | None:
    """The scene with a picture that drifts: the evidence's, a card of its words, or its loudness.

    None where it has none of them. Every second picture drifts outwards.
    """
    e, sound, inward = scene.evidence, scene.sound, number % 2 == 0
    picture = _none_if_unreadable(lambda: _still_picture(e))
    if picture is not None:
        return replace(scene, frames=still_frames(compose_stage(picture, size), size, inward))
    if not sound.seconds:
        return None
    if words and not is_recording(e):
        card = caption.draw_card(words, scene.source, e.n, size)
        return replace(scene, frames=still_frames(card, size, inward), has_caption=False)
    return replace(scene, frames=still_frames(loudness_bars(sound.samples, size), size, True))


def _still_picture(e: Evidence) -> image.Pixels | None:
    own = e.hit.chunk.part if e.hit.modality == "image" else None
    form = _shown_picture(e) or e.form("image") or own
    return image.pixels(form, _PICTURE_SIDE) if form is not None else None


def _shown_picture(e: Evidence) -> Part | None:
    """The picture that stands with the words of a passage."""
    return next((p for p in e.attachments if p.modality == "image"), None)


def _turning_model(e: Evidence, size: Size, number: int) -> FrameSource | None:
    content = e.hit.chunk.part
    model = _none_if_unreadable(lambda: mesh_decode.load(content)) if content is not None else None
    return (
        model_frames(model, size, MODEL_VIEWS if number == 0 else MODEL_VIEWS // 2)
        if model is not None
        else None
    )


def _evidence_text(e: Evidence) -> str:
    """The words that bear on the question, else what is known of it."""
    chunk = e.hit.chunk
    text = (
        str(e.part.data)
        if e.part.modality == "text" and isinstance(e.part.data, str)
        else chunk.context or chunk.text
    )
    text = " ".join(_CITATION_MARK.sub("", text).split())
    return (
        text
        if len(text) <= _MAX_CAPTION_CHARS
        else text[:_MAX_CAPTION_CHARS].rsplit(" ", 1)[0] + " …"
    )


def _source_label(e: Evidence) -> str:
    place, picture = str(e.span), _shown_picture(e)
    label = e.hit.chunk.asset.name + (f", {place}" if place != "whole" else "")
    return label + (f" ({picture.name})" if picture is not None and picture.name else "")


def _none_if_unreadable(make: Callable[[], T]) -> T | None:
    """What could be made; None where a file cannot be read: the scene goes on without it."""
    try:
        return make()
    except PolysenseError:
        return None
