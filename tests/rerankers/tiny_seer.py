"""A small cross-encoder that sees: a LLaVA, whose score is how much likelier "yes" is than "no"."""

from __future__ import annotations

from pathlib import Path

from ..encoders import tiny_text

TEMPLATE = (
    "{% for m in messages %}{{ m.role }} : {% for c in m.content %}"
    "{% if c.type == 'image' %}<image>{% else %}{{ c.text }}{% endif %} {% endfor %}{% endfor %}"
)


def cross_encoder(folder: Path) -> Path:
    """Saved as sentence-transformers saves one, with random weights."""
    import torch
    from sentence_transformers import CrossEncoder
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.cross_encoder.modules import LogitScore
    from transformers import (
        CLIPVisionConfig,
        LlamaConfig,
        LlavaConfig,
        LlavaForConditionalGeneration,
        LlavaProcessor,
    )
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    words = tiny_text.tokenizer()
    words.add_special_tokens({"additional_special_tokens": ["<image>"]})
    words.add_tokens(["yes", "no"])
    image, yes, no = words.convert_tokens_to_ids(["<image>", "yes", "no"])
    small = {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
    }
    config = LlavaConfig(
        text_config=LlamaConfig(
            vocab_size=len(words), pad_token_id=0, max_position_embeddings=256, **small
        ),
        vision_config=CLIPVisionConfig(image_size=32, patch_size=8, **small),
        image_token_index=image,
        vision_feature_layer=-2,
        vision_feature_select_strategy="default",
    )
    torch.manual_seed(0)
    plain = folder.with_name(f"{folder.name} plain")
    LlavaForConditionalGeneration(config).save_pretrained(plain)
    LlavaProcessor(
        image_processor=CLIPImageProcessorPil(
            size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}
        ),
        tokenizer=words,
        patch_size=8,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=TEMPLATE,
    ).save_pretrained(plain)
    reader = Transformer(str(plain), transformer_task="any-to-any")
    model = CrossEncoder(
        modules=[reader, LogitScore(true_token_id=yes, false_token_id=no)], device="cpu"
    )
    model.save_pretrained(str(folder), create_model_card=False)
    return folder
