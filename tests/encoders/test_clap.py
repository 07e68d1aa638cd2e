"""Clap: a folder that transformers wrote, end to end on a small model of the true architecture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from polysense import Library, kit, part
from polysense.encoders.clap import Clap
from polysense.errors import BadConfig
from polysense.ingest.workers import Limits
from polysense.read.sound.decode import resample
from polysense.retrieve.algebra import dense
from polysense.testing import check_encoder
from polysense.types import Part, Span

from .tiny_media import RATE, clap_model, hiss, teach_clap, tone, write_wav

pytestmark = pytest.mark.filterwarnings("ignore")  # transformers warns of its own

BELL, SEA = "a bell that rings", "the hiss of the sea"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CLAP that has learnt two sounds and their words."""
    home = tmp_path_factory.mktemp("models") / "clap-tiny"
    model, processor = clap_model()
    sounds = {BELL: tone(2, 440), SEA: hiss(2)}
    teach_clap(model, processor, {words: resample(s, RATE, 48_000) for words, s in sounds.items()})
    model.save_pretrained(home)
    processor.save_pretrained(home)
    return home


def sound_part(sound: np.ndarray, rate: int = RATE) -> Part:
    return Part("audio", sound, f"audio/pcm;rate={rate}")


def test_the_contract(folder: Path) -> None:
    """Threads, batches and order leave no trace, in a model whose extractor can draw lots."""
    clap = Clap(model=str(folder), device="cpu", batch=2)
    sounds = [sound_part(tone(1, 440)), sound_part(hiss(5)), sound_part(tone(2.5, 220))]
    vectors = check_encoder(clap, [*sounds, Part("text", BELL)])
    assert vectors.shape == (3, 16)


def test_same_vectors_as_transformers(folder: Path) -> None:
    """What is returned is the model's own projection, at the rate that the model hears."""
    import torch
    from transformers import ClapModel, ClapProcessor

    model, processor = ClapModel.from_pretrained(folder), ClapProcessor.from_pretrained(folder)
    sound = tone(2, 330, 48_000)
    with torch.no_grad():
        a = model.get_audio_features(
            **processor(audio=[sound], sampling_rate=48_000, return_tensors="pt")
        ).pooler_output
        t = model.get_text_features(**processor(text=[SEA], return_tensors="pt")).pooler_output
    ours = Clap(model=str(folder), device="cpu").encode(
        [sound_part(sound, 48_000), Part("text", SEA)]
    )
    np.testing.assert_allclose(ours, torch.cat([a, t]), atol=1e-5)


def test_a_long_sound_is_the_mean_of_its_windows(folder: Path) -> None:
    """Nothing of it is drawn by lot or left out: five seconds are three windows of this model."""
    clap = Clap(model=str(folder), device="cpu")
    long = np.concatenate([tone(2, 440, 48_000), hiss(3)[:48_000], tone(2, 220, 48_000)])
    thirds = np.split(long, 3)
    whole, *windows = clap.encode([sound_part(s, 48_000) for s in (long, *thirds)])
    mean = np.mean(windows, axis=0)
    np.testing.assert_allclose(whole, mean / np.linalg.norm(mean), atol=1e-5)


def test_only_the_span_is_heard(folder: Path, tmp_path: Path) -> None:
    """A chunk is a piece of a file: what is around it has no part in its vector."""
    path = write_wav(tmp_path / "both.wav", np.concatenate([hiss(2), tone(2, 440)]))
    clap = Clap(model=str(folder), device="cpu")
    piece, alone, other = clap.encode(
        [
            Part("audio", path, "audio/wav", span=Span(seconds=(2.0, 4.0))),
            sound_part(tone(2, 440)),
            sound_part(hiss(2)),
        ]
    )
    assert piece @ alone > 0.999 > piece @ other


def test_silence_and_blanks_have_no_vector(folder: Path) -> None:
    """Models answer to silence too, with something."""
    inputs = [sound_part(np.zeros(RATE, np.float32)), sound_part(tone(1, 440)), Part("text", " ")]
    vectors = Clap(model=str(folder), device="cpu").encode(inputs)
    assert np.isnan(vectors).all(axis=1).tolist() == [True, False, True]


def test_a_model_that_fuses_hears_the_same_twice(tmp_path: Path) -> None:
    """Its extractor marks one sound of each batch as a long one, by lot; the vectors must not be
    the lot's.
    """
    model, processor = clap_model(is_fused=True)
    model.save_pretrained(tmp_path)
    processor.save_pretrained(tmp_path)
    sounds = [sound_part(tone(1, h)) for h in (200, 400, 800)]
    first, second = (Clap(model=str(tmp_path), device="cpu").encode(sounds) for _ in range(2))
    np.testing.assert_allclose(first, second, atol=1e-6)


def test_a_sound_is_found_by_words_and_by_sound(folder: Path, tmp_path: Path) -> None:
    """Index, search, place and reasons, through the library."""
    files = tmp_path / "files"
    files.mkdir()
    write_wav(files / "one.wav", tone(2, 440))
    write_wav(files / "two.wav", hiss(2))
    (files / "note.txt").write_text("The sea and the bell are spoken of here, at some length.")
    own = kit(encoders=[f"clap:model={folder},device=cpu", "-minilm", "-conse", "-sound"])
    (space,) = [e.space.name for n, e in own.encoders.items() if n == "clap"]
    with Library(tmp_path / "kb", kit=own, limits=Limits(workers=1)) as kb:
        report = kb.index(files)
        assert not report.failed
        for words, name in ((BELL, "one.wav"), (SEA, "two.wav")):
            hits = kb.search(words, modality="audio")
            assert hits[0].chunk.asset.name == name
            assert hits[0].chunk.span.seconds == (0.0, 2.0)
            (why,) = [w for w in hits[0].why if w.space == space]
            assert why.rank == 1
            assert [h.chunk.asset.name for h in kb.search(words, using=dense(space))][0] == name
        hits = kb.search(part(files / "two.wav"), using=dense(space))
        assert hits[0].chunk.asset.name == "two.wav"
        assert hits[0].why[0].score == pytest.approx(1, abs=1e-3)
        assert {h.modality for h in hits} == {"audio"}


def test_passages_are_encoded_where_that_is_asked_for(folder: Path) -> None:
    """By default words are queries only: a library of texts would stand before its sounds."""
    assert Clap(model=str(folder)).accepts == {"audio"}
    assert "text" in Clap(model=str(folder)).query_modalities
    assert Clap(model=str(folder), passages=True).accepts == {"audio", "text"}


def test_another_kind_of_model_is_refused(tmp_path: Path) -> None:
    """By name, with what to write."""
    (tmp_path / "config.json").write_text('{"model_type": "bert", "projection_dim": 4}')
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(BadConfig, match="of the type bert") as error:
        Clap(model=str(tmp_path)).check()
    assert "clap:model=" in error.value.hint
