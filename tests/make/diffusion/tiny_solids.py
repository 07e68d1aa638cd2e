"""Small pipelines that make 3D models, saved as diffusers saves them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .marching_cubes import triangles
from .tiny_parts import CLIP, WIDTH, clip_pictures, clip_text, clip_tokenizer


def _shap_e_parts() -> dict[str, Any]:
    """Its prior, and its renderer, with the table that true weights have."""
    import torch
    from diffusers import HeunDiscreteScheduler, PriorTransformer
    from diffusers.pipelines.shap_e import ShapERenderer

    torch.manual_seed(0)
    prior = PriorTransformer(
        num_attention_heads=2,
        attention_head_dim=16,
        embedding_dim=16,
        num_embeddings=32,
        embedding_proj_dim=WIDTH,
        time_embed_dim=64,
        num_layers=1,
        clip_embed_dim=2 * 16,
        additional_embeddings=0,
        time_embed_act_fn="gelu",
        norm_in_type="layer",
        encoder_hid_proj_type=None,
        added_emb_type=None,
    )
    renderer = ShapERenderer(
        param_shapes=((8, 93), (8, 8), (8, 8), (8, 8)),
        d_latent=16,
        d_hidden=8,
        n_output=12,
        background=(0.1, 0.1, 0.1),
    )
    decoder = renderer.mesh_decoder
    for inside in range(256):
        for n, triangle in enumerate(triangles(inside)):
            decoder.cases[inside, n] = torch.tensor(triangle)
            decoder.masks[inside, n] = True
    scheduler = HeunDiscreteScheduler(
        beta_schedule="exp",
        num_train_timesteps=1024,
        prediction_type="sample",
        use_karras_sigmas=True,
        clip_sample=True,
        clip_sample_range=1.0,
    )
    return {"prior": prior, "shap_e_renderer": renderer, "scheduler": scheduler}


def shap_e(home: Path) -> Path:
    """Of words."""
    from diffusers import ShapEPipeline

    tokenizer = clip_tokenizer(home / "tokenizer")
    parts = _shap_e_parts()
    reader = clip_text(len(tokenizer), projects=True)
    ShapEPipeline(text_encoder=reader, tokenizer=tokenizer, **parts).save_pretrained(home)
    return home


def shap_e_of_pictures(home: Path) -> Path:
    """Of a picture, which its CLIP sees."""
    from diffusers import ShapEImg2ImgPipeline
    from transformers import CLIPVisionConfig, CLIPVisionModel

    parts = _shap_e_parts()
    vision = CLIPVisionModel(CLIPVisionConfig(**CLIP, image_size=32, patch_size=8))
    processor = clip_pictures()
    ShapEImg2ImgPipeline(image_encoder=vision, image_processor=processor, **parts).save_pretrained(
        home
    )
    return home
