"""Small pipelines that draw, saved as diffusers saves them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .tiny_parts import (
    CLIP,
    WIDTH,
    clip_pictures,
    clip_text,
    clip_tokenizer,
    clip_vision,
    unet,
    vae,
)


def stable_diffusion(home: Path) -> Path:
    """Version 1, with a CLIP that sees, as image variations and KNN-Diffusion have one."""
    import torch
    from diffusers import DDIMScheduler, StableDiffusionPipeline

    torch.manual_seed(0)
    tokenizer = clip_tokenizer(home / "tokenizer")
    pipeline = StableDiffusionPipeline(
        vae=vae(),
        text_encoder=clip_text(len(tokenizer)),
        tokenizer=tokenizer,
        unet=unet(),
        scheduler=DDIMScheduler(steps_offset=1, clip_sample=False),
        safety_checker=None,
        feature_extractor=clip_pictures(),
        image_encoder=clip_vision(),
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(home)
    return home


def careful(home: Path) -> Path:
    """Stable Diffusion whose safety checker flags whatever it sees."""
    import torch
    from diffusers import DDIMScheduler, StableDiffusionPipeline
    from diffusers.pipelines.stable_diffusion import StableDiffusionSafetyChecker
    from transformers import CLIPConfig

    torch.manual_seed(0)
    tokenizer = clip_tokenizer(home / "tokenizer")
    vision = {**CLIP, "image_size": 32, "patch_size": 8}
    checker = StableDiffusionSafetyChecker(
        CLIPConfig(text_config=CLIP, vision_config=vision, projection_dim=WIDTH)
    )
    checker.concept_embeds_weights.data.fill_(-2.0)  # nearer than any cosine can be far
    StableDiffusionPipeline(
        vae=vae(),
        text_encoder=clip_text(len(tokenizer)),
        tokenizer=tokenizer,
        unet=unet(),
        scheduler=DDIMScheduler(steps_offset=1, clip_sample=False),
        safety_checker=checker,
        feature_extractor=clip_pictures(),
    ).save_pretrained(home)
    return home


def sdxl(home: Path) -> Path:
    """Two readers of words, and a denoiser that is told sizes."""
    import torch
    from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline

    torch.manual_seed(0)
    first, second = clip_tokenizer(home / "tokenizer"), clip_tokenizer(home / "tokenizer_2")
    denoiser = unet(
        attention_head_dim=(2, 4),
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        transformer_layers_per_block=(1, 2),
        projection_class_embeddings_input_dim=6 * 8 + WIDTH,
        cross_attention_dim=2 * WIDTH,
    )
    StableDiffusionXLPipeline(
        vae=vae(),
        text_encoder=clip_text(len(first)),
        text_encoder_2=clip_text(len(second), projects=True),
        tokenizer=first,
        tokenizer_2=second,
        unet=denoiser,
        scheduler=EulerDiscreteScheduler(),
    ).save_pretrained(home)
    return home


def ip_adapter(home: Path, pipeline: Path) -> Path:
    """An IP-Adapter for a pipeline: keys and values of its own for each cross-attention, and what
    turns CLIP's vector of a picture into tokens.
    """
    import torch
    from diffusers import UNet2DConditionModel

    torch.manual_seed(0)
    denoiser = UNet2DConditionModel.from_pretrained(pipeline, subfolder="unet")
    width, channels = denoiser.config.cross_attention_dim, denoiser.config.block_out_channels
    weights: dict[str, Any] = {}
    for name in denoiser.attn_processors:
        if name.endswith("attn1.processor"):
            continue
        place = name.split(".")
        own = {"mid_block": channels[-1]}.get(place[0])
        if own is None:
            order = channels[::-1] if place[0] == "up_blocks" else channels
            own = order[int(place[1])]
        k = 2 * (len(weights) // 2) + 1
        for kind in ("k", "v"):
            weights[f"{k}.to_{kind}_ip.weight"] = torch.randn(own, width)
    tokens = 4
    projection = {
        "proj.weight": torch.randn(tokens * width, WIDTH),
        "proj.bias": torch.zeros(tokens * width),
        "norm.weight": torch.ones(width),
        "norm.bias": torch.zeros(width),
    }
    home.mkdir(parents=True, exist_ok=True)
    torch.save({"ip_adapter": weights, "image_proj": projection}, home / "ip-adapter.bin")
    clip_vision().save_pretrained(home / "image_encoder")
    return home
