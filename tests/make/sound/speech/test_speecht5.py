"""SpeechT5: the voice of a speaker, and a vocoder beside the model."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from polysense.errors import BadConfig, MissingDependency
from polysense.make.sound.speech.speecht5 import SpeechT5

from .conftest import VoiceFolder
from .test_pretrained_speech import speak


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
    """A folder of another family, or one without a vocoder, each with what to write."""
    with pytest.raises(BadConfig, match="type vits, not") as refusal:
        SpeechT5(model=str(voice_folder("vits"))).check()
    assert "speecht5:model=FOLDER" in refusal.value.hint
    model = Path(shutil.copytree(voice_folder("speecht5"), tmp_path / "model"))
    SpeechT5(model=str(model)).check()
    vocoder = shutil.move(model / "vocoder", tmp_path / "vocoder")
    with pytest.raises(MissingDependency, match="someone/vocoder"):
        SpeechT5(model=str(model), vocoder="someone/vocoder", offline=True).check()
    speak(SpeechT5(model=str(model), vocoder=str(vocoder)))
