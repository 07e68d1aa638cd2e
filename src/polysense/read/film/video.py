"""Videos: a picture of each scene, and the sound track with the words of its subtitles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from polysense.errors import PolysenseError, Unreadable
from polysense.protocols import Parser
from polysense.read.film import decode
from polysense.read.sound import container, timeline
from polysense.types import Asset, Chunk, Link, Part, Span

_SUBTYPES = (
    "3gpp 3gpp2 avi mp2t mp4 mpeg ogg quicktime webm "
    "x-flv x-m4v x-matroska x-ms-asf x-ms-wmv x-msvideo"
)


class VideoParser(Parser):
    """Reads videos of every common format; no scene or sound is longer than `seconds`."""

    accepts: ClassVar[frozenset[str]] = frozenset(
        f"video/{subtype}" for subtype in _SUBTYPES.split()
    )

    def __init__(self, *, seconds: float = timeline.WINDOW_SECONDS) -> None:
        self._seconds = seconds

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """First the sound, then the scenes. What cannot be read of it is named at the end."""
        if asset.path is None:
            raise Unreadable(f"{asset.name} is not at hand")
        probe = decode.probe(asset.path)
        if probe.size is None and not probe.sound:
            raise Unreadable(f"{asset.name} has neither pictures nor sound")
        context, meta = container.describe(probe.tags), _metadata(probe)
        tracks, errors = _subtitle_tracks(asset.path, probe)
        yield from self._sound_chunks(asset, probe, tracks, context, meta)
        if probe.size is not None:
            try:
                scenes = decode.scenes(asset.path, self._seconds)
            except PolysenseError as e:
                scenes, errors = [], [*errors, str(e)]
            for start, end in scenes:
                t = round((start + end) / 2, 3)
                part = Part("image", asset.path, asset.mime, span=Span(seconds=(t, t)))
                yield Chunk(
                    asset, Span(seconds=(start, end)), "video", part, context=context, meta=meta
                )
        if errors:
            raise Unreadable(f"{asset.name}: {'; '.join(errors)}")

    def sidecars(self, path: Path) -> list[Path]:
        """The subtitle files beside a video: its chunks change with them."""
        return timeline.sidecars(path)

    def _sound_chunks(
        self,
        asset: Asset,
        probe: decode.Probe,
        tracks: list[timeline.Track],
        context: str,
        meta: dict[str, Any],
    ) -> Iterator[Chunk]:
        """The sound track with the words of the first subtitles; the other subtitles as words.

        All of them are words alone where there is no sound.
        """
        if probe.sound:
            for stretch in timeline.all_stretches(
                tracks[0].cues if tracks else (), probe.duration, self._seconds
            ):
                part = Part("audio", asset.path, asset.mime, span=stretch.span)
                yield Chunk(
                    asset, stretch.span, "video", part, stretch.text, context, stretch.marks, meta
                )
        for track in tracks[1 if probe.sound else 0 :]:
            for stretch in timeline.speech_stretches(track.cues, self._seconds):
                span = Span(seconds=(stretch.start, stretch.end), node=track.name)
                yield Chunk(asset, span, "video", None, stretch.text, context, stretch.marks, meta)


def _subtitle_tracks(path: Path, probe: decode.Probe) -> tuple[list[timeline.Track], list[str]]:
    """Subtitles beside the file, then those inside it."""
    tracks, errors = timeline.sidecar_tracks(path)
    if probe.subtitles:
        try:
            embedded = decode.embedded_subtitles(path)
            tracks += [
                timeline.Track(f"subtitles {n}", language, cues)
                for n, (language, cues) in enumerate(embedded, 1)
            ]
        except PolysenseError as e:
            errors.append(str(e))
    return timeline.distinct_tracks(tracks), errors


def _metadata(probe: decode.Probe) -> dict[str, Any]:
    picture = (
        {"width": probe.size[0], "height": probe.size[1], "fps": round(probe.fps, 3)}
        if probe.size
        else {}
    )
    return container.summary_fields(probe.duration, probe.tags) | picture
