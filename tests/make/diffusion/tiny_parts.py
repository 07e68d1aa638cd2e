"""Parts of small pipelines of the true architectures, with random weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

WIDTH = 32
"""Of what a denoiser reads of words, and of CLIP's projections."""

CLIP = {
    "hidden_size": WIDTH,
    "intermediate_size": 64,
    "num_attention_heads": 2,
    "num_hidden_layers": 2,
}


def clip_tokenizer(folder: Path) -> Any:
    """CLIP's, of single characters."""
    from transformers import CLIPTokenizer

    letters = [chr(c) for c in range(33, 127)]
    tokens = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{c}</w>" for c in letters)]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return CLIPTokenizer(
        vocab=str(folder / "vocab.json"), merges=str(folder / "merges.txt"), model_max_length=77
    )


def clip_text(vocabulary: int, projects: bool = False) -> Any:
    """CLIP's reader of words."""
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    config = CLIPTextConfig(
        **CLIP,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
        vocab_size=vocabulary,
        projection_dim=WIDTH,
        max_position_embeddings=77,
    )
    return (CLIPTextModelWithProjection if projects else CLIPTextModel)(config)


def clip_vision(side: int = 32) -> Any:
    """CLIP's viewer of pictures of that many pixels."""
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    config = CLIPVisionConfig(**CLIP, image_size=side, patch_size=side // 4, projection_dim=WIDTH)
    return CLIPVisionModelWithProjection(config)


def clip_pictures() -> Any:
    """What prepares pictures for it."""
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    square = {"height": 32, "width": 32}
    return CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size=square)


def vae(channels: int = 3) -> Any:
    """Latents of 4 channels, half as wide and as high."""
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=[8, 16],
        in_channels=channels,
        out_channels=channels,
        down_block_types=["DownEncoderBlock2D"] * 2,
        up_block_types=["UpDecoderBlock2D"] * 2,
        latent_channels=4,
        norm_num_groups=4,
        sample_size=32,
    )


def unet(**more: Any) -> Any:
    """Of two blocks, one of which looks at the words."""
    from diffusers import UNet2DConditionModel

    settings = {
        "block_out_channels": (8, 16),
        "layers_per_block": 1,
        "sample_size": 16,
        "in_channels": 4,
        "out_channels": 4,
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
        "cross_attention_dim": WIDTH,
        "attention_head_dim": 4,
        "norm_num_groups": 4,
    }
    return UNet2DConditionModel(**settings | more)
