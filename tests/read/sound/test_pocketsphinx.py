"""PocketSphinx: words with times for speech, nothing for anything else, and the same words every
time.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from polysense.read.sound.decode import samples
from polysense.read.sound.pocketsphinx import (
    PocketSphinx,
    Word,
    _confidence,
    _is_plausible,
    _speech_stretches,
)
from polysense.types import Part, Span

pytest.importorskip("pocketsphinx", reason="needs the extra pocketsphinx")


@pytest.fixture(scope="module")
def listener() -> PocketSphinx:
    return PocketSphinx()


def part(sound: np.ndarray) -> Part:
    return Part("audio", sound.astype(np.float32), "audio/pcm;rate=16000")


def test_speech_becomes_words_with_times(listener: PocketSphinx, data: Path) -> None:
    """Read speech is mostly right; each word lies inside its part, and each part inside the sound;
    twice the same.
    """
    clip = Part("audio", data / "speech-ljspeech/wavs/LJ001-0002.wav")
    parts = list(listener.convert(clip))
    text = " ".join(part.data for part in parts)
    assert "being comparatively" in text
    assert parts == list(listener.convert(clip))
    for each in parts:
        start, end = each.span.seconds
        assert 0 <= start < end < 2.0
        assert all(start <= first < last <= end for _, first, last, _ in each.meta["words"])
        assert 0 < each.meta["confidence"] <= 1


def test_times_are_told_from_the_parts_own_start(listener: PocketSphinx, data: Path) -> None:
    """A converter's spans are relative to its part."""
    path = data / "speech-ljspeech/wavs/LJ001-0001.wav"
    parts = list(listener.convert(Part("audio", path, span=Span(seconds=(4.0, 9.0)))))
    assert parts
    assert all(0 <= part.span.seconds[0] < part.span.seconds[1] <= 5.1 for part in parts)


@pytest.mark.slow
def test_long_speech_is_cut_in_pauses_and_heard_once(listener: PocketSphinx, data: Path) -> None:
    """A word at a cut must not be written twice, nor its place lie in two utterances."""
    clips = sorted((data / "speech-ljspeech/wavs").iterdir())[2:6]
    parts = list(
        listener.convert(part(np.concatenate([samples(Part("audio", clip)) for clip in clips])))
    )
    spans = [each.span.seconds for each in parts]
    assert len(parts) >= 2
    assert all(end - start <= 15.3 for start, end in spans)
    assert all(before[1] <= after[0] + 0.011 for before, after in pairwise(spans))


def test_a_run_without_a_pause_is_cut_where_it_must() -> None:
    """Nothing is left out, and nothing is longer than may be."""
    whole = np.ones(100, bool)
    assert list(_speech_stretches(whole, 5, 30)) == [(0, 30), (30, 60), (60, 90), (90, 100)]
    whole[22:25] = False
    assert list(_speech_stretches(whole, 5, 30))[:2] == [(0, 23), (23, 53)]


@pytest.mark.parametrize("seconds", [0, 0.01, 3])
def test_silence_noise_and_tones_have_no_words(listener: PocketSphinx, seconds: float) -> None:
    n = int(16000 * seconds)
    t = np.arange(n) / 16000
    noise = np.random.default_rng(0).normal(0, 0.1, n)
    for sound in (np.zeros(n), noise, 0.5 * np.sin(2 * np.pi * 220 * t)):
        assert list(listener.convert(part(sound))) == []


def test_rain_and_engines_have_no_words(listener: PocketSphinx, data: Path) -> None:
    """What made recognisers write nonsense: nothing is left of it in 200 clips; four of them here."""
    for kind in ("002 - Rain", "008 - Chainsaw", "001 - Dog bark", "009 - Rooster"):
        clip = sorted((data / "audio-esc10" / kind).iterdir())[0]
        assert list(listener.convert(Part("audio", clip))) == []


def test_only_the_limit_is_heard(data: Path) -> None:
    """The time that one part may take is bounded."""
    parts = list(
        PocketSphinx(limit=4.0).convert(Part("audio", data / "speech-ljspeech/wavs/LJ001-0001.wav"))
    )
    assert all(part.span.seconds[1] <= 4.1 for part in parts)


def test_short_slow_or_repeated_words_are_no_speech() -> None:
    def words(texts: str, lasts: float) -> list[Word]:
        return [Word(text, i * lasts, (i + 1) * lasts, 0.5) for i, text in enumerate(texts.split())]

    assert _is_plausible(words("one two three", 0.3))
    assert not _is_plausible(words("one two", 0.3))
    assert not _is_plausible(words("one two three", 1.2))
    assert not _is_plausible(words("of of of a", 0.3))
    assert _confidence(words("one two three", 0.3)) == pytest.approx(0.5)
    assert _confidence([]) == 0
