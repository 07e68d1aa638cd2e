"""Recordings: half-minute stretches at most, with the words of the subtitles beside them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from polysense.errors import Unreadable
from polysense.protocols import Parser
from polysense.read.sound import container, timeline
from polysense.types import Asset, Chunk, Link, Part, Span

_SUBTYPES = (
    "aac ac3 aiff amr basic flac m4a mp4 mpeg ogg opus vnd.wave wav webm "
    "x-aiff x-caf x-flac x-m4a x-matroska x-ms-wma x-nist x-wav"
)


class AudioParser(Parser):
    """Reads recordings of every common format; no stretch is longer than `seconds`."""

    accepts: ClassVar[frozenset[str]] = frozenset(
        f"audio/{subtype}" for subtype in _SUBTYPES.split()
    )

    def __init__(self, *, seconds: float = timeline.WINDOW_SECONDS) -> None:
        self._seconds = seconds

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """One chunk a stretch; of further languages, their words.

        A subtitle file that cannot be read is named at the end.
        """
        if asset.path is None:
            raise Unreadable(f"{asset.name} is not at hand")
        with container.open_container(asset.path, asset.name) as file:
            duration, tags = container.length_seconds(file), container.metadata(file)
            has_sound = bool(file.streams.audio)
        if not has_sound or not timeline.even_stretches(0.0, duration):
            raise Unreadable(f"{asset.name} has no sound", "Give a recording that plays.")
        context, meta = container.describe(tags), container.summary_fields(duration, tags)
        sidecar_tracks, errors = timeline.sidecar_tracks(asset.path)
        tracks = timeline.distinct_tracks(sidecar_tracks)
        for stretch in timeline.all_stretches(
            tracks[0].cues if tracks else (), duration, self._seconds
        ):
            part = Part("audio", asset.path, asset.mime, span=stretch.span)
            yield Chunk(
                asset, stretch.span, "audio", part, stretch.text, context, stretch.marks, meta
            )
        for track in tracks[1:]:
            for stretch in timeline.speech_stretches(track.cues, self._seconds):
                span = Span(seconds=(stretch.start, stretch.end), node=track.name)
                yield Chunk(asset, span, "audio", None, stretch.text, context, stretch.marks, meta)
        if errors:
            raise Unreadable(f"{asset.name}: {'; '.join(errors)}")

    def sidecars(self, path: Path) -> list[Path]:
        """The subtitle files beside a recording: its chunks change with them."""
        return timeline.sidecars(path)
