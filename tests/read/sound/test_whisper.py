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


def test_a_language_that_the_model_lacks_is_a_bad_setting(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="language=tlh"):
        list(
            Whisper(model=str(save_tiny(tmp_path, aligned=False)), language="tlh").convert(
                speechlike()
            )
        )


@pytest.fixture(scope="module")
def hearer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wav2vec 2.0 with a head for letters (CTC), and a tokenizer of them."""
    import json

    import torch
    from transformers import (
        Wav2Vec2Config,
        Wav2Vec2CTCTokenizer,
        Wav2Vec2FeatureExtractor,
        Wav2Vec2ForCTC,
    )

    home = tmp_path_factory.mktemp("ctc")
    letters = ["<pad>", "<s>", "</s>", "<unk>", "|", *"abcdefghijklmnopqrstuvwxyz"]
    (home / "vocab.json").write_text(json.dumps({c: i for i, c in enumerate(letters)}))
    torch.manual_seed(0)
    Wav2Vec2ForCTC(Wav2Vec2Config(**CONVOLUTIONS, vocab_size=len(letters))).save_pretrained(home)
    Wav2Vec2CTCTokenizer(str(home / "vocab.json")).save_pretrained(home)
    Wav2Vec2FeatureExtractor().save_pretrained(home)
    return home


CONVOLUTIONS = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "conv_dim": (16,) * 7,
    "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 2,
}


def test_a_recogniser_of_letters_times_its_words(hearer: Path) -> None:
    """CTC models know one language and no option for it, and always time words."""
    parts = list(Whisper(model=str(hearer), language="en", device="cpu").convert(speechlike()))
    assert parts
    for part in parts:
        assert all(0 <= start <= end <= 4.0 for _, start, end in part.meta["words"])
        assert part.span.seconds[0] == part.meta["words"][0][1]


def test_a_recogniser_that_tells_no_times_is_heard_as_one_piece(
    hearer: Path, tmp_path: Path
) -> None:
    """Speech-to-text models other than Whisper and CTC refuse to time anything, and know no option
    for a language.
    """
    import torch
    from transformers import (
        BertConfig,
        SpeechEncoderDecoderConfig,
        SpeechEncoderDecoderModel,
        Wav2Vec2Config,
        Wav2Vec2CTCTokenizer,
        Wav2Vec2FeatureExtractor,
    )

    torch.manual_seed(0)
    writer = BertConfig(
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        vocab_size=31,
        is_decoder=True,
        add_cross_attention=True,
    )
    config = SpeechEncoderDecoderConfig.from_encoder_decoder_configs(
        Wav2Vec2Config(**CONVOLUTIONS), writer
    )
    model = SpeechEncoderDecoderModel(config)
    model.generation_config.decoder_start_token_id = 1
    model.generation_config.pad_token_id = 0
    model.generation_config.eos_token_id = 2
    model.generation_config.max_new_tokens = 8
    model.generation_config.suppress_tokens = [0, 1, 2, 3, 4]
    model.save_pretrained(tmp_path)
    Wav2Vec2CTCTokenizer(str(hearer / "vocab.json")).save_pretrained(tmp_path)
    Wav2Vec2FeatureExtractor().save_pretrained(tmp_path)
    (part,) = Whisper(model=str(tmp_path), language="en", device="cpu").convert(speechlike())
    assert str(part.data).strip()
    assert (part.span.seconds, part.meta) == ((0.0, 4.0), {"manner": "heard"})


def test_silence_is_not_made_into_words(tmp_path: Path) -> None:
    """Whisper invents words for silence; it is never asked, so not even a model is needed."""
    silent = Part("audio", np.zeros(16000, np.float32), "audio/pcm;rate=16000")
    assert list(Whisper(model=str(tmp_path / "none")).convert(silent)) == []


def test_a_missing_folder_says_what_to_type(tmp_path: Path) -> None:
    """Before anything heavy is imported, and when it is used."""
    whisper = Whisper(model=str(tmp_path / "none"))
    for use in (whisper.check, lambda: list(whisper.convert(speechlike()))):
        with pytest.raises(BadConfig, match="there is no folder") as error:
            use()
        assert "none" in str(error.value)
        assert "whisper:model=FOLDER" in error.value.hint


def test_a_model_that_is_nowhere_says_what_to_type() -> None:
    """Offline, a hub name ends in advice, not in a stack of transformers' own errors."""
    with pytest.raises(MissingDependency) as error:
        Whisper(model="nobody/no-such-model", offline=True).check()
    assert "hf download nobody/no-such-model" in error.value.hint


@pytest.mark.parametrize("config", ['{"model_type": "bert"}', "{}", None])
def test_a_folder_that_is_no_recogniser_stops_an_index_at_once(
    tmp_path: Path,
    config: str | None,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With exit code 2 and no library made: else all would be indexed, without the words that were
    asked for.
    """
    from polysense.cli import main

    folder = tmp_path / "model"
    folder.mkdir()
    if config is not None:
        (folder / "config.json").write_text(config)
    (tmp_path / "note.txt").write_text("High water is at noon.")
    monkeypatch.setenv("POLYSENSE_CONVERTERS", f"whisper:model={folder}")
    monkeypatch.setenv("POLYSENSE_ENCODERS", "-minilm;-conse;-photo")
    library = tmp_path / "kb"
    assert main(["-l", str(library), "index", str(tmp_path / "note.txt")]) == 2
    assert str(folder) in capsys.readouterr().err
    assert not library.exists()


def test_words_are_found_at_their_second(tmp_path: Path) -> None:
    """Indexed through the library: the transcript is the sound's own words, timed, and marked with
    who read them.
    """
    from polysense import Library, kit
    from polysense.ingest.workers import Limits
    from polysense.read.sound.decode import wav

    folder = save_tiny(tmp_path / "model", aligned=True)
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "talk.wav").write_bytes(wav(speechlike().data))
    own = kit(
        encoders=["-minilm", "-conse", "-photo", "-sound", "-speaker", "-shape"],
        converters=[f"whisper:model={folder},language=zh,device=cpu"],
    )
    with Library(tmp_path / "kb", kit=own, limits=Limits(workers=1)) as kb:
        assert not kb.index(tmp_path / "files").failed
        (chunk,) = kb.chunks(tmp_path / "files" / "talk.wav")
        assert chunk.meta["derived"] == "whisper"
        assert chunk.marks
        first = chunk.marks[0]
        words = chunk.text[first.start : first.end]
        hit = kb.search(f'"{words.split()[0]}"')[0]
        assert (hit.modality, hit.chunk.id) == ("audio", chunk.id)
        start, end = hit.place.seconds
        assert 0 <= start <= end <= 4.0
        assert hit.why[0].space == "bm25"


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
