"""Small models of pictures of the true architecture, with random weights, saved as a hub holds them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

SMALL = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
}
PATCHES = {**SMALL, "image_size": 32, "patch_size": 8}
SQUARE = {"height": 32, "width": 32}
COLOURS: Mapping[str, tuple[int, int, int]] = {
    "red": (220, 30, 30),
    "green": (30, 180, 60),
    "blue": (30, 60, 220),
}


def tokenizer(*special: str) -> Any:
    """Single bytes, so that any text has tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {
        t: i for i, t in enumerate(("<pad>", "<s>", "</s>", "<unk>", *special, *alphabet))
    }
    raw = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="<unk>"))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=raw,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        additional_special_tokens=list(special),
    )


def colour_files(folder: Path) -> list[Path]:
    """A picture of each colour, with a gradient so that no two patches are alike."""
    from PIL import Image

    folder.mkdir(exist_ok=True)
    paths = []
    for name, rgb in COLOURS.items():
        ramp = np.linspace(0.6, 1.0, 48)[:, None, None]
        array = np.broadcast_to(np.asarray(rgb) * ramp, (48, 48, 3)).astype(np.uint8)
        paths.append(folder / f"{name}.png")
        Image.fromarray(array).save(paths[-1])
    return paths


def vit(home: Path) -> Path:
    """With its pooler."""
    from transformers import ViTConfig, ViTModel
    from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

    ViTModel(ViTConfig(**PATCHES)).save_pretrained(home)
    ViTImageProcessorPil(size=SQUARE).save_pretrained(home)
    return home


def vit_classifier(home: Path) -> Path:
    """As most on a hub are: without a pooler."""
    from transformers import ViTConfig, ViTForImageClassification
    from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

    ViTForImageClassification(ViTConfig(**PATCHES)).save_pretrained(home)
    ViTImageProcessorPil(size=SQUARE).save_pretrained(home)
    return home


def dinov2(home: Path) -> Path:
    """DINOv2, prepared by BiT's processor, as its folders say."""
    from transformers import Dinov2Config, Dinov2Model
    from transformers.models.bit.image_processing_pil_bit import BitImageProcessorPil

    config = {k: v for k, v in PATCHES.items() if k != "intermediate_size"}
    Dinov2Model(Dinov2Config(**config, mlp_ratio=2)).save_pretrained(home)
    BitImageProcessorPil(size={"shortest_edge": 32}, crop_size=SQUARE).save_pretrained(home)
    return home


def resnet(home: Path) -> Path:
    """Its pooled features are (n, dim, 1, 1)."""
    from transformers import ResNetConfig, ResNetModel
    from transformers.models.convnext.image_processing_pil_convnext import (
        ConvNextImageProcessorPil,
    )

    sizes = {"embedding_size": 8, "hidden_sizes": [8, 16, 16, 32], "depths": [1, 1, 1, 1]}
    ResNetModel(ResNetConfig(**sizes, layer_type="basic")).save_pretrained(home)
    ConvNextImageProcessorPil(size={"shortest_edge": 64}).save_pretrained(home)
    return home


def convnext(home: Path) -> Path:
    """ConvNeXt."""
    from transformers import ConvNextConfig, ConvNextModel
    from transformers.models.convnext.image_processing_pil_convnext import (
        ConvNextImageProcessorPil,
    )

    config = ConvNextConfig(hidden_sizes=[8, 8, 16, 32], depths=[1, 1, 1, 1], image_size=64)
    ConvNextModel(config).save_pretrained(home)
    ConvNextImageProcessorPil(size={"shortest_edge": 64}).save_pretrained(home)
    return home


def mobilevit(home: Path) -> Path:
    """MobileViT, whose vectors are as wide as its last neck."""
    from transformers import MobileViTConfig, MobileViTModel
    from transformers.models.mobilevit.image_processing_pil_mobilevit import (
        MobileViTImageProcessorPil,
    )

    config = MobileViTConfig(
        image_size=64,
        hidden_sizes=[16, 24, 32],
        neck_hidden_sizes=[4, 8, 8, 16, 16, 24, 32],
        initializer_range=0.3,  # with the usual one all vanishes in so many narrow layers
    )
    MobileViTModel(config).save_pretrained(home)
    MobileViTImageProcessorPil(
        size={"shortest_edge": 64}, crop_size={"height": 64, "width": 64}
    ).save_pretrained(home)
    return home


def clip(home: Path) -> Path:
    """A CLIP of 16 dimensions that reads single bytes."""
    from transformers import CLIPConfig, CLIPModel, CLIPProcessor
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    own = tokenizer()
    text = {**SMALL, "vocab_size": len(own), "bos_token_id": 1, "eos_token_id": 2}
    config = CLIPConfig(
        text_config={**text, "pad_token_id": 0}, vision_config=PATCHES, projection_dim=16
    )
    CLIPModel(config).save_pretrained(home)
    images = CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size=SQUARE)
    CLIPProcessor(image_processor=images, tokenizer=own).save_pretrained(home)
    return home


def siglip(home: Path) -> Path:
    """SigLIP; SigLIP 2 with a fixed resolution is saved as this class too."""
    from transformers import SiglipConfig, SiglipModel, SiglipProcessor
    from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

    own = tokenizer()
    text = {**SMALL, "vocab_size": len(own), "max_position_embeddings": 64, "projection_size": 32}
    SiglipModel(SiglipConfig(text_config=text, vision_config=PATCHES)).save_pretrained(home)
    images = SiglipImageProcessorPil(size=SQUARE)
    SiglipProcessor(image_processor=images, tokenizer=own).save_pretrained(home)
    return home


def siglip2(home: Path) -> Path:
    """SigLIP 2 that keeps each picture's proportions ("naflex")."""
    from transformers import Siglip2Config, Siglip2Model, Siglip2Processor
    from transformers.models.siglip2.image_processing_pil_siglip2 import Siglip2ImageProcessorPil

    own = tokenizer()
    text = {**SMALL, "vocab_size": len(own), "max_position_embeddings": 64, "projection_size": 32}
    vision = {**SMALL, "patch_size": 16, "num_patches": 256}  # the processor knows no others
    Siglip2Model(Siglip2Config(text_config=text, vision_config=vision)).save_pretrained(home)
    images = Siglip2ImageProcessorPil()
    Siglip2Processor(image_processor=images, tokenizer=own).save_pretrained(home)
    return home


def chinese_clip(home: Path) -> Path:
    """Chinese CLIP, whose words a BERT reads."""
    from transformers import (
        BertTokenizerFast,
        ChineseCLIPConfig,
        ChineseCLIPModel,
        ChineseCLIPProcessor,
    )
    from transformers.models.chinese_clip.image_processing_pil_chinese_clip import (
        ChineseCLIPImageProcessorPil,
    )

    signs = [chr(c) for c in range(33, 127)] + list("红绿蓝猫狗一张照片的灯塔")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(signs)]
    home.mkdir(parents=True, exist_ok=True)
    (home / "vocab.txt").write_text("\n".join(vocabulary), "utf-8")
    own = BertTokenizerFast(vocab=str(home / "vocab.txt"))
    text = {**SMALL, "vocab_size": len(vocabulary), "max_position_embeddings": 64}
    config = ChineseCLIPConfig(text_config=text, vision_config=PATCHES, projection_dim=16)
    ChineseCLIPModel(config).save_pretrained(home)
    images = ChineseCLIPImageProcessorPil(size=SQUARE, crop_size=SQUARE)
    ChineseCLIPProcessor(image_processor=images, tokenizer=own).save_pretrained(home)
    return home


def qwen3_vl(home: Path) -> Path:
    """Qwen3-VL as an embedding model: its processor needs torchvision, for films."""
    from transformers import (
        Qwen3VLConfig,
        Qwen3VLModel,
        Qwen3VLProcessor,
        Qwen3VLVideoProcessor,
    )
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    special = ("<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")
    own = tokenizer(*special, "<|im_start|>", "<|im_end|>")
    start, end, image, video = map(own.convert_tokens_to_ids, special)
    rope = {
        "rope_type": "default",
        "rope_theta": 10000.0,
        "mrope_section": [2, 3, 3],
        "mrope_interleaved": True,
    }
    text = {
        **SMALL,
        "vocab_size": len(own),
        "head_dim": 16,
        "num_key_value_heads": 2,
        "pad_token_id": 0,
        "rope_parameters": rope,
    }
    vision = {
        "depth": 2,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_heads": 2,
        "patch_size": 16,
        "out_hidden_size": 32,
        "num_position_embeddings": 64,
        "deepstack_visual_indexes": [0],
    }
    config = Qwen3VLConfig(
        text_config=text,
        vision_config=vision,
        image_token_id=image,
        video_token_id=video,
        vision_start_token_id=start,
        vision_end_token_id=end,
    )
    Qwen3VLModel(config).save_pretrained(home)
    template = (
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{% if m.content is string %}{{ m.content }}"
        "{% else %}{% for c in m.content %}{% if c.type == 'image' %}"
        "<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ c.text }}{% endif %}{% endfor %}"
        "{% endif %}<|im_end|>\n{% endfor %}"
    )
    images = Qwen2VLImageProcessorPil(min_pixels=32 * 32, max_pixels=64 * 64, patch_size=16)
    Qwen3VLProcessor(
        image_processor=images,
        tokenizer=own,
        video_processor=Qwen3VLVideoProcessor(),
        chat_template=template,
    ).save_pretrained(home)
    return home


def clap(home: Path) -> Path:
    """Sounds and words."""
    from transformers import ClapConfig, ClapFeatureExtractor, ClapModel, ClapProcessor

    own = tokenizer()
    text = {**SMALL, "vocab_size": len(own), "projection_dim": 16, "pad_token_id": 0}
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
        "projection_dim": 16,
        "num_hidden_layers": 2,
        "enable_fusion": False,
    }
    config = ClapConfig(text_config=text, audio_config=audio, projection_dim=16)
    ClapModel(config).save_pretrained(home)
    sounds = ClapFeatureExtractor(feature_size=64, sampling_rate=48_000, truncation="rand_trunc")
    ClapProcessor(feature_extractor=sounds, tokenizer=own).save_pretrained(home)
    return home


def save(make: Callable[[Path], Path], home: Path) -> Path:
    """A model, the same in each run, with a spread of words that random weights have not."""
    import torch

    torch.manual_seed(0)
    return make(home)


def without_weights(home: Path, other: Path) -> Path:
    """A folder whose config promises more layers than its weights hold."""
    import shutil

    shutil.copytree(home, other)
    config = json.loads((other / "config.json").read_text())
    config["num_hidden_layers"] += 1
    (other / "config.json").write_text(json.dumps(config))
    return other
