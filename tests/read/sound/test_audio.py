"""Recordings as chunks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from polysense.errors import Unreadable
from polysense.read.sound.audio import AudioParser
from polysense.read.sound.decode import samples, wav
from polysense.types import Asset, Chunk, Span

VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nGood evening.\n\n00:00:04.000 --> 00:00:06.500\nThe lighthouse is dark.\n"


def write_recording(path: Path, seconds: float) -> Path:
    path.write_bytes(wav(np.sin(np.arange(round(seconds * 8000)) / 5).astype(np.float32), 8000))
    return path


def read_chunks(path: Path) -> list[Chunk]:
    asset = Asset(
        id="0" * 32,
        uri=str(path),
        mime="audio/wav",
        modality="audio",
        size=path.stat().st_size,
        path=path,
    )
    chunks = [c for c in AudioParser().parse(asset) if isinstance(c, Chunk)]
    assert len({c.id for c in chunks}) == len(chunks)
    return chunks


def test_a_short_sound_is_one_chunk(tmp_path: Path) -> None:
    """The whole clip, and how long it is."""
    (chunk,) = read_chunks(write_recording(tmp_path / "a.wav", 5))
    assert (chunk.modality, chunk.span, chunk.text, dict(chunk.meta)) == (
        "audio",
        Span(seconds=(0, 5)),
        "",
        {"duration": 5.0},
    )
    assert chunk.part is not None
    assert len(samples(chunk.part)) == 80000


def test_a_long_one_is_cut_evenly(tmp_path: Path) -> None:
    """Stretches of at most half a minute that cover it, each decoding to its own length."""
    chunks = read_chunks(write_recording(tmp_path / "a.wav", 65))
    assert [c.span.seconds for c in chunks] == [(0.0, 21.667), (21.667, 43.333), (43.333, 65.0)]
    assert [round(len(samples(c.part)) / 16000, 2) for c in chunks if c.part] == [
        21.67,
        21.67,
        21.67,
    ]


def test_subtitles_beside_it_become_its_words(tmp_path: Path) -> None:
    """A word of the transcript is cited at its cue's second; another language is kept as words
    alone.
    """
    path = write_recording(tmp_path / "talk.wav", 40)
    (tmp_path / "talk.vtt").write_text(VTT)
    (tmp_path / "talk.de.srt").write_text("1\n00:00:01,000 --> 00:00:03,000\nGuten Abend.\n")
    first, *quiet, german = read_chunks(path)
    assert (first.span.seconds, first.text) == ((0.0, 6.5), "Good evening. The lighthouse is dark.")
    at = first.text.index("lighthouse")
    assert first.place(at, at + 10) == Span(seconds=(4.0, 6.5))
    assert [(c.span.seconds, c.text) for c in quiet] == [((6.5, 23.25), ""), ((23.25, 40.0), "")]
    assert (german.text, german.part, german.span) == (
        "Guten Abend.",
        None,
        Span(seconds=(1.0, 3.0), node="talk.de.srt"),
    )
    assert [p.name for p in AudioParser().sidecars(path)] == ["talk.vtt", "talk.de.srt"]


def test_what_has_no_sound(tmp_path: Path) -> None:
    """An empty recording and one that is none."""
    (tmp_path / "b.wav").write_bytes(b"RIFF\0\0\0\0WAVEnothing")
    for path in (write_recording(tmp_path / "a.wav", 0), tmp_path / "b.wav"):
        with pytest.raises(Unreadable, match=path.name.replace(".", r"\.")):
            read_chunks(path)


def test_real_sounds(data: Path) -> None:
    """A song's title and artist are the words about it."""
    path = next((data / "mixed-web-course").rglob("viper.mp3"))
    chunks = read_chunks(path)
    assert len(chunks) == 2
    assert chunks[0].context.startswith("Horned Viper, Conquest Of Steel")
