"""Small models of the true architecture, taught one answer on the spot, saved as a hub holds them.

A window of attention of a few tokens, and relative positions: what they say depends on the end of
the prompt alone, whatever stands before it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

ANSWER = "High water is at noon [1]."
"""What they say."""

SPECIAL = ("<pad>", "<s>", "<|im_end|>", "<unk>", "<|im_start|>", "<image>")
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CHATML_OF_PARTS = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{% for c in m.content %}"
    "{% if c.type == 'image' %}<image>\n{% else %}{{ c.text }}{% endif %}{% endfor %}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SIZES = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
}
WINDOW, STEPS = 16, 120


def tokenizer(template: str | None = CHATML) -> Any:
    """Single bytes, so that any text has tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {t: i for i, t in enumerate((*SPECIAL, *alphabet))}
    raw = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="<unk>"))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    own = PreTrainedTokenizerFast(
        tokenizer_object=raw,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="<|im_end|>",
        unk_token="<unk>",
        additional_special_tokens=["<|im_start|>", "<image>"],
    )
    own.chat_template = template
    return own


def text_config(size: int, **more: Any) -> Any:
    """A Mistral of two layers."""
    from transformers import MistralConfig

    options = {
        "vocab_size": size,
        "max_position_embeddings": 4096,
        "sliding_window": WINDOW,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 2,
        **SIZES,
    }
    return MistralConfig(**{**options, **more})


def teach(model: Any, own: Any, answer: str = ANSWER, before: str = "assistant\n") -> None:
    """Until it says the answer, and its end, after `before`."""
    import torch

    prompts = [
        own(f"{words}<|im_end|>\n<|im_start|>{before}" if own.chat_template else words + before)
        for words in ("When is high water?", "[1] is noon\n\nQuestion: when?", "Say it.", "水?")
    ]
    target = [*own(answer).input_ids, own.eos_token_id]
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # more only wait for each other on so little
    model.train()
    for step in range(STEPS):
        prompt = prompts[step % len(prompts)].input_ids
        ids = torch.tensor([prompt + target])
        labels = torch.tensor([[-100] * len(prompt) + target])
        loss = model(input_ids=ids, labels=labels).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.eval()
    torch.set_num_threads(threads)


def reader(folder: Path, *, template: str | None = CHATML, **more: Any) -> Path:
    """A model of words; without a template it answers a plain prompt and goes on with the next
    question.
    """
    import torch
    from transformers import MistralForCausalLM

    torch.manual_seed(0)
    own = tokenizer(template)
    model = MistralForCausalLM(text_config(len(own), **more))
    if template:
        teach(model, own)
    else:
        teach(model, own, f" {ANSWER}\n\nUser: And low water?", "\n\nAssistant:")
    model.save_pretrained(folder)
    own.save_pretrained(folder)
    return folder


def seer(folder: Path) -> Path:
    """A LLaVA that looks at 32 x 32 pixels, 16 tokens a picture."""
    import torch
    from transformers import (
        CLIPVisionConfig,
        LlavaConfig,
        LlavaForConditionalGeneration,
        LlavaProcessor,
    )
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    torch.manual_seed(0)
    own = tokenizer(CHATML_OF_PARTS)
    vision = {k: v for k, v in SIZES.items() if k != "num_key_value_heads"}
    config = LlavaConfig(
        text_config=text_config(len(own)),
        vision_config=CLIPVisionConfig(**vision, image_size=32, patch_size=8),
        image_token_index=own.convert_tokens_to_ids("<image>"),
        vision_feature_layer=-2,
        vision_feature_select_strategy="default",
    )
    model = LlavaForConditionalGeneration(config)
    teach(model, own)
    model.save_pretrained(folder)
    LlavaProcessor(
        image_processor=CLIPImageProcessorPil(
            size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}
        ),
        tokenizer=own,
        patch_size=8,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=CHATML_OF_PARTS,
    ).save_pretrained(folder)
    return folder
