"""Small voices of the true architectures, with random weights, saved as a hub holds them."""

from __future__ import annotations

import json
from pathlib import Path

_LETTERS = "_ abcdefghijklmnopqrstuvwxyz'-"


def speecht5(home: Path) -> Path:
    """With its vocoder in a folder beside its weights."""
    import sentencepiece
    import torch
    from transformers import (
        SpeechT5Config,
        SpeechT5ForTextToSpeech,
        SpeechT5HifiGan,
        SpeechT5HifiGanConfig,
        SpeechT5Tokenizer,
    )

    torch.manual_seed(0)
    home.mkdir(parents=True, exist_ok=True)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(
            ["the quick brown fox jumps over a lazy dog, high water is at noon."]
        ),
        model_prefix=str(home / "spm_char"),
        model_type="char",
        vocab_size=32,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    (home / "spm_char.vocab").unlink()
    tokenizer = SpeechT5Tokenizer(str(home / "spm_char.model"))
    tokenizer.save_pretrained(home)
    sizes = {
        f"{side}_{name}": value
        for side in ("encoder", "decoder")
        for name, value in (("layers", 2), ("attention_heads", 2), ("ffn_dim", 64))
    }
    config = SpeechT5Config(
        **sizes,
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_mel_bins=20,
        speech_decoder_prenet_units=32,
        speech_decoder_postnet_units=32,
        speaker_embedding_dim=16,
    )
    SpeechT5ForTextToSpeech(config).save_pretrained(home)
    vocoder = SpeechT5HifiGanConfig(
        upsample_initial_channel=32,
        model_in_dim=20,
        initializer_range=0.2,  # with the usual one nothing is heard of so few channels
    )
    SpeechT5HifiGan(vocoder).save_pretrained(home / "vocoder")
    return home


def vits(home: Path) -> Path:
    """Of one speaker, who reads letters."""
    import torch
    from transformers import VitsConfig, VitsModel, VitsTokenizer

    torch.manual_seed(0)
    config = VitsConfig(
        vocab_size=len(_LETTERS) + 8,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        ffn_dim=64,
        flow_size=32,
        spectrogram_bins=33,
        upsample_initial_channel=32,
        posterior_encoder_num_wavenet_layers=2,
        prior_encoder_num_wavenet_layers=2,
    )
    VitsModel(config).save_pretrained(home)
    vocabulary = home / "vocab.json"
    vocabulary.write_text(json.dumps({c: i for i, c in enumerate(_LETTERS)}))
    VitsTokenizer(str(vocabulary), phonemize=False, pad_token="_").save_pretrained(home)
    return home
