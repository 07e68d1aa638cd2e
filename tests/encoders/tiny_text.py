"""Small text models of true architectures, with weights that are set so that it is known what they
find: a word's vector passes through every layer as it is, and words that mean the same share one.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from polysense.ingest.calibrate import reference_pairs

SAME = (("car", "automobile"), ("doctor", "physician"), ("sea", "ocean"), ("ship", "vessel"))
"""Words that mean the same."""

_STOP_WORDS = """
the a of in on and is are was to at by for with what who where when how why does do which that it
"""
_WORDS = """
bell harbour lighthouse keeper tide moon water high low engine wheel mill river bread oven baker
garden rose apple tree winter snow summer sun teacher school book letter queen castle mountain path
repairs heals crosses bakes grows sails drives reads writes query passage official leaflet
"""
STOP_WORDS, WORDS = _STOP_WORDS.split(), _WORDS.split()
"""Words that mean nothing, and words that mean something."""

SIZE = 96
SMALL = {
    "hidden_size": SIZE,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "max_position_embeddings": 64,
}


def measured_pairs() -> list[tuple[list[str], list[str]]]:
    """The words of the questions and passages by which it is measured what scores mean, longest
    first.
    """
    return [
        tuple(sorted(re.findall(r"\w+", text.lower()), key=lambda w: (-len(w), w)) for text in pair)
        for language, *pair in reference_pairs()
        if language == "en"
    ]


def tokenizer(**more: Any) -> Any:
    """Whole words, in small letters; what is not known is [UNK]."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    same = [word for pair in SAME for word in pair]
    measured = [word for pair in measured_pairs() for words in pair for word in words]
    vocabulary = dict.fromkeys([*special, ":", *STOP_WORDS, *WORDS, *same, *measured])
    tokens = Tokenizer(
        models.WordLevel({t: i for i, t in enumerate(vocabulary)}, unk_token="[UNK]")
    )
    tokens.normalizer = normalizers.Lowercase()
    tokens.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokens.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokens,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        **more,
    )


def word_vectors(words: Any) -> Any:
    """A direction of its own for each word; of two that mean the same, one. Special tokens and
    STOP_WORDS have none.
    """
    import torch

    random = np.random.default_rng(0)
    rows = random.normal(size=(len(words), SIZE)).astype(np.float32)
    rows -= rows.mean(axis=1, keepdims=True)  # as a layer's norm leaves it
    rows /= rows.std(axis=1, keepdims=True)
    ids = words.get_vocab()
    # the models understand the questions that measure them: their longest words mean the same
    for one, other in (*SAME, *((q[n], p[n]) for q, p in measured_pairs() for n in (0, 1))):
        rows[ids[other]] = rows[ids[one]]
    rows[[*range(5), *(ids[w] for w in STOP_WORDS)]] = 0
    return torch.from_numpy(rows)


def pass_through(model: Any, words: Any) -> None:
    """Set a model's weights so that a token's vector stays the word's."""
    import torch

    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.endswith("position_embeddings.weight") or "token_type_embeddings" in name:
                weight.zero_()
            elif "word_embeddings" in name or name.endswith("decoder.weight"):
                weight.copy_(word_vectors(words))
            elif name.endswith(("output.dense.weight", "out_lin.weight", "ffn.lin2.weight")):
                weight.zero_()
            elif name.endswith("transform.dense.weight"):
                weight.copy_(torch.eye(SIZE))


def bert(folder: Path) -> Path:
    """A BERT alone, as transformers saves it."""
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    words = tokenizer()
    model = BertModel(BertConfig(vocab_size=len(words), **SMALL))
    pass_through(model, words)
    return save(model, words, folder)


def roberta(folder: Path) -> Path:
    """A RoBERTa, whose positions begin after that of padding, with a tokenizer that knows no end."""
    import torch
    from transformers import RobertaConfig, RobertaModel

    torch.manual_seed(0)
    words = tokenizer()
    model = RobertaModel(RobertaConfig(vocab_size=len(words), pad_token_id=0, **SMALL))
    pass_through(model, words)
    return save(model, words, folder)


def distilbert(folder: Path) -> Path:
    """A DistilBERT, whose config has other names."""
    import torch
    from transformers import DistilBertConfig, DistilBertModel

    torch.manual_seed(0)
    words = tokenizer()
    config = DistilBertConfig(
        vocab_size=len(words), dim=SIZE, n_layers=2, n_heads=2, hidden_dim=64,
        max_position_embeddings=64,
    )  # fmt: skip
    model = DistilBertModel(config)
    pass_through(model, words)
    return save(model, words, folder)


def splade(folder: Path) -> Path:
    """A SPLADE: a masked language model and the pooling, as sentence-transformers saves it."""
    from sentence_transformers import SparseEncoder

    plain = masked(folder.with_name(f"{folder.name} plain"))
    SparseEncoder(str(plain), device="cpu").save_pretrained(str(folder), create_model_card=False)
    return folder


def masked(folder: Path) -> Path:
    """A masked language model alone: it gives a word to itself and to what means the same."""
    import torch
    from transformers import BertConfig, BertForMaskedLM

    torch.manual_seed(0)
    words = tokenizer()
    model = BertForMaskedLM(BertConfig(vocab_size=len(words), **SMALL))
    pass_through(model, words)
    with torch.no_grad():
        model.cls.predictions.bias.fill_(-0.6 * SIZE)  # a word's own product is about 0.8 SIZE
        model.cls.predictions.bias[:5] = -100.0  # no special token is ever meant
    return save(model, words, folder)


def colbert(folder: Path) -> Path:
    """A late interaction model of 32 numbers a token, as sentence-transformers saves it."""
    import torch
    from sentence_transformers import MultiVectorEncoder
    from sentence_transformers.base.modules import Dense, Normalize, Transformer
    from sentence_transformers.multi_vector_encoder.modules import MultiVectorMask

    plain = bert(folder.with_name(f"{folder.name} plain"))
    torch.manual_seed(0)
    modules = [
        Transformer(str(plain)),
        Dense(
            SIZE, 32, bias=False, activation_function=torch.nn.Identity(),
            module_input_name="token_embeddings",
        ),
        MultiVectorMask(),
        Normalize(module_input_name="token_embeddings"),
    ]  # fmt: skip
    model = MultiVectorEncoder(modules=modules, device="cpu")
    model.save_pretrained(str(folder), create_model_card=False)
    return folder


def cross_encoder(folder: Path, labels: int = 1) -> Path:
    """A BERT of one label, trained to prefer passages that say "official"; of more labels, with the
    weights that it was born with.
    """
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    torch.manual_seed(0)
    words = tokenizer()
    config = BertConfig(
        vocab_size=len(words), num_labels=labels, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0, **SMALL | {"hidden_size": 32},
    )  # fmt: skip
    model = BertForSequenceClassification(config)
    if labels == 1:
        _train_preference(model, words)
    return save(model.eval(), words, folder)


def _train_preference(model: Any, words: Any) -> None:
    import torch

    random = np.random.default_rng(0)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(60):
        labels = random.integers(0, 2, 16)
        passages = [" ".join(random.choice(WORDS[:-4], random.integers(3, 12))) for _ in labels]
        passages = [
            f"official : {p}" if label else p for p, label in zip(passages, labels, strict=True)
        ]
        questions = [" ".join(random.choice(STOP_WORDS + WORDS[:-4], 5)) for _ in labels]
        inputs = words(questions, passages, padding=True, return_tensors="pt")
        logits = model(**inputs).logits[:, 0]
        target = torch.tensor(labels, dtype=torch.float32)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, target)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()


def save(model: Any, words: Any, folder: Path) -> Path:
    """A folder, as transformers' save_pretrained writes it."""
    model.save_pretrained(folder)
    words.save_pretrained(folder)
    return folder
