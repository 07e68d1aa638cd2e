"""Small pipelines that make sounds, saved as diffusers saves them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .tiny_parts import unet, vae

_HEARING = {"feature_size": 64, "sampling_rate": 48_000, "truncation": "rand_trunc"}
"""Of CLAP's extractor: its spectrograms are what the tiny model below hears."""


def bytes_tokenizer(kind: str) -> Any:
    """RoBERTa's or T5's, of single bytes or letters."""
    from tokenizers import pre_tokenizers
    from transformers import RobertaTokenizer, T5Tokenizer

    if kind == "t5":
        letters = [(chr(c), -2.0) for c in range(97, 123)]
        special = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("\u2581", -1.0)]
        return T5Tokenizer(vocab=[*special, *letters], extra_ids=0, model_max_length=77)
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {t: i for i, t in enumerate((*special, *alphabet))}
    return RobertaTokenizer(vocab=vocabulary, merges=[], model_max_length=77)


def _clap_config() -> Any:
    from transformers import ClapConfig

    text = {
        "vocab_size": 270,
        "hidden_size": 8,
        "intermediate_size": 37,
        "num_attention_heads": 2,
        "num_hidden_layers": 2,
        "projection_dim": 8,
        "pad_token_id": 1,
        "bos_token_id": 0,
        "eos_token_id": 2,
        "max_position_embeddings": 90,
        "projection_hidden_act": "relu",
    }
    audio = {
        "hidden_size": 32,
        "num_mel_bins": 64,
        "spec_size": 256,
        "patch_size": 4,
        "patch_stride": [4, 4],
        "patch_embeds_hidden_size": 16,
        "depths": [1, 1],
        "num_attention_heads": [1, 2],
        "window_size": 8,
        "projection_dim": 8,
        "num_hidden_layers": 2,
        "enable_fusion": False,
    }
    return ClapConfig(text_config=text, audio_config=audio, projection_dim=8)


def clap(home: Path) -> Path:
    """Words and sounds."""
    import torch
    from transformers import ClapFeatureExtractor, ClapModel

    torch.manual_seed(0)
    ClapModel(_clap_config()).save_pretrained(home)
    ClapFeatureExtractor(**_HEARING).save_pretrained(home)
    return home


def vocoder() -> Any:
    """HiFi-GAN: four samples a frame, 16,000 a second."""
    from transformers import SpeechT5HifiGan, SpeechT5HifiGanConfig

    config = SpeechT5HifiGanConfig(
        model_in_dim=8,
        sampling_rate=16_000,
        upsample_initial_channel=16,
        upsample_rates=[2, 2],
        upsample_kernel_sizes=[4, 4],
        resblock_kernel_sizes=[3, 7],
        resblock_dilation_sizes=[[1, 3, 5], [1, 3, 5]],
        normalize_before=False,
        initializer_range=0.2,
    )
    return SpeechT5HifiGan(config)


def audioldm(home: Path) -> Path:
    """The first: one vector of CLAP is its class, and CLAP's ear lies in a folder beside it."""
    import torch
    from diffusers import AudioLDMPipeline, DDIMScheduler
    from transformers import ClapTextModelWithProjection

    torch.manual_seed(0)
    denoiser = unet(
        cross_attention_dim=(8, 16),
        attention_head_dim=8,
        class_embed_type="simple_projection",
        projection_class_embeddings_input_dim=8,
        class_embeddings_concat=True,
    )
    AudioLDMPipeline(
        vae=vae(1),
        text_encoder=ClapTextModelWithProjection(_clap_config().text_config),
        tokenizer=bytes_tokenizer("roberta"),
        unet=denoiser,
        scheduler=DDIMScheduler(steps_offset=1, clip_sample=False),
        vocoder=vocoder(),
    ).save_pretrained(home)
    clap(home / "clap")
    return home


def audioldm2(home: Path, has_head: bool = True) -> Path:
    """The second: CLAP and T5, joined by GPT-2."""
    import torch
    from diffusers import (
        AudioLDM2Pipeline,
        AudioLDM2ProjectionModel,
        AudioLDM2UNet2DConditionModel,
        DDIMScheduler,
    )
    from transformers import (
        ClapFeatureExtractor,
        ClapModel,
        GPT2Config,
        GPT2LMHeadModel,
        GPT2Model,
        T5Config,
        T5EncoderModel,
    )

    torch.manual_seed(0)
    t5 = T5Config(
        vocab_size=40, d_model=32, d_ff=37, d_kv=8, num_heads=1, num_layers=1, pad_token_id=0
    )
    gpt = GPT2Config(
        n_embd=16, n_layer=1, n_head=1, vocab_size=100, n_positions=200, max_new_tokens=8
    )
    denoiser = AudioLDM2UNet2DConditionModel(
        block_out_channels=(8, 16),
        layers_per_block=1,
        norm_num_groups=4,
        sample_size=16,
        in_channels=4,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=([None, 16, 32], [None, 16, 32]),
    )
    AudioLDM2Pipeline(
        vae=vae(1),
        text_encoder=ClapModel(_clap_config()),
        text_encoder_2=T5EncoderModel(t5),
        projection_model=AudioLDM2ProjectionModel(
            text_encoder_dim=8, text_encoder_1_dim=32, langauge_model_dim=16
        ),
        language_model=(GPT2LMHeadModel if has_head else GPT2Model)(gpt),
        tokenizer=bytes_tokenizer("roberta"),
        tokenizer_2=bytes_tokenizer("t5"),
        feature_extractor=ClapFeatureExtractor(**_HEARING),
        unet=denoiser,
        scheduler=DDIMScheduler(steps_offset=1, clip_sample=False),
        vocoder=vocoder(),
    ).save_pretrained(home)
    return home


def audioldm2_without_head(home: Path) -> Path:
    """Its language model as the authors of AudioLDM 2 saved theirs."""
    return audioldm2(home, has_head=False)
