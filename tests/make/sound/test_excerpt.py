"""Cuts: which, how long, and their frames at a steady rate."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from polysense.make.sound.excerpt import (
    MAX_CUTS,
    Cut,
    asks_for_several,
    cut_file_name,
    even_size,
    frames,
    output_fps,
    read_sound,
    select_cuts,
)
from polysense.read.sound import decode
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

SEVERAL = (Part("text", "all the bells"),)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "bell tower.wav"
    path.write_bytes(decode.wav(np.sin(np.arange(160_000) / 5).astype(np.float32)))
    return path


def make_evidence(path: Path, seconds: tuple[float, float] | None, n: int = 1) -> Evidence:
    span = Span(seconds=seconds)
    asset = Asset(path.name, str(path), "audio/wav", "audio", 1, path=path)
    chunk = Chunk(asset, span, "audio", Part("audio", path, span=span))
    return Evidence(n, Hit(chunk, 1.0), Part("text", ""), span)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("play all bells", True),
        ("the bell", False),
        ("每个声音", True),
        ("钟声", False),
        ("whose voices are these", True),
    ],
)
def test_words_that_ask_for_several(words: str, expected: bool) -> None:
    """English and Chinese."""
    assert asks_for_several((Part("text", words),)) is expected


def test_one_cut_unless_several_are_asked_for(recording: Path) -> None:
    """Of several, those that overlap an earlier one are left out, and what is too long together."""
    places = [(0.0, 2.0), (1.0, 3.0), (4.0, 6.0), (7.0, 9.0)]
    evidence = [make_evidence(recording, place, n) for n, place in enumerate(places, 1)]
    assert [cut.n for cut in select_cuts((), evidence, 60.0)] == [1]
    assert [cut.n for cut in select_cuts(SEVERAL, evidence, 60.0)] == [1, 3, 4]
    assert [cut.n for cut in select_cuts(SEVERAL, evidence, 4.0)] == [1, 3]
    many = [make_evidence(recording, (n, n + 1.0), n) for n in range(9)]
    assert len(select_cuts(SEVERAL, many, 60.0)) == MAX_CUTS


def test_a_moment_becomes_a_second_within_the_file(recording: Path) -> None:
    for moment, expected in ((5.0, (4.5, 5.5)), (0.0, (0.0, 0.5)), (99.0, (9.5, 10.0))):
        (cut,) = select_cuts((), [make_evidence(recording, (moment, moment))], 60.0)
        assert (cut.start, cut.end) == pytest.approx(expected)


def test_sound_is_read_at_the_files_own_rate(recording: Path) -> None:
    cut = Cut(1, str(recording), recording.name, recording, 2.0, 3.0)
    sound, rate, start = read_sound(cut, before=0.5, after=0.25)
    assert (sound.shape, rate, start) == ((1, 28_000), 16_000, 1.5)


def test_films_have_frames_and_recordings_none(recording: Path, data: Path) -> None:
    """As many as the seconds have, upright, inside the size on black."""
    cut = Cut(1, str(recording), recording.name, recording, 2.0, 3.0)
    assert list(frames(cut, (64, 48), Fraction(5))) == []
    film = data / "video-clips" / "counter.mp4"
    pictures = list(frames(Cut(1, str(film), film.name, film, 0.5, 2.5), (64, 128), Fraction(5)))
    assert len(pictures) == 10
    assert all(np.asarray(picture).shape == (128, 64, 3) for picture in pictures)


@pytest.mark.parametrize(("fps", "expected"), [(60.0, 30.0), (23.976, 23.976), (0, 25.0)])
def test_frames_a_second(fps: float, expected: float) -> None:
    assert float(output_fps(fps)) == pytest.approx(expected, abs=0.001)


def test_sizes_are_even_and_names_say_from_where(recording: Path) -> None:
    assert even_size((1921, 1081), 640) == (640, 360)
    cut = Cut(1, str(recording), recording.name, recording, 2.0, 3.0)
    assert cut_file_name([cut], "wav") == "bell-tower-2s-3s.wav"
    assert cut_file_name([cut, cut], "wav") == "bell-tower-and-others.wav"
