"""Voices that run a model: each sentence is heard, the same each time, in the languages they speak."""

from __future__ import annotations

import io
import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from polysense import Library, registry
from polysense.errors import ModelFailed
from polysense.ingest.workers import Limits
from polysense.make.file import provenance
from polysense.make.sound.speech.pretrained_speech import PretrainedSpeech
from polysense.make.sound.speech.speecht5 import SpeechT5
from polysense.make.sound.speech.vits import Vits
from polysense.testing import check_converter
from polysense.types import Part

from .conftest import VoiceFolder

WORDS = "High water is at noon. The moon pulls the sea."
FAMILIES = {"speecht5": SpeechT5, "vits": Vits}


def speak(plugin: PretrainedSpeech, words: str = WORDS) -> Part:
    [part] = plugin.convert(Part("text", words))
    return part


@pytest.mark.parametrize("family", FAMILIES)
def test_contract(voice_folder: VoiceFolder, family: str) -> None:
    """Two threads at once, twice the same bytes, though these models draw random numbers."""
    check_converter(FAMILIES[family](model=str(voice_folder(family))), Part("text", WORDS))


@pytest.mark.parametrize("family", FAMILIES)
def test_each_sentence_has_its_time(voice_folder: VoiceFolder, family: str) -> None:
    """As cues say; the sound is there, bounded, and says which model spoke, with which seed."""
    part = speak(FAMILIES[family](model=str(voice_folder(family)), seed=3))
    with wave.open(io.BytesIO(part.data)) as file:
        rate, count = file.getframerate(), file.getnframes()
        samples = np.frombuffer(file.readframes(count), "<i2") / 32768
    assert 0.1 < np.abs(samples).max() < 0.9
    assert [words for _, _, words in part.meta["cues"]] == WORDS.replace(". ", ".|").split("|")
    assert part.meta["seconds"] == pytest.approx(count / rate, abs=1e-3)
    assert (part.meta["model"], part.meta["seed"]) == (family, 3)


@pytest.mark.parametrize("family", FAMILIES)
def test_numbers_are_said_in_words(voice_folder: VoiceFolder, family: str) -> None:
    """Where the voice knows letters alone it would leave them out; what it has no sound for at all
    is left to another, and says so.
    """
    plugin = FAMILIES[family](model=str(voice_folder(family)), languages="")
    sounds = [speak(plugin, words).data for words in ("It is 38.", "It is thirty eight.", "It is.")]
    assert sounds[0] == sounds[1] != sounds[2]
    assert speak(plugin, "38").meta["cues"][0][2] == "38"
    for words in ("Der Turm ist 38 Meter hoch und sehr alt.", "ж"):
        with pytest.raises(ModelFailed, match="has no sound for"):
            speak(plugin, words)


def test_two_voices_at_once_draw_each_its_own_numbers(voice_folder: VoiceFolder) -> None:
    """torch has one source for all threads: they take turns."""
    voices = [Vits(model=str(voice_folder("vits")), seed=seed) for seed in (1, 2)]
    alone = [speak(v).data for v in voices]
    with ThreadPoolExecutor(2) as pool:
        together = [list(pool.map(speak, voices * 3)) for _ in range(2)]
    assert [[p.data for p in parts] for parts in together] == [alone * 3] * 2


@pytest.mark.parametrize("family", FAMILIES)
def test_a_library_speaks_with_it(voice_folder: VoiceFolder, tmp_path: Path, family: str) -> None:
    """Before the rule's voice, marked as a model's, in the file too; what it does not speak, the
    rule's voice says.
    """
    (tmp_path / "tides.txt").write_text("High water is at noon.")
    (tmp_path / "mond.txt").write_text("Der Mond zieht das Wasser an und die Flut steigt.")
    kit = registry.kit(
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders],
        converters=[
            *(f"-{c}" for c in registry.OFFLINE.converters if c != "speech"),
            f"{family}:model={voice_folder(family)}",
        ],
    )
    with Library(tmp_path / "kb", kit=kit, limits=Limits(workers=1)) as kb:
        kb.index(tmp_path / "tides.txt", tmp_path / "mond.txt")
        english = kb.ask("When is high water?", to="audio")
        german = kb.ask("Was zieht der Mond an?", to="audio")
    assert (english.parts[0].modality, english.parts[0].origin) == ("audio", "generated")
    claim = provenance.read(english.parts[0].data, "audio/wav")
    assert claim is not None
    assert claim["actions"][0]["softwareAgent"] == {"name": family}
    assert (german.parts[0].modality, german.parts[0].origin) == ("audio", "composed")
