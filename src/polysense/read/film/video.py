"""Videos: a picture of each scene, and the sound track in half-minute stretches with the words of
its subtitles.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from polysense.errors import PolysenseError, Unreadable
from polysense.protocols import Parser
from polysense.read.film import decode
from polysense.read.sound import container, timeline
from polysense.types import Asset, Chunk, Link, Part, Span

_KINDS = "3gpp 3gpp2 avi mp2t mp4 mpeg ogg quicktime webm x-flv x-m4v x-matroska x-ms-asf x-ms-wmv x-msvideo"


class VideoParser(Parser):
    """Reads videos of every common format. `seconds` is the longest that a scene or a stretch of
    sound may be.
    """

    accepts: ClassVar[frozenset[str]] = frozenset(f"video/{kind}" for kind in _KINDS.split())

    def __init__(self, *, seconds: float = timeline.WINDOW) -> None:
        self._seconds = seconds

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """First what is said, then what is seen. What cannot be read of it is named at the end."""
        if asset.path is None:
            raise Unreadable(f"{asset.name} is not at hand")
        about = decode.probe(asset.path)
        if about.size is None and not about.sound:
            raise Unreadable(f"{asset.name} has neither pictures nor sound")
        context, meta = container.said(about.tags), _facts(about)
        tracks, lost = _tracks(asset.path, about)
        yield from self._heard(asset, about, tracks, context, meta)
        if about.size is not None:
            try:
                found = decode.scenes(asset.path, self._seconds)
            except PolysenseError as e:
                found, lost = [], [*lost, str(e)]
            for start, end in found:
                t = round((start + end) / 2, 3)
                part = Part("image", asset.path, asset.mime, span=Span(seconds=(t, t)))
                yield Chunk(
                    asset, Span(seconds=(start, end)), "video", part, context=context, meta=meta
                )
        if lost:
            raise Unreadable(f"{asset.name}: {'; '.join(lost)}")

    def sidecars(self, path: Path) -> list[Path]:
        """The files beside a video that hold its words: they belong to it, and what is known of it
        changes with them.
        """
        return timeline.sidecars(path)

    def _heard(
        self,
        asset: Asset,
        about: decode.Probe,
        tracks: list[timeline.Track],
        context: str,
        meta: dict[str, Any],
    ) -> Iterator[Chunk]:
        """The sound track, with the first track's words on it; the words of other languages; all of
        them where there is no sound.
        """
        if about.sound:
            for piece in timeline.covered(
                tracks[0].cues if tracks else (), about.duration, self._seconds
            ):
                part = Part("audio", asset.path, asset.mime, span=piece.span)
                yield Chunk(
                    asset, piece.span, "video", part, piece.text, context, piece.marks, meta
                )
        for track in tracks[1 if about.sound else 0 :]:
            for piece in timeline.spoken(track.cues, self._seconds):
                span = Span(seconds=(piece.start, piece.end), node=track.name)
                yield Chunk(asset, span, "video", None, piece.text, context, piece.marks, meta)


def _tracks(path: Path, about: decode.Probe) -> tuple[list[timeline.Track], list[str]]:
    """Subtitles beside the file, then those inside it."""
    tracks, lost = timeline.tracks(path)
    if about.subtitles:
        try:
            inside = decode.embedded_subtitles(path)
            tracks += [
                timeline.Track(f"subtitles {n}", language, cues)
                for n, (language, cues) in enumerate(inside, 1)
            ]
        except PolysenseError as e:
            lost.append(str(e))
    return timeline.distinct(tracks), lost


def _facts(about: decode.Probe) -> dict[str, Any]:
    shown = (
        {"width": about.size[0], "height": about.size[1], "fps": round(about.fps, 3)}
        if about.size
        else {}
    )
    return container.facts(about.duration, about.tags) | shown
