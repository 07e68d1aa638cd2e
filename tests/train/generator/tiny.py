"""Small models of the true architectures with random weights, and examples that they can learn: a
word a token, and the answer stands in the right context alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from polysense.train.generator.examples.example import Context, Example
from polysense.types import Part

PLACES = ("Oslo", "Rome", "Lima", "Cork", "Bonn", "Kyiv", "Bern", "Riga")
WORDS = [
    "User:",
    "Assistant:",
    "Background:",
    "Q:",
    "question:",
    "title:",
    "context:",
    "//",
    "/",
    "Where",
    "is",
    "the",
    "meeting",
    "of",
    "held",
    "in",
    "NO",
    "ANSWER",
]
NUMBERS = tuple(str(n) for n in range(64))
SPECIAL = ("<pad>", "<s>", "</s>", "<unk>", "<image>", "Background:", "\n\n")


def tokenizer() -> Any:
    """A word a token."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    names = dict.fromkeys((*SPECIAL, *WORDS, *PLACES, *NUMBERS))
    raw = Tokenizer(models.WordLevel({n: i for i, n in enumerate(names)}, unk_token="<unk>"))
    raw.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=raw, pad_token="<pad>", bos_token="<s>", eos_token="</s>",
        unk_token="<unk>", model_max_length=256,
        additional_special_tokens=["<image>"],
    )  # fmt: skip


def examples(count: int = 48, *, wrong: int = 0) -> list[Example]:
    """Where a meeting is held, as one passage says; another passage is of another meeting."""
    product = []
    for i in range(count):
        place = PLACES[(i * 7 + i // 8) % 8]
        contexts = [Context(Part("text", passage(i, place)), True, 2.0, f"{i}.md")]
        for n in range(wrong):
            other = PLACES[(PLACES.index(place) + 1 + (i + n) % 7) % 8]
            text = passage((i + 5 * (n + 1)) % count, other)
            contexts.append(Context(Part("text", text), False, 1.0, f"{i} {n}.md"))
        product.append(
            Example(f"Where is the meeting of {i} held", place, tuple(contexts), f"s{i}")
        )
    return product


def with_wrong_places(own: list[Example]) -> list[Example]:
    """The same, each by one passage that says another place."""
    return [
        e.with_contexts([Context(Part("text", e.contexts[0].words.replace(place, other)), False)])
        for e in own
        for place in (e.answer.split()[-1],)
        for other in ("Rome" if place != "Rome" else "Oslo",)
    ]


def passage(number: int, place: str) -> str:
    return f"the meeting of {number} is held in {place}"


def llama(folder: Path) -> Path:
    """A Llama of two layers."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    own = tokenizer()
    config = LlamaConfig(
        vocab_size=len(own), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=2, max_position_embeddings=256,
        pad_token_id=0, bos_token_id=1, eos_token_id=2, initializer_range=0.2,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    own.save_pretrained(folder)
    return folder


def t5(folder: Path) -> Path:
    """A T5."""
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    torch.manual_seed(0)
    own = tokenizer()
    config = T5Config(
        vocab_size=len(own), d_model=32, d_kv=16, d_ff=64, num_layers=1, num_heads=2,
        decoder_start_token_id=0, bos_token_id=1, eos_token_id=2, pad_token_id=0, dropout_rate=0.0,
    )  # fmt: skip
    T5ForConditionalGeneration(config).save_pretrained(folder)
    own.save_pretrained(folder)
    return folder


def bart(folder: Path) -> Path:
    """A BART."""
    import torch
    from transformers import BartConfig, BartForConditionalGeneration

    torch.manual_seed(0)
    own = tokenizer()
    config = BartConfig(
        vocab_size=len(own), d_model=32, encoder_layers=1, decoder_layers=1,
        encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=64,
        decoder_ffn_dim=64, pad_token_id=0, bos_token_id=1, eos_token_id=2,
        decoder_start_token_id=2, forced_eos_token_id=2, max_position_embeddings=256,
        init_std=0.2, dropout=0.0,
    )  # fmt: skip
    BartForConditionalGeneration(config).save_pretrained(folder)
    own.save_pretrained(folder)
    return folder


TEMPLATE = (
    "{% for m in messages %}User: {% for c in m.content %}{% if c.type == 'image' %}<image>\n"
    "{% else %}{{ c.text }}{% endif %}{% endfor %}\n\n{% endfor %}Assistant:"
)
COLOURS = {
    "Oslo": (250, 20, 20), "Rome": (20, 250, 20), "Lima": (20, 20, 250), "Cork": (250, 250, 20)
}  # fmt: skip


def llava(folder: Path) -> Path:
    """A LLaVA that looks at 32 x 32 pixels."""
    import torch
    from transformers import (
        CLIPVisionConfig,
        LlamaConfig,
        LlavaConfig,
        LlavaForConditionalGeneration,
        LlavaProcessor,
    )
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    torch.manual_seed(0)
    own = tokenizer()
    own.chat_template = TEMPLATE
    sizes = {
        "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
        "num_attention_heads": 2,
    }  # fmt: skip
    config = LlavaConfig(
        text_config=LlamaConfig(
            vocab_size=len(own), max_position_embeddings=256, pad_token_id=0, bos_token_id=1,
            eos_token_id=2, initializer_range=0.2, num_key_value_heads=2, **sizes,
        ),
        vision_config=CLIPVisionConfig(image_size=32, patch_size=16, **sizes),
        image_token_index=own.convert_tokens_to_ids("<image>"),
        vision_feature_layer=-2,
        vision_feature_select_strategy="default",
    )  # fmt: skip
    LlavaForConditionalGeneration(config).save_pretrained(folder)
    LlavaProcessor(
        image_processor=CLIPImageProcessorPil(
            size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}
        ),
        tokenizer=own, patch_size=16, vision_feature_select_strategy="default",
        num_additional_image_tokens=1, chat_template=TEMPLATE,
    ).save_pretrained(folder)  # fmt: skip
    return folder


def picture_examples(count: int = 40) -> list[Example]:
    """Pictures of one colour, and the place that it stands for."""
    import numpy as np

    product = []
    for i in range(count):
        place = [*COLOURS][i % len(COLOURS)]
        random = np.random.default_rng(i)
        noise = random.integers(-20, 20, (32, 32, 3))
        pixels = (np.array(COLOURS[place]) + noise).clip(0, 255).astype(np.uint8)
        images = (Part("image", pixels),)
        product.append(Example(f"Where is the meeting of {i}", place, (), f"picture {i}", images))
    return product


def conditioner(folder: Path) -> Path:
    """The encoder of words of a Stable Diffusion, with its tokenizer beside it."""
    import torch
    from transformers import CLIPTextConfig, CLIPTextModel

    torch.manual_seed(0)
    own = tokenizer()
    own.model_max_length = 8
    config = CLIPTextConfig(
        vocab_size=len(own), hidden_size=16, intermediate_size=32, num_hidden_layers=1,
        num_attention_heads=2, max_position_embeddings=8, pad_token_id=0, bos_token_id=1,
        eos_token_id=2, projection_dim=16,
    )  # fmt: skip
    CLIPTextModel(config).save_pretrained(folder / "text_encoder")
    own.save_pretrained(folder / "tokenizer")
    return folder
