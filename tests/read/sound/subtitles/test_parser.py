"""Subtitle files that stand alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.errors import Unreadable
from polysense.read.sound.subtitles.parser import SubtitleParser
from polysense.types import Asset, Chunk, Span


def read_chunks(path: Path, content: str | None = None, mime: str = "text/vtt") -> list[Chunk]:
    if content is not None:
        path.write_text(content, "utf-8")
    asset = Asset(
        id="0" * 32,
        uri=str(path),
        mime=mime,
        modality="text",
        size=path.stat().st_size,
        path=path,
    )
    return [f for f in SubtitleParser().parse(asset) if isinstance(f, Chunk)]


def test_a_cue_is_cited_by_seconds_and_lines(tmp_path: Path) -> None:
    (chunk,) = read_chunks(
        tmp_path / "a.vtt", "WEBVTT\n\n00:01.0 --> 00:02.0\nOne.\n\n00:02.0 --> 00:03.5\nTwo.\n"
    )
    assert (chunk.text, chunk.span) == ("One.\nTwo.", Span(seconds=(1.0, 3.5), lines=(4, 7)))
    assert chunk.place(5, 9) == Span(seconds=(2.0, 3.5), lines=(7, 7))


def test_without_cues_it_says_so_but_an_empty_file_is_only_empty(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no cue"):
        read_chunks(tmp_path / "a.vtt", "WEBVTT\n\nnothing here")
    assert read_chunks(tmp_path / "b.vtt", "WEBVTT\n") == []


def test_real_subtitles(data: Path) -> None:
    (chunk,) = read_chunks(data / "video-clips" / "friday.vtt")
    start = chunk.text.index("Tell me")
    assert chunk.place(start, start + 7).seconds == (1.5, 2.999)


def test_lyrics_without_times(tmp_path: Path) -> None:
    """A title, an artist and notes are passages of their own; without any time it is its text."""
    song = "[ti:Rain]\n[ar:Anna]\n[offset:5]\n[00:12.00]On the roof\n(hums)\n[00:17.00]Home\n"
    head, cues = read_chunks(tmp_path / "a.lrc", song, "text/x-lrc")
    assert head.text.split("\n\n") == ["Title: Rain", "Artist: Anna", "(hums)"]
    assert cues.text == "On the roof\nHome"
    (chunk,) = read_chunks(tmp_path / "b.lrc", "On the roof\nHome\n", "text/x-lrc")
    assert chunk.text == "On the roof\nHome"
