"""What a model of sentence-transformers costs through polysense, beside the same model called by
itself: 64 texts, in turns, in one process.

The models are small, 3 layers of 384, half of MiniLM, so that what is ours weighs the more; their
weights are random, for how long they take does not hang on what they learned.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from polysense.encoders.colbert import Colbert
from polysense.encoders.sparse import Sparse
from polysense.encoders.text import Text
from polysense.evaluate.bench import Row
from polysense.rerankers.cross_encoder import CrossEncoder
from polysense.types import Asset, Chunk, Part, Span

TEXTS, ROUNDS = 64, 7
SHAPE = {
    "hidden_size": 384,
    "intermediate_size": 1536,
    "num_hidden_layers": 3,
    "num_attention_heads": 12,
}
VOCABULARY = 5_000
"""A sixth of BERT's, with which a sparse encoder does little beside writing out its vocabulary."""

TARGET = 1.05
QUESTION = "where does the ferry cross the river in winter?"


def run(data: Path, work: Path) -> Iterator[Row]:
    """Text, sparse, late interaction, cross-encoder: ours over theirs, the median of pairs."""
    texts = _texts()
    parts = [Part("text", t) for t in texts]
    chunks = [
        Chunk(Asset(f"{n:032x}", f"/{n}.txt", "", "text", 1), Span(page=1), "text", text=t)
        for n, t in enumerate(texts)
    ]
    for name, ours, theirs in (
        ("text", Text(model=str(dense(work / "dense"))).encode, _theirs("SentenceTransformer")),
        ("sparse", Sparse(model=str(sparse(work / "sparse"))).encode, _theirs("SparseEncoder")),
        ("colbert", Colbert(model=str(late(work / "late"))).encode, _theirs("MultiVectorEncoder")),
    ):
        folder = work / {"text": "dense", "sparse": "sparse", "colbert": "late"}[name]
        call = theirs(folder)
        yield _row(name, lambda ours=ours: ours(parts), lambda call=call: call(texts))
    reranker = CrossEncoder(model=str(pairs(work / "pairs")))
    query = (Part("text", QUESTION),)
    from sentence_transformers import CrossEncoder as Theirs

    bare = Theirs(str(work / "pairs"), device=None)
    yield _row(
        "cross_encoder",
        lambda: reranker.score(query, chunks),
        lambda: bare.predict([(QUESTION, t) for t in texts], show_progress_bar=False),
    )


def _row(name: str, ours: Callable[[], Any], theirs: Callable[[], Any]) -> Row:
    ours(), theirs()  # loaded, and warm
    ratios, seconds = [], []
    for n in range(ROUNDS):
        times = {}
        for call in (ours, theirs) if n % 2 else (theirs, ours):
            start = perf_counter()
            call()
            times[call] = perf_counter() - start
        ratios.append(times[ours] / times[theirs])
        seconds.append(times[theirs])
    ratio = median(ratios)
    return Row(
        f"{name}: {TEXTS} texts, ours over the bare model",
        f"{ratio:.3f}",
        f"< {TARGET}",
        ratio < TARGET,
        note=f"bare {median(seconds) * 1000:.0f} ms",
    )


def _theirs(kind: str) -> Callable[[Path], Callable[[list[str]], Any]]:
    def load(folder: Path) -> Callable[[list[str]], Any]:
        import sentence_transformers

        model = getattr(sentence_transformers, kind)(str(folder))
        return lambda texts: model.encode_document(texts, show_progress_bar=False)

    return load


def _texts() -> list[str]:
    """Passages of 20 to 80 words."""
    words, chance = _words(), random.Random(0)
    return [
        " ".join(chance.choice(words) for _ in range(chance.randint(20, 80))) for _ in range(TEXTS)
    ]


def _words() -> list[str]:
    return [f"{a}{b}{c}" for a in "bdfklmnprst" for b in "aeiou" for c in "lmnrst"]


def _tokenizer() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *_words()]
    tokens = Tokenizer(
        models.WordLevel({t: i for i, t in enumerate(vocabulary)}, unk_token="[UNK]")
    )
    tokens.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokens.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokens,
        model_max_length=512,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )


def _saved(architecture: str, folder: Path, **config: Any) -> Path:
    import torch
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    torch.manual_seed(0)
    shape = transformers.BertConfig(vocab_size=VOCABULARY, **SHAPE, **config)
    getattr(transformers, architecture)(shape).save_pretrained(folder)
    _tokenizer().save_pretrained(folder)
    return folder


def dense(folder: Path) -> Path:
    """A BERT alone."""
    return _saved("BertModel", folder)


def sparse(folder: Path) -> Path:
    """A masked language model alone."""
    import torch
    from transformers import BertForMaskedLM

    _saved("BertForMaskedLM", folder)
    model = BertForMaskedLM.from_pretrained(folder)
    with torch.no_grad():  # of random weights half are above 0; of a trained SPLADE's some hundred
        model.cls.predictions.bias.fill_(-1.2)
    model.save_pretrained(folder)
    return folder


def late(folder: Path) -> Path:
    """A late interaction model of 128 numbers a token."""
    from sentence_transformers import MultiVectorEncoder

    plain = _saved("BertModel", folder.with_name(f"{folder.name} plain"))
    model = MultiVectorEncoder(str(plain), device="cpu")
    model.save_pretrained(str(folder), create_model_card=False)
    return folder


def pairs(folder: Path) -> Path:
    """A cross-encoder of one label."""
    return _saved("BertForSequenceClassification", folder, num_labels=1)
