"""A narrated film of the evidence: its pictures, moving seconds and turning models in order, what
is said, captions with the sources.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from polysense.errors import BadConfig, PolysenseError
from polysense.make.file import encode
from polysense.make.film import caption
from polysense.make.film import scenes as _scenes
from polysense.make.film.scenes import Shown
from polysense.make.sound.excerpt import Cut, cut_of
from polysense.protocols import Generator
from polysense.read.image import decode as image
from polysense.read.solid import decode as mesh
from polysense.read.sound import decode
from polysense.types import Evidence, Modality, Part, Query

RATE = 48_000
FPS = Fraction(25)
SCENES = 6
"""Pieces of evidence that a film shows at most."""

LEAD, TAIL, QUIET = 0.35, 0.55, 4.5
"""Seconds before and after what is said, and of a scene in which nothing is."""

LEAST, MOST_SCENE = 3.0, 20.0
"""Seconds of a scene, but for a clip, which lasts as long as it is; and of what is heard in one."""

_FADE = 0.4
_WORDY = 480
_SILENCE = 10 ** (-52 / 20)
_LOUD = 0.85
_CITED = re.compile(r"\s*\[\d+\]")

Said = tuple[float, float, str]
"""From, to (seconds of the scene), words."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Heard:
    """Samples at RATE that begin `lead` seconds into a scene, and what is said when; own: they
    belong to its moving pictures.
    """

    sound: NDArray[np.float32]
    said: tuple[Said, ...] = ()
    lead: float = LEAD
    own: bool = False
    language: str = ""

    @property
    def seconds(self) -> float:
        return len(self.sound) / RATE


@dataclass(frozen=True, slots=True)
class _Scene:
    """One piece of evidence on the screen. Captions lie over the pictures unless these are of the
    words themselves.
    """

    e: Evidence
    seconds: float
    heard: _Heard
    shown: Shown
    captioned: bool = True

    @property
    def source(self) -> str:
        return _source(self.e)


class NarratedFilm(Generator):
    """A film of the evidence, a scene for each piece: H.264, AAC, captions in the picture and as a
    track of subtitles.

    meta has `scenes`: [{evidence, at, seconds}]. size: pixels of its width, in steps of 256;
    longest: seconds made at most.
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
        """One MP4 file; nothing where the first piece of evidence has neither a picture nor sound."""
        scenes: list[_Scene] = []
        for e in evidence[:SCENES]:
            scene = _scene(e, self._size, len(scenes))
            if scene is None and not scenes:
                return
            if scene is not None and (
                not scenes or sum(s.seconds for s in scenes) + scene.seconds <= self._longest
            ):
                scenes.append(scene)
        if not scenes:
            return
        title = " ".join(str(p.data) for p in query if p.modality == "text")[:120]
        language = (
            next((s.heard.language for s in scenes if s.heard.language), "en")
            if any(s.heard.said for s in scenes)
            else ""
        )
        with encode.Movie(
            encode.Form(self._size, FPS, RATE, 1, language, caption.clean(title))
        ) as movie:
            reel = _Reel(movie)
            told = [reel.add(s, last=s is scenes[-1]) for s in scenes]
        meta = {
            "evidence": [t["evidence"] for t in told],
            "scenes": told,
            "seconds": round(movie.seconds, 3),
        }
        yield Part("video", movie.data, mime="video/mp4", name="film.mp4", meta=meta)


class _Reel:
    """Writes scenes one after the other, each fading in over the last picture before it; captions
    do not fade.
    """

    def __init__(self, movie: encode.Movie) -> None:
        self._movie, self._size = movie, movie.form.size
        self._dark = self._last = _scenes.dark(self._size)

    def add(self, scene: _Scene, last: bool) -> dict[str, Any]:
        """Append a scene; the last one fades out."""
        at, count, fading = (
            self._movie.seconds,
            max(1, round(scene.seconds * FPS)),
            round(_FADE * FPS),
        )
        self._say(scene, at, count)
        before, picture, pictures = self._last, self._last, scene.shown(count)
        laid: dict[str, _scenes.Overlay] = {}
        for i, words in enumerate(_spoken(scene, count)):
            picture = next(pictures, picture)
            if scene.captioned and words not in laid:
                laid[words] = _scenes.Overlay(
                    caption.lower(words, scene.source, scene.e.n, self._size), self._size
                )
            shown = _scenes.blended(before, picture, (i + 1) / fading) if i < fading else picture
            shown = laid[words].over(shown) if scene.captioned else shown
            left = count - i - 1
            self._movie.frame(
                _scenes.blended(self._dark, shown, left / fading)
                if last and left < fading
                else shown
            )
        self._last = picture
        return {"evidence": scene.e.n, "at": round(at, 3), "seconds": round(count / float(FPS), 3)}

    def _say(self, scene: _Scene, at: float, count: int) -> None:
        seconds = count / float(FPS)
        samples = np.zeros(round((at + seconds) * RATE) - round(at * RATE), np.float32)
        lead = round(scene.heard.lead * RATE)
        sound = encode.faded(scene.heard.sound[: max(0, len(samples) - lead)], RATE, 0.03)
        samples[lead : lead + len(sound)] = sound
        self._movie.sound(samples[None])
        for i, (start, end, words) in enumerate(scene.heard.said):
            source = f"\n— {scene.source}" if i == 0 else ""
            if start < seconds:
                self._movie.words(
                    at + start, at + min(end, seconds), f"{words} [{scene.e.n}]{source}"
                )


def _spoken(scene: _Scene, count: int) -> Iterator[str]:
    """The words of the caption at each frame: those said last."""
    said = scene.heard.said
    for i in range(count):
        yield next(
            (w for start, _, w in reversed(said) if start <= i / FPS), said[0][2] if said else ""
        )


def _scene(e: Evidence, size: _scenes.Size, number: int) -> _Scene | None:
    """What is seen and heard of a piece of evidence; None where it is neither."""
    words = _words(e)
    cut = _tried(lambda: cut_of(e, MOST_SCENE)) if e.hit.modality == "video" else None
    shown = (
        _scenes.moving(cut, size, FPS)
        if cut
        else _model(e, size, number)
        if e.hit.modality == "3d"
        else None
    )
    heard = _tried(lambda: _of_film(cut)) if shown and cut else None
    heard = heard or _tried(lambda: _narrated(e)) or _Heard(np.zeros(0, np.float32))
    seconds = heard.lead + heard.seconds + TAIL if heard.seconds else QUIET
    if shown and cut:
        seconds = (
            cut.end - cut.start
            if heard.own
            else max(seconds if heard.seconds else 0.0, cut.end - cut.start)
        )
        seconds = min(seconds, MOST_SCENE + 2)
    else:
        seconds = min(max(seconds, LEAST), MOST_SCENE + 2)
    heard = replace(heard, said=tuple(_paged(heard, _timed(e, cut, heard), words, seconds, size)))
    scene = _Scene(e, seconds, heard, shown or _scenes.still(caption.backdrop(size), size, True))
    if shown:
        return scene
    picture = _tried(lambda: _picture(e))
    if picture is not None:
        return replace(
            scene, shown=_scenes.still(_scenes.stage(picture, size), size, number % 2 == 0)
        )
    if not heard.seconds:
        return None
    if words and not _recorded(e):
        card = caption.card(words, scene.source, e.n, size)
        return replace(scene, shown=_scenes.still(card, size, number % 2 == 0), captioned=False)
    return replace(scene, shown=_scenes.still(_scenes.waves(heard.sound, size), size, True))


def _picture(e: Evidence) -> image.Pixels | None:
    form = e.form("image") or (e.hit.chunk.part if e.hit.modality == "image" else None)
    return image.pixels(form, 1440) if form is not None else None


def _model(e: Evidence, size: _scenes.Size, number: int) -> Shown | None:
    content = e.hit.chunk.part
    model = _tried(lambda: mesh.load(content)) if content is not None else None
    return (
        _scenes.turning(model, size, _scenes.VIEWS if number == 0 else _scenes.VIEWS // 2)
        if model is not None
        else None
    )


def _of_film(cut: Cut) -> _Heard | None:
    """The film's own sound in its seconds, to the sample; None where it is silent."""
    part = Part("video", cut.data, name=cut.name)
    sound = _loud(
        decode.samples(replace(part, span=replace(part.span, seconds=(cut.start, cut.end))), RATE)
    )
    return _Heard(sound, lead=0.0, own=True) if len(sound) else None


def _narrated(e: Evidence) -> _Heard | None:
    """The sound form: words spoken, with when each sentence is, or the seconds of a recording."""
    form = e.form("audio") or (e.hit.chunk.part if e.hit.modality == "audio" else None)
    if form is None:
        return None
    start, end = form.span.seconds or (0.0, MOST_SCENE)
    sound = _loud(
        decode.samples(
            replace(form, span=replace(form.span, seconds=(start, min(end, start + MOST_SCENE)))),
            RATE,
        )
    )
    said = tuple(
        (LEAD + a, LEAD + b, str(w))
        for a, b, w in form.meta.get("cues", ())
        if a < len(sound) / RATE
    )
    return (
        _Heard(sound, said, language=str(next(iter(form.meta.get("languages", ())), "")))
        if len(sound)
        else None
    )


def _loud(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """As loud as the others, within reason; nothing where it is silent."""
    peak = float(np.abs(sound).max()) if len(sound) else 0.0
    return sound * min(_LOUD / peak, 4.0) if peak > _SILENCE else sound[:0]


def _timed(e: Evidence, cut: Cut | None, heard: _Heard) -> Sequence[Said]:
    """When what is said in a recording is said, by the marks of its transcript; nothing where it
    has none.
    """
    if heard.said:
        return heard.said
    form = e.form("audio")
    cuts = form.meta.get("cuts") if form else None
    begins = cut.start if cut and heard.own else cuts[0]["seconds"][0] if cuts else None
    if begins is None:
        return ()
    chunk, ends = e.hit.chunk, begins + heard.seconds
    marks = [
        (m.span.seconds, chunk.text[m.start : m.end].strip()) for m in chunk.marks if m.span.seconds
    ]
    moved = heard.lead - begins
    return [
        (max(0.0, a + moved), b + moved, said)
        for (a, b), said in marks
        if said and min(b, ends) - max(a, begins) > 0.3
    ]


def _paged(
    heard: _Heard, said: Sequence[Said], words: str, seconds: float, size: _scenes.Size
) -> Iterator[Said]:
    """What is said, in pieces that a caption can hold, each as long as its share of the letters."""
    whole = (heard.lead, heard.lead + heard.seconds) if heard.seconds else (0.2, seconds)
    for start, end, spoken in said or ([(*whole, words)] if words else []):
        pages = caption.pages(spoken, size)
        letters, at = sum(map(len, pages)), start
        for page in pages:
            lasts = (end - start) * len(page) / letters
            yield at, at + lasts, page
            at += lasts


def _words(e: Evidence) -> str:
    """The words that bear on the question, else what is known of it."""
    chunk = e.hit.chunk
    said = (
        str(e.part.data)
        if e.part.modality == "text" and isinstance(e.part.data, str)
        else chunk.context or chunk.text
    )
    said = " ".join(_CITED.sub("", said).split())
    return said if len(said) <= _WORDY else said[:_WORDY].rsplit(" ", 1)[0] + " …"


def _recorded(e: Evidence) -> bool:
    """Whether what is heard is a recording itself, which bars stand for better than words."""
    form = e.form("audio")
    return e.hit.modality in ("audio", "video") and not (form is not None and form.meta.get("cues"))


def _source(e: Evidence) -> str:
    place = str(e.span)
    return e.hit.chunk.asset.name + (f", {place}" if place != "whole" else "")


def _tried(make: Callable[[], T]) -> T | None:
    """What could be made; None where a file cannot be read: the scene goes on without it."""
    try:
        return make()
    except PolysenseError:
        return None
