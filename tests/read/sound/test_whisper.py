"""Whisper: a real, tiny, untrained model goes through load, recognition and timing; a missing one
says what to type.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from polysense.errors import BadConfig, MissingDependency
from polysense.read.sound.whisper import Whisper, _close_times, _group_sentences
from polysense.types import Part

pytestmark = pytest.mark.filterwarnings("default")  # transformers warns about its own parts

NAMES = (
    "startoftranscript",
    "en",
    "zh",
    "translate",
    "transcribe",
    "startoflm",
    "startofprev",
    "nospeech",
)
SPECIAL = [f"<|{name}|>" for name in NAMES]


def save_tiny(folder: Path, aligned: bool) -> Path:
    """A Whisper of the true architecture with a two-layer body and letters for words."""
    import torch
    from transformers import (
        GenerationConfig,
        WhisperConfig,
        WhisperFeatureExtractor,
        WhisperForConditionalGeneration,
        WhisperTokenizer,
    )

    tokenizer = WhisperTokenizer(
        vocab={letter: i for i, letter in enumerate(["Ġ", *"abcdefghijklmnopqrstuvwxyz"])},
        merges=[],
    )
    tokenizer.add_special_tokens({"additional_special_tokens": [*SPECIAL, "<|notimestamps|>"]})
    tokenizer.add_tokens([f"<|{i * 0.02:.2f}|>" for i in range(1501)])
    end, start, en, zh, translate, transcribe = tokenizer.convert_tokens_to_ids(
        ["<|endoftext|>", *SPECIAL[:5]]
    )
    torch.manual_seed(1)
    config = WhisperConfig(
        vocab_size=len(tokenizer),
        d_model=16,
        encoder_layers=1,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        num_mel_bins=80,
        max_target_positions=64,
        pad_token_id=end,
        bos_token_id=end,
        eos_token_id=end,
        decoder_start_token_id=start,
        suppress_tokens=None,
        begin_suppress_tokens=None,
    )
    model = WhisperForConditionalGeneration(config)
    generation = GenerationConfig(
        bos_token_id=end, eos_token_id=end, pad_token_id=end, decoder_start_token_id=start
    )
    generation.lang_to_id, generation.task_to_id = (
        {"<|en|>": en, "<|zh|>": zh},
        {"translate": translate, "transcribe": transcribe},
    )
    generation.is_multilingual, generation.no_timestamps_token_id = (
        True,
        tokenizer.convert_tokens_to_ids("<|notimestamps|>"),
    )
    generation.max_length, generation.max_initial_timestamp_index, generation.return_timestamps = (
        40,
        50,
        True,
    )
    generation.prev_sot_token_id = tokenizer.convert_tokens_to_ids("<|startofprev|>")
    if aligned:
        generation.alignment_heads = [[1, 0], [1, 1]]
    model.save_pretrained(folder)
    generation.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    WhisperFeatureExtractor(feature_size=80).save_pretrained(folder)
    return folder


def speechlike(seconds: float = 4.0) -> Part:
    t = np.arange(int(16000 * seconds)) / 16000
    sound = 0.3 * np.sin(2 * np.pi * 150 * t) * (np.sin(2 * np.pi * 3 * t) > 0)
    return Part("audio", sound.astype(np.float32), "audio/pcm;rate=16000")


@pytest.mark.slow
@pytest.mark.parametrize("aligned", [True, False])
def test_a_local_model_is_read_and_its_words_have_times_within_the_sound(
    tmp_path: Path, aligned: bool
) -> None:
    """The whole path, network never touched: words where the model aligns them, else stretches."""
    whisper = Whisper(model=str(save_tiny(tmp_path, aligned)), language="en")
    parts = list(whisper.convert(speechlike()))
    assert parts == list(whisper.convert(speechlike()))
    assert parts, "the untrained model of this seed says something"
    for part in parts:
        start, end = part.span.seconds
        assert part.modality == "text"
        assert part.data.strip()
        assert 0 <= start <= end <= 4.0
        assert ("words" in part.meta) == aligned


@pytest.mark.slow
def test_a_language_that_the_model_lacks_is_a_bad_setting(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="language=tlh"):
        list(
            Whisper(model=str(save_tiny(tmp_path, aligned=False)), language="tlh").convert(
                speechlike()
            )
        )


def test_a_recogniser_that_tells_no_times_is_heard_as_one_piece(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Speech-to-text models other than Whisper and CTC refuse to time anything, and know no option
    for a language.
    """

    class UntimedRecogniser:
        type = "seq2seq"

        def __call__(
            self, sound: object, return_timestamps: object, generate_kwargs: dict[str, str]
        ) -> dict[str, str]:
            if return_timestamps or generate_kwargs:
                raise ValueError(
                    "We cannot return_timestamps yet on non-CTC models apart from Whisper!"
                )
            return {"text": " high water at noon"}

    monkeypatch.setattr(
        "polysense.read.sound.whisper._pipeline", lambda *arguments: UntimedRecogniser()
    )
    (part,) = Whisper(language="en").convert(speechlike())
    assert (part.data, part.span.seconds, part.meta) == ("high water at noon", (0.0, 4.0), {})


def test_silence_is_not_made_into_words(tmp_path: Path) -> None:
    """Whisper invents words for silence; it is never asked, so not even a model is needed."""
    silent = Part("audio", np.zeros(16000, np.float32), "audio/pcm;rate=16000")
    assert list(Whisper(model=str(tmp_path / "none")).convert(silent)) == []


def test_a_missing_folder_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(MissingDependency) as error:
        list(Whisper(model=str(tmp_path / "none")).convert(speechlike()))
    assert "none" in str(error.value)
    assert "hf download" in error.value.hint


@pytest.mark.slow
def test_a_model_that_is_nowhere_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline, a hub name ends in advice, not in a stack of transformers' own errors."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(MissingDependency) as error:
        list(Whisper(model="nobody/no-such-model").convert(speechlike()))
    assert "hf download nobody/no-such-model" in error.value.hint


def test_a_folder_that_is_no_recogniser_is_a_bad_setting(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises((BadConfig, MissingDependency)):
        list(Whisper(model=str(tmp_path)).convert(speechlike()))


def test_open_ends_are_closed_and_times_stay_in_order() -> None:
    """A model may leave the last end open, or run past the sound."""
    chunks = [
        {"text": " a", "timestamp": (0.5, None)},
        {"text": " b.", "timestamp": (1.0, 0.2)},
        {"text": " c", "timestamp": (3.0, 99.0)},
    ]
    assert list(_close_times(chunks, 4.0)) == [("a", 0.5, 1.0), ("b.", 1.0, 1.0), ("c", 3.0, 4.0)]


def test_sentences_end_at_full_stops_and_pauses() -> None:
    words = [("a", 0.0, 0.2), ("b.", 0.3, 0.5), ("c", 0.6, 0.8), ("d", 2.0, 2.2)]
    assert [[word for word, _, _ in run] for run in _group_sentences(words)] == [
        ["a", "b."],
        ["c"],
        ["d"],
    ]


def test_constructing_imports_nothing() -> None:
    """A profile may list it where transformers is not installed."""
    assert Whisper(model=os.devnull).source == "audio"
