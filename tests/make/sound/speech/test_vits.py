"""VITS: its speed and speakers, bounds, and what reads letters for it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from polysense.errors import BadConfig, MissingDependency
from polysense.make.sound.speech import vits
from polysense.make.sound.speech.vits import Vits
from polysense.types import Part

from .conftest import VoiceFolder
from .test_pretrained_speech import WORDS, speak


def test_nothing_to_say_and_no_end(voice_folder: VoiceFolder) -> None:
    """Makes no sound, and one that is bounded."""
    plugin = Vits(model=str(voice_folder("vits")), limit=1.0)
    assert not list(plugin.convert(Part("text", " - ")))
    assert speak(plugin, WORDS * 20).meta["seconds"] < 1.5


def test_half_the_speed_takes_longer(voice_folder: VoiceFolder) -> None:
    """The same words, spoken slower."""
    model = str(voice_folder("vits"))
    own, slow = (speak(Vits(model=model, speed=s)).meta["seconds"] for s in (1.0, 0.5))
    assert slow > 1.5 * own


def test_what_reads_letters_for_it(
    monkeypatch: pytest.MonkeyPatch, voice_folder: VoiceFolder, tmp_path: Path
) -> None:
    """Is named where it is not installed, before anything is spoken."""
    model = Path(shutil.copytree(voice_folder("vits"), tmp_path / "model"))
    config = json.loads((model / "tokenizer_config.json").read_text())
    (model / "tokenizer_config.json").write_text(json.dumps(config | {"phonemize": True}))
    monkeypatch.setattr(vits, "find_spec", lambda name: None)
    with pytest.raises(MissingDependency) as refusal:
        Vits(model=str(model)).check()
    assert refusal.value.hint == "python -m pip install phonemizer"


def test_wrong_settings(voice_folder: VoiceFolder, tmp_path: Path) -> None:
    """A speaker that it has not, a folder that is not there, no time to speak."""
    with pytest.raises(BadConfig, match="no folder"):
        Vits(model=str(tmp_path / "nowhere")).check()
    with pytest.raises(BadConfig, match="no speaker 2"):
        speak(Vits(model=str(voice_folder("vits")), speaker=2))
    with pytest.raises(BadConfig, match="limit"):
        Vits(model="any", limit=0)
