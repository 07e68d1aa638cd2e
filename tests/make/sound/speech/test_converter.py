"""Speech: words become sound that lasts, starts and ends as it should; sources are said, not their
numbers; hostile words end nothing.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from polysense.errors import BadConfig
from polysense.make.sound.speech.converter import Speech
from polysense.make.sound.speech.sentences import MAX_CHARS, chunks, sentences, speakable_text
from polysense.read.sound.whisper_tiny.converter import WhisperTiny
from polysense.testing import check_converter
from polysense.types import Part

pytest.importorskip("espeakng_loader")


def speak(words: str, **meta: object) -> list[Part]:
    return list(Speech().convert(Part("text", words, meta=meta)))


def read_wav(part: Part) -> tuple[np.ndarray, int]:
    with wave.open(io.BytesIO(part.data)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768, file.getframerate()


def spoken_sentences(words: str, **sources: str) -> list[str]:
    return [s.spoken_words for s in sentences(speakable_text(words), sources)]


def test_the_contract_holds() -> None:
    """Two threads at once, twice the same bytes."""
    check_converter(Speech(), Part("text", "High water is at noon. 高潮在中午。"))


def test_a_sentence_is_heard_for_as_long_as_it_takes() -> None:
    """16 bits, mono, 22.05 kHz, loud but not clipped, quiet at both ends, with a pause between
    sentences; cues say when.
    """
    (part,) = speak("High water is at noon. Low water follows six hours later.")
    samples, rate = read_wav(part)
    assert rate == 22_050
    assert 3.0 < len(samples) / rate < 8.0
    assert 0.5 < np.abs(samples).max() < 0.95
    assert np.abs(samples[:1000]).max() < 0.02 > np.abs(samples[-1000:]).max()
    (first, second) = part.meta["cues"]
    assert first[2] == "High water is at noon."
    gap = samples[int((first[1] + 0.05) * rate) : int((second[0] - 0.05) * rate)]
    assert len(gap) > 0.1 * rate
    assert np.abs(gap).max() < 0.02
    assert part.meta["seconds"] == pytest.approx(len(samples) / rate, abs=0.001)


@pytest.mark.parametrize(
    ("words", "languages"),
    [
        ("Where is the spare key?", ["en"]),
        ("高潮在中午。", ["zh"]),
        ("Das Boot fährt um 9:30 Uhr ab, und die Überfahrt kostet 4 Euro.", ["de"]),
        ("Le phare est ouvert du 3 mai au 30 septembre.", ["fr"]),
        ("¿Dónde está la llave? Está en la lata.", ["es"]),
        ("Маяк открыт каждый день.", ["ru"]),
        ("The keeper is here.\n看守人在这里。", ["en", "zh"]),
        ("مرحبا بالعالم", ["ar"]),
    ],
)
def test_each_language_has_its_voice(words: str, languages: list[str]) -> None:
    """By script, then by function words."""
    (part,) = speak(words)
    assert part.meta["languages"] == languages


def test_citations_are_said_as_names() -> None:
    """[1] is a number that nobody can look up while listening."""
    sources = {
        "1": "tide-handbook.pdf, p. 4",
        "2": "wrecks.csv, B2:D9",
        "3": "keeper.mp3, 00:12-00:18",
    }
    words = "High water is at noon. [1] Low water is later [1]. A wreck lies there [2][3]."
    assert spoken_sentences(words, **sources) == [
        "High water is at noon, from tide handbook, page 4.",
        "Low water is later.",
        "A wreck lies there, from wrecks, cells B2 to D9, keeper.",
    ]
    assert spoken_sentences("高潮在中午。[1]", **{"1": "guide.pdf, p. 2"}) == [
        "高潮在中午, 来自guide, 第2页。"
    ]
    assert spoken_sentences("Noon [1, 2].") == ["Noon."]


def test_marks_are_not_said() -> None:
    """Markdown, addresses and control characters are for eyes."""
    assert (
        speakable_text("# **Tide** `table`\x07 at https://www.example.org/a?b=c")
        == "Tide table  at example.org"
    )
    assert spoken_sentences("On 2024-03-05 at 12:30 it is 4.5 m.") == [
        "On 2024-03-05 at 12:30 it is 4.5 m."
    ]


@pytest.mark.parametrize(
    "words", ["", " \n", "[1]", "😀😀", "...", "日本語のテキスト", "\0\x01\ufffd"]
)
def test_nothing_to_say_makes_nothing(words: str) -> None:
    """No empty file; and a language that the engine would spell out is not spoken."""
    assert speak(words) == []


def test_long_words_are_bounded() -> None:
    """A book is read for `limit` seconds; a word without an end is cut."""
    (part,) = Speech(limit=6).convert(Part("text", "The tide comes in and goes out again. " * 1000))
    samples, rate = read_wav(part)
    assert 4.0 < len(samples) / rate < 7.0
    assert max(map(len, chunks("a" * 5000))) <= MAX_CHARS
    assert "".join(chunks("one, two " * 200)).replace(" ", "") == "one,two" * 200
    (endless,) = Speech(limit=3).convert(Part("text", "a" * 5000))
    assert endless.meta["seconds"] < 4


def test_hostile_words_end_nothing(data: Path) -> None:
    """The engine's buffers overflow on some letters: what ends its helper costs that sentence, and
    the next is said.
    """
    lines = "".join(
        p.read_text("utf-8", "replace") for p in sorted((data / "naughty-strings").glob("*.txt"))
    ).split("\n")
    assert lines
    for part in Speech(limit=20).convert(Part("text", "\n".join(lines[:150]))):
        assert read_wav(part)[1] == 22_050


def test_settings_are_checked() -> None:
    """A wrong setting is told at once, not by the engine."""
    for wrong in ({"speed": 9}, {"pitch": 100}, {"limit": 0}, {"voice": "../x"}):
        with pytest.raises(BadConfig):
            Speech(**wrong)  # type: ignore[arg-type]


def transcripts() -> Iterator[tuple[str, str]]:
    recogniser = WhisperTiny(threads=1)
    for words in (
        "She wrote three letters to her brother during the war.",
        "You can find the answer on page twelve of the manual.",
        "The model was trained on a large collection of pictures.",
        "The company sold more cars this year than ever before.",
    ):
        yield words, " ".join(str(p.data) for s in speak(words) for p in recogniser.convert(s))


@pytest.mark.slow
def test_a_recogniser_understands_most_of_it() -> None:
    """More than half of the words of plain sentences come through (0.54 of 204 words in twenty
    sentences).
    """
    right = total = 0
    for words, transcript in transcripts():
        expected = words.lower().strip(".").split()
        right += len(set(expected) & set(transcript.split()))
        total += len(set(expected))
    assert right / total > 0.5


def test_words_for_the_ear_are_said_in_place_of_those_for_the_eye() -> None:
    """A narrator does not read "ferry-1.jpg (0.92 alike)"; who made it is said still."""
    (part,) = speak(
        "ferry-1.jpg: The ferry (0.92 alike) [1]",
        spoken="The ferry at noon [1]",
        sources={"1": "ferry-1.jpg, whole"},
    )
    assert [words for _, _, words in part.meta["cues"]] == ["The ferry at noon"]
    assert spoken_sentences("The ferry at noon [1]", **{"1": "ferry-1.jpg, whole"}) == [
        "The ferry at noon, from ferry 1."
    ]
