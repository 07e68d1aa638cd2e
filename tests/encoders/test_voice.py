"""Voice: folders of speech models with and without a head for speakers, on small models of the true
architectures.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polysense import Library, kit, part
from polysense.encoders.voice import Voice
from polysense.errors import BadConfig
from polysense.ingest.workers import Limits
from polysense.retrieve.algebra import dense
from polysense.testing import check_encoder
from polysense.types import Part, Span

from .tiny_media import RATE, SIZES, hiss, tone, write_wav

pytestmark = pytest.mark.filterwarnings("ignore")  # transformers warns of its own

CONVOLUTIONS = {
    **SIZES,
    "conv_dim": (16,) * 7,
    "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 2,
}


def x_vector(folder: Path) -> Any:
    from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2ForXVector

    config = Wav2Vec2Config(**CONVOLUTIONS, tdnn_dim=(32, 32, 32, 32, 48), xvector_output_dim=16)
    Wav2Vec2FeatureExtractor().save_pretrained(folder)
    return Wav2Vec2ForXVector(config)


def hubert(folder: Path) -> Any:
    """With a mask beside its samples, as larger ones have it."""
    from transformers import HubertConfig, HubertModel, Wav2Vec2FeatureExtractor

    Wav2Vec2FeatureExtractor(return_attention_mask=True).save_pretrained(folder)
    return HubertModel(HubertConfig(**CONVOLUTIONS, feat_extract_norm="layer"))


def wavlm(folder: Path) -> Any:
    from transformers import Wav2Vec2FeatureExtractor, WavLMConfig, WavLMModel

    Wav2Vec2FeatureExtractor().save_pretrained(folder)
    return WavLMModel(WavLMConfig(**CONVOLUTIONS, num_buckets=8, max_bucket_distance=16))


def whisper(folder: Path) -> Any:
    from transformers import WhisperConfig, WhisperFeatureExtractor, WhisperModel

    WhisperFeatureExtractor(feature_size=80).save_pretrained(folder)
    config = WhisperConfig(
        d_model=32,
        encoder_layers=2,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        vocab_size=300,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=1,
    )
    return WhisperModel(config)


BUILDERS: dict[str, Callable[[Path], Any]] = {
    "x-vector": x_vector,
    "hubert": hubert,
    "wavlm": wavlm,
    "whisper": whisper,
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    import torch

    folders = {}
    for name, build in BUILDERS.items():
        torch.manual_seed(0)
        folders[name] = tmp_path_factory.mktemp("models") / f"tiny-{name}"
        folders[name].mkdir()
        build(folders[name]).save_pretrained(folders[name])
    return folders


def sound_part(sound: np.ndarray) -> Part:
    return Part("audio", sound, f"audio/pcm;rate={RATE}")


@pytest.mark.parametrize("name", BUILDERS)
def test_the_contract(folders: dict[str, Path], name: str) -> None:
    """A sound has one vector, alone and beside longer ones; the width is the model's."""
    voice = Voice(model=str(folders[name]), device="cpu")
    vectors = check_encoder(voice, [sound_part(tone(1, 150)), sound_part(hiss(2.5))])
    assert vectors.shape == (2, 16 if name == "x-vector" else 32)
    assert voice.space.name == f"voice-tiny-{name}"


def test_x_vectors_are_those_of_transformers(folders: dict[str, Path]) -> None:
    """The head's own output, of samples scaled as the model wants them."""
    import torch
    from transformers import AutoFeatureExtractor, Wav2Vec2ForXVector

    model = Wav2Vec2ForXVector.from_pretrained(folders["x-vector"])
    extractor = AutoFeatureExtractor.from_pretrained(folders["x-vector"])
    sound = tone(3, 150)
    with torch.no_grad():
        theirs = model(**extractor(sound, sampling_rate=RATE, return_tensors="pt")).embeddings[0]
    (ours,) = Voice(model=str(folders["x-vector"]), device="cpu").encode([sound_part(sound)])
    np.testing.assert_allclose(ours, theirs / theirs.norm(), atol=1e-5)


def test_padding_has_no_part_in_whispers_mean(folders: dict[str, Path]) -> None:
    """Whisper always hears thirty seconds; of two that are there, the states of two count."""
    import torch
    from transformers import AutoFeatureExtractor, WhisperModel

    model = WhisperModel.from_pretrained(folders["whisper"])
    extractor = AutoFeatureExtractor.from_pretrained(folders["whisper"])
    sound = hiss(2)
    with torch.no_grad():
        features = extractor(sound, sampling_rate=RATE, return_tensors="pt").input_features
        theirs = model.get_encoder()(features).last_hidden_state[0, :100].mean(0)
    (ours,) = Voice(model=str(folders["whisper"]), device="cpu").encode([sound_part(sound)])
    np.testing.assert_allclose(ours, theirs / theirs.norm(), atol=1e-5)


def test_a_layer_is_another_space(folders: dict[str, Path]) -> None:
    """Vectors of different layers must not be compared; a layer that is not there is said."""
    folder = str(folders["hubert"])
    last, first = Voice(model=folder, device="cpu"), Voice(model=folder, device="cpu", layer=0)
    assert last.space.revision != first.space.revision
    sound = [sound_part(hiss(1))]
    assert not np.allclose(last.encode(sound), first.encode(sound), atol=1e-3)
    with pytest.raises(BadConfig, match="no layer 3"):
        Voice(model=folder, device="cpu", layer=3).encode(sound)


def test_silence_and_scraps_have_no_vector(folders: dict[str, Path]) -> None:
    """Nobody is told by a click."""
    sounds = [np.zeros(RATE, np.float32), hiss(0.2), hiss(1)]
    vectors = Voice(model=str(folders["x-vector"]), device="cpu").encode(
        [sound_part(s) for s in sounds]
    )
    assert np.isnan(vectors).all(axis=1).tolist() == [True, True, False]


def test_a_voice_is_found_at_its_place(folders: dict[str, Path], tmp_path: Path) -> None:
    """Index, search, place and reasons, through the library."""
    files = tmp_path / "files"
    files.mkdir()
    for name, sound in (("a.wav", tone(3, 150)), ("b.wav", hiss(3))):
        write_wav(files / name, sound)
    own = kit(encoders=[f"voice:model={folders['x-vector']},device=cpu", "-minilm", "-conse"])
    space = own.encoders["voice"].space.name
    with Library(tmp_path / "kb", kit=own, limits=Limits(workers=1)) as kb:
        assert not kb.index(files).failed
        query = Part("audio", files / "b.wav", "audio/wav", span=Span(seconds=(0.5, 2.5)))
        for q in (query, part(files / "b.wav")):
            hits = kb.search(q, using=dense(space))
            assert hits[0].chunk.asset.name == "b.wav"
            assert hits[0].place.seconds == (0.0, 3.0)
            assert (hits[0].why[0].space, hits[0].why[0].rank) == (space, 1)


@pytest.mark.parametrize("config", ['{"model_type": "bert"}', '{"model_type": "no-such-thing"}'])
def test_another_kind_of_model_is_refused(tmp_path: Path, config: str) -> None:
    """By name, before a file is read."""
    (tmp_path / "config.json").write_text(config)
    with pytest.raises(BadConfig, match=tmp_path.name):
        Voice(model=str(tmp_path)).check()


def test_a_model_of_pictures_is_refused(tmp_path: Path) -> None:
    """An extractor of pictures has no rate of samples."""
    from transformers import ViTConfig
    from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

    ViTConfig(**SIZES).save_pretrained(tmp_path)
    ViTImageProcessorPil().save_pretrained(tmp_path)
    with pytest.raises(BadConfig, match=tmp_path.name):
        Voice(model=str(tmp_path)).check()
