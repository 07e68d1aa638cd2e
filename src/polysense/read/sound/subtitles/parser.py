"""Subtitle files that stand alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from polysense.errors import Unreadable
from polysense.protocols import Parser
from polysense.read.file import text
from polysense.read.sound.subtitles import cues, formats
from polysense.types import Asset, Chunk, Link


class SubtitleParser(Parser):
    """Reads subtitles: what is said, with seconds and lines."""

    accepts: ClassVar[frozenset[str]] = formats.MIMES

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """Passages of cues, a mark for each cue.

        Raises Unreadable where there are words but no cue, TooLarge.
        """
        content = text.read_text(asset.path or Path(asset.uri))
        parsed_cues = formats.read_cues(content)
        if not parsed_cues and content.removeprefix("WEBVTT").strip():
            raise Unreadable(
                f"{asset.name} holds no cue that can be read",
                "A cue of WebVTT or SubRip begins with a line like 00:01:02.500 --> 00:01:04.000.",
            )
        places: set[tuple[object, ...]] = set()
        for n, passage in enumerate(cues.cue_passages(parsed_cues, lines=True)):
            span = passage.span
            if (span.seconds, span.lines) in places:
                span = replace(span, node=f"passage {n + 1}")
            places.add((span.seconds, span.lines))
            yield Chunk(asset, span, "text", text=passage.text, marks=passage.marks)
