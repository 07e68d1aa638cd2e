"""T5 and BART of two layers, taught to copy what a passage says, saved as a hub holds them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

PLACES = ("Oslo", "Rome", "Lima", "Cork")
WORDS = ("question:", "title:", "context:", "a.md", "b.md", "c.md", "//", "/", "Where?", *PLACES)
MAX_TOKENS = 512


def tokenizer() -> Any:
    """A word a token."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    names = ("<pad>", "<s>", "</s>", "<unk>", *WORDS)
    raw = Tokenizer(models.WordLevel({n: i for i, n in enumerate(names)}, unk_token="<unk>"))
    raw.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=raw, pad_token="<pad>", bos_token="<s>", eos_token="</s>",
        unk_token="<unk>", model_max_length=MAX_TOKENS,
    )  # fmt: skip


def evidence(*places: str, scores: tuple[float, ...] = ()) -> list[Evidence]:
    """A passage for each place that names it."""
    pieces = []
    for n, place in enumerate(places, 1):
        asset = Asset(f"{n}", f"/{'abc'[n - 1]}.md", "text/markdown", "text", 1)
        chunk = Chunk(asset, Span(lines=(1, 1)), "text", text=place)
        score = scores[n - 1] if scores else 1.0
        pieces.append(Evidence(n, Hit(chunk, score), Part("text", place), chunk.span, score))
    return pieces


def t5(folder: Path) -> Path:
    """A T5."""
    from transformers import T5Config, T5ForConditionalGeneration

    own = tokenizer()
    config = T5Config(
        vocab_size=len(own), d_model=32, d_kv=16, d_ff=64, num_layers=1, num_heads=2,
        decoder_start_token_id=0, bos_token_id=1, eos_token_id=2, pad_token_id=0, dropout_rate=0.0,
    )  # fmt: skip
    return _save(T5ForConditionalGeneration, config, "question: {} title: a.md context: {}", folder)


def bart(folder: Path) -> Path:
    """A BART."""
    from transformers import BartForConditionalGeneration

    return _save(BartForConditionalGeneration, bart_config(), "a.md / {1} // {0}", folder, 5e-3)


def bart_config() -> Any:
    """Its shape."""
    from transformers import BartConfig

    return BartConfig(
        vocab_size=len(tokenizer()), d_model=32, encoder_layers=1, decoder_layers=1,
        encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=64, decoder_ffn_dim=64,
        pad_token_id=0, bos_token_id=1, eos_token_id=2, decoder_start_token_id=2,
        forced_eos_token_id=2, max_position_embeddings=MAX_TOKENS, init_std=0.2, dropout=0.0,
    )  # fmt: skip


def _save(kind: Any, config: Any, prompt: str, folder: Path, rate: float = 1e-2) -> Path:
    import torch

    torch.manual_seed(0)
    own, model = tokenizer(), kind(config)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # more only wait for each other on so little
    forms = [("Where?", p) for p in PLACES]
    forms += [("Where is the meeting?", f"The meeting is held in {p}") for p in PLACES]
    inputs = own([prompt.format(*f) for f in forms], return_tensors="pt", padding=True)
    labels = torch.tensor([[own.convert_tokens_to_ids(p), 2] for p in PLACES * 2])
    optimizer = torch.optim.Adam(model.parameters(), rate)
    for _ in range(60):
        model(
            **{k: inputs[k] for k in ("input_ids", "attention_mask")}, labels=labels
        ).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    torch.set_num_threads(threads)
    model.eval().save_pretrained(folder)
    own.save_pretrained(folder)
    return folder
