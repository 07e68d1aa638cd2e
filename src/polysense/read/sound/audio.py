"""Recordings: the whole of a short sound, half-minute stretches of a long one, with the words of
subtitles beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from polysense.errors import Unreadable
from polysense.protocols import Parser
from polysense.read.sound import container, timeline
from polysense.types import Asset, Chunk, Link, Part, Span

_KINDS = "aac ac3 aiff amr basic flac m4a mp4 mpeg ogg opus vnd.wave wav webm x-aiff x-caf x-flac x-m4a x-matroska x-ms-wma x-nist x-wav"


class AudioParser(Parser):
    """Reads recordings of every common format. `seconds` is the longest that a stretch may be."""

    accepts: ClassVar[frozenset[str]] = frozenset(f"audio/{kind}" for kind in _KINDS.split())

    def __init__(self, *, seconds: float = timeline.WINDOW) -> None:
        self._seconds = seconds

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """One chunk a stretch; of further languages, their words. A subtitle file that cannot be
        read is named at the end.
        """
        if asset.path is None:
            raise Unreadable(f"{asset.name} is not at hand")
        with container.opened(asset.path, asset.name) as file:
            duration, tags, heard = (
                container.length(file),
                container.metadata(file),
                bool(file.streams.audio),
            )
        if not heard or not timeline.even(0.0, duration):
            raise Unreadable(f"{asset.name} has no sound", "Give a recording that plays.")
        context, meta = container.said(tags), container.facts(duration, tags)
        beside, lost = timeline.tracks(asset.path)
        tracks = timeline.distinct(beside)
        for piece in timeline.covered(tracks[0].cues if tracks else (), duration, self._seconds):
            part = Part("audio", asset.path, asset.mime, span=piece.span)
            yield Chunk(asset, piece.span, "audio", part, piece.text, context, piece.marks, meta)
        for track in tracks[1:]:
            for piece in timeline.spoken(track.cues, self._seconds):
                span = Span(seconds=(piece.start, piece.end), node=track.name)
                yield Chunk(asset, span, "audio", None, piece.text, context, piece.marks, meta)
        if lost:
            raise Unreadable(f"{asset.name}: {'; '.join(lost)}")

    def sidecars(self, path: Path) -> list[Path]:
        """The files beside a recording that hold its words: they belong to it, and what is known of
        it changes with them.
        """
        return timeline.sidecars(path)
