"""Sounds that a model makes of what was retrieved: what is retrieved changes them."""

from __future__ import annotations

import io
import shutil
import wave
from pathlib import Path

import numpy as np
import pytest

from polysense import Library, registry
from polysense.errors import BadConfig
from polysense.ingest.workers import Limits
from polysense.make.file import provenance
from polysense.make.sound.audioldm import AudioLdm
from polysense.read.sound.decode import wav
from polysense.testing import check_generator
from polysense.types import Part

from ..conftest import PipelineFolder
from ..diffusion.pieces import parts, sound, words

MAKE = (Part("text", "Make the sound of a bell."),)


def player(model: Path, **options: object) -> AudioLdm:
    return AudioLdm(**{"model": str(model), "steps": 2, "length": 0.1, "device": "cpu"} | options)


def play(plugin: AudioLdm, *evidence: object) -> Part:
    [part] = parts(plugin.generate(MAKE, evidence))
    with wave.open(io.BytesIO(part.data)) as file:
        assert (file.getframerate(), file.getnframes()) == (16_000, 1600)
        samples = np.frombuffer(file.readframes(1600), "<i2")
    assert np.abs(samples).max() > 10_000
    return part


@pytest.mark.parametrize("model", ["audioldm", "audioldm2"])
def test_a_retrieved_sound_changes_what_is_made(
    pipeline_folder: PipelineFolder, model: str
) -> None:
    """The same one gives the same bytes; strength=1 leaves it aside."""
    plugin = player(pipeline_folder(model))
    low, same, high = (play(plugin, words(1), sound(2, h)) for h in (200, 200, 4000))
    assert low.data == same.data
    assert low.data != high.data
    assert (low.meta["conditions"], low.meta["evidence"]) == ("sound", [2, 1])
    assert low.meta["model"] == model
    plugin.strength = 1.0
    assert play(plugin, words(1), sound(2, 200)).data == play(plugin, words(1), sound(2, 4000)).data


def test_contract(pipeline_folder: PipelineFolder) -> None:
    """On words alone, and on none."""
    check_generator(player(pipeline_folder("audioldm")), words="Make the sound of a bell.")


def test_words_alone(pipeline_folder: PipelineFolder, tmp_path: Path) -> None:
    """Are followed where an AudioLDM has no ear."""
    model = Path(shutil.copytree(pipeline_folder("audioldm"), tmp_path / "model"))
    shutil.rmtree(model / "clap")
    plugin = player(model)
    one, other = play(plugin, words()), play(plugin, words(text="A cracked bell."))
    assert one.data != other.data
    assert one.meta["conditions"] == "words"
    assert not parts(plugin.generate(MAKE, [sound()]))


def test_audioldm2_as_its_authors_saved_it(pipeline_folder: PipelineFolder) -> None:
    """Their language model has no head; transformers generates with none that lacks one."""
    play(player(pipeline_folder("audioldm2_without_head")), words())


def test_a_library_makes_sounds_and_speaks_answers(
    pipeline_folder: PipelineFolder, tmp_path: Path
) -> None:
    """Who asks for a sound hears one, made after the recording beside the words; who asks a
    question is answered in words, spoken.
    """
    (tmp_path / "bell.txt").write_text("The old bell of Arno rings at noon.")
    tone = np.sin(np.arange(48_000, dtype=np.float32) * 0.2) * 0.5
    (tmp_path / "bell.wav").write_bytes(wav(tone, 16_000))
    model = pipeline_folder("audioldm")
    kit = registry.kit(
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders],
        converters=[f"-{c}" for c in registry.OFFLINE.converters if c != "speech"],
        generators=[f"audioldm:model={model},steps=2,length=0.1,device=cpu"],
    )
    with Library(tmp_path / "kb", kit=kit, limits=Limits(workers=1)) as kb:
        assert not kb.index(tmp_path / "bell.txt", tmp_path / "bell.wav").failed
        sounding = kb.ask("Imagine the old bell of Arno", to="audio")
        answer = kb.ask("When does the old bell of Arno ring?", to="audio").parts[0]
    made_sound = sounding.parts[0]
    assert made_sound.origin == "generated"
    names = {sounding.evidence[n - 1].hit.chunk.asset.name for n in made_sound.evidence}
    assert names == {"bell.txt", "bell.wav"}
    claim = provenance.read(made_sound.data, "audio/wav")
    assert claim is not None
    assert claim["actions"][0]["digitalSourceType"].endswith("trainedAlgorithmicMedia")
    assert answer.origin != "generated"


def test_wrong_settings(pipeline_folder: PipelineFolder, tmp_path: Path) -> None:
    """Each with what to write."""
    model = pipeline_folder("audioldm")
    with pytest.raises(BadConfig, match="draws pictures") as refusal:
        player(pipeline_folder("stable_diffusion")).check()
    assert "stable_diffusion:model=" in refusal.value.hint
    with pytest.raises(BadConfig, match="no folder"):
        player(model, clap=str(tmp_path / "nowhere")).check()
    for options in ({"length": 0}, {"length": 600}, {"strength": -1}):
        with pytest.raises(BadConfig):
            player(model, **options)
