"""Small pipelines that make films, saved as diffusers saves them."""

from __future__ import annotations

from pathlib import Path

from .tiny_parts import WIDTH, clip_pictures, clip_text, clip_tokenizer, clip_vision, vae


def text_to_video(home: Path) -> Path:
    """ModelScope's: words to frames."""
    import torch
    from diffusers import DDIMScheduler, TextToVideoSDPipeline, UNet3DConditionModel

    torch.manual_seed(0)
    tokenizer = clip_tokenizer(home / "tokenizer")
    denoiser = UNet3DConditionModel(
        block_out_channels=(8, 8),
        layers_per_block=1,
        sample_size=16,
        in_channels=4,
        out_channels=4,
        down_block_types=("CrossAttnDownBlock3D", "DownBlock3D"),
        up_block_types=("UpBlock3D", "CrossAttnUpBlock3D"),
        cross_attention_dim=WIDTH,
        attention_head_dim=4,
        norm_num_groups=2,
    )
    TextToVideoSDPipeline(
        vae=vae(),
        text_encoder=clip_text(len(tokenizer)),
        tokenizer=tokenizer,
        unet=denoiser,
        scheduler=DDIMScheduler(steps_offset=1, clip_sample=False),
    ).save_pretrained(home)
    return home


def stable_video(home: Path) -> Path:
    """Stable Video Diffusion: a picture to frames."""
    import torch
    from diffusers import (
        AutoencoderKLTemporalDecoder,
        EulerDiscreteScheduler,
        StableVideoDiffusionPipeline,
        UNetSpatioTemporalConditionModel,
    )

    torch.manual_seed(0)
    denoiser = UNetSpatioTemporalConditionModel(
        block_out_channels=(32, 64),
        layers_per_block=1,
        sample_size=16,
        in_channels=8,
        out_channels=4,
        down_block_types=("CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"),
        up_block_types=("UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"),
        cross_attention_dim=WIDTH,
        num_attention_heads=8,
        projection_class_embeddings_input_dim=96,
        addition_time_embed_dim=32,
    )
    scheduler = EulerDiscreteScheduler(
        interpolation_type="linear",
        prediction_type="v_prediction",
        timestep_spacing="leading",
        timestep_type="continuous",
        use_karras_sigmas=True,
        sigma_min=0.002,
        sigma_max=700.0,
        steps_offset=1,
    )
    StableVideoDiffusionPipeline(
        vae=AutoencoderKLTemporalDecoder(
            block_out_channels=(32, 64),
            down_block_types=["DownEncoderBlock2D"] * 2,
            latent_channels=4,
        ),
        image_encoder=clip_vision(224),  # to which this pipeline brings every picture
        unet=denoiser,
        scheduler=scheduler,
        feature_extractor=clip_pictures(),
    ).save_pretrained(home)
    return home
