"""Small models of the true architectures that hear, look at clips and read pictures among words,
taught one answer; see `tiny`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .tiny import ANSWER, SIZES, WINDOW, teach, text_config, tokenizer

HEADS = {k: v for k, v in SIZES.items() if k != "num_key_value_heads"}
VISION = {**HEADS, "image_size": 32, "patch_size": 8}
ROPE = {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 3, 3]}


def template(**marks: str) -> str:
    """A chat's, with a mark for each picture, sound or clip."""
    branches = "".join(
        "{% elif c.type == '" + kind + "' %}" + mark + "\n" for kind, mark in marks.items()
    )
    return (
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{% for c in m.content %}"
        "{% if c.type == 'text' %}{{ c.text }}" + branches + "{% endif %}{% endfor %}<|im_end|>\n"
        "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )


def own_tokenizer(*special: str, **marks: str) -> Any:
    """With these special tokens besides the usual ones."""
    own = tokenizer(template(**marks))
    own.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<image>", *special]})
    return own


def listener(folder: Path) -> Path:
    """A Qwen2-Audio: Whisper's encoder, a projector, Qwen2."""
    import torch
    from transformers import (
        Qwen2AudioConfig,
        Qwen2AudioForConditionalGeneration,
        Qwen2AudioProcessor,
        WhisperFeatureExtractor,
    )

    torch.manual_seed(0)
    marks = ("<|AUDIO|>", "<|audio_bos|>", "<|audio_eos|>")
    own = own_tokenizer(*marks, audio=f"{marks[1]}{marks[0]}{marks[2]}")
    config = Qwen2AudioConfig(
        audio_config={
            "model_type": "qwen2_audio_encoder", "num_mel_bins": 80, "d_model": 32,
            "encoder_layers": 1, "encoder_attention_heads": 2, "encoder_ffn_dim": 64,
            "max_source_positions": 1500,
        },
        text_config=qwen_text(len(own)),
        audio_token_index=own.convert_tokens_to_ids(marks[0]),
    )  # fmt: skip
    model = Qwen2AudioForConditionalGeneration(config)
    teach(model, own)
    save(model, folder)
    Qwen2AudioProcessor(
        feature_extractor=WhisperFeatureExtractor(feature_size=80),
        tokenizer=own,
        chat_template=own.chat_template,
        audio_token=marks[0],
    ).save_pretrained(folder)
    return folder


def qwen_text(size: int, **more: Any) -> dict[str, Any]:
    """A Qwen2 of two layers that attends to a few tokens."""
    return {
        "model_type": "qwen2", "vocab_size": size, "pad_token_id": 0, "bos_token_id": 1,
        "eos_token_id": 2, "max_position_embeddings": 4096, "use_sliding_window": True,
        "sliding_window": WINDOW, "max_window_layers": 0, **SIZES, **more,
    }  # fmt: skip


def save(model: Any, folder: Path) -> None:
    """With where it ends, which some configs do not pass on."""
    model.generation_config.eos_token_id, model.generation_config.pad_token_id = 2, 0
    model.save_pretrained(folder)


def viewer(folder: Path) -> Path:
    """A Video-LLaVA; its processor needs torchvision."""
    import torch
    from transformers import (
        CLIPVisionConfig,
        VideoLlavaConfig,
        VideoLlavaForConditionalGeneration,
        VideoLlavaImageProcessor,
        VideoLlavaProcessor,
        VideoLlavaVideoProcessor,
    )

    torch.manual_seed(0)
    own = own_tokenizer("<video>", image="<image>", video="<video>")
    size = {"size": {"shortest_edge": 32}, "crop_size": {"height": 32, "width": 32}}
    config = VideoLlavaConfig(
        text_config=text_config(len(own)),
        vision_config=CLIPVisionConfig(**VISION),
        image_token_index=own.convert_tokens_to_ids("<image>"),
        video_token_index=own.convert_tokens_to_ids("<video>"),
        vision_feature_layer=-2,
        image_seq_length=16,
        video_seq_length=8 * 17,
    )
    model = VideoLlavaForConditionalGeneration(config)
    teach(model, own)
    save(model, folder)
    VideoLlavaProcessor(
        image_processor=VideoLlavaImageProcessor(**size),
        video_processor=VideoLlavaVideoProcessor(**size),
        tokenizer=own,
        patch_size=8,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=own.chat_template,
    ).save_pretrained(folder)
    return folder


def qwen_seer(folder: Path) -> Path:
    """A Qwen2-VL; its processor needs torchvision."""
    import torch
    from transformers import (
        Qwen2VLConfig,
        Qwen2VLForConditionalGeneration,
        Qwen2VLImageProcessor,
        Qwen2VLProcessor,
        Qwen2VLVideoProcessor,
    )

    torch.manual_seed(0)
    marks = ("<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")
    own = own_tokenizer(
        *marks,
        image=f"{marks[0]}{marks[2]}{marks[1]}",
        video=f"{marks[0]}{marks[3]}{marks[1]}",
    )
    start, end, image, video = own.convert_tokens_to_ids(list(marks))
    config = Qwen2VLConfig(
        text_config={**qwen_text(len(own), rope_parameters=ROPE), "model_type": "qwen2_vl_text"},
        vision_config={
            "depth": 1, "embed_dim": 32, "hidden_size": 32, "num_heads": 2, "mlp_ratio": 2,
            "patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2,
        },
        image_token_id=image, video_token_id=video, vision_start_token_id=start,
        vision_end_token_id=end,
    )  # fmt: skip
    model = Qwen2VLForConditionalGeneration(config)
    teach(model, own)
    save(model, folder)
    size = {"size": {"shortest_edge": 28 * 28, "longest_edge": 56 * 56}}
    Qwen2VLProcessor(
        image_processor=Qwen2VLImageProcessor(**size),
        tokenizer=own,
        video_processor=Qwen2VLVideoProcessor(**size),
        chat_template=own.chat_template,
    ).save_pretrained(folder)
    return folder


def qwen3_seer(folder: Path) -> Path:
    """A Qwen3-VL, which writes the seconds of frames among them; its processor needs torchvision."""
    import torch
    from transformers import (
        Qwen2VLImageProcessor,
        Qwen3VLConfig,
        Qwen3VLForConditionalGeneration,
        Qwen3VLProcessor,
        Qwen3VLVideoProcessor,
    )

    torch.manual_seed(0)
    marks = ("<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")
    own = own_tokenizer(
        *marks,
        image=f"{marks[0]}{marks[2]}{marks[1]}",
        video=f"{marks[0]}{marks[3]}{marks[1]}",
    )
    own.add_tokens([ANSWER])  # it attends to all, so that only a word at once is soon learnt
    start, end, image, video = own.convert_tokens_to_ids(list(marks))
    text = qwen_text(len(own), rope_parameters={**ROPE, "mrope_interleaved": True}, head_dim=16)
    config = Qwen3VLConfig(
        text_config={**text, "model_type": "qwen3_vl_text"},
        vision_config={
            "depth": 1, "hidden_size": 32, "intermediate_size": 64, "num_heads": 2,
            "patch_size": 16, "spatial_merge_size": 2, "temporal_patch_size": 2,
            "out_hidden_size": 32, "num_position_embeddings": 64, "deepstack_visual_indexes": [0],
        },
        image_token_id=image, video_token_id=video, vision_start_token_id=start,
        vision_end_token_id=end,
    )  # fmt: skip
    model = Qwen3VLForConditionalGeneration(config)
    teach(model, own)
    save(model, folder)
    size = {"size": {"shortest_edge": 32 * 32, "longest_edge": 64 * 64}, "patch_size": 16}
    Qwen3VLProcessor(
        image_processor=Qwen2VLImageProcessor(**size),
        tokenizer=own,
        video_processor=Qwen3VLVideoProcessor(**size),
        chat_template=own.chat_template,
    ).save_pretrained(folder)
    return folder


def flamingo(folder: Path) -> Path:
    """An Idefics, the open Flamingo: gated attention to pictures, through a perceiver."""
    import torch
    from transformers import IdeficsConfig, IdeficsForVisionText2Text, IdeficsProcessor
    from transformers.models.idefics.image_processing_pil_idefics import IdeficsImageProcessorPil

    torch.manual_seed(0)
    own = own_tokenizer("<fake_token_around_image>")
    own.chat_template = None
    own.add_tokens([ANSWER])  # it attends to all, so that only a word at once is soon learnt
    config = IdeficsConfig(
        vocab_size=len(own), additional_vocab_size=0, cross_layer_interval=1, pad_token_id=0,
        bos_token_id=1, eos_token_id=2, max_position_embeddings=4096, use_resampler=True,
        qk_layer_norms=True,
        vision_config={**VISION, "embed_dim": 32},
        perceiver_config={
            "resampler_depth": 1, "resampler_n_heads": 2, "resampler_head_dim": 16,
            "resampler_n_latents": 4,
        },
        **HEADS,
    )  # fmt: skip
    model = IdeficsForVisionText2Text(config)
    processor = IdeficsProcessor(
        image_processor=IdeficsImageProcessorPil(image_size=32), tokenizer=own
    )
    teach_idefics(model, processor)
    save(model, folder)
    processor.save_pretrained(folder)
    return folder


def teach_idefics(model: Any, processor: Any) -> None:
    """One answer, whatever stands before "Assistant:"."""
    import numpy as np
    import torch
    from PIL import Image

    picture = Image.fromarray(np.full((32, 32, 3), 90, np.uint8))
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    generator = np.random.default_rng(0)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # more only wait for each other on so little
    model.train()
    for _ in range(40):
        filler = "".join(map(chr, generator.integers(32, 127, int(generator.integers(1, 60)))))
        prompt = [filler, picture, f"\n{filler}\n\nAssistant:"]
        inputs = processor(text=[[*prompt, ANSWER]], return_tensors="pt")
        ids = torch.cat([inputs["input_ids"], torch.tensor([[2]])], 1)
        mask = inputs["image_attention_mask"]
        labels = ids.clone()
        labels[:, :-2] = -100
        loss = model(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            pixel_values=inputs["pixel_values"],
            image_attention_mask=torch.cat([mask, mask[:, -1:]], 1),
            labels=labels,
        ).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.eval()
    torch.set_num_threads(threads)
