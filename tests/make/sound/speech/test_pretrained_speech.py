"""Voices that run a model: each sentence is heard, the same each time, in the languages they speak."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from polysense import Library, registry
from polysense.errors import BadConfig
from polysense.ingest.workers import Limits
from polysense.make.file import provenance
from polysense.make.sound.speech.pretrained_speech import PretrainedSpeech
from polysense.make.sound.speech.speecht5 import SpeechT5
from polysense.make.sound.speech.vits import Vits
from polysense.testing import check_converter
from polysense.types import Part

from . import tiny_voices

WORDS = "High water is at noon. The moon pulls the sea."
FAMILIES = {"speecht5": SpeechT5, "vits": Vits}

VoiceFolder = Callable[[str], Path]


@pytest.fixture(scope="session")
def _voices(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Path]]:
    return tmp_path_factory.mktemp("voices"), {}


@pytest.fixture
def voice_folder(_voices: tuple[Path, dict[str, Path]]) -> Iterator[VoiceFolder]:
    """A folder that holds a small voice of that family."""
    torch = pytest.importorskip("torch", reason="needs the extra generate")
    pytest.importorskip("sentencepiece", reason="needs the extra generate")
    from polysense.weights.pretrained import import_transformers

    import_transformers("a test")
    home, folders = _voices

    def folder(name: str) -> Path:
        if name not in folders:
            folders[name] = getattr(tiny_voices, name)(home / name)
        return folders[name]

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # more only wait for each other on so little
    yield folder
    torch.set_num_threads(threads)


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


def test_nothing_to_say_and_no_end(voice_folder: VoiceFolder) -> None:
    """Makes no sound, and one that is bounded."""
    plugin = Vits(model=str(voice_folder("vits")), limit=1.0)
    assert not list(plugin.convert(Part("text", " - ")))
    assert speak(plugin, WORDS * 20).meta["seconds"] < 1.5


def test_the_voice_of_a_speaker(voice_folder: VoiceFolder, tmp_path: Path) -> None:
    """Another vector is another voice; a file that holds none is told."""
    model, vector = str(voice_folder("speecht5")), tmp_path / "ann.npy"
    np.save(vector, np.linspace(-1, 1, 16))
    assert speak(SpeechT5(model=model, voice=str(vector))).data != speak(SpeechT5(model=model)).data
    np.save(vector, np.ones(3))
    with pytest.raises(BadConfig, match="3 numbers, not 16"):
        speak(SpeechT5(model=model, voice=str(vector)))
    vector.write_text("no array")
    with pytest.raises(BadConfig, match="no vector") as refusal:
        speak(SpeechT5(model=model, voice=str(vector)))
    assert "voice=FILE.npy" in refusal.value.hint


def test_wrong_settings(voice_folder: VoiceFolder, tmp_path: Path) -> None:
    """A folder of another family, without a vocoder, or a speaker that it has not, each with what
    to write.
    """
    with pytest.raises(BadConfig, match="type vits, not") as refusal:
        SpeechT5(model=str(voice_folder("vits"))).check()
    assert "speecht5:model=FOLDER" in refusal.value.hint
    with pytest.raises(BadConfig, match="no folder"):
        Vits(model=str(tmp_path / "nowhere")).check()
    with pytest.raises(BadConfig, match="no speaker 2"):
        speak(Vits(model=str(voice_folder("vits")), speaker=2))
    with pytest.raises(BadConfig, match="limit"):
        Vits(model="any", limit=0)
