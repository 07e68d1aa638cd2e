"""Subtitle files that stand alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from polysense.errors import Unreadable
from polysense.protocols import Parser
from polysense.read.document.text import TextParser
from polysense.read.file import text
from polysense.read.file.placed_passages import placed_passages
from polysense.read.sound.subtitles import cues, formats
from polysense.types import Asset, Chunk, Link, Span

_CUED_MIMES = frozenset({"text/vtt", "application/x-subrip"})


class SubtitleParser(Parser):
    """Reads subtitles: what is said, with seconds and lines."""

    accepts: ClassVar[frozenset[str]] = formats.MIMES

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """Passages of cues, a mark for each cue.

        What has no cue is read as its text, but for WebVTT and SubRip. Raises Unreadable, where
        those have words but no cue, TooLarge.
        """
        content = text.read_text(asset.path or Path(asset.uri))
        parsed_cues = formats.read_cues(content)
        if not parsed_cues and asset.mime not in _CUED_MIMES:
            yield from TextParser().parse(asset)
            return
        if asset.mime == "text/x-lrc" and (lines := list(formats.untimed_lyrics(content))):
            texts = [(words, Span(lines=(n, n))) for n, words in lines]
            place = Span(lines=(lines[0][0], lines[-1][0]))
            yield from placed_passages(asset, texts, place, "")
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
