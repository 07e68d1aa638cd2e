"""Small pipelines of the true architectures, with random weights, saved as diffusers saves them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .marching_cubes import triangles

WIDTH = 32
"""Of what a denoiser reads of words, and of CLIP's projections."""

_CLIP = {
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
        **_CLIP,
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

    config = CLIPVisionConfig(**_CLIP, image_size=side, patch_size=side // 4, projection_dim=WIDTH)
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
    vision = {**_CLIP, "image_size": 32, "patch_size": 8}
    checker = StableDiffusionSafetyChecker(
        CLIPConfig(text_config=_CLIP, vision_config=vision, projection_dim=WIDTH)
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
    vision = CLIPVisionModel(CLIPVisionConfig(**_CLIP, image_size=32, patch_size=8))
    processor = clip_pictures()
    ShapEImg2ImgPipeline(image_encoder=vision, image_processor=processor, **parts).save_pretrained(
        home
    )
    return home


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
